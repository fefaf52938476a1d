"""The longest query is looked at in linear time before the engine sees it.

A hundred thousand characters of one piece take tenths of a second there, and hours where a regular
expression begins anew in the middle of what it has read.
"""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from pyoxigraph import Store

from scograph.sparql.dataset import QueryDataset
from scograph.sparql.grammar import syntax_tree
from scograph.sparql.rewriting import is_doubtful, rewritten
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


# Queries of which each part takes some work of its own: the number of them is what grows.
_PREFIX = "PREFIX p{n}: <https://example.org/{n}/>\n"
MANY = {
    "prefixes": (_PREFIX, "SELECT ?x {", "p{n}:x p{n}:y? ?x .\n"),
    "graphs": (_PREFIX, "SELECT ?x ", "FROM p{n}:x "),
    "labels": ("", "SELECT ?x {", "?x <a:a>|<a:b> ?y . _:l <a:c> ?z .\n"),
    "names": ("", "SELECT ?x { ?x <a:a>|<a:b> ?y . # ", "_{n}_"),
}


@pytest.mark.parametrize("kind", MANY)
def test_four_times_as_many_parts_take_four_times_as_long(kind: str) -> None:
    """A ratio of the least times within one run: four for linear, sixteen for quadratic."""
    before, middle, part = MANY[kind]

    def took(number: int) -> float:
        first = "".join(before.format(n=n) for n in range(number))
        text = f"{first}{middle}{''.join(part.format(n=n) for n in range(number))}"
        text += " { ?s ?p ?o }" if kind == "graphs" else "\n}"
        began = time.process_time()
        rewritten(text, QueryDataset(Store()), "https://example.org/", {})
        return time.process_time() - began

    few, many = (min(took(number) for _ in range(3)) for number in (500, 2_000))
    assert many < 9 * few + 0.02
