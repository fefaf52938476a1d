"""Every published literal comes back as it is written, in every format that the service writes."""

from __future__ import annotations

import csv
import io

import pytest
from pyoxigraph import (
    Literal,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
)

from scograph.server.settings import Settings
from scograph.sparql.engine import Engine
from scograph.sparql.formats import GRAPHS, RESULTS, Format
from scograph.sparql.release import Release

LITERALS = """SELECT DISTINCT ?o {
    { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } FILTER (isLiteral(?o)) }"""
# RDF/XML has no name for a predicate that ends in none; there is none in a release.
EVERYTHING = "CONSTRUCT { ?s ?p ?o } { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
READ = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML,
        "jsonld": RdfFormat.JSON_LD}  # fmt: skip
ROWS = {"json": QueryResultsFormat.JSON, "xml": QueryResultsFormat.XML,
        "tsv": QueryResultsFormat.TSV}  # fmt: skip


@pytest.fixture(scope="module")
def published(any_release: Release) -> list[Quad]:
    """The quads of the release, as its file has them."""
    return list(parse((any_release.path / "dataset.nq").read_bytes(), format=RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def literals(published: list[Quad]) -> set[Literal]:
    return {quad.object for quad in published if isinstance(quad.object, Literal)}


@pytest.fixture(scope="module")
def engine(any_release: Release) -> Engine:
    return Engine(any_release, Settings(result_size=500))


def test_this_repository_has_literals_of_many_kinds(release: Release) -> None:
    literals = {quad.object for quad in release.store if isinstance(quad.object, Literal)}
    kinds = {literal.datatype.value.rpartition("#")[2] for literal in literals}
    assert {"string", "langString", "date", "gYear", "gYearMonth", "integer", "decimal",
            "boolean"} <= kinds  # fmt: skip
    assert {literal.language for literal in literals} >= {"en", "ru", "zh", None}


@pytest.mark.parametrize(
    "form", [form for form in RESULTS if form.name in ROWS], ids=lambda f: f.name
)
def test_results_have_every_literal_as_it_is_written(
    engine: Engine, literals: set[Literal], form: Format
) -> None:
    found = parse_query_results(engine.query(LITERALS, form, None).content, format=ROWS[form.name])
    assert isinstance(found, QuerySolutions)
    assert {row["o"] for row in found} == literals


def test_csv_has_the_text_of_every_literal(engine: Engine, literals: set[Literal]) -> None:
    content = engine.query(LITERALS, RESULTS[2], None).content.decode()
    rows = csv.reader(io.StringIO(content, newline=""))
    assert {"".join(row) for row in list(rows)[1:]} == {literal.value for literal in literals}


@pytest.mark.parametrize("form", GRAPHS, ids=lambda f: f.name)
def test_graphs_have_every_literal_as_it_is_written(
    engine: Engine, literals: set[Literal], form: Format
) -> None:
    content = engine.query(EVERYTHING, None, form).content
    found = {quad.object for quad in parse(content, format=READ[form.name])}
    assert {term for term in found if isinstance(term, Literal)} == literals


def test_the_store_holds_what_the_file_says(any_release: Release, published: list[Quad]) -> None:
    assert set(any_release.store) == set(published)
