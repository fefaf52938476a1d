"""The W3C test cases of SPARQL 1.1, asked over HTTP of a running server.

`FAILS` is a strict ledger: a case in it that passes fails the run as one that does not.
"""

from __future__ import annotations

import csv
import http.client
import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pyoxigraph import (
    BlankNode,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)
from pyoxigraph import CanonicalizationAlgorithm as Canonical

from scograph.sparql.tokens import shape_of
from tests.patience import patience
from tests.serving import serving
from tests.w3c import (
    CASES,
    PROTOCOL,
    Case,
    Manifest,
    blob_of,
    data_of,
    needs_cases,
    query_cases,
    write_quads,
)

# What the engine does otherwise than the recommendation; the reason where it is known.
_GROUP = "the members of a group come in another order than the test's author expected"
FAILS = {
    "aggregates/agg-empty-group-count-graph": "no row for a graph in which nothing matches",
    "aggregates/agg-groupconcat-04": _GROUP,
    "aggregates/agg-groupconcat-06": _GROUP,
}

# It is to be read, but asks for a function that nobody has defined.
NO_FUNCTION = {"syntax-query/test_4"}
NUMBER = 338
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
ROW, IN_ROW = "urn:row:", NamedNode("urn:row")
JSON, XML, TSV = QueryResultsFormat.JSON, QueryResultsFormat.XML, QueryResultsFormat.TSV
ACCEPT = {JSON: "application/sparql-results+json", XML: "application/sparql-results+xml",
          TSV: "text/tab-separated-values"}  # fmt: skip
BY_SUFFIX = {".srj": JSON, ".srx": XML, ".tsv": TSV}

pytestmark = needs_cases


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    release = write_quads(tmp_path_factory.mktemp("w3c") / "release", data_of(query_cases()))
    with serving(release, "--parallel", "8") as (address, _):
        yield address.removeprefix("http://")


def ask(address: str, case: Case, accept: str) -> tuple[int, bytes]:
    """Ask the query of *case* over its own dataset: by the protocol, unless the query has one."""
    graphs = [("default-graph-uri", iri) for iri in case.data]
    graphs += [("named-graph-uri", iri) for iri in case.graphs]
    if shape_of(case.text).words["FROM"]:
        graphs = []
    connection = http.client.HTTPConnection(address, timeout=patience("answer"))
    try:
        headers = {"Content-Type": "application/sparql-query", "Accept": accept}
        connection.request("POST", f"/sparql?{urlencode(graphs)}", case.text.encode(), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def by_value(quads: list[Quad]) -> Dataset:
    """*quads* with literals as a store writes them, and blank nodes by canonical names."""
    store = Store()
    store.extend(quads)
    found = Dataset(store)
    found.canonicalize(Canonical.UNSTABLE)
    return found


def solutions(content: bytes, form: QueryResultsFormat) -> Dataset | bool:
    """An answer by value: its word, or a graph that is the same for the same rows."""
    found = parse_query_results(content, format=form)
    if isinstance(found, QueryBoolean):
        return bool(found)
    assert isinstance(found, QuerySolutions)
    names = [variable.value for variable in found.variables]
    quads = [Quad(BlankNode(), IN_ROW, Literal(name)) for name in sorted(names)]
    for solution in found:
        row = BlankNode()
        quads.append(Quad(row, IN_ROW, row))
        quads += [
            Quad(row, NamedNode(ROW + name), value)
            for name in names
            if (value := solution[name]) is not None
        ]
    return by_value(quads)


def result_set(path: Path) -> Dataset:
    """The rows of a SELECT that are written in RDF, as `solutions` writes them."""
    result = Manifest(path)
    quads = [
        Quad(BlankNode(), IN_ROW, quad.object)
        for quad in result.store.quads_for_pattern(None, NamedNode(RS + "resultVariable"), None)
    ]
    for solution in result.store.quads_for_pattern(None, NamedNode(RS + "solution"), None):
        row = BlankNode()
        quads.append(Quad(row, IN_ROW, row))
        assert isinstance(solution.object, BlankNode)
        for binding in result.values(solution.object, RS + "binding"):
            assert isinstance(binding, BlankNode)
            (name,) = result.texts(binding, RS + "variable")
            (value,) = result.values(binding, RS + "value")
            quads.append(Quad(row, NamedNode(ROW + name), value))
    return by_value(quads)


def table(content: bytes) -> list[list[tuple[str, str | float]]]:
    """The rows of CSV by name of column, numbers by value, blank nodes without their names."""

    def value(text: str) -> str | float:
        if text.startswith("_:"):
            return "_:"
        try:
            return float(text)
        except ValueError:
            return text

    rows = csv.DictReader(io.StringIO(content.decode(), newline=""))
    found = [sorted((name, value(text)) for name, text in row.items()) for row in rows]
    return sorted(found, key=str)


def graph(content: bytes, form: RdfFormat) -> Dataset:
    return by_value(list(parse(content, format=form, base_iri="urn:base")))


def marked(case: Case) -> object:
    marks = [pytest.mark.xfail(reason=FAILS[case.name], strict=True)] if case.name in FAILS else []
    return pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", [marked(case) for case in query_cases()])
def test_a_case_of_the_w3c(address: str, case: Case) -> None:
    if "Syntax" in case.kind:
        status, content = ask(address, case, "*/*")
        unread = content.startswith(b"400 Bad Request: The query cannot be read: ")
        expected = (400, True) if case.kind.startswith("Negative") else (200, False)
        # A function that does not exist is no error of syntax.
        assert (status, unread) == ((400, False) if case.name in NO_FUNCTION else expected)
        return
    assert case.result is not None
    wanted, suffix = case.result.read_bytes(), case.result.suffix
    if suffix == ".csv":
        status, content = ask(address, case, "text/csv")
        assert (status, table(content)) == (200, table(wanted))
    elif suffix in BY_SUFFIX:
        form = BY_SUFFIX[suffix]
        status, content = ask(address, case, ACCEPT[form])
        assert status == 200, content
        assert solutions(content, form) == solutions(wanted, form)
    elif shape_of(case.text).form == "SELECT":
        status, content = ask(address, case, ACCEPT[JSON])
        assert status == 200, content
        assert solutions(content, JSON) == result_set(case.result)
    else:
        form_of = {".ttl": RdfFormat.TURTLE, ".nt": RdfFormat.N_TRIPLES, ".rdf": RdfFormat.RDF_XML}
        status, content = ask(address, case, "application/n-triples")
        assert status == 200, content
        assert graph(content, RdfFormat.N_TRIPLES) == graph(wanted, form_of[suffix])


def test_the_ledger_names_cases_that_there_are() -> None:
    assert set(FAILS) - {case.name for case in query_cases()} == set()


def test_the_cases_are_all_there_and_of_the_version_that_is_named() -> None:
    found = (len(query_cases()), blob_of(CASES / "protocol" / "manifest.ttl"))
    assert found == (NUMBER, PROTOCOL)
