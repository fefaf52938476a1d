"""Things with odd IRIs and odd values: each is answered at its IRI, and no page has a dead link."""

from __future__ import annotations

import random
import urllib.request
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store
from werkzeug.test import Client, TestResponse

from scograph.build.write import manifest, write_into
from scograph.rdf.terms import text_of
from scograph.sparql.release import Release
from scograph.web.app import create_app
from tests.crawling import Crawl
from tests.fronting import Fronted
from tests.http_client import client_over
from tests.patience import patience
from tests.serving import BROWSER, quads, read_page, serving

BASE = "https://rivers.example/"
FLOWS = NamedNode(f"{BASE}def/flowsInto")
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
DATA = NamedNode(f"{BASE}graph/reference")
SHARED = "%/:?#[]@!$&'()*+,;=-._~"
# What follows the base: each is the IRI of a thing.
NAMES = [
    *"""
    id/river/oka id/river/st.lawrence id/river/gauge-2.5 id/river/x.ttl id/.hidden id/river/.ttl
    id/river/a.jsonld id/river/end. id/river/end.. id/river/v1.0.nq
    id/river/a%2Fb id/river/100%25 id/river/100%2525 id/river/%C3%A9 id/river/a%20b
    id/river/x?y=1 id/river/x?y=1&z=2 id/river/x?y=%2F id/river/x?y=a?b id/x?lang=ru id/river/x?
    id/river/x?é=ж id/river/%3Fy id/river/%23y id/река/ока id/川
    id/river/a+b id/river/a;b=1 id/river/o'higgins id/river/(a) id/river/a,b!$&*~@:
    id/river/a//b id/river//c id//d id/river/slash/ id/ id /host.example/x
    id/river/%41 id/river/%FF id/river/%2e%2e id/river/%0A id/river/%00 id/a%5Cb
    def/River def/flowsInto ontology/River ontology/1.2.3 ontology.png def
    graph/mine queries/none rules/none rules/none.ttl search/x page/none
    data/none.ttl data/none page explain/x sparql/x health/x
    Доклад a%2Fb/c id/page/x id/data/x
    """.split(),
    *("", "id/" + "long/" * 500 + "name", "id/" + "ж" * 500),
]
# Those that clients resolve before they ask, or that are pages of another kind.
ELSEWHERE = """
    id/river/.. id/river/. id/a/../b id/./c id/%2E%2E/d search ontology static/x download/x
""".split()
FRAGMENTS = "id/river/volga#it vocabulary#River vocabulary#flowsInto id/z#a id/q?r=1#s".split()
FORMATS = ("ttl", "jsonld", "nt", "rdf", "trig", "nq")
ACCEPT = {
    "ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples",
    "rdf": "application/rdf+xml", "trig": "application/trig", "nq": "application/n-quads",
}  # fmt: skip


def release_of(given: Iterable[Quad], base: str = BASE, path: Path = Path("made-up")) -> Release:
    store = Store()
    store.extend(given)
    manifest = {
        "release": "0" * 64,
        "versions": {"software": "0", "ontology": "0", "data": "0"},
        "triples": {"default": 0},
        "base": base,
        "prefixes": {"river": f"{base}id/river/", "def": f"{base}def/"},
        "files": {},
    }
    return Release(path, manifest, store)


def named(names: Iterable[str]) -> list[Quad]:
    """A release in which each thing has a label, its own name, and flows into the first."""
    first = NamedNode(f"{BASE}{NAMES[0]}")
    found = []
    for name in names:
        thing = NamedNode(BASE + name)
        found += [Quad(thing, LABEL, Literal(name)), Quad(thing, FLOWS, first)]
    return [*found, *(Quad(q.subject, q.predicate, q.object, DATA) for q in found)]


@pytest.fixture(scope="module")
def odd() -> Release:
    return release_of(named([*NAMES, *ELSEWHERE, *FRAGMENTS]))


@pytest.fixture(scope="module")
def client(odd: Release) -> Client:
    return client_over(odd)


def address_of(name: str) -> str:
    """What a client requests for the IRI that *name* ends (RFC 3987, section 3.1)."""
    return quote(f"/{name}", safe=SHARED).partition("#")[0]


def followed(client: Client, address: str, accept: str) -> TestResponse:
    """What is found at *address* after its redirect, which has to be one of 303."""
    first = client.get(address, headers={"Accept": accept})
    assert first.status_code == 303, address
    # As a client does, which resolves dots.
    there = urljoin(f"https://host.example{address}", first.headers["Location"])
    assert there.startswith("https://host.example/")
    found = client.get(there.removeprefix("https://host.example"), headers={"Accept": accept})
    assert found.headers["Link"]
    for value in (*first.headers.values(), *found.headers.values()):
        assert value.isascii()
        assert value.isprintable()
    return found


# At these there are pages of another kind, whatever else they name.
PAGES = ("", "page")
# A client of Python reads two slashes as a host; a server is asked below.
THINGS = [name for name in NAMES if name not in PAGES and not name.startswith("/")]


def labels(answer: TestResponse, suffix: str) -> dict[str, set[str]]:
    """What the data of *answer* call each thing below the base."""
    found = defaultdict(set)
    for quad in quads(answer.data, suffix):
        if quad.predicate == LABEL and isinstance(quad.subject, NamedNode):
            found[quad.subject.value.removeprefix(BASE)].add(text_of(quad.object))
    return found


@pytest.mark.parametrize("name", THINGS)
def test_a_thing_is_found_at_its_iri_as_it_stands(client: Client, name: str) -> None:
    for suffix in FORMATS:
        answer = followed(client, address_of(name), ACCEPT[suffix])
        assert (answer.status_code, answer.mimetype) == (200, ACCEPT[suffix])
        assert labels(answer, suffix)[name] == {name}
    page = followed(client, address_of(name), BROWSER)
    told = read_page(page.text).one("main").text
    assert (page.status_code, BASE + name in told) == (200, True)


