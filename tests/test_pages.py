"""The pages: every IRI has one, every link leads somewhere, every fact shows what it rests on."""

from __future__ import annotations

import os
import random
from urllib.parse import unquote, urlencode

import pytest
from pyoxigraph import NamedNode
from werkzeug.test import Client

from scograph.rdf.vocabulary import SYSTEM_GRAPHS
from scograph.sparql.release import Release
from scograph.web.app import create_app
from tests.conftest import ROOT
from tests.crawling import Crawl
from tests.http_client import client_over
from tests.serving import BASE, BROWSER, ID, Node, ask, quads, read_page, rows, triples

HTML = {"Accept": BROWSER}
SCO = "PREFIX sco: <https://w3id.org/scograph/ontology#> PREFIX schema: <https://schema.org/> "
RDFS = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
DCT = "PREFIX dcterms: <http://purl.org/dc/terms/> "
FORUM = "event/forum-2021"
# How many addresses of each kind are visited where not all are.
PER_KIND = 5
QUERIES = sorted(path.stem for path in (ROOT / "queries").glob("*.tsv"))


@pytest.fixture(scope="module")
def client(release: Release) -> Client:
    return client_over(release)


@pytest.fixture(scope="module")
def names(release: Release) -> list[str]:
    """What follows ``/id/`` in every IRI of the dataset that is a subject in any graph."""
    found = ask(release.store, "SELECT DISTINCT ?s { GRAPH ?g { ?s ?p ?o } FILTER(isIRI(?s)) }")
    return [iri.removeprefix(ID) for (iri,) in found if iri.startswith(ID)]


def show(client: Client, path: str, **values: str) -> Node:
    """The page at *path*, which has to be there."""
    answer = client.get(path, query_string=values or None, headers=HTML)
    assert (answer.status_code, answer.mimetype) == (200, "text/html"), path
    return read_page(answer.text)


def local(iri: str) -> str:
    return "/" + iri.removeprefix(BASE) if iri.startswith(BASE) else iri


def test_every_iri_of_the_release_leads_to_a_page_with_one_title(
    client: Client, names: list[str]
) -> None:
    assert len(names) > 300
    for name in names:
        answer = client.get(f"/id/{name}", headers=HTML)
        assert (answer.status_code, answer.location) == (303, f"/page/{name}")
        assert show(client, answer.location).one("h1").text, name


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_a_page_in_another_language_keeps_it_in_its_links(
    client: Client, names: list[str], language: str
) -> None:
    for name in names[::11]:
        page = show(client, f"/page/{name}", lang=language)
        assert page.one("html").attributes["lang"] == language
        links = [link for link in page.one("main").every("a") if link.href.startswith("/")]
        kept = [link for link in links if not link.href.startswith("/data/")]
        assert [link.href for link in kept if f"lang={language}" not in link.href] == []


# Where no link leads: a form's answer, what is for programs, what IRIs of odd forms are for.
NOT_LINKED = {"health", "pages.robots", "pages.search", "pages.given_page", "pages.given_data"}


def test_every_internal_link_leads_somewhere(release: Release, names: list[str]) -> None:
    """Links of every kind, some of each: SCOGRAPH_FULL_CRAWL=1 follows all, which takes minutes."""
    full = bool(os.environ.get("SCOGRAPH_FULL_CRAWL"))
    seed = int(os.environ.get("SCOGRAPH_CRAWL_SEED", "20210930"))
    dice = random.Random(seed)  # noqa: S311 - to be the same each time
    kinds = sorted({name.partition("/")[0] for name in names})
    start = [dice.choice([name for name in names if name.startswith(f"{kind}/")]) for kind in kinds]
    crawl = Crawl(create_app(release), client_over(release), None if full else PER_KIND, dice)
    crawl.follow(["/"] if full else ["/", *(f"/id/{name}" for name in start)])
    expected = {path: 303 if path.startswith("/id/") else 200 for path in crawl.answers}
    wrong = {path: status for path, status in crawl.answers.items() if status != expected[path]}
    routes = {rule.endpoint for rule in crawl.app.url_map.iter_rules()} - NOT_LINKED | {"files"}
    reached = {path.split("/")[2] for path in crawl.answers if path.startswith("/page/")}
    told = f"SCOGRAPH_CRAWL_SEED={seed}, {len(crawl.answers)} pages"
    assert wrong == {}, told
    assert ({kind[0] for kind in crawl.kinds}, sorted(reached)) == (routes, kinds), told
    if full:
        assert {f"/page/{name}" for name in names} <= set(crawl.answers)
        assert len(crawl.answers) < 60_000


