"""The page of ``/sparql``: a form, the answer as a table, the error message."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Response
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    parse_query_results,
)

from scograph.explanations.addresses import link_to
from scograph.rdf.namespaces import XSD
from scograph.rdf.term_text import term_text
from scograph.rdf.terms import AnyTerm
from scograph.sparql.engine import Engine
from scograph.sparql.errors import QueryError
from scograph.sparql.formats import GRAPHS, RESULTS
from scograph.sparql.serialization import SerializedResult
from scograph.web.pages.layout import page
from scograph.web.sparql_protocol import of_query

_START = """SELECT ?what ?name WHERE {
    ?what a sco:ForumEdition ; skos:prefLabel ?name .
}
ORDER BY ?what ?name
"""


@dataclass(frozen=True)
class Cell:
    """A cell in a table of results; ``title`` is the whole term where its text is not all."""

    text: str
    href: str | None = None
    language: str = ""
    direction: str = ""
    title: str = ""


@dataclass(frozen=True)
class Table:
    """A result for a page: rows of a SELECT, the word of an ASK, or a graph in Turtle."""

    columns: list[str]
    rows: list[list[Cell]]
    word: str = ""
    turtle: str = ""
    warnings: tuple[str, ...] = ()


def show_query_form(engine: Engine, query: str | None) -> Response:
    """Show the form with *query* and, where there is one, its answer."""
    if not query:
        return page("sparql.html", engine, query=_START, table=None, problem=None, links=[])
    try:
        table = tabulate(engine, query)
    except QueryError as error:
        return show_problem(engine, query, str(error), of_query(error).code or 400)
    offered = GRAPHS if table.turtle else RESULTS
    links = [(f.name, "/sparql?" + urlencode({"query": query, "format": f.name})) for f in offered]
    return page("sparql.html", engine, query=query, table=table, problem=None, links=links)


def show_problem(engine: Engine, query: str, problem: str, status: int) -> Response:
    """Show the form with *query*, which was not answered, and why."""
    response = page("sparql.html", engine, query=query, table=None, problem=problem, links=[])
    response.status_code = status
    return response


def tabulate(engine: Engine, query: str) -> Table:
    """Run *query* and return what a page shows of its answer.

    Raises:
        QueryError: the query cannot be answered.

    """
    answer = engine.query(query, RESULTS[0], GRAPHS[0])
    if answer.format in GRAPHS:
        return Table([], [], turtle=answer.content.decode(), warnings=answer.warnings)
    return replace(_table(engine, answer), warnings=answer.warnings)


def _table(engine: Engine, answer: SerializedResult) -> Table:
    found = parse_query_results(answer.content, format=QueryResultsFormat.JSON)
    if isinstance(found, QueryBoolean):
        return Table([], [], word="true" if found else "false")
    columns = [variable.value for variable in found.variables]
    base, prefixes = engine.release.base, engine.release.prefixes
    rows = [[_cell(solution[name], base, prefixes) for name in columns] for solution in found]
    return Table(columns, rows)


def _cell(term: AnyTerm | None, base: str, prefixes: dict[str, str]) -> Cell:
    if term is None:
        return Cell("")
    whole = term_text(term, prefixes)
    if isinstance(term, NamedNode):
        return Cell(whole, link_to(term.value, base))
    if isinstance(term, Literal):
        direction = getattr(term, "direction", None)
        typed = not term.language and term.datatype.value != XSD + "string"
        return Cell(term.value, None, term.language or "", direction or "", whole if typed else "")
    return Cell(whole)
