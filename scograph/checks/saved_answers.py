"""Saved answers, compared up to the labels of blank nodes, which mean nothing.

(RDF 1.1 Concepts, section 3.4.) An answer is TSV for SELECT, sorted N-Triples for a graph,
``true`` or ``false``. It is written with labels that follow from the rest of it.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable

from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

_Row = tuple[str, ...]
_BLANK = "_:"


def written(results: QuerySolutions | QueryBoolean | QueryTriples, *, ordered: bool) -> bytes:
    """Return the answer *results* as it is committed; *ordered* says that rows have an order."""
    if isinstance(results, QueryTriples):
        return _graph(results)
    if isinstance(results, QueryBoolean):
        return b"true\n" if results else b"false\n"
    content = results.serialize(format=QueryResultsFormat.TSV) or b""
    return _labelled(content, ordered=ordered)


def same_answer(found: bytes, committed: bytes, *, ordered: bool) -> bool:
    """Tell whether two answers are the same up to labels and, where none is asked for, order."""
    if found == committed:
        return True
    if found.startswith(b"?"):
        one, other = (_labelled(text, ordered=ordered) for text in (found, committed))
        # ORDER BY leaves the order of blank nodes open, too.
        is_free = not ordered or _has_blank(found)
        return one == other or (is_free and _bag(one) == _bag(other))
    try:
        graphs = [parse(text, format=RdfFormat.N_TRIPLES) for text in (found, committed)]
        one, other = (_graph(quad.triple for quad in quads) for quads in graphs)
    except (SyntaxError, ValueError):
        return False
    return one == other


def _graph(triples: Iterable[Triple]) -> bytes:
    dataset = Dataset(Quad(*triple) for triple in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    content = serialize((quad.triple for quad in dataset), format=RdfFormat.N_TRIPLES) or b""
    return b"".join(sorted(content.splitlines(keepends=True)))


def _bag(content: bytes) -> tuple[bytes, Counter[bytes]]:
    head, *rows = content.split(b"\n")
    return head, Counter(rows)


def _has_blank(content: bytes) -> bool:
    return content.startswith(b"_:") or b"\t_:" in content or b"\n_:" in content


def _labelled(content: bytes, *, ordered: bool) -> bytes:
    """Return an answer in TSV with labels by what its rows say of each blank node."""
    if not _has_blank(content):
        return content
    head, *lines = content.decode(errors="replace").removesuffix("\n").split("\n")
    rows = [tuple(line.split("\t")) for line in lines]
    colours = _colours(rows)
    names: dict[str, str] = {}
    plain = dict.fromkeys(colours, "")
    for row in sorted(rows, key=lambda row: (_coloured(row, plain), _coloured(row, colours))):
        for cell in row:
            if cell.startswith(_BLANK):
                names.setdefault(cell, f"{_BLANK}b{len(names)}")
    renamed = ["\t".join(names.get(cell, cell) for cell in row) for row in rows]
    return "\n".join([head, *(renamed if ordered else sorted(renamed)), ""]).encode()


def _colours(rows: list[_Row]) -> dict[str, str]:
    """Return a hash for each blank node, of the rows that it is in, whatever its label.

    A node's hash is refined by those of the nodes beside it, until no more are told apart.
    """
    places: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        for cell in {cell for cell in row if cell.startswith(_BLANK)}:
            places[cell].append(row)
    colours = dict.fromkeys(places, "")
    count = 0
    while len(set(colours.values())) > count:
        count = len(set(colours.values()))
        colours = {
            node: _hash(sorted(_coloured(row, colours, node) for row in beside))
            for node, beside in places.items()
        }
    return colours


def _coloured(row: _Row, colours: dict[str, str], node: str = "") -> str:
    """Return *row* with hashes in the place of blank nodes, and a mark in that of *node*."""
    return "\t".join(
        f"{_BLANK}{'!' if cell == node else ''}{colours[cell]}" if cell in colours else cell
        for cell in row
    )


def _hash(texts: list[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