@pytest.mark.parametrize(
    "name",
    """
    id/river/b id/river/x?y=2 id/river/a/c id/river/x?Y=1 id/river/st id/river/oka/ id/river
    id/river/oka?y=1 id/river/e%CC%81 id/none?lang=ru def/river none id/river/x?y=/
    id/river/a%252Fb id/river/100%252525 id/nothing#it id/x?lang=de
    """.split(),
)
def test_another_spelling_is_another_iri(client: Client, name: str) -> None:
    for accept in ("text/turtle", BROWSER):
        assert client.get(address_of(name), headers={"Accept": accept}).status_code == 404


def test_a_page_and_data_are_of_one_iri_though_an_address_is_of_several() -> None:
    # Servers hand over paths decoded, in which these are one.
    names = ["id/a/b", "id/a%2Fb", "id/a%2fb"]
    client = client_over(release_of(named(names)))
    for name in names:
        data = followed(client, address_of(name), "text/turtle")
        assert labels(data, "ttl") == {name: {name} for name in names}
        page = read_page(followed(client, address_of(name), BROWSER).text)
        links = [link.href for link in page.one("ul", "found").every("a")]
        assert links == [f"/page/{quote(name[3:], safe='/')}" for name in names]
        own = quote(name[3:], safe="/")
        assert labels(client.get(f"/data/{own}.ttl"), "ttl") == {name: {name}}
        assert f"{BASE}{name}" in client.get(f"/page/{own}").text


@pytest.mark.parametrize("name", FRAGMENTS)
def test_what_differs_by_its_fragment_shares_an_address(client: Client, name: str) -> None:
    whole = name.partition("#")[0]
    told = {other: {other} for other in FRAGMENTS if other.startswith(f"{whole}#")}
    for suffix in FORMATS:
        assert labels(followed(client, address_of(name), ACCEPT[suffix]), suffix) == told
    page = read_page(followed(client, address_of(name), BROWSER).text).one("main")
    assert {BASE + other for other in told} <= set(page.text.split())


def test_what_a_thing_has_for_a_part_is_among_its_data() -> None:
    client = client_over(release_of(named(["id/volga", "id/volga#mouth"])))
    data = followed(client, "/id/volga", "text/turtle")
    page = read_page(followed(client, "/id/volga", BROWSER).text)
    assert labels(data, "ttl") == {name: {name} for name in ("id/volga", "id/volga#mouth")}
    assert page.one("h1").text == "id/volga"


def test_a_link_to_a_thing_leads_to_it(client: Client) -> None:
    page = client.get("/page/river/oka?lang=ru", headers={"Accept": BROWSER})
    found = {}
    for link in read_page(page.text).one("dl", "mentions").every("dd")[0].every("a"):
        # As a browser does, which resolves dots and drops the fragment.
        there = urljoin("https://host.example/", link.href).partition("#")[0]
        assert there.startswith("https://host.example/")
        answer = client.get(there.removeprefix("https://host.example"), follow_redirects=True,
                            headers={"Accept": BROWSER})  # fmt: skip
        assert (answer.status_code, answer.content_language.to_header()) == (200, "ru"), link.href
        found[link.text] = read_page(answer.text).one("main").text
    of_things = {*NAMES, *ELSEWHERE, *FRAGMENTS} - {NAMES[0], "", "search", "ontology"}
    assert {name for name in of_things if BASE + name not in found[name]} == set()


def test_every_link_on_every_page_leads_somewhere(odd: Release, client: Client) -> None:
    crawl = Crawl(create_app(odd), client, None, random.Random(1))  # noqa: S311 - the same each time
    crawl.follow(["/", "/search?q=i", "/page/river/oka?lang=ru", "/explain"])
    wrong = {path: status for path, status in crawl.answers.items() if status not in (200, 303)}
    # A release that is made up has no files.
    assert wrong == {"/download/manifest.json": 404, "/download/SHA256SUMS": 404}


@pytest.mark.parametrize("name", ["/host.example/x", "id//d", "id/river//c", "id/river/%FF"])
def test_a_path_is_read_as_it_comes(odd: Release, name: str) -> None:
    # As granian hands it over, which has read two slashes for what they are.
    answer = Fronted(odd).get(unquote(f"/{name}", errors="replace"), accept="text/turtle")
    there = urljoin("https://host.example/", answer.headers["location"])
    assert (answer.status, urlsplit(there).netloc) == (303, "host.example")


def test_a_server_answers_at_odd_iris_as_they_stand(tmp_path: Path) -> None:
    # The one that decodes paths is the server itself.
    content = "".join(sorted(f"{quad} .\n" for quad in named([*NAMES, *FRAGMENTS]))).encode()
    files = {"dataset.nq": content, "forum.ttl": b""}
    counts = {"default": 0, "asserted": 0, "claimed": 0, "inferred": 0}
    facts = {"title": "Odd", "base": BASE, "prefixes": {}, "triples": counts, "graphs": 0}
    versions = {"ontology": "0", "data": "0"}
    folder = write_into(tmp_path / "release", files, manifest(files, versions, facts))
    asked = [*THINGS, *(name for name in NAMES if name.startswith("/")), *FRAGMENTS]
    with serving(folder, "--workers", "1") as (address, _):
        for name in asked:
            place = address + address_of(name)
            request = urllib.request.Request(place, headers={"Accept": ACCEPT["nt"]})  # noqa: S310
            with urllib.request.urlopen(request, timeout=patience("answer")) as answer:  # noqa: S310
                found = {quad.subject for quad in quads(answer.read(), "nt")}
            assert NamedNode(BASE + name) in found, name
