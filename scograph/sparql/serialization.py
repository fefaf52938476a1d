"""Serialisation: a result, whole or not at all, in one of the formats."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    serialize,
)

from scograph.rdf.jsonld import json_ld
from scograph.rdf.turtle import reading_order, turtle
from scograph.sparql.errors import QueryError
from scograph.sparql.formats import Format
from scograph.sparql.limits import Limits

_MB = 10**6
# The fewest bytes in which a triple can be written.
_SHORT = 8
_NAME_AT_END = re.compile(r"[^\W\d][\w.-]*$")
_TRY_OTHERS = "every other format can"
# Characters in UTF-8 that XML 1.0 (section 2.2) does not have.
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


@dataclass(frozen=True)
class SerializedResult:
    """A whole, serialised result.

    ``stable``: the same query would give it again. ``warnings`` are sentences on what the engine
    spells otherwise than the query.
    """

    content: bytes
    format: Format
    stable: bool = True
    warnings: tuple[str, ...] = ()


def write_results(
    found: QuerySolutions | QueryBoolean, results: Format | None, limits: Limits
) -> SerializedResult:
    """Serialise what a SELECT or an ASK found.

    Raises:
        QueryError: *results* is none for it or cannot carry it, or it is larger than *limits* say.

    """
    if results is None or not isinstance(results.writer, QueryResultsFormat):
        raise QueryError("format", "SELECT and ASK answer in json, xml, csv or tsv")
    if isinstance(found, QueryBoolean) and results.name in ("csv", "tsv"):
        # The recommendation defines no CSV or TSV for ASK; one word is what clients expect.
        return SerializedResult(b"true\n" if found else b"false\n", results)
    content = _Bounded(limits)
    found.serialize(content, format=results.writer)
    text = content.getvalue()
    if results.name == "xml":
        _refuse_ill_formed(text)
    return SerializedResult(text, results)


def write_graph(
    found: Iterable[Triple], graph: Format | None, prefixes: dict[str, str], limits: Limits
) -> SerializedResult:
    """Serialise what a CONSTRUCT or a DESCRIBE found.

    Raises:
        QueryError: *graph* is none for it or cannot carry it, or it is larger than *limits* say.

    """
    if graph is None or not isinstance(graph.writer, RdfFormat):
        raise QueryError(
            "format", "CONSTRUCT and DESCRIBE answer in ttl, jsonld, nt, rdf, trig or nq"
        )
    most = limits.result_size * _MB // _SHORT
    triples = list(islice(found, most + 1))
    if len(triples) > most:
        raise _too_large(limits)
    answer = write_triples(triples, graph, prefixes)
    if len(answer.content) > limits.result_size * _MB:
        raise _too_large(limits)
    if graph.writer == RdfFormat.RDF_XML:
        _refuse_ill_formed(answer.content)
        # A predicate is an element there, so its IRI has to end in a name (RDF/XML, 5.1).
        if not all(_NAME_AT_END.search(triple.predicate.value) for triple in triples):
            raise QueryError("format", f"a predicate has no name in XML: {_TRY_OTHERS}")
    return answer


def write_triples(
    triples: Iterable[Triple], graph: Format, prefixes: dict[str, str]
) -> SerializedResult:
    """Serialise *triples* in a format for graphs, in a fixed order.

    Raises:
        TypeError: *graph* is no format for graphs.

    """
    if not isinstance(graph.writer, RdfFormat):
        raise TypeError(f"{graph.name} is no format for graphs")
    if graph.writer == RdfFormat.TURTLE:
        return SerializedResult(turtle(triples, prefixes), graph)
    ordered = sorted(triples, key=reading_order)
    if graph.writer == RdfFormat.JSON_LD:
        return SerializedResult(json_ld(ordered, prefixes), graph)
    content = serialize(ordered, format=graph.writer, prefixes=prefixes) or b""
    return SerializedResult(content, graph)


def _refuse_ill_formed(content: bytes) -> None:
    if _NOT_XML.search(content):
        sentence = f"the answer has a control character, which XML cannot carry: {_TRY_OTHERS}"
        raise QueryError("format", sentence)


class _Bounded(io.BytesIO):
    """A buffer that takes a result of limited size."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._left = limits.result_size * _MB

    def write(self, content: Any) -> int:
        """Write *content*; raise a `QueryError` if the limit is exceeded."""
        self._left -= len(content)
        if self._left < 0:
            raise _too_large(self._limits)
        return super().write(content)


def _too_large(limits: Limits) -> QueryError:
    return QueryError(
        "large", f"its answer is larger than {limits.result_size} MB, the most that is sent: "
        "add LIMIT, or ask for less"
    )  # fmt: skip