@pytest.mark.parametrize(
    "path",
    ["nothing/here", "%3Cscript%3E", "a b", "%00", "событие/форум", "a%22b", "%7Bx%7D", "a%5Cb",
     "event/forum-2021/", "..%2f..%2fetc%2fpasswd", "https:%2F%2Fexample.org/"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["/id/", "/page/", "/data/"])
@pytest.mark.parametrize("headers", [{}, HTML], ids=["data", "browser"])
def test_what_is_not_there_is_404_with_a_sentence(
    client: Client, place: str, path: str, headers: dict[str, str]
) -> None:
    suffix = ".ttl" if place == "/data/" else ""
    answer = client.get(f"{place}{path}{suffix}", headers=headers)
    assert answer.status_code == 404
    assert "This release knows nothing called " in answer.text
    assert answer.mimetype == "text/plain" or "<script>" not in answer.text


PASSAGES = """
SELECT ?p ?o ?tag ?g ?title ?date ?url ?first ?last {{
    GRAPH ?graph {{ <{thing}> ?p ?o }} BIND (LANG(?o) AS ?tag)
    {{ ?graph a sco:Passage BIND (?graph AS ?g) }} UNION {{ ?graph a sco:Claim ; sco:inPassage ?g }}
    ?g sco:inSource ?source ; sco:firstWords ?first ; sco:lastWords ?last .
    ?source dcterms:title ?title ; schema:url ?url .
    OPTIONAL {{ ?source dcterms:issued ?date }}
}}"""
BEST_ATTESTED = """
SELECT ?s { { SELECT ?s (COUNT(*) AS ?n) { ?g a sco:Passage . GRAPH ?g { ?s ?p ?o } } GROUP BY ?s }
} ORDER BY DESC(?n) ?s LIMIT 12"""


def evidence_on(page: Node) -> list[tuple[str, ...]]:
    """Every fact of a page that a passage states, with what the page says of the passage."""
    shown = []
    facts = page.every("dl", "facts")[0].content
    elements = [item for item in facts if isinstance(item, Node)]
    for name, values in zip(elements[::2], elements[1::2], strict=True):
        for fact in values.every("div", "fact"):
            value = fact.one("div", "value")
            said = value.every("a")[0].href if value.every("a") else value.one("span").text
            tag = value.one("small").text if value.every("small") else ""
            for item in fact.every("li", "passage"):
                url, _, words = item.one("a", "open").href.partition("#:~:text=")
                assert "-" not in words
                first, last = map(unquote, words.split(","))
                dates = [time.attributes["datetime"] for time in item.every("time")]
                title = item.one("a", "place").text.rpartition(", ¶")[0]
                place = item.one("a", "place").href
                shown.append((name.one("a").href, said, tag, place, title, "".join(dates), url,
                              first, last))  # fmt: skip
    return sorted(shown)


def test_every_fact_that_a_passage_states_shows_where_and_links_to_the_sentence(
    client: Client, release: Release
) -> None:
    things = [iri for (iri,) in ask(release.store, SCO + BEST_ATTESTED)]
    assert len(things) == 12
    for thing in {ID + FORUM, *things}:
        expected = [
            (local(p), local(" ".join(o.split())), tag, local(g), title, *rest)
            for p, o, tag, g, title, *rest in ask(
                release.store, SCO + DCT + PASSAGES.format(thing=thing)
            )
        ]
        assert evidence_on(show(client, local(thing).replace("/id/", "/page/"))) == sorted(expected)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("source/sectsco-2021-09-30/p2s1", "dcterms:description"),
        ("inference/forum-2021-dates", "rdfs:comment"),
    ],
)
def test_a_passage_or_an_inference_shows_its_reason_and_all_that_it_states(
    client: Client, release: Release, name: str, text: str
) -> None:
    page = show(client, f"/page/{name}")
    query = f"SELECT ?t {{ <{ID}{name}> {text} ?t }}"
    assert [page.one("blockquote").one("p").text] == [
        t for (t,) in ask(release.store, DCT + RDFS + query)
    ]
    claims = [pair for block in page.every("div", "described") for pair in block.every("dd")]
    assert len(claims) == len(
        list(release.store.quads_for_pattern(None, None, None, NamedNode(ID + name)))
    )


def test_a_source_lists_its_passages_in_their_order(client: Client, release: Release) -> None:
    source = "source/sectsco-2021-09-30"
    query = (
        f"SELECT ?n ?m ?g {{ ?g sco:inSource <{ID}{source}> ; sco:paragraph ?n ; sco:sentence ?m }}"
    )
    found = sorted((int(n), int(m), local(g)) for n, m, g in ask(release.store, SCO + query))
    places = show(client, f"/page/{source}").one("ol", "edition").every("a", "place")
    assert [link.href for link in places] == [place for _, _, place in found]


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_every_term_has_its_place_on_the_ontology_page(
    client: Client, release: Release, language: str
) -> None:
    query = (
        f"SELECT ?t ?l {{ ?t rdfs:isDefinedBy <{BASE}ontology> ; rdfs:label ?l "
        f'FILTER(LANG(?l) = "{language}" && STRSTARTS(STR(?t), STR(sco:))) }}'
    )
    known = {(t.rpartition("#")[2], label) for t, label in ask(release.store, SCO + RDFS + query)}
    assert len(known) > 50
    page = show(client, "/ontology", lang=language)
    shown = {
        (term.attributes["id"], str(term.one("h3").content[0]).strip())
        for term in page.every("div", "term")
    }
    assert known <= shown


