"""A release as no check would pass it: every page and all data are answered, and no link is bad."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pyoxigraph import (
    BaseDirection,
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)
from werkzeug.test import Client

from scograph.sparql.answer import Answer
from scograph.sparql.release import Release
from scograph.web.app import create_app
from tests.crawling import Crawl
from tests.http_client import client_over
from tests.serving import BROWSER, Node, read_page
from tests.test_odd_iris import ACCEPT, BASE, FORMATS, release_of

# How many addresses of each kind are visited: rules and their data are many, and alike.
PER_KIND = 15
XSD = "http://www.w3.org/2001/XMLSchema#"
THING = NamedNode(f"{BASE}id/thing")
LINKED = NamedNode(f"{BASE}def/linkedTo")
NO_ADDRESSES = """
    javascript:alert(1) JaVaScRiPt:alert(2) vbscript:x data:x,y data:text/html,%3Cscript%3E
    file:///etc/passwd mailto:a@b.example urn:a:b a:b about:blank blob:https://x/y javascript://h/%0A
""".split()
ADDRESSES = "https://other.example/é'x?a=b&c=d#f http://h.example".split()
TEXTS = (
    *("", " ", "a\nb", "<script>alert(1)</script>", "\"'&", "x" * 20_000, "\x01\x1f", "\ufffe"),
    *("\u202e", "\U0001f600", "{{ 7 * 7 }}", "\r\nX: y", "</span>", "%s{0}", "\\u0041"),
)
TYPED = (
    *(("2026-13-45", "date"), ("abc", "integer"), ("1e400", "double"), ("-0044-03-15", "date")),
    *(("INF", "double"), ("yes", "boolean"), ("9" * 30, "long"), ("", "decimal"), ("x", "anyURI")),
)
TAGGED = (("Oka-Fluss", "de"), ("オカ川", "ja"), ("ההר", "he"), ("x", "en-x-private"))
VALUES: tuple[NamedNode | Literal | BlankNode | Triple, ...] = (
    *(NamedNode(iri) for iri in (*NO_ADDRESSES, *ADDRESSES)),
    *(Literal(text) for text in TEXTS),
    *(Literal(text, datatype=NamedNode(XSD + kind)) for text, kind in TYPED),
    *(Literal("x", datatype=NamedNode(kind)) for kind in (f"{BASE}type", "javascript:x", "urn:t")),
    *(Literal(text, language=tag) for text, tag in TAGGED),
    Literal("right to left", language="he", direction=BaseDirection.RTL),
    *(BlankNode("b0"), BlankNode("list"), BlankNode("loop")),
)
# Which not all formats can carry.
TERMS = (
    Triple(THING, LINKED, Literal("5", datatype=NamedNode(XSD + "integer"))),
    Triple(THING, LINKED, Triple(BlankNode("b0"), LINKED, Literal("x", language="en"))),
)
GRAPHS = (
    *(DefaultGraph(), NamedNode(f"{BASE}graph/reference"), NamedNode("urn:g"), BlankNode("graph")),
    *(NamedNode(f"{BASE}id/source/s/p1"), NamedNode("javascript:graph"), THING),
    *(NamedNode(f"{BASE}graph/shapes"), NamedNode(f"{BASE}graph/inferred")),
)
RECORD = Path(__file__).with_name("odd_values.ttl")


def odd() -> Iterator[Quad]:
    content = RECORD.read_bytes()
    for quad in parse(content, format=RdfFormat.TURTLE, base_iri=f"{BASE}id/"):
        for name in ("curation", "ontology", "inferred"):
            named = NamedNode(f"{BASE}graph/{name}")
            yield Quad(quad.subject, quad.predicate, quad.object, named)
        yield quad
    for term in TERMS:
        yield Quad(NamedNode(f"{BASE}id/terms"), LINKED, term, NamedNode("urn:terms"))
    for graph in GRAPHS:
        for value in VALUES:
            yield Quad(THING, LINKED, value, graph)
            if isinstance(value, NamedNode | BlankNode):
                yield Quad(value, LINKED, THING, graph)
            if isinstance(value, NamedNode):
                yield Quad(THING, value, Literal("by an odd property"), graph)


@pytest.fixture(scope="module")
def release() -> Release:
    return release_of(odd())


@pytest.fixture(scope="module")
def client(release: Release) -> Client:
    return client_over(release)


def links_of(page: Node) -> list[str]:
    return [node.attributes[name] for node in page.every() for name in ("href", "src", "action")
            if name in node.attributes]  # fmt: skip


def test_every_page_of_an_odd_release_is_answered_and_every_link_is(
    release: Release, client: Client
) -> None:
    dice = random.Random(1)  # noqa: S311 - to be the same each time
    crawl = Crawl(create_app(release), client, PER_KIND, dice)
    crawl.follow(["/", "/id/thing", "/id/thing?lang=ru", "/search?q=x", "/explain", "/ontology"])
    wrong = {path: status for path, status in crawl.answers.items() if status not in (200, 303)}
    # A release that is made up has no files; JSON-LD carries no direction, XML not all names.
    construct = "/sparql?query=CONSTRUCT+WHERE+%7B+%3Fs+%3Fp+%3Fo+%7D&format="
    places = ("/data/thing.", "/queries/urn%3Aq.", construct)
    refused = {f"{place}{form}": 406 for place in places for form in ("jsonld", "rdf")}
    assert wrong == {"/download/manifest.json": 404, **refused}
    assert len(crawl.answers) > 200


def test_only_what_is_of_the_web_is_a_link(client: Client) -> None:
    thing = read_page(client.get("/page/thing", headers={"Accept": BROWSER}).text)
    explained = [link.href for link in thing.every("a", "ask")]
    pages = """
        / /page/thing /page/source/s /page/source/s/p1 /page/source/s/p2 /page/dispute/d
        /page/event/f /search?q=x /ontology /queries/ /explain
    """
    assert len(explained) > 50
    for path in (*pages.split(), *explained[::3]):
        page = client.get(path, headers={"Accept": BROWSER})
        assert page.status_code == 200, path
        for link in links_of(read_page(page.text)):
            assert urlsplit(link).scheme in ("", "http", "https"), (path, link)
            assert not link.startswith("//"), (path, link)


def test_a_triple_for_a_value_is_shown_as_one(client: Client) -> None:
    page = read_page(client.get("/page/terms", headers={"Accept": BROWSER}).text)
    values = [item.text for item in page.one("dl", "facts").every("div", "value")]
    assert f'<<( <{BASE}id/thing> def:linkedTo "5"^^<{XSD}integer> )>>' in values
    assert [text.startswith("<<( ") for text in values] == [True, True]


def test_a_blank_node_is_shown_as_what_is_said_of_it() -> None:
    text = """
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    <https://rivers.example/id/thing> <https://rivers.example/def/linkedTo>
        [ a owl:Restriction ; owl:onProperty <https://rivers.example/def/p> ; owl:hasValue 1 ] ,
        ( 1 "two"@en ) .
    """
    told = list(parse(text, format=RdfFormat.TURTLE))
    graph = NamedNode(f"{BASE}graph/reference")
    stated = [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in told]
    client = client_over(release_of([*told, *stated]))
    page = read_page(client.get("/page/thing", headers={"Accept": BROWSER}).text)
    assert [node.text for node in page.every("div", "value")] == [
        '( "1"^^xsd:integer "two"@en )',
        '[ a owl:Restriction ; owl:hasValue "1"^^xsd:integer ; owl:onProperty def:p ]',
    ]


@pytest.mark.parametrize("iri", NO_ADDRESSES)
def test_a_notebook_has_no_link_either(iri: str) -> None:
    answer = Answer(("x",), ((NamedNode(iri),), (TERMS[0],)))
    page = read_page(answer._repr_html_())
    assert page.every("a") == []
    assert [cell.text for cell in page.every("td")] == [f"<{iri}>", str(TERMS[0])]


def test_the_data_of_odd_things_are_written_or_refused(client: Client) -> None:
    for name in ("thing", "source/s", "source/s/p1", "dispute/d", "c1", "x", "event/f"):
        for suffix in FORMATS:
            answer = client.get(f"/data/{name}.{suffix}")
            assert answer.status_code in (200, 406), (name, suffix, answer.text)
            assert answer.status_code == 200 or answer.text.startswith("406 Not Acceptable: ")
    for graph in ("ontology", "reference", "inferred", "shapes", "evidence", "release"):
        for suffix in FORMATS[:4]:
            answer = client.get(f"/graph/{graph}", headers={"Accept": ACCEPT[suffix]})
            assert answer.status_code in (200, 406), (graph, suffix, answer.text)


def test_an_empty_release_has_pages() -> None:
    client = client_over(release_of([]))
    pages = "/ /queries/ /sparql /explain /ontology /rules/ /download/ /search?q=x /dataset"
    for path in (*pages.split(), "/graph/ontology", "/graph/release"):
        for language in ("en", "ru", "zh"):
            answer = client.get(path, headers={"Accept": BROWSER, "Accept-Language": language})
            assert answer.status_code == 200, path
    for path in (
        "/id/x",
        "/page/x",
        "/data/x.ttl",
        "/page?iri=x",
        "/def",
        "/graph/x",
        "/queries/x",
    ):
        assert client.get(path).status_code == 404, path


CELLS = [
    ("<<( <urn:s> def:p 5 )>>", f'<<( <urn:s> def:p "5"^^<{XSD}integer> )>>', {}),
    (
        '<<( <urn:s> <urn:p> <<( <urn:s> <urn:p> "x"@en )>> )>>',
        '<<( <urn:s> <urn:p> <<( <urn:s> <urn:p> "x"@en )>> )>>',
        {},
    ),
    ('"right"@he--rtl', "right", {"lang": "he", "dir": "rtl"}),
    ('"left"@en--ltr', "left", {"lang": "en", "dir": "ltr"}),
    ('"x"@de', "x", {"lang": "de"}),
    ('"x"', "x", {}),
    ("5", "5", {"title": f'"5"^^<{XSD}integer>'}),
    ('"abc"^^<javascript:t>', "abc", {"title": '"abc"^^<javascript:t>'}),
    ('"<b>"', "<b>", {}),
    ("<javascript:alert(1)>", "<javascript:alert(1)>", {}),
    ("<JaVaScRiPt:alert(1)>", "<JaVaScRiPt:alert(1)>", {}),
    ("<httpx://h/>", "<httpx://h/>", {}),
    ("<mailto:a@b.example>", "<mailto:a@b.example>", {}),
    (f"<{BASE}id/river/oka>", "river:oka", {"href": "/id/river/oka"}),
    (f"<{BASE}id/a%2Fb?c>", f"<{BASE}id/a%2Fb?c>", {"href": "/id/a%2Fb?c"}),
    (f"<{BASE}/host.example/>", f"<{BASE}/host.example/>",
     {"href": "/page?iri=https%3A%2F%2Frivers.example%2F%2Fhost.example%2F"}),
    ("<http://h/é>", "<http://h/é>", {"href": "http://h/é"}),
]  # fmt: skip


@pytest.mark.parametrize(("term", "text", "attributes"), CELLS, ids=[term for term, _, _ in CELLS])
def test_a_cell_of_the_query_form_shows_the_whole_term(
    client: Client, term: str, text: str, attributes: dict[str, str]
) -> None:
    query = f"SELECT ?x {{ BIND ({term} AS ?x) }}"
    page = client.get("/sparql", query_string={"query": query}, headers={"Accept": BROWSER})
    (cell,) = read_page(page.text).one("table").one("td").every()
    assert (cell.text, cell.attributes) == (text, attributes)


def test_a_blank_node_and_what_is_unbound_have_cells(client: Client) -> None:
    query = "SELECT ?b ?x ?t { BIND (BNODE() AS ?b) BIND (TRIPLE(<a:a>, <a:b>, ?b) AS ?t) }"
    page = client.get("/sparql", query_string={"query": query}, headers={"Accept": BROWSER})
    blank, unbound, triple = [cell.text for cell in read_page(page.text).one("table").every("td")]
    assert (blank[:2], unbound, triple) == ("_:", "", f"<<( <a:a> <a:b> {blank} )>>")


def test_a_page_shows_the_labels_of_all_languages() -> None:
    tags = ("en", "de", "ja", "he", "ru", "en-gb", "qaa")
    label = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    preferred = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    graph, inferred = (NamedNode(f"{BASE}graph/{name}") for name in ("reference", "inferred"))
    names = [Literal(f"name in {tag}", language=tag) for tag in tags] + [Literal("without")]
    stated = [Quad(THING, label, name, graph) for name in names]
    # What follows from a preferred label is there already.
    known = [
        Quad(THING, preferred, Literal("preferred", language="fi"), graph),
        Quad(THING, label, Literal("preferred", language="fi"), inferred),
    ]
    client = client_over(release_of([*stated, *known]))
    for language in ("en", "ru", "zh"):
        page = read_page(client.get(f"/page/thing?lang={language}").text).one("main")
        shown = [node.one("span").text for node in page.every("div", "value")]
        assert shown == ["preferred", *sorted(name.value for name in names)]
        assert [node.text for node in page.every("details")] == []


ON_OFFER = {
    "/id/thing": "ttl jsonld nt rdf trig nq html",
    "/def/linkedTo": "ttl jsonld nt rdf trig nq html",
    "/explain": "json ttl jsonld nt rdf html",
    "/ontology": "ttl jsonld nt rdf html",
    "/rules/": "ttl jsonld nt rdf html",
    "/rules/cls-int1": "ttl jsonld nt rdf html",
    "/sparql": "ttl jsonld nt rdf html",
    "/sparql?query=ASK%20%7B%7D": "srj srx csv tsv ttl jsonld nt rdf trig nq html",
    "/queries/urn%3Aq": "srj srx csv tsv ttl jsonld nt rdf trig nq html",
    "/dataset": "ttl jsonld nt rdf",
    "/graph/ontology": "ttl jsonld nt rdf",
}
NAMES_OF_TYPES = {
    **ACCEPT, "html": "text/html", "json": "application/json", "csv": "text/csv",
    "srj": "application/sparql-results+json", "srx": "application/sparql-results+xml",
    "tsv": "text/tab-separated-values",
}  # fmt: skip


@pytest.mark.parametrize("path", ON_OFFER)
def test_what_is_refused_says_all_that_is_on_offer(client: Client, path: str) -> None:
    answer = client.get(path, headers={"Accept": "image/png"})
    names = ", ".join(NAMES_OF_TYPES[name] for name in ON_OFFER[path].split())
    told = "406 Not Acceptable: None of the media types that you accept is on offer here"
    assert (answer.status_code, answer.text) == (406, f"{told}: {names}.\n")
    for name in ON_OFFER[path].split():
        there = client.get(path, headers={"Accept": NAMES_OF_TYPES[name]})
        assert there.status_code in (200, 303, 400, 406), name
        assert "None of the media types" not in there.text
