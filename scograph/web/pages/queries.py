"""``/queries/``: the saved questions, each with its query and its answer."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode
from werkzeug.wrappers import Response as BaseResponse

from scograph.http import errors
from scograph.rdf.terms import text_of
from scograph.sparql.engine import Engine
from scograph.sparql.errors import QueryError
from scograph.sparql.formats import GRAPHS, RESULTS, negotiate
from scograph.sparql.select import select
from scograph.web.pages.addressed import Addressed
from scograph.web.pages.layout import page
from scograph.web.pages.query_form import tabulate
from scograph.web.pages.things import see_thing_or
from scograph.web.sparql_protocol import ProtocolRequest, answer_query, of_query

_SAVED = """
SELECT ?query ?question ?text WHERE {
    ?query a sh:SPARQLExecutable ; rdfs:comment ?question .
    ?query sh:select|sh:ask|sh:construct|sh:describe ?text .
} ORDER BY ?query"""


@dataclass(frozen=True)
class Saved:
    """A saved query of the release: name (``NNN-slug``), question, SPARQL."""

    name: str
    question: str
    text: str


def saved_queries(engine: Engine) -> list[Saved]:
    """Return the release's saved queries in the order of their names."""
    return [
        Saved(
            text_of(row["query"]).rsplit("/", 1)[-1], text_of(row["question"]), text_of(row["text"])
        )
        for row in select(engine, _SAVED)
        if isinstance(row["query"], NamedNode)
    ]


def add_queries(blueprint: Blueprint, engine: Engine, addressed: Addressed) -> None:
    """Add the routes of the saved queries to *blueprint*."""

    def find(name: str) -> Saved | None:
        return next((item for item in saved_queries(engine) if item.name == name), None)

    @blueprint.get("/queries/")
    def queries() -> Response:
        return page("queries.html", engine, queries=saved_queries(engine))

    @blueprint.get("/queries/<name>")
    def query(name: str) -> BaseResponse:
        saved, dot, suffix = find(name), "", ""
        if saved is None:
            name, dot, suffix = name.rpartition(".")
            saved = find(name)
        if saved is None:
            missing = errors.not_found(f"the query {name}{dot}{suffix}")
            return see_thing_or(engine, addressed, missing)
        html = negotiate(request.headers.get("Accept"), RESULTS + GRAPHS, html=True) == "html"
        if html and not dot:
            try:
                table = tabulate(engine, saved.text)
            except QueryError as error:
                raise of_query(error) from error
            names = [item.name for item in (GRAPHS if table.turtle else RESULTS)]
            return page("query.html", engine, saved=saved, table=table, formats=names)
        asked = ProtocolRequest(saved.text, [], [], suffix or None)
        found = answer_query(engine, asked, request.headers.get("Accept"))
        return Response(found.body, found.status, found.headers)
