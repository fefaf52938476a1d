"""Content negotiation: every kind of query and every thing, in every format, by every way."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from pyoxigraph import Literal, NamedNode, Triple
from werkzeug.test import Client, TestResponse

from scograph.graph import Graph
from scograph.sparql.formats import (
    ALL,
    DATASETS,
    GRAPHS,
    RESULTS,
    Format,
    by_name,
    negotiate,
)
from scograph.sparql.release import Release
from tests.explained import ID
from tests.http_client import client_over
from tests.serving import BROWSER, construct, csv_rows, quads, read_page, rows, triples

SELECT = r"""SELECT ?a ?b { VALUES (?a ?b) {
    (sco:venue "Форум, \"2021\"\nв Челябинске"@ru) (UNDEF 12.5) ("" true) } }"""
TERMS = [
    ("<https://w3id.org/scograph/ontology#venue>", '"Форум, \\"2021\\"\\nв Челябинске"@ru'),
    ("", '"12.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
    ('""', '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
]
PLAIN = [
    ("a", "b"),
    ("https://w3id.org/scograph/ontology#venue", 'Форум, "2021"\nв Челябинске'),
    ("", "12.5"),
    ("", "true"),
]
CONSTRUCT = 'CONSTRUCT { event:forum-2021 rdfs:label "论坛"@zh ; sco:value 3 } WHERE {}'
FORUM = NamedNode(ID + "event/forum-2021")
BUILT = {
    Triple(
        FORUM,
        NamedNode("http://www.w3.org/2000/01/rdf-schema#label"),
        Literal("论坛", language="zh"),
    ),
    Triple(FORUM, NamedNode("https://w3id.org/scograph/ontology#value"), Literal(3)),
}
DESCRIBE = "DESCRIBE settlement:alderport"
ALDERPORT = f"<{ID}settlement/alderport>"
WAYS = ("GET", "form", "body")
THINGS = (
    "event/forum-2021",
    "source/ferry-2021-02-01/p1s2",
    "inference/ferry-end",
    "source/ferry-2021-02-01",
)


@pytest.fixture(scope="module")
def release(explained: Graph) -> Release:
    """The made-up graph: formats are the same for every graph."""
    return explained.engine.release


@pytest.fixture(scope="module")
def client(release: Release) -> Client:
    return client_over(release)


def send(client: Client, way: str, query: str, accept: str, form: str) -> TestResponse:
    """Send *query* by one of the three ways of the protocol; *form* is for ``format=``."""
    headers = {"Accept": accept} if accept else {}
    extra = {"format": form} if form else {}
    if way == "GET":
        return client.get("/sparql", query_string={"query": query, **extra}, headers=headers)
    if way == "form":
        return client.post("/sparql", data={"query": query, **extra}, headers=headers)
    return client.post(
        "/sparql",
        data=query.encode(),
        query_string=extra,
        content_type="application/sparql-query",
        headers=headers,
    )


def asked_for(items: tuple[Format, ...]) -> list[tuple[str, str, str]]:
    """Every way to ask for one of *items*: its name, an Accept header, a ``format=``."""
    accepted = [(item.name, item.media_type, "") for item in items]
    named = [(item.name, "", name) for item in items for name in (item.name, item.media_type)]
    return accepted + named


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "accept", "form"), asked_for(RESULTS))
def test_select_and_ask_are_the_same_in_every_format_by_every_way(
    client: Client, way: str, name: str, accept: str, form: str
) -> None:
    table = send(client, way, SELECT, accept, form)
    word = send(client, way, "ASK { event:forum-2021 a sco:ForumEdition }", accept, form)
    expected = by_name(name, RESULTS)
    assert expected is not None
    assert (table.status_code, table.content_type) == (200, expected.content_type)
    assert (word.status_code, word.content_type) == (200, expected.content_type)
    if name == "csv":
        assert csv_rows(table.data) == PLAIN
    else:
        assert rows(table.data, name) == TERMS
    if name in ("csv", "tsv"):
        assert word.data == b"true\n"
    else:
        assert rows(word.data, name) is True


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "accept", "form"), asked_for(GRAPHS))
def test_construct_and_describe_are_the_same_in_every_format_by_every_way(
    client: Client, release: Release, way: str, name: str, accept: str, form: str
) -> None:
    built = send(client, way, CONSTRUCT, accept, form)
    described = send(client, way, DESCRIBE, accept, form)
    expected = by_name(name, GRAPHS)
    assert expected is not None
    assert (built.status_code, built.content_type) == (200, expected.content_type)
    assert triples(built.data, name) == BUILT
    known = construct(release.store, f"CONSTRUCT WHERE {{ {ALDERPORT} ?p ?o }}")
    assert len(known) > 3
    assert triples(described.data, name) == known


@pytest.mark.parametrize(
    ("accept", "query", "expected"),
    [
        ("", SELECT, "json"),
        ("*/*", SELECT, "json"),
        ("", DESCRIBE, "ttl"),
        ("*/*", DESCRIBE, "ttl"),
        ("text/csv; q=0.2, application/json", SELECT, "json"),
        ("text/csv;q=0.9, application/json;q=0.3", SELECT, "csv"),
        ("text/csv;q=0, */*;q=0.1", SELECT, "json"),
        ("*/*;q=0.1, text/tab-separated-values", SELECT, "tsv"),
        ("TEXT/CSV", SELECT, "csv"),
        ("application/*", SELECT, "json"),
        ("application/xml", SELECT, "xml"),
        ("application/xml", DESCRIBE, "rdf"),
        ("application/json", DESCRIBE, "jsonld"),
        ("text/plain", DESCRIBE, "nt"),
        ('application/ld+json;profile="https://www.w3.org/ns/json-ld#x"', DESCRIBE, "jsonld"),
        ('application/ld+json; q=0.9; profile="a,b;c", text/turtle;q=0.5', DESCRIBE, "jsonld"),
        ("text/csv;q=high", SELECT, "json"),
        ("text/csv;q=7, application/sparql-results+xml;q=0.1", SELECT, "xml"),
        ("text/turtle, application/sparql-results+json;q=0.5", SELECT, "json"),
        ("text/csv, application/rdf+xml;q=0.5", DESCRIBE, "rdf"),
        ("image/png, text/csv;q=0.1", SELECT, "csv"),
        ("application/json, text/html;q=0.5", SELECT, "json"),
    ],
)  # fmt: skip
def test_an_accept_header_chooses_as_rfc_9110_says(
    client: Client, accept: str, query: str, expected: str
) -> None:
    answer = send(client, "form", query, accept, "")
    found = by_name(expected)
    assert found is not None
    assert (answer.status_code, answer.content_type) == (200, found.content_type)


@pytest.mark.parametrize(
    "accept", [BROWSER, "text/html", "text/html, text/turtle;q=0.9", "text/html;q=0.5, text/turtle"]
)
def test_a_browser_is_shown_a_page_with_the_table(client: Client, accept: str) -> None:
    answer = send(client, "GET", SELECT, accept, "")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    table = read_page(answer.text).one("table")
    assert [node.text for node in table.every("th")] == ["a", "b"]
    cells = [node.text for node in table.every("td")]
    venue = ["sco:venue", 'Форум, "2021" в Челябинске']
    assert cells == [*venue, "", "12.5", "", "true"]


@pytest.mark.parametrize(
    ("accept", "form", "query"),
    [
        ("image/png", "", SELECT),
        ("text/turtle", "", SELECT),
        ("text/csv", "", DESCRIBE),
        ("", "ttl", SELECT),
        ("", "csv", DESCRIBE),
        ("text/csv;q=0", "", SELECT),
        ("nonsense", "", SELECT),
    ],
)
def test_what_cannot_be_sent_is_406_with_a_sentence_that_names_what_can(
    client: Client, accept: str, form: str, query: str
) -> None:
    answer = send(client, "GET", query, accept, form)
    assert answer.status_code == 406
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text.startswith("406 Not Acceptable: ")
    assert answer.text.endswith(".\n")
    assert ("csv" in answer.text) == (query == SELECT or accept == "image/png")


@pytest.mark.parametrize("form", ["html", "foo", ""])
def test_a_format_that_is_not_there_is_named_beside_those_that_are(
    client: Client, form: str
) -> None:
    answer = client.get("/sparql", query_string={"query": SELECT, "format": form})
    names = "json, xml, csv, tsv, ttl, jsonld, nt, rdf, trig, nq"
    expected = f"400 Bad Request: There is no format {form!r}; there are {names}.\n"
    assert (answer.status_code, answer.text) == (400, expected)


def test_html_comes_last_where_anything_will_do() -> None:
    assert negotiate("*/*", GRAPHS, html=True) == GRAPHS[0]
    assert negotiate(None, GRAPHS, html=True) == GRAPHS[0]
    assert negotiate(BROWSER, GRAPHS, html=True) == "html"
    assert negotiate("text/html;q=0.1", GRAPHS) is None


def test_no_two_formats_share_a_name_or_a_media_type() -> None:
    assert len({item.name for item in ALL}) == len({item.media_type for item in ALL}) == len(ALL)


@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("chosen", [*GRAPHS, *DATASETS], ids=lambda item: item.name)
def test_a_thing_is_redirected_by_accept_to_data_that_holds_the_same_triples(
    client: Client, release: Release, thing: str, chosen: Format
) -> None:
    answer = client.get(f"/id/{thing}", headers={"Accept": chosen.media_type})
    assert (answer.status_code, answer.location) == (303, f"/data/{thing}.{chosen.name}")
    data = client.get(answer.location)
    assert (data.status_code, data.content_type) == (200, chosen.content_type)
    assert data.headers["Link"] == f'<{ID}{thing}>; rel="describes"'
    node = f"<{ID}{thing}>"
    around = f"{{ {node} ?p ?o }} UNION {{ ?s ?q {node} }}"
    known = construct(release.store, f"CONSTRUCT {{ {node} ?p ?o . ?s ?q {node} }} {{ {around} }}")
    assert len(known) > 3
    assert triples(data.data, chosen.name) == known


@pytest.mark.parametrize("thing", THINGS[1:3])
@pytest.mark.parametrize("name", ["trig", "nq"])
def test_the_dataset_of_a_passage_or_an_inference_holds_its_graph(
    client: Client, release: Release, thing: str, name: str
) -> None:
    found = quads(client.get(f"/data/{thing}.{name}").data, name)
    node = NamedNode(ID + thing)
    known = set(release.store.quads_for_pattern(None, None, None, node))
    assert len(known) > 2
    assert {quad for quad in found if quad.graph_name == node} == known


def test_a_browser_is_redirected_to_the_page_in_its_language(client: Client) -> None:
    headers = {"Accept": BROWSER}
    plain = client.get("/id/event/forum-2021", headers=headers)
    russian = client.get("/id/event/forum-2021?lang=ru", headers=headers)
    assert (plain.status_code, plain.location) == (303, "/page/event/forum-2021")
    assert (russian.status_code, russian.location) == (303, "/page/event/forum-2021?lang=ru")


def test_every_suffix_link_of_a_page_leads_to_that_format(client: Client) -> None:
    page = client.get("/page/event/forum-2021")
    links = read_page(page.text).one(css="formats").every("a")
    assert [link.text for link in links] == ["ttl", "jsonld", "nt", "rdf", "trig", "nq"]
    for link in links:
        found = by_name(link.text)
        assert found is not None
        assert client.get(urlsplit(link.href).path).content_type == found.content_type
        assert f'<{link.href}>; rel="alternate"; type="{found.media_type}"' in page.headers["Link"]
