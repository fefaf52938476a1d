"""Whole answers in every format: those of SPARQL 1.1 for tables and words, of RDF for graphs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from xml.etree.ElementTree import canonicalize

import pytest
from pyoxigraph import RdfFormat, parse

from scograph.sparql.engine import Engine
from scograph.sparql.errors import QueryError
from scograph.sparql.formats import (
    ALL,
    DATASETS,
    GRAPHS,
    RESULTS,
    by_name,
)
from scograph.sparql.serialization import SerializedResult
from tests.conformance.world import BASE, XSD, made_up

# Each kind of term, and what the formats have to escape.
TABLE = r"""SELECT ?v ?w { VALUES (?v ?w) {
    (ex:a UNDEF) ("x, \"y\"\n<&>" "1\t2") ("Ольха"@ru true) (-5 2.50)
    ("2021-05-01"^^xsd:date "") } }"""
NODE = "SELECT ?b { ex:alder ex:captain ?b }"
EMPTY = "SELECT ?x { ?x a ex:Raft }"
TABLES = {
    ("json", TABLE): """{"head":{"vars":["v","w"]},"results":{"bindings":[
        {"v":{"type":"uri","value":"https://example.org/a"}},
        {"v":{"type":"literal","value":"x, \\"y\\"\\n<&>"},
         "w":{"type":"literal","value":"1\\t2"}},
        {"v":{"type":"literal","value":"Ольха","xml:lang":"ru"},
         "w":{"type":"literal","value":"true",
              "datatype":"http://www.w3.org/2001/XMLSchema#boolean"}},
        {"v":{"type":"literal","value":"-5",
              "datatype":"http://www.w3.org/2001/XMLSchema#integer"},
         "w":{"type":"literal","value":"2.5",
              "datatype":"http://www.w3.org/2001/XMLSchema#decimal"}},
        {"v":{"type":"literal","value":"2021-05-01",
              "datatype":"http://www.w3.org/2001/XMLSchema#date"},
         "w":{"type":"literal","value":""}}]}}""",
    ("json", NODE): '{"head":{"vars":["b"]},"results":{"bindings":'
                    '[{"b":{"type":"bnode","value":"0"}}]}}',
    ("json", EMPTY): '{"head":{"vars":["x"]},"results":{"bindings":[]}}',
    ("json", "ASK {}"): '{"head":{},"boolean":true}',
    ("xml", TABLE): """<sparql xmlns="http://www.w3.org/2005/sparql-results#">
        <head><variable name="v"/><variable name="w"/></head><results>
        <result><binding name="v"><uri>https://example.org/a</uri></binding></result>
        <result><binding name="v"><literal>x, "y"\n&lt;&amp;></literal></binding>
                <binding name="w"><literal>1\t2</literal></binding></result>
        <result><binding name="v"><literal xml:lang="ru">Ольха</literal></binding>
                <binding name="w"><literal datatype="http://www.w3.org/2001/XMLSchema#boolean"
                    >true</literal></binding></result>
        <result><binding name="v"><literal datatype="http://www.w3.org/2001/XMLSchema#integer"
                    >-5</literal></binding>
                <binding name="w"><literal datatype="http://www.w3.org/2001/XMLSchema#decimal"
                    >2.5</literal></binding></result>
        <result><binding name="v"><literal datatype="http://www.w3.org/2001/XMLSchema#date"
                    >2021-05-01</literal></binding>
                <binding name="w"><literal/></binding></result>
        </results></sparql>""",
    ("xml", NODE): """<sparql xmlns="http://www.w3.org/2005/sparql-results#">
        <head><variable name="b"/></head><results><result><binding name="b"><bnode>0</bnode>
        </binding></result></results></sparql>""",
    ("xml", EMPTY): """<sparql xmlns="http://www.w3.org/2005/sparql-results#">
        <head><variable name="x"/></head><results/></sparql>""",
    ("xml", "ASK {}"): """<sparql xmlns="http://www.w3.org/2005/sparql-results#">
        <head/><boolean>true</boolean></sparql>""",
    ("csv", TABLE): 'v,w\r\nhttps://example.org/a,\r\n"x, ""y""\n<&>",1\t2\r\nОльха,true\r\n'
                    '-5,2.5\r\n2021-05-01,\r\n',
    ("csv", NODE): "b\r\n_:0\r\n",
    ("csv", EMPTY): "x\r\n",
    ("csv", "ASK {}"): "true\n",
    ("tsv", TABLE): '?v\t?w\n<https://example.org/a>\t\n"x, \\"y\\"\\n<&>"\t"1\\t2"\n'
                    '"Ольха"@ru\ttrue\n-5\t2.5\n'
                    '"2021-05-01"^^<http://www.w3.org/2001/XMLSchema#date>\t""\n',
    ("tsv", NODE): "?b\n_:0\n",
    ("tsv", EMPTY): "?x\n",
    ("tsv", "ASK {}"): "true\n",
}  # fmt: skip

GRAPH = r"""CONSTRUCT {
    ex:a a ex:Ferry ; ex:name "x \"y\"\n<&>" , "Ольха"@ru ; ex:length 2.5 ; ex:next ex:b ;
        ex:built "2001-05-01"^^xsd:date .
    ?captain ex:age ?age } WHERE { ex:alder ex:captain ?captain . ?captain ex:age ?age }"""
TURTLE = """\
@prefix ex: <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ex:a a ex:Ferry ;
	ex:built "2001-05-01"^^xsd:date ;
	ex:length 2.5 ;
	ex:name "x \\"y\\"\\n<&>" , "Ольха"@ru ;
	ex:next ex:b .
