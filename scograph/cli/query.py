"""The commands `query` and `explain`, and how their answers are printed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import click
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    parse_query_results,
)
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scograph.cli.terminal import put
from scograph.graph import Graph
from scograph.rdf.errors import GraphError
from scograph.rdf.namespaces import WELL_KNOWN_PREFIXES, compact
from scograph.rdf.terms import text_of
from scograph.rdf.visible import visible
from scograph.sparql.client import ask_endpoint, is_address
from scograph.sparql.engine import Engine
from scograph.sparql.formats import GRAPHS, RESULTS, Format, named
from scograph.sparql.release import Release, find_release, open_release
from scograph.sparql.select import select
from scograph.sparql.serialization import SerializedResult

# The least width of a column, in characters, that still reads well.
_COLUMN = 17


@dataclass(frozen=True)
class Question:
    """A query, as *text* or as the *name* of a saved one, and whom to ask."""

    folder: Path
    endpoint: str | None
    name: str | None
    text: str | None


@click.command(short_help="ask a release, or an endpoint elsewhere")
@click.argument("text", required=False)
@click.option(
    "-f",
    "--file",
    type=click.File(encoding="utf-8"),
    help="Read the query from a file, - for standard input.",
)
@click.option("--name", metavar="NNN-slug", help="Run a saved query; its number is enough.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path(), help="The graph's folder."
)
@click.option(
    "--format", "form", default="table", metavar="FORMAT",
    help="table (the default), csv, tsv, json, xml; ttl, nt, jsonld, rdf for graphs.",
)  # fmt: skip
@click.option(
    "--endpoint", metavar="URL", help="Ask a SPARQL endpoint instead of the folder's release."
)
def query(
    text: str | None, file: TextIO | None, name: str | None, folder: Path,
    form: str, endpoint: str | None,
) -> None:  # fmt: skip
    """Ask the graph: TEXT is SPARQL; the dataset's prefixes need no PREFIX lines."""
    if sum(item is not None for item in (text, file, name)) != 1:
        raise click.UsageError("give one of TEXT, --file and --name")
    try:
        asked = Question(folder, endpoint, name=name, text=file.read() if file else text)
        (asked.text or "").encode()
    except UnicodeError as error:
        raise GraphError("the query is not UTF-8") from error
    show(asked, form)


@click.command("explain", short_help="say why a release holds a triple")
@click.argument("subject")
@click.argument("predicate")
@click.argument("value", metavar="OBJECT")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path(), help="The graph's folder."
)
@click.option("--format", "form", type=click.Choice(["text", "json", "ttl"]), default="text",
              show_default=True, help="A tree, JSON, or PROV in Turtle.")  # fmt: skip
def explain(subject: str, predicate: str, value: str, folder: Path, form: str) -> None:
    """Say why the graph holds SUBJECT PREDICATE OBJECT: who states it, or what it follows from.

    Each part is a prefixed name, an IRI or a label in any language; PREDICATE may be
    "a"; OBJECT may be a literal as in Turtle, or its text.
    """
    show_why(folder, (subject, predicate, value), form)


def show(question: Question, form: str) -> None:
    """Ask and print the answer in the format *form*: ``table`` or a format's name.

    Raises:
        GraphError: the query is refused, unknown, or nobody answers.

    """
    results, graph = _formats(form)
    if question.endpoint is None:
        release = open_release(find_release(question.folder))
        answer, prefixes = _ask(release, question, results, graph), release.prefixes
    else:
        if question.text is None:
            raise click.UsageError(
                "--name needs the folder's release; with --endpoint give the text"
            )
        if not is_address(question.endpoint):
            raise click.UsageError(
                f"--endpoint is the http(s) address of one, not {question.endpoint!r}"
            )
        answer = ask_endpoint(question.endpoint, question.text, results, graph)
        prefixes = WELL_KNOWN_PREFIXES
    for sentence in answer.warnings:
        click.echo(f"scograph: {sentence}", err=True)
    content, is_graph = answer.content, answer.format in GRAPHS
    if form != "table" or is_graph:
        put(content, exact=form != "table")
        return
    try:
        _print_table(content, prefixes)
    except (SyntaxError, ValueError) as error:
        raise GraphError(f"the answer cannot be read: {error}") from error


def show_why(folder: Path, names: tuple[str, str, str], form: str) -> None:
    """Print why the release of *folder* holds the triple *names*, as ``text``, ``json`` or ``ttl``.

    Raises:
        GraphError: there is no release, or no graph holds such a triple.

    """
    told = Graph.open(folder).explain(*names)
    if form == "text":
        told.show(Console())
        return
    put(told.turtle() if form == "ttl" else told.json().encode())


def _formats(form: str) -> tuple[Format | None, Format | None]:
    """Return the formats for results and for graphs that *form* stands for."""
    if form == "table":
        return RESULTS[0], GRAPHS[0]
    results, graph = named(form)
    if results is None and graph is None:
        names = ", ".join(["table", *(item.name for item in RESULTS + GRAPHS)])
        raise click.UsageError(f"there is no format {form!r}; there are {names}")
    return results, graph


def _ask(
    release: Release, question: Question, results: Format | None, graph: Format | None
) -> SerializedResult:
    engine = Engine(release)
    text = question.text if question.name is None else _saved(engine, question.name)
    return engine.query(text or "", results, graph)


def _saved(engine: Engine, name: str) -> str:
    base = engine.release.base
    query = (
        "SELECT ?q ?text WHERE { ?q a sh:SPARQLExecutable ; "
        "sh:select|sh:ask|sh:construct|sh:describe ?text } ORDER BY ?q"
    )
    known = {
        text_of(row["q"]).removeprefix(f"{base}queries/"): text_of(row["text"])
        for row in select(engine, query)
    }
    fitting = [key for key in known if key == name or key.split("-")[0] == name]
    if not fitting:
        raise GraphError(f"there is no saved query {name}; there are: {', '.join(known) or 'none'}")
    return known[fitting[0]]


def _print_table(content: bytes, prefixes: dict[str, str]) -> None:
    console = Console()
    found = parse_query_results(content, format=QueryResultsFormat.JSON)
    if isinstance(found, QueryBoolean):
        console.print("yes" if found else "no")
        return
    names = [variable.value for variable in found.variables]
    rows = [[_cell(row[name], prefixes) for name in names] for row in found]
    if not rows:
        console.print("no rows: nothing in the graph fits")
    elif len(names) > console.width // _COLUMN:
        _print_records(console, names, rows)
    else:
        table = _grid(*names, header_style="bold")
        for row in rows:
            table.add_row(*(Text(cell, overflow="fold") for cell in row))
        console.print(table)
    Console(stderr=True).print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}", style="dim")


def _print_records(console: Console, names: list[str], rows: list[list[str]]) -> None:
    """Print row below row: with so many columns, a table would break every word."""
    for number, row in enumerate(rows):
        if number:
            console.print()
        table = _grid(show_header=False)
        for name, cell in zip(names, row, strict=True):
            table.add_row(Text(name, style="bold"), Text(cell, overflow="fold"))
        console.print(table)


def _grid(*names: str, show_header: bool = True, header_style: str = "") -> Table:
    return Table(
        *names, box=SIMPLE_HEAD, show_edge=False, pad_edge=False,
        show_header=show_header, header_style=header_style,
    )  # fmt: skip


def _cell(term: object, prefixes: dict[str, str]) -> str:
    if isinstance(term, NamedNode):
        return visible(compact(term.value, prefixes))
    if isinstance(term, Literal):
        return visible(term.value)
    return "" if term is None else visible(str(term))
