"""The one place where queries run.

Everything that asks the graph, the endpoint, the pages and the command line,
comes through `Engine.query`: text in, bytes out. That is where a process
boundary can be put.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)

from scograph.advice import explain_syntax, misspelt, words
from scograph.formats import Format
from scograph.jsonld import json_ld
from scograph.store import Release
from scograph.turtle import reading_order, turtle

_FORMS = frozenset(["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"])
_UPDATES = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"])


# Letters of the same number that are no keyword.
_SERVICE, _NO_KEYWORD = re.compile("service", re.IGNORECASE), "sxrvxcx"


class QueryError(Exception):
    """A query that is not answered.

    ``kind`` is ``syntax``, ``evaluation``, ``update``, ``service`` or ``format``.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class Answer:
    """A whole, serialised answer."""

    content: bytes
    format: Format


@dataclass(frozen=True)
class Engine:
    """Answers SPARQL 1.1 queries over one release."""

    release: Release

    def query(
        self,
        text: str,
        results: Format | None,
        graph: Format | None,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """Evaluate *text* and serialise the whole answer.

        SELECT and ASK are written in *results*, CONSTRUCT and DESCRIBE in *graph*;
        None means that the client accepts no such format. *default_graphs* and
        *named_graphs* are IRIs that make up the dataset (SPARQL 1.1 Protocol,
        section 2.1.4); without any, the release's own dataset is used.

        Raises:
            QueryError: the text is no query, or nothing can be sent that is accepted.

        """
        _refuse(text)
        _refuse_service(text, self.release.prefixes)
        chosen = bool(default_graphs or named_graphs)
        try:
            found = self.release.store.query(
                text,
                prefixes=self.release.prefixes,
                default_graph=_nodes(default_graphs) if chosen else None,
                named_graphs=_nodes(named_graphs) if chosen else None,
            )
            if isinstance(found, QueryTriples):
                return self._graph(found, graph)
            return _results(found, results)
        except SyntaxError as error:
            raise QueryError("syntax", explain_syntax(str(error), text)) from error
        except ValueError as error:
            raise QueryError(
                "syntax", f"a graph IRI of the request is not valid: {error}"
            ) from error
        except RuntimeError as error:  # a function that does not exist, for example
            raise QueryError("evaluation", str(error).rstrip(".")) from error

    def _graph(self, found: QueryTriples, graph: Format | None) -> Answer:
        if graph is None or not isinstance(graph.writer, RdfFormat):
            raise QueryError("format", "CONSTRUCT and DESCRIBE answer in ttl, jsonld, nt or rdf")
        prefixes = self.release.prefixes
        if graph.writer == RdfFormat.TURTLE:
            return Answer(turtle(found, prefixes), graph)
        triples = sorted(found, key=reading_order)
        if graph.writer == RdfFormat.JSON_LD:
            return Answer(json_ld(triples, prefixes), graph)
        return Answer(serialize(triples, format=graph.writer, prefixes=prefixes) or b"", graph)


def _refuse(text: str) -> None:
    found = words(text)
    if "SERVICE" in found:
        raise _service()
    form = next((word for word in found if word in _FORMS | _UPDATES), None)
    if form is None:
        none = "this is no query: it has none of SELECT, ASK, CONSTRUCT, DESCRIBE"
        raise QueryError("syntax", misspelt(text) or none)
    if form in _UPDATES:
        raise QueryError("update", f"{form} is an update: this endpoint is read-only")


def _service() -> QueryError:
    message = "SERVICE is switched off: this endpoint asks nobody else, nothing leaves it"
    return QueryError("service", message)


def _refuse_service(text: str, prefixes: dict[str, str]) -> None:
    """Refuse a query that the parser reads a SERVICE in, wherever that hides.

    The parser needs no space around a keyword: with ``PREFIX x: <...>`` it reads
    ``SERVICEx:y { ... }`` as one. So the parser itself is asked, with other letters
    in the place of these, over no data: only where they stand in strings,
    comments and names does the text remain a query.
    """
    if not _SERVICE.search(text):
        return
    plain = {_SERVICE.sub(_NO_KEYWORD, name): iri for name, iri in prefixes.items()}
    try:
        Store().query(_SERVICE.sub(_NO_KEYWORD, text), prefixes=plain)
    except SyntaxError as error:
        if any("SERVICE" in word for word in words(text)):
            raise _service() from error
        raise QueryError("syntax", explain_syntax(str(error), text)) from error
    except RuntimeError:
        return  # it is a query; what it lacks is said when it is run


def _results(found: QuerySolutions | QueryBoolean, results: Format | None) -> Answer:
    if results is None or not isinstance(results.writer, QueryResultsFormat):
        raise QueryError("format", "SELECT and ASK answer in json, xml, csv or tsv")
    if isinstance(found, QueryBoolean) and results.name in ("csv", "tsv"):
        # The recommendation defines no CSV or TSV for ASK; one word is what clients expect.
        return Answer(b"true\n" if found else b"false\n", results)
    return Answer(found.serialize(format=results.writer) or b"", results)


def _nodes(iris: Sequence[str]) -> list[Any]:
    return [NamedNode(iri) for iri in iris]
