"""Tables in every format: read back by readers of two makes as they were, or refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from scograph.sparql.engine import Engine
from scograph.sparql.errors import QueryError
from scograph.sparql.formats import RESULTS, by_name
from scograph.sparql.limits import Limits
from scograph.sparql.serialization import write_results
from tests.conformance.world import BASE, made_up

Rows = list[tuple[str, ...]]
XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
XML = "{http://www.w3.org/XML/1998/namespace}"
SPARQL = "{http://www.w3.org/2005/sparql-results#}"
ITS = "{http://www.w3.org/2005/11/its}"


def written(query: str, name: str, limits: Limits | None = None) -> bytes:
    return Engine(made_up({"ex": BASE}), limits or Limits()).query(
        query, by_name(name, RESULTS), None
    ).content  # fmt: skip


def by_json(content: bytes) -> Rows:
    found = json.loads(content)
    names = found["head"]["vars"]
    return [tuple(_json_term(row.get(name)) for name in names)
            for row in found["results"]["bindings"]]  # fmt: skip


def _json_term(found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    kind, value = found["type"], found["value"]
    if kind == "triple":
        parts: Any = [_json_term(value[part]) for part in ("subject", "predicate", "object")]
        return f"<<( {' '.join(parts)} )>>"
    return _term(kind, value, found.get("xml:lang"), found.get("its:dir"), found.get("datatype"))


def by_element_tree(content: bytes) -> Rows:
    root = ElementTree.fromstring(content)  # noqa: S314 - what we have written ourselves
    names = [node.get("name") for node in root.iter(f"{SPARQL}variable")]
    rows = [
        {node.get("name"): _xml_term(node[0]) for node in result}
        for result in root.iter(f"{SPARQL}result")
    ]
    return [tuple(row.get(name, "") for name in names) for row in rows]


def _xml_term(node: ElementTree.Element) -> str:
    kind = node.tag.removeprefix(SPARQL)
    if kind == "triple":
        return f"<<( {' '.join(_xml_term(part[0]) for part in node)} )>>"
    return _term(
        kind, node.text or "", node.get(f"{XML}lang"), node.get(f"{ITS}dir"), node.get("datatype")
    )


def _term(
    kind: str, value: str, language: str | None, direction: str | None, datatype: str | None
) -> str:
    if kind == "uri":
        return str(NamedNode(value))
    if kind == "bnode":
        return "_:"
    if language is not None:
        return str(Literal(value, language=language)) + (f"--{direction}" if direction else "")
    return str(Literal(value, datatype=NamedNode(datatype or XSD_STRING)))


def by_turtle(content: bytes) -> Rows:
    """TSV: each cell is a term of Turtle."""
    head, *lines, end = content.decode().split("\n")
    assert end == ""
    return [tuple(_cell(cell) for cell in line.split("\t")) if head else () for line in lines]


def _cell(text: str) -> str:
    if not text:
        return ""
    (quad,) = parse(f"<urn:s> <urn:p> {text} .", format=RdfFormat.TURTLE)
    return shown(quad.object)


def by_oxigraph(form: QueryResultsFormat) -> Callable[[bytes], Rows]:
    def read(content: bytes) -> Rows:
        found = parse_query_results(content, format=form)
        assert isinstance(found, QuerySolutions)
        return [tuple(shown(row[name.value]) for name in found.variables) for row in found]

    return read


def shown(term: Any) -> str:
    if isinstance(term, Triple):
        return f"<<( {' '.join(shown(part) for part in term)} )>>"
    return "_:" if isinstance(term, BlankNode) else "" if term is None else str(term)


def texts_of(content: bytes) -> Rows:
    """CSV, which tells the text of a term alone."""
    head, *rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    return [tuple(row) for row in rows if head or row]


READERS = {
    "json": [by_json, by_oxigraph(QueryResultsFormat.JSON)],
    "xml": [by_element_tree, by_oxigraph(QueryResultsFormat.XML)],
    "tsv": [by_turtle, by_oxigraph(QueryResultsFormat.TSV)],
}
ENDS = r'SELECT ?x { VALUES ?x { "one\r\ntwo" "\r" "a\rb" } }'
QUOTED = r'SELECT (<<( ex:a ex:p "x\r\t, \"y\""@en--ltr )>> AS ?x) ("z"@ar--rtl AS ?y) {}'


@pytest.mark.parametrize("name", READERS)
def test_carriage_returns_come_back(name: str) -> None:
    expected = [(r'"one\r\ntwo"',), (r'"\r"',), (r'"a\rb"',)]
    assert [read(written(ENDS, name)) for read in READERS[name]] == [expected] * 2


def test_carriage_returns_are_references_in_xml() -> None:
    cells = written(ENDS, "xml").split(b"<literal>")[1:]
    assert [cell.split(b"</literal>")[0] for cell in cells] == [
        b"one&#13;\ntwo", b"&#13;", b"a&#13;b",
    ]  # fmt: skip


def test_csv_has_carriage_returns_in_quotes() -> None:
    assert written(ENDS, "csv") == b'x\r\n"one\r\ntwo"\r\n"\r"\r\n"a\rb"\r\n'


@pytest.mark.parametrize("name", READERS)
def test_terms_of_rdf_1_2_come_back(name: str) -> None:
    expected = [(f'<<( <{BASE}a> <{BASE}p> "x\\r\\t, \\"y\\""@en--ltr )>>', '"z"@ar--rtl')]
    assert [read(written(QUOTED, name)) for read in READERS[name]] == [expected] * 2


REFUSED = [
    (QUOTED, "csv", "CSV has no triple terms: ask for json, xml or tsv"),
    ("SELECT (TRIPLE(ex:a, ex:b, 1) AS ?x) {}", "csv",
     "CSV has no triple terms: ask for json, xml or tsv"),
    (r'SELECT ("\u001B" AS ?x) {}', "xml",
     "the answer has a control character, which XML cannot carry: ask for json, csv or tsv"),
    (r'SELECT ("\uFFFF" AS ?x) {}', "xml",
     "the answer has a control character, which XML cannot carry: ask for json, csv or tsv"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "name", "reason"), REFUSED)
def test_what_a_format_cannot_carry_is_refused_with_the_reason(
    query: str, name: str, reason: str
) -> None:
    with pytest.raises(QueryError) as error:
        written(query, name)
    assert (error.value.kind, str(error.value)) == ("format", reason)


def test_csv_of_data_with_triple_terms_is_refused() -> None:
    release = made_up({"ex": BASE})
    release.store.load(b"<urn:a> <urn:b> <<( <urn:a> <urn:b> 'x, y' )>> .", format=RdfFormat.TURTLE)
    with pytest.raises(QueryError) as error:
        Engine(release).query("SELECT ?o { <urn:a> <urn:b> ?o }", by_name("csv"), None)
    assert (error.value.kind, str(error.value)) == ("format", REFUSED[0][2])


def test_an_answer_that_is_too_large_once_it_is_escaped_is_refused() -> None:
    many = "\\r" * 300_000
    limits = Limits(result_size=1)
    assert len(written(f'SELECT ("{many}" AS ?x) {{}}', "csv", limits)) < 10**6
    with pytest.raises(QueryError) as error:
        written(f'SELECT ("{many}" AS ?x) {{}}', "xml", limits)
    assert error.value.kind == "large"


iris = st.sampled_from(["urn:a", "http://h/?a=b&c='d", "http://h/é#x"]).map(NamedNode)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=4) | st.sampled_from(
    ["", " ", " x ", "\r\n", "\t", ',"', "a,b", "]]>", "&#13;", "\x85\u2028", "\ufeffx", "<<("]
)
terms = (
    iris
    | st.builds(Literal, texts)
    | st.builds(Literal, texts, language=st.sampled_from(["en", "zh-hant"]))
    | st.builds(Literal, texts, datatype=iris)
)


@given(
    st.integers(0, 3).flatmap(
        lambda width: st.lists(st.tuples(*[st.none() | terms] * width), max_size=4)
    ),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_any_table_is_read_back_as_it_was_or_refused(
    table: list[tuple[NamedNode | Literal | None, ...]], careful: bool
) -> None:
    width = len(table[0]) if table else 2
    names = " ".join(f"?v{number}" for number in range(width))
    rows = " ".join(
        f"({' '.join('UNDEF' if term is None else str(term) for term in row)})" for row in table
    )
    query = f"SELECT {names or '*'} {{ VALUES ({names}) {{ {rows} }} }}"
    expected = [tuple(shown(term) for term in row) for row in table]
    for chosen in RESULTS:
        found = Store().query(query)
        assert isinstance(found, QuerySolutions)
        try:
            content = write_results(found, chosen, Limits(), triple_terms=careful).content
        except QueryError:
            assert chosen.name == "xml"
            characters = "".join(term.value for row in table for term in row if term is not None)
            assert not all(c in "\t\n\r" or " " <= c not in "\ufffe\uffff" for c in characters)
            continue
        if chosen.name != "csv":
            assert [read(content) for read in READERS[chosen.name]] == [expected] * 2, chosen
        elif width:
            plain = [tuple(term.value if term else "" for term in row) for row in table]
            # A row of one empty cell is an empty line, which the reader takes for no cell.
            assert [row or ("",) for row in texts_of(content)] == plain
        else:
            assert content == b"\r\n" * (len(table) + 1)


@pytest.mark.parametrize("query", [
    'SELECT ?x ?y { VALUES (?x ?y) { ("a\\rb" "c\\nd") ("a,b" " x ") ("\\"" UNDEF) (ex:a "") } }',
    "SELECT * {}", "SELECT ?x { ex:alder ex:captain ?x . FILTER (false) }",
])  # fmt: skip
def test_csv_is_the_same_where_triple_terms_might_have_been(query: str) -> None:
    assert written(f"{query} # <<", "csv") == written(query, "csv")
