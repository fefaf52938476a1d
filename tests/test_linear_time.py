"""The longest query is looked at in linear time before the engine sees it.

A hundred thousand characters of one piece take tenths of a second there, and hours where a regular
expression begins anew in the middle of what it has read.
"""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from scograph.sparql.grammar import syntax_tree
from scograph.sparql.rewriting import is_doubtful
from scograph.sparql.terminals import UnreadableError
from scograph.sparql.tokens import shape_of, unescaped
from tests.patience import patience

LENGTH = 100_000
PIECES = (
    *("1", "1.", "1e", "0", ".0", "-1", "+ ", "a", "a.", "a:", ":", "?x ", "@en", "_:a ", "%41"),
    *(
        "(",
        "( ",
        "( #",
        "{ ",
        "{| ",
        "<< ",
        "[ ",
        "#",
        "# \n",
        " ",
        "\n",
        "a , ",
        "a ; ",
        "a|",
        "^",
    ),
    *('"', '""', '"""', '\\"""', "'", "'''", "\\'''", "<", "<a", ">", "|", "*", "a *", "!", "&& "),
    *("GRAPH", "GRAPH#", "GRAPH ", "GROUP BY ", "GROUP BY (?x ", "FILTER", "FILTER(", "FILTER ( "),
    *("IF ", "IN (", "FROM ", "REGEX(", "BNODE(", "VALUES ?x { ", "xsd:date", "xsd:date ", "date>"),
    *("integer#", "^^", "\\u0041", "\\U"),
)
HEADS = ("SELECT * { ", "ASK { ?s ?p ", "SELECT (xsd:integer(", "\\u0020 ( # ", "?x '''")


@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_that_is_repeated_costs_little(piece: str) -> None:
    began = time.process_time()
    for head in HEADS:
        text = unescaped(head + piece * (LENGTH // len(piece)))
        shape_of(text)
        is_doubtful(text)
        with suppress(UnreadableError, RecursionError):
            syntax_tree(text)
    assert time.process_time() - began < patience("linear")