_:0 ex:age 41 .
"""
TRIPLES = """\
<https://example.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/Ferry> .
<https://example.org/a> <https://example.org/built> "2001-05-01"^^<http://www.w3.org/2001/XMLSchema#date> .
<https://example.org/a> <https://example.org/length> "2.5"^^<http://www.w3.org/2001/XMLSchema#decimal> .
<https://example.org/a> <https://example.org/name> "x \\"y\\"\\n<&>" .
<https://example.org/a> <https://example.org/name> "Ольха"@ru .
<https://example.org/a> <https://example.org/next> <https://example.org/b> .
_:0 <https://example.org/age> "41"^^<http://www.w3.org/2001/XMLSchema#integer> .
"""  # noqa: E501
GRAPHS_AS = {
    "ttl": TURTLE,
    "trig": TURTLE,
    "nt": TRIPLES,
    "nq": TRIPLES,
    "jsonld": """{
        "@context": {"ex": "https://example.org/", "xsd": "http://www.w3.org/2001/XMLSchema#"},
        "@graph": [
            {"@id": "ex:a", "@type": "ex:Ferry",
             "ex:built": {"@type": "xsd:date", "@value": "2001-05-01"},
             "ex:length": {"@type": "xsd:decimal", "@value": "2.5"},
             "ex:name": ["x \\"y\\"\\n<&>", {"@language": "ru", "@value": "Ольха"}],
             "ex:next": {"@id": "ex:b"}},
            {"@id": "_:0", "ex:age": {"@type": "xsd:integer", "@value": "41"}}]}""",
    "rdf": """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
                       xmlns:ex="https://example.org/">
        <ex:Ferry rdf:about="https://example.org/a">
            <ex:built rdf:datatype="http://www.w3.org/2001/XMLSchema#date">2001-05-01</ex:built>
            <ex:length rdf:datatype="http://www.w3.org/2001/XMLSchema#decimal">2.5</ex:length>
            <ex:name>x "y"\n&lt;&amp;></ex:name>
            <ex:name xml:lang="ru">Ольха</ex:name>
            <ex:next rdf:resource="https://example.org/b"/>
        </ex:Ferry>
        <rdf:Description rdf:nodeID="0">
            <ex:age rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">41</ex:age>
        </rdf:Description></rdf:RDF>""",
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(made_up({"ex": BASE, "xsd": XSD}))


def same(text: str) -> object:
    return text


def compact(text: str) -> str:
    """XML without what makes no difference."""
    return canonicalize(text, strip_text=True)


def quads(text: str) -> object:
    """TriG by value: the engine may write a thing in several ways."""
    return {str(quad) for quad in parse(text.encode(), format=RdfFormat.TRIG)}


READ: dict[str, Callable[[str], object]] = {
    "json": json.loads, "jsonld": json.loads, "xml": compact, "rdf": compact, "trig": quads,
}  # fmt: skip


def read(name: str, text: str) -> object:
    """*text* for a comparison; it has one blank node, whose label differs from run to run."""
    return READ.get(name, same)(re.sub(r"\b[0-9a-f]{20,32}\b", "0", text))


def written(engine: Engine, query: str, name: str) -> SerializedResult:
    return engine.query(query, by_name(name, RESULTS), by_name(name, GRAPHS + DATASETS))


@pytest.mark.parametrize(
    ("name", "query", "expected"), [(*key, text) for key, text in TABLES.items()],
    ids=[f"{name}-{query[:8]}" for name, query in TABLES],
)  # fmt: skip
def test_a_table_or_word(engine: Engine, name: str, query: str, expected: str) -> None:
    found = written(engine, query, name)
    assert (found.format.name, read(name, found.content.decode())) == (name, read(name, expected))


@pytest.mark.parametrize("name", GRAPHS_AS)
def test_a_graph(engine: Engine, name: str) -> None:
    found = written(engine, GRAPH, name)
    text = found.content.decode()
    assert (found.format.name, read(name, text)) == (name, read(name, GRAPHS_AS[name]))


def test_every_format_has_cases() -> None:
    shown = {name for name, _ in TABLES} | set(GRAPHS_AS)
    assert shown == {item.name for item in ALL}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("ASK {}", "ttl"),
        ("SELECT * {}", "nq"),
        ("CONSTRUCT {} {}", "csv"),
        ("DESCRIBE ex:a", "xml"),
    ],
)
def test_a_format_of_the_other_kind_is_refused(engine: Engine, query: str, name: str) -> None:
    with pytest.raises(QueryError) as error:
        written(engine, query, name)
    assert error.value.kind == "format"


def test_the_empty_prefix_of_a_dataset_does_not_hinder_json_ld() -> None:
    engine = Engine(made_up())
    found = written(engine, "DESCRIBE :isle", "jsonld")
    assert json.loads(found.content)["@graph"]
