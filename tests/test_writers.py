"""Every graph in every format: read back by two readers as it was, or refused with the reason."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from xml.parsers import expat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BaseDirection,
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryTriples,
    RdfFormat,
    Triple,
    parse,
)
from werkzeug.test import Client

from scograph.sparql.errors import QueryError
from scograph.sparql.formats import DATASETS, GRAPHS, Format, by_name
from scograph.sparql.release import Release
from scograph.sparql.serialization import write_triples
from tests.conformance.world import BASE, made_up
from tests.http_client import client_over
from tests.readers import by_oxigraph, canonical, readings
from tests.w3c import CASES, needs_cases

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
EX = "https://example.org/"
TYPE = NamedNode(RDF + "type")
FORMATS = GRAPHS + DATASETS
PLAIN = {"ex": EX, "rdf": RDF, "xsd": XSD}


def written(text: str, name: str, prefixes: Mapping[str, str] = PLAIN) -> str:
    """The graph *text*, which is Turtle with the prefix ex:, in another format."""
    chosen = by_name(name, FORMATS)
    assert chosen is not None
    declared = f"@prefix ex: <{EX}> . @prefix rdf: <{RDF}> . @prefix xsd: <{XSD}> ."
    found = [quad.triple for quad in parse(f"{declared} {text}", format=RdfFormat.TURTLE)]
    content = write_triples(found, chosen, dict(prefixes)).content
    assert set(readings(content, chosen)) == {"oxigraph", "PyLD" if name == "jsonld" else "rdflib"}
    assert all(reading == canonical(found) for reading in readings(content, chosen).values())
    return content.decode()


def rdf_xml(body: str, declared: str = f'\n  xmlns:ex="{EX}"') -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="{RDF}"{declared}>\n'
        f"{body}</rdf:RDF>\n"
    )


ABOUT_A = f'<rdf:Description rdf:about="{EX}a">\n'
END = "</rdf:Description>\n"
TYPED = f'<ex:C rdf:about="{EX}a">\n'


def typed_as(iri: str) -> str:
    return rdf_xml(f'{ABOUT_A} <rdf:type rdf:resource="{iri}"/>\n{END}', "")


RDF_XML = [
    ("a class that a prefix names", "ex:a a ex:C .", rdf_xml(f"{TYPED}</ex:C>\n")),
    ("a class of digits", "ex:a a ex:123 .", typed_as(f"{EX}123")),
    ("a class that is a namespace", "ex:a a ex: .", typed_as(EX)),
    ("a class that ends in a hash", "ex:a a <https://o.example/c#> .",
     typed_as("https://o.example/c#")),
    ("a class in parentheses", r"ex:a a ex:River_\(water\) .", typed_as(f"{EX}River_(water)")),
    ("a class without a prefix", "ex:a a <urn:x:C> .", typed_as("urn:x:C")),
    ("a class that RDF/XML reserves", "ex:a a rdf:Description .", typed_as(f"{RDF}Description")),
    ("a class of RDF", "ex:a a rdf:Bag .", typed_as(f"{RDF}Bag")),
    ("two classes and a literal as type", 'ex:a a ex:C , ex:1 , "x" .',
     rdf_xml(f'<rdf:Description rdf:about="{EX}a">\n <rdf:type>x</rdf:type>\n'
             f' <rdf:type rdf:resource="{EX}1"/>\n <rdf:type rdf:resource="{EX}C"/>\n{END}', "")),
    ("a predicate without a prefix", "ex:a <urn:x:p> 1 .",
     rdf_xml(f'{ABOUT_A} <ns:p xmlns:ns="urn:x:" rdf:datatype="{XSD}integer">1</ns:p>\n{END}', "")),
    ("a member of a container", "ex:a rdf:_1 ex:b .",
     rdf_xml(f'{ABOUT_A} <rdf:_1 rdf:resource="{EX}b"/>\n{END}', "")),
    ("what XML escapes", r'ex:a ex:p "<&>\"\r\n\t]]>" ; <urn:a&b:p> <urn:a&b:c> .',
     rdf_xml(f'{ABOUT_A} <ex:p>&lt;&amp;&gt;"&#13;\n\t]]&gt;</ex:p>\n'
             f' <ns:p xmlns:ns="urn:a&amp;b:" rdf:resource="urn:a&amp;b:c"/>\n{END}')),
    ("a blank node with a number for a name", "_:1 ex:p _:b .",
     rdf_xml(f'<rdf:Description rdf:nodeID="_x31">\n <ex:p rdf:nodeID="b"/>\n{END}')),
    ("nothing", "", rdf_xml("", "")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in RDF_XML],
                         ids=[case[0] for case in RDF_XML])  # fmt: skip
def test_rdf_xml_is_well_formed_whatever_the_names_are(text: str, expected: str) -> None:
    assert written(text, "rdf") == expected


def test_the_empty_prefix_is_the_default_namespace_of_rdf_xml() -> None:
    expected = rdf_xml(f'<C rdf:about="{EX}a">\n <p rdf:resource="{EX}b"/>\n</C>\n',
                       f'\n  xmlns="{EX}"')  # fmt: skip
    assert written("ex:a a ex:C ; ex:p ex:b .", "rdf", {"": EX}) == expected


@pytest.mark.parametrize(
    "prefix", ["rdf", "xml", "xmlns", "ᏣᎳᎩ"], ids=["rdf", "xml", "xmlns", "beyond XML 1.0"]
)
def test_a_prefix_that_xml_cannot_declare_is_not_used(prefix: str) -> None:
    expected = rdf_xml(f'{ABOUT_A} <ns:p xmlns:ns="{EX}" rdf:resource="{EX}b"/>\n{END}', "")
    assert written("ex:a ex:p ex:b .", "rdf", {prefix: EX}) == expected


ANY = ": ask for ttl, nt, trig or nq, which carry any graph"
NO_NAME = " ends in no name that all readers of XML know"
RESERVED = ["RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description",
            "li", "aboutEach", "aboutEachPrefix", "bagID"]  # fmt: skip
REFUSED = [
    *[("rdf", f"ex:a rdf:{name} 1 .", f"RDF/XML has no element for rdf:{name}")
      for name in RESERVED],
    *[("rdf", f"ex:a <{EX}{name}> 1 .", f"{EX}{name}{NO_NAME}")
      for name in ["km²", "123", "", "a/", "a#", "(x)", "ₓ", "𐐀", "ᏣᎳᎩ"]],
    ("rdf", "ex:a <http://www.w3.org/2000/xmlns/p> 1 .",
     f"http://www.w3.org/2000/xmlns/p{NO_NAME}"),
    *[("rdf", rf'ex:a ex:p "{text}" .', "the answer has a control character, which XML cannot "
      "carry") for text in [r"\u0000", r"\u001B", r"\uFFFE"]],
    ("rdf", "ex:a ex:p <<( ex:a ex:p 1 )>> .", "RDF/XML 1.1 has no triple terms"),
    ("rdf", 'ex:a ex:p "x"@en--ltr .', "RDF/XML 1.1 has no literals with a base direction"),
    ("jsonld", "ex:a ex:p <<( ex:a ex:p 1 )>> .", "JSON-LD 1.1 has no triple terms"),
    ("jsonld", "ex:a a <<( ex:a ex:p 1 )>> .", "JSON-LD 1.1 has no triple terms"),
    ("jsonld", 'ex:a ex:p "x"@en--ltr .', "JSON-LD 1.1 has no literals with a base direction"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "reason"), REFUSED)
def test_what_a_format_cannot_carry_is_refused_with_the_reason(
    name: str, text: str, reason: str
) -> None:
    with pytest.raises(QueryError) as error:
        written(text, name)
    assert (error.value.kind, str(error.value)) == ("format", reason + ANY)


def json_ld(context: str, *nodes: str) -> str:
    return f'{{"@context": {{{context}}},\n"@graph": [\n' + ",\n".join(nodes) + "\n]}\n"


def declares(**prefixes: str) -> str:
    return ",".join(f'\n "{name}": "{iri}"' for name, iri in prefixes.items())


GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
JSON_LD = [
    ("prefixes that occur", "ex:a ex:p ex:b .", {"ex": EX, "no": "urn:no:"},
     json_ld(declares(ex=EX), '{"@id": "ex:a",\n "ex:p": {"@id": "ex:b"}}')),
    ("an IRI whose scheme is a prefix", f"ex:a <{GEO}lat> <geo:55.1,61.4> .", {"geo": GEO},
     json_ld("", f'{{"@id": "{EX}a",\n "{GEO}lat": {{"@id": "geo:55.1,61.4"}}}}')),
    ("a scheme before slashes is no prefix", "ex:a <http://h/p> <https://h/q> .",
     {"https": "https://h/", "http": "http://h/"},
     json_ld(declares(http="http://h/", https="https://h/"),
             f'{{"@id": "{EX}a",\n "http:p": {{"@id": "https:q"}}}}')),
    ("a namespace whose scheme is a prefix", "ex:a ex:p <urn:x:y> .",
     {"u": "urn:x:", "urn": EX},
     json_ld(declares(u="urn:x:"), f'{{"@id": "{EX}a",\n "{EX}p": {{"@id": "u:y"}}}}')),
    ("the empty prefix", "ex:a ex:p ex:b .", {"": EX},
     json_ld("", f'{{"@id": "{EX}a",\n "{EX}p": {{"@id": "{EX}b"}}}}')),
    ("a namespace that ends in a letter", "ex:a <https://example.org/p_x> 1.50 .",
     {"p": "https://example.org/p_"},
     json_ld('\n "p": {"@id": "https://example.org/p_", "@prefix": true}',
             f'{{"@id": "{EX}a",\n "p:x": {{"@type": "{XSD}decimal", "@value": "1.50"}}}}')),
    ("a name that begins with slashes", "ex:a ex:p <https://example.org///b> .", {"ex": EX},
     json_ld(declares(ex=EX), f'{{"@id": "ex:a",\n "ex:p": {{"@id": "{EX}//b"}}}}')),
    ("a namespace itself", "ex: ex:p ex: .", {"ex": EX},
     json_ld(declares(ex=EX), f'{{"@id": "{EX}",\n "ex:p": {{"@id": "{EX}"}}}}')),
    ("names like keywords", "ex:a <https://example.org/@id> <https://example.org/@foo> .",
     {"ex": EX}, json_ld(declares(ex=EX), '{"@id": "ex:a",\n "ex:@id": {"@id": "ex:@foo"}}')),
    ("literals as types", 'ex:a a 1 , "x"@en , ex:C , ex:D .', {"rdf": RDF, "xsd": XSD, "ex": EX},
     json_ld(declares(ex=EX, rdf=RDF, xsd=XSD), '{"@id": "ex:a",\n "rdf:type": '
             '[{"@type": "xsd:integer", "@value": "1"}, {"@language": "en", "@value": "x"}],\n '
             '"@type": ["ex:C", "ex:D"]}')),
    ("JSON as a literal", r'''ex:a ex:p '{"@id": 1}'^^rdf:JSON .''', {},
     json_ld("", f'{{"@id": "{EX}a",\n "{EX}p": {{"@type": "{RDF}JSON", '
             r'"@value": "{\"@id\": 1}"}}')),
    ("nothing", "", PLAIN, json_ld("")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "prefixes", "expected"), [case[1:] for case in JSON_LD],
                         ids=[case[0] for case in JSON_LD])  # fmt: skip
def test_json_ld_keeps_the_meaning_of_every_iri(
    text: str, prefixes: dict[str, str], expected: str
) -> None:
    assert written(text, "jsonld", prefixes) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ex:a ex:p ( 1 ( ex:b ) ) , () .",
        "_:l rdf:first 1 , 2 ; rdf:rest _:l . rdf:nil ex:p rdf:nil .",
        "ex:a a [ a _:c ] . _:c ex:p _:c .",
    ],
)
def test_lists_and_blank_nodes_come_back_in_json_ld_as_they_are(text: str) -> None:
    assert written(text, "jsonld").startswith('{"@context": {')


# What str.splitlines splits at, and what it does not.
SEPARATORS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("separator", SEPARATORS, ids=ascii)
@pytest.mark.parametrize("name", ["ttl", "trig"])
def test_a_literal_is_never_taken_for_a_prefix(name: str, separator: str) -> None:
    text = separator.replace("\\", "\\\\").encode("unicode_escape").decode()
    text = text.replace("\\x", "\\u00")
    found = written(f'ex:a ex:p "{text}@prefix ex: below" , 1 .', name)
    assert found.startswith(f'@prefix ex: <{EX}> .\n\nex:a ex:p 1 , "')


@pytest.mark.parametrize("name", ["ttl", "trig"])
def test_prefixes_are_declared_in_one_order(name: str) -> None:
    prefixes = {f"p{number}": f"urn:{number}:" for number in range(30)} | {"ex": EX, "é.b": "urn:é"}
    text = "".join(f"<urn:{number}:s> ex:p <urn:é:o> ." for number in (11, 2, 7))
    expected = [f"@prefix ex: <{EX}> .", "@prefix p11: <urn:11:> .", "@prefix p2: <urn:2:> .",
                "@prefix p7: <urn:7:> .", "@prefix é.b: <urn:é> ."]  # fmt: skip
    lines = [written(text, name, prefixes).split("\n")[:5] for _ in range(3)]
    assert lines == [expected] * 3


# Terms of which each is odd to some format.
ODD_IRIS = [
    *[EX + end for end in ["", "a", "a b".replace(" ", "%20"), "@id", "@type", "//b", "1", "a1",
      "1a", "km²", "日本", "é", "ⰀⰀ", "𐐀x", "a.b", "a-", "a&b", "a'b", "(a)", "a:b", "?q=a&b",
      "#", "#a", "xmlA", "_", "a·b", "b/../c", "p_x", "p_"]],
    *[RDF + end for end in ["type", "li", "_1", "about", "first", "rest", "nil", "Bag", "Seq",
      "Description", "RDF", "value", "", "x"]],
    "geo:1,2", "geo://h/x", "urn:x:y", "urn:y", "mailto:a@b.example", "tag:a,b:c", "HTTP://H/A",
    "http://h", "http://h/", "data:,x", "a+b.c-d:x", "http://www.w3.org/2000/xmlns/p",
    "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/XML/1998/namespacelang",
]  # fmt: skip
ODD_TEXTS = ["", " ", " x ", "a\rb", "\r\n", "\t", "<&>\"'", "]]>", "\x85", "\u2028", "\x7f",
             "@prefix x: y", "\\", '{"@id": 1}', "\u200f", "\ufeff", "e\u0301", "\ue000", "😀",
             "01", "1.", "INF", "true"]  # fmt: skip
ODD_PREFIXES = {
    "": EX, "ex": EX, "p": EX + "p_", "geo": GEO, "urn": "http://urn.example/", "u": "urn:x:",
    "xml": "http://h/", "rdf": RDF, "ns": EX + "a", "é": EX + "é", "http": "http://h",
    "https": "https://example.org", "type": RDF, "id": "mailto:", "xmlns": "tag:a,b:",
    "Ⰰ": EX + "k", "tag": EX + "?q=",
}  # fmt: skip
iris = st.sampled_from(ODD_IRIS).map(NamedNode)
blank = st.sampled_from(["b", "0", "_x", "_x31", "a.b", "1"]).map(BlankNode)
texts = st.sampled_from(ODD_TEXTS) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=3
)
# rdflib and PyLD change the lexical forms of numbers of the datatypes that they know.
datatypes = st.sampled_from([EX + "dt", EX + "km²", RDF + "JSON", RDF + "XMLLiteral", RDF + "HTML",
                             XSD + "string", XSD + "boolean", "urn:x:y", "geo:1"])  # fmt: skip
literals = (
    st.builds(Literal, texts)
    | st.builds(Literal, texts, language=st.sampled_from(["en", "zh-hant-tw", "x-a"]))
    | st.builds(Literal, texts, datatype=datatypes.map(NamedNode))
)
properties = iris | st.just(TYPE)
graphs = st.lists(st.builds(Triple, iris | blank, properties, iris | blank | literals), max_size=6)
prefix_sets = st.dictionaries(st.sampled_from(sorted(ODD_PREFIXES)), st.none(), max_size=8).map(
    lambda names: {name: ODD_PREFIXES[name] for name in names}
)


def is_element(iri: str) -> bool:
    """Whether an element can be called as *iri*: by brute force, with a parser of XML."""
    if iri.startswith(RDF) and iri.removeprefix(RDF) in RESERVED:
        return False
    for start in range(1, len(iri)):
        namespace, local = iri[:start], iri[start:]
        parser = expat.ParserCreate(namespace_separator=" ")
        try:
            escaped = namespace.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
            parser.Parse(f'<n:{local} xmlns:n="{escaped}"/>', True)
        except expat.ExpatError:
            continue
        if namespace not in ("http://www.w3.org/2000/xmlns/",):
            return True
    return False


def is_text(term: object) -> bool:
    text = term.value if isinstance(term, Literal) else ""
    return all(c in "\t\n\r" or " " <= c not in "\ufffe\uffff" for c in text)


@given(graphs, prefix_sets)
@settings(max_examples=150, deadline=None)
def test_any_graph_is_read_back_as_it_was_or_refused(
    graph: list[Triple], prefixes: dict[str, str]
) -> None:
    for chosen in FORMATS:
        try:
            content = write_triples(graph, chosen, prefixes).content
        except QueryError:
            carried = all(is_element(item.predicate.value) and is_text(item.object)
                          for item in graph)  # fmt: skip
            assert chosen.name == "rdf"
            assert not carried
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # rdflib warns of HTML that is none
            found = readings(content, chosen)
        assert all(reading == canonical(graph) for reading in found.values()), (chosen, content)


DIRECTED = Triple(
    NamedNode(EX + "a"), TYPE, Literal("x", language="en", direction=BaseDirection.RTL)
)
QUOTED = Triple(NamedNode(EX + "a"), NamedNode(EX + "p"), DIRECTED)


@pytest.mark.parametrize("chosen", FORMATS, ids=lambda item: item.name)
def test_terms_of_rdf_1_2_are_written_where_the_format_has_them(chosen: Format) -> None:
    graph = [DIRECTED, QUOTED]
    if chosen.name in ("jsonld", "rdf"):
        with pytest.raises(QueryError):
            write_triples(graph, chosen, {})
    else:
        assert isinstance(chosen.writer, RdfFormat)
        content = write_triples(graph, chosen, {}).content
        assert by_oxigraph(content, chosen.writer) == canonical(graph)


SUFFIXES = {".ttl": RdfFormat.TURTLE, ".nt": RdfFormat.N_TRIPLES, ".rdf": RdfFormat.RDF_XML}


def without_doubles(lines: set[str]) -> set[str]:
    """PyLD normalises doubles, which the specification asks for native numbers alone."""
    return {line for line in lines if not line.endswith(f"^^<{XSD}double>")}


@needs_cases
def test_the_graphs_of_the_w3c_are_read_back_as_they_were() -> None:
    paths = [path for path in sorted(CASES.rglob("*")) if path.suffix in SUFFIXES]
    assert len(paths) > 100
    for path in paths:
        parser = parse(path.read_bytes(), format=SUFFIXES[path.suffix], base_iri=EX)
        graph = [quad.triple for quad in parser]
        expected = without_doubles(canonical(graph))
        for chosen in FORMATS:
            content = write_triples(graph, chosen, dict(parser.prefixes)).content
            found = [without_doubles(reading) for reading in readings(content, chosen).values()]
            assert found == [expected, expected], (path, chosen)


RELEASE = made_up({"": BASE, "ex": BASE, "geo": GEO, "rdf": RDF})
HTTP = [
    ("CONSTRUCT { ex:a geo:lat 55 ; ex:at <geo:55.1,61.4> } {}", "application/ld+json", None),
    ('CONSTRUCT { ex:a a 1 , "x" , ex:C } {}', "application/ld+json", None),
    ("CONSTRUCT { ex:a a <urn:class:1> , ex: } {}", "application/rdf+xml", None),
    (r'CONSTRUCT { ex:a ex:p "one\r\ntwo\r" } {}', "application/rdf+xml", None),
    ("CONSTRUCT { ex:a ex:p <<( ex:a ex:p 1 )>> } {}", "text/turtle", None),
    ("CONSTRUCT { ex:a ex:p <<( ex:a ex:p 1 )>> } {}", "application/ld+json",
     "JSON-LD 1.1 has no triple terms"),
    ('CONSTRUCT { ex:a ex:p "x"@en--ltr } {}', "application/rdf+xml",
     "RDF/XML 1.1 has no literals with a base direction"),
    ("CONSTRUCT { ex:a rdf:li 1 } {}", "application/rdf+xml", "RDF/XML has no element for rdf:li"),
    *[(f'CONSTRUCT {{ ex:a ex:p ?x }} {{ BIND (STRDT("x", rdf:{name}) AS ?x) }}', item.media_type,
       "the answer has a literal of type rdf:langString without a language, which is none in RDF: "
       "no format carries it") for item in FORMATS for name in ("langString", "dirLangString")],
    ("CONSTRUCT { ex:a <urn:km²> 1 } {}", "application/rdf+xml", f"urn:km²{NO_NAME}"),
]  # fmt: skip


@pytest.fixture(scope="module")
def client() -> Client:
    return client_over(RELEASE)


@pytest.mark.parametrize(("query", "accept", "reason"), HTTP)
def test_the_endpoint_answers_in_each_format_or_tells_the_reason(
    client: Client, query: str, accept: str, reason: str | None
) -> None:
    answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
    if reason is not None:
        told = reason if "no format" in reason else reason + ANY
        assert (answer.status_code, answer.text) == (406, f"406 Not Acceptable: {told}.\n")
        return
    chosen = by_name(accept, FORMATS)
    assert chosen is not None
    built = RELEASE.store.query(query, prefixes=RELEASE.prefixes)
    assert isinstance(built, QueryTriples)
    assert (answer.status_code, answer.content_type) == (200, chosen.content_type)
    assert isinstance(chosen.writer, RdfFormat)
    assert by_oxigraph(answer.data, chosen.writer) == canonical(built)


def test_a_page_tells_why_the_data_of_its_thing_have_not_that_format() -> None:
    release = made_up({"ex": BASE})
    thing, odd = NamedNode(f"{BASE}id/a"), NamedNode("urn:km²")
    for graph in (DefaultGraph(), NamedNode(f"{BASE}graph/reference")):
        release.store.add(Quad(thing, odd, Literal("x"), graph))
    answers = [client_over(release).get(f"/data/a.{name}") for name in ("rdf", "jsonld")]
    assert [answer.status_code for answer in answers] == [406, 200]
    assert answers[0].text == f"406 Not Acceptable: urn:km²{NO_NAME}{ANY}.\n"


def test_the_trig_of_a_thing_declares_the_prefixes_that_it_uses_in_order() -> None:
    prefixes = {f"p{number}": f"urn:{number}:" for number in range(30)} | {"ex": BASE}
    release = made_up(prefixes)
    thing, graph = NamedNode(f"{BASE}id/a"), NamedNode(f"{BASE}graph/reference")
    text = Literal("see\u2028@prefix ex: below")
    release.store.extend(Quad(thing, NamedNode(f"urn:{n}:p"), text, graph) for n in (11, 2))
    content = client_over(release).get("/data/a.trig").data
    assert content.decode().split("\n")[:5] == [
        f"@prefix ex: <{BASE}> .", "@prefix p11: <urn:11:> .", "@prefix p2: <urn:2:> .", "",
        "ex:graph\\/reference {",
    ]  # fmt: skip
    assert len(list(parse(content, format=RdfFormat.TRIG))) == 2


@pytest.mark.alone
@pytest.mark.repository
def test_every_format_of_the_whole_graph_takes_about_as_long(release: Release) -> None:
    graph = [quad.triple for quad in release.store.quads_for_pattern(None, None, None)]
    assert len(graph) > 20_000

    def time_of(chosen: Format) -> float:
        start = time.process_time()
        write_triples(graph, chosen, release.prefixes)
        return time.process_time() - start

    took = {chosen.name: min(time_of(chosen) for _ in range(3)) for chosen in FORMATS}
    # JSON-LD takes one and a half times as long as Turtle; a general processor took fifteen.
    assert max(took.values()) < 4 * took["ttl"], took