def test_the_ontology_is_data_by_accept_by_suffix_and_by_version(
    client: Client, release: Release
) -> None:
    graph = NamedNode(f"{BASE}graph/ontology")
    known = {quad.triple for quad in release.store.quads_for_pattern(None, None, None, graph)}
    version = release.manifest["versions"]["ontology"]
    turtle = {"Accept": "text/turtle"}
    for path in ("/ontology", f"/ontology/{version}"):
        assert triples(client.get(path, headers=turtle).data, "ttl") == known
    for name in ("ttl", "jsonld", "nt", "rdf"):
        assert triples(client.get(f"/ontology.{name}").data, name) == known
    assert client.get("/ontology/0.0.0").status_code == 404
    assert client.get("/ontology.png").status_code == 404
    assert client.get("/ontology", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("name", SYSTEM_GRAPHS)
def test_every_named_graph_answers_at_its_iri(client: Client, release: Release, name: str) -> None:
    graph = NamedNode(f"{BASE}graph/{name}")
    known = list(release.store.quads_for_pattern(None, None, None, graph))
    answer = client.get(f"/graph/{name}", headers={"Accept": "application/n-triples"})
    plain = {quad.triple for quad in known if "_:" not in str(quad)}
    assert len(quads(answer.data, "nt")) == len(known)
    assert plain <= triples(answer.data, "nt")


@pytest.mark.parametrize("name", QUERIES)
def test_a_saved_query_answers_as_its_file_says(client: Client, name: str) -> None:
    content = (ROOT / "queries" / f"{name}.tsv").read_bytes()
    page = show(client, f"/queries/{name}")
    assert page.one("pre", "query").text.startswith(("#", "PREFIX", "SELECT"))
    if not content.startswith(b"?"):
        assert triples(client.get(f"/queries/{name}.nt").data, "nt") == triples(content, "nt")
        return
    expected = rows(content, "tsv")
    for suffix in ("tsv", "json", "xml"):
        assert rows(client.get(f"/queries/{name}.{suffix}").data, suffix) == expected
    shown = [row.every("td") for table in page.every("table") for row in table.every("tr")[1:]]
    assert isinstance(expected, list)
    assert [len(row) for row in shown] == [len(row) for row in expected]


@pytest.mark.parametrize(
    ("words", "thing"),
    [
        ("heads of regions forum", FORUM),
        ("  FORUM ", FORUM),
        ("Форум глав регионов государств-членов", FORUM),
        ("челябинск", "settlement/chelyabinsk"),
        ("地方领导人论坛", FORUM),
    ],
)
def test_search_finds_a_thing_by_any_of_its_names(client: Client, words: str, thing: str) -> None:
    found = show(client, "/search", q=words).one("ul", "found").every("a")
    assert f"/id/{thing}" in [link.href for link in found]


@pytest.mark.parametrize("words", ["''", "\\", '"} ?x ?y "', "\\u0041\n\0", "<b>x</b>", "x" * 999])
def test_a_search_that_finds_nothing_says_so(client: Client, words: str) -> None:
    page = show(client, "/search", q=words)
    assert [node.text for node in page.every("p", "empty")] == ["Nothing is called so."]
    assert page.every("b") == []


@pytest.mark.parametrize(
    ("query", "header", "expected"),
    [
        ({}, "", "en"),
        ({}, "fr", "en"),
        ({}, "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ({}, "zh-CN", "zh"),
        ({}, "en;q=0.1, zh;q=0.5", "zh"),
        ({"lang": "zh"}, "ru", "zh"),
        ({"lang": "xx"}, "ru", "ru"),
    ],
)
def test_the_language_is_that_of_the_address_or_of_the_browser(
    client: Client, query: dict[str, str], header: str, expected: str
) -> None:
    answer = client.get("/", query_string=query, headers={"Accept-Language": header})
    assert answer.headers["Content-Language"] == expected
    page = read_page(answer.text)
    assert page.one("html").attributes["lang"] == expected
    others = [link.href for link in page.one("nav", "languages").every("a")]
    assert others == ["?" + urlencode({"lang": code}) for code in ("en", "ru", "zh")]
