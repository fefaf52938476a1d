"""Serialisation: a result, whole or not at all, in one of the formats."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pyoxigraph import (
    BlankNode,
    Literal,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    serialize,
)

from scograph.rdf.errors import FormatError
from scograph.rdf.jsonld import json_ld
from scograph.rdf.namespaces import RDF
from scograph.rdf.rdfxml import rdf_xml
from scograph.rdf.terms import AnyTerm, text_of
from scograph.rdf.turtle import reading_order, turtle
from scograph.sparql.errors import QueryError
from scograph.sparql.formats import Format
from scograph.sparql.limits import Limits

_MB = 10**6
# The fewest bytes in which a triple can be written.
_SHORT = 8
_LANG_STRING, _DIR_LANG_STRING = RDF + "langString", RDF + "dirLangString"
_ANY_GRAPH = "ask for ttl, nt, trig or nq, which carry any graph"
_QUOTED_IN_CSV = re.compile('[",\r\n]')
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
    found: QuerySolutions | QueryBoolean,
    results: Format | None,
    limits: Limits,
    *,
    triple_terms: bool = True,
) -> SerializedResult:
    """Serialise what a SELECT or an ASK found; *triple_terms* tells whether there may be any.

    Raises:
        QueryError: *results* is none for it or cannot carry it, or it is larger than *limits* say.

    """
    if results is None or not isinstance(results.writer, QueryResultsFormat):
        raise QueryError(
            "format", "SELECT and ASK answer in json, xml, csv or tsv; ask for one of them"
        )
    if isinstance(found, QueryBoolean) and results.name in ("csv", "tsv"):
        # The recommendation defines no CSV or TSV for ASK; one word is what clients expect.
        return SerializedResult(b"true\n" if found else b"false\n", results)
    content = _Bounded(limits)
    if results.name == "csv" and triple_terms and isinstance(found, QuerySolutions):
        _write_csv(found, content)
        return SerializedResult(content.getvalue(), results)
    found.serialize(content, format=results.writer)
    if results.name == "xml":
        return SerializedResult(_well_formed(content.getvalue(), limits), results)
    return SerializedResult(content.getvalue(), results)


def write_graph(
    found: Iterable[Triple], graph: Format | None, prefixes: dict[str, str], limits: Limits
) -> SerializedResult:
    """Serialise what a CONSTRUCT or a DESCRIBE found.

    Raises:
        QueryError: *graph* is none for it or cannot carry it, or it is larger than *limits* say.

    """
    if graph is None or not isinstance(graph.writer, RdfFormat):
        raise QueryError(
            "format",
            "CONSTRUCT and DESCRIBE answer in ttl, jsonld, nt, rdf, trig or nq; ask for "
            "one of them",
        )
    most = limits.result_size * _MB // _SHORT
    triples = list(dict.fromkeys(islice(found, most + 1)))  # a graph is a set
    if len(triples) > most:
        raise _too_large(limits)
    answer = write_triples(triples, graph, prefixes)
    if len(answer.content) > limits.result_size * _MB:
        raise _too_large(limits)
    return answer


def write_triples(
    triples: Iterable[Triple], graph: Format, prefixes: dict[str, str]
) -> SerializedResult:
    """Serialise *triples* in a format for graphs, in a fixed order.

    Raises:
        QueryError: *graph* cannot carry them.
        TypeError: *graph* is no format for graphs.

    """
    if not isinstance(graph.writer, RdfFormat):
        raise TypeError(f"{graph.name} is no format for graphs")
    found = list(triples)
    try:
        content = _written(found, graph.writer, prefixes)
    except FormatError as error:
        raise QueryError("format", f"{error}: {_ANY_GRAPH}") from error
    if b"angString" in content and any(_is_no_literal(triple.object) for triple in found):
        message = "the answer has a literal of type rdf:langString without a language, which is "
        raise QueryError("format", f"{message}none in RDF: no format carries it")
    return SerializedResult(content, graph)


def _written(triples: list[Triple], form: RdfFormat, prefixes: dict[str, str]) -> bytes:
    if form in (RdfFormat.TURTLE, RdfFormat.TRIG):  # the same without named graphs
        return turtle(triples, prefixes)
    ordered = sorted(triples, key=reading_order)
    if form == RdfFormat.JSON_LD:
        return json_ld(ordered, prefixes)
    if form == RdfFormat.RDF_XML:
        return rdf_xml(ordered, prefixes)
    return serialize(ordered, format=form) or b""


def _is_no_literal(term: AnyTerm) -> bool:
    """Tell whether *term* is what only STRDT makes (RDF 1.1 Concepts, section 3.3)."""
    if isinstance(term, Triple):
        return _is_no_literal(term.object)
    return isinstance(term, Literal) and (
        (term.language is None and term.datatype.value == _LANG_STRING)
        or (term.direction is None and term.datatype.value == _DIR_LANG_STRING)
    )


def _write_csv(found: QuerySolutions, file: io.BytesIO) -> None:
    """Write CSV as the serialiser does, which writes triple terms as cells that are no CSV."""
    names = [variable.value for variable in found.variables]
    file.write((",".join(names) + "\r\n").encode())
    for solution in found:
        cells = [_csv_cell(solution[name]) for name in names]
        file.write((",".join(cells) + "\r\n").encode())


def _csv_cell(term: AnyTerm | None) -> str:
    if isinstance(term, Triple):
        raise QueryError("format", "CSV has no triple terms: ask for json, xml or tsv")
    if isinstance(term, BlankNode):
        return str(term)
    text = text_of(term)
    return '"' + text.replace('"', '""') + '"' if _QUOTED_IN_CSV.search(text) else text


def _well_formed(content: bytes, limits: Limits) -> bytes:
    if _NOT_XML.search(content):
        raise QueryError(
            "format", "the answer has a control character, which XML cannot carry: ask for json, "
            "csv or tsv"
        )  # fmt: skip
    # As it is, a reader takes it for a line feed (XML 1.0, section 2.11).
    escaped = content.replace(b"\r", b"&#13;")
    if len(escaped) > limits.result_size * _MB:
        raise _too_large(limits)
    return escaped


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
