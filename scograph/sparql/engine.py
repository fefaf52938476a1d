"""The engine: evaluates queries over a release and serialises their results.

Everything that asks the graph, the endpoint, the pages and the command line,
comes through `Engine.query`: text in, bytes out. What a server runs, it runs in
processes that are expendable (`scograph.server`).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)

from scograph.rdf.errors import GraphError
from scograph.rdf.jsonld import json_ld
from scograph.rdf.namespaces import WELL_KNOWN_PREFIXES
from scograph.rdf.turtle import reading_order, turtle
from scograph.sparql.formats import Format
from scograph.sparql.guard import asks_service, is_stable
from scograph.sparql.limits import Limits, too_complex
from scograph.sparql.release import Release
from scograph.sparql.syntax_help import explain_syntax, misspelt
from scograph.sparql.tokens import UPDATES, Shape, shape_of

_MB = 10**6
# The fewest bytes in which a triple can be written.
_SHORT = 8
_NAME_AT_END = re.compile(r"[^\W\d][\w.-]*$")
_TRY_OTHERS = "every other format can"
# Characters in UTF-8 that XML 1.0 (section 2.2) does not have.
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


class QueryError(GraphError):
    """A query that is not answered.

    ``kind`` is ``syntax``, ``evaluation``, ``update``, ``service``, ``format`` or ``large``.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class SerializedResult:
    """A whole, serialised result. ``stable``: the same query would give it again."""

    content: bytes
    format: Format
    stable: bool = True


@dataclass(frozen=True)
class Engine:
    """Answers SPARQL 1.1 queries over one release.

    *limits* bound what a query may be and how large its answer.
    """

    release: Release
    limits: Limits = field(default_factory=Limits)

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of the release, which a query may leave out."""
        return self.release.prefixes

    def query(
        self,
        text: str,
        results: Format | None,
        graph: Format | None,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        prefixes: dict[str, str] | None = None,
    ) -> SerializedResult:
        """Evaluate *text* and serialise the whole answer.

        SELECT and ASK are written in *results*, CONSTRUCT and DESCRIBE in *graph*;
        None means that the client accepts no such format. *default_graphs* and
        *named_graphs* are IRIs that make up the dataset (SPARQL 1.1 Protocol,
        section 2.1.4); without any, the release's own dataset is used. *prefixes* may
        be left out in *text*; they are the release's unless others are given.

        Raises:
            QueryError: the text is no query, or nothing can be sent that is accepted.

        """
        known = prefixes_in(text, self.release.prefixes if prefixes is None else prefixes)
        shape = shape_of(text)
        self._refuse(text, shape, known)
        chosen = bool(default_graphs or named_graphs)
        try:
            found = self.release.store.query(
                text,
                base_iri=self.release.base,
                prefixes=known,
                default_graph=_nodes(default_graphs) if chosen else None,
                named_graphs=_nodes(named_graphs) if chosen else None,
            )
            if isinstance(found, QueryTriples):
                answer = self._graph(found, graph)
            else:
                answer = _results(found, results, self.limits)
            return replace(answer, stable=is_stable(shape))
        except SyntaxError as error:
            raise QueryError("syntax", explain_syntax(str(error), text)) from error
        except ValueError as error:
            raise QueryError(
                "syntax", f"a graph IRI of the request is not valid: {error}"
            ) from error
        except RuntimeError as error:  # a function that does not exist, for example
            raise QueryError("evaluation", str(error).rstrip(".")) from error

    def project_query(
        self, text: str, results: Format | None, graph: Format | None
    ) -> SerializedResult:
        """Evaluate a query of this project's own, which uses the prefixes that it knows.

        What the dataset declares, or leaves out, does not change what such a query means.

        Raises:
            QueryError: nothing can be sent that is accepted.

        """
        prefixes = {**self.release.prefixes, **WELL_KNOWN_PREFIXES}
        return self.query(text, results, graph, prefixes=prefixes)

    def write(
        self, triples: Iterable[Triple], graph: Format, prefixes: dict[str, str] | None = None
    ) -> SerializedResult:
        """Serialise *triples* in a format for graphs, in a fixed order.

        Prefixed names use *prefixes*, the release's unless others are given.

        Raises:
            TypeError: *graph* is no format for graphs.

        """
        known = self.release.prefixes if prefixes is None else prefixes
        if not isinstance(graph.writer, RdfFormat):
            raise TypeError(f"{graph.name} is no format for graphs")
        if graph.writer == RdfFormat.TURTLE:
            return SerializedResult(turtle(triples, known), graph)
        ordered = sorted(triples, key=reading_order)
        if graph.writer == RdfFormat.JSON_LD:
            return SerializedResult(json_ld(ordered, known), graph)
        return SerializedResult(
            serialize(ordered, format=graph.writer, prefixes=known) or b"", graph
        )

    def _refuse(self, text: str, shape: Shape, prefixes: dict[str, str]) -> None:
        beyond = too_complex(shape, self.limits)
        if beyond is not None:
            raise QueryError("syntax", beyond)
        form = shape.form
        try:
            if asks_service(text, shape, prefixes, self.release.base):
                message = (
                    "SERVICE is switched off: this endpoint asks nobody else, nothing leaves it"
                )
                raise QueryError("service", message)
        except SyntaxError as error:
            if form is not None and form not in UPDATES:
                raise QueryError("syntax", explain_syntax(str(error), text)) from error
        if form is None:
            none = "this is no query: it has none of SELECT, ASK, CONSTRUCT, DESCRIBE"
            raise QueryError("syntax", misspelt(text) or none)
        if form in UPDATES:
            raise QueryError("update", f"{form} is an update: this endpoint is read-only")

    def _graph(self, found: QueryTriples, graph: Format | None) -> SerializedResult:
        if graph is None or not isinstance(graph.writer, RdfFormat):
            raise QueryError(
                "format", "CONSTRUCT and DESCRIBE answer in ttl, jsonld, nt, rdf, trig or nq"
            )
        most = self.limits.result_size * _MB // _SHORT
        triples = list(islice(found, most + 1))
        if len(triples) > most:
            raise _too_large(self.limits)
        answer = self.write(triples, graph)
        if len(answer.content) > self.limits.result_size * _MB:
            raise _too_large(self.limits)
        if graph.writer == RdfFormat.RDF_XML:
            _refuse_ill_formed(answer.content)
            # A predicate is an element there, so its IRI has to end in a name (RDF/XML, 5.1).
            if not all(_NAME_AT_END.search(triple.predicate.value) for triple in triples):
                raise QueryError("format", f"a predicate has no name in XML: {_TRY_OTHERS}")
        return answer


def _results(
    found: QuerySolutions | QueryBoolean, results: Format | None, limits: Limits
) -> SerializedResult:
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


def prefixes_in(text: str, prefixes: dict[str, str]) -> dict[str, str]:
    """Return those of *prefixes* that *text* may use, as the engine parses each for every query."""
    if "\\" in text:  # a prefix may be written in escapes (SPARQL 1.1, section 19.2)
        return prefixes
    return {name: iri for name, iri in prefixes.items() if name + ":" in text}


def _nodes(iris: Sequence[str]) -> list[Any]:
    return [NamedNode(iri) for iri in iris]
