"""Explanations over HTTP as data: JSON, PROV in every format, what is negotiated, failures."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, Quad, Triple

from scograph.graph import Graph
from scograph.rdf.vocabulary import graph_iri
from scograph.sparql.release import Release
from scograph.web.app import create_app
from tests.serving import BROWSER, read_page, triples

FORUM = "event:forum-2021"
EVENT = (FORUM, "a", "sco:Event")
CHAIN = (FORUM, "sco:takesPlaceIn", "state:XA")
DISPUTED = (FORUM, "sco:startDate", "2021-05-01")
CONCLUDED = (FORUM, "sco:endDate", "2021-05-03")
MEDIA = {
    "json": "application/json",
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}
ADDRESS = (
    "https://example.org/rivers/explain?"
    "s=%3Chttps%3A%2F%2Fexample.org%2Frivers%2Fid%2Fevent%2Fforum-2021%3E"
    "&p=%3Chttps%3A%2F%2Fw3id.org%2Fscograph%2Fontology%23startDate%3E"
    "&o=%222021-05-01%22%5E%5E%3Chttp%3A%2F%2Fwww.w3.org%2F2001%2FXMLSchema%23date%3E"
)


@pytest.fixture(scope="module")
def client(explained: Graph) -> FlaskClient:
    """A client of the made-up graph."""
    return create_app(explained.engine.release).test_client()


def asking(parts: Iterable[str], **more: str) -> dict[str, str]:
    return {**dict(zip("spo", parts, strict=True)), **more}


def canonical(found: Iterable[Triple]) -> str:
    """A graph in writing, the same for every naming of its blank nodes."""
    dataset = Dataset(Quad(*triple) for triple in found)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "\n".join(sorted(map(str, dataset)))


@pytest.mark.parametrize("parts", [EVENT, CHAIN, DISPUTED, CONCLUDED])
@pytest.mark.parametrize("name", ["ttl", "jsonld", "nt", "rdf"])
@pytest.mark.parametrize("by", ["format", "accept"])
def test_every_format_holds_the_same_statements(
    client: FlaskClient, explained: Graph, parts: tuple[str, str, str], name: str, by: str
) -> None:
    told = explained.explain(*parts)
    more = {"format": name} if by == "format" else {}
    headers = {"Accept": MEDIA[name]} if by == "accept" else {"Accept": BROWSER}
    answer = client.get("/explain", query_string=asking(parts, **more), headers=headers)
    assert (answer.status_code, answer.content_type) == (200, MEDIA[name])
    assert canonical(triples(answer.data, name)) == canonical(told.triples())


@pytest.mark.parametrize("parts", [EVENT, DISPUTED, CONCLUDED])
@pytest.mark.parametrize(
    ("more", "header"),
    [({"format": "json"}, BROWSER), ({}, "application/json"), ({}, "*/*"), ({}, None)],
)
def test_the_json_is_that_of_the_command_line(
    client: FlaskClient,
    explained: Graph,
    parts: tuple[str, str, str],
    more: dict[str, str],
    header: str | None,
) -> None:
    headers = {"Accept": header} if header else {}
    answer = client.get("/explain", query_string=asking(parts, **more), headers=headers)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.text == explained.explain(*parts).json()


NAMED = {
    "prefixed names": DISPUTED,
    "labels": ("Forum of 2021", "start date", "2021-05-01"),
    "labels in other languages": ("Форум 2021 года", "开始日期", "2021-05-01"),
    "IRIs and a literal": (
        "<https://example.org/rivers/id/event/forum-2021>",
        "https://w3id.org/scograph/ontology#startDate",
        '"2021-05-01"^^xsd:date',
    ),
}


@pytest.mark.parametrize("parts", NAMED.values(), ids=NAMED)
@pytest.mark.parametrize("accept", [BROWSER, "application/json", "text/turtle"])
def test_a_part_may_be_named_in_any_way_and_the_answer_has_one_address(
    client: FlaskClient, parts: tuple[str, str, str], accept: str
) -> None:
    answer = client.get("/explain", query_string=asking(parts), headers={"Accept": accept})
    assert answer.headers["Link"] == f'<{ADDRESS}>; rel="canonical", <{ADDRESS}>; rel="cite-as"'
    assert answer.headers["Vary"] == "Accept, Accept-Language, Accept-Encoding"
    local = ADDRESS.removeprefix("https://example.org/rivers")
    assert client.get(local, headers={"Accept": accept}).data == answer.data or accept == BROWSER


FAILURES = {
    "nothing is asked": (
        {}, 400, "Bad Request: The request has no `s`, `p`, `o`: "
        "give subject, property and value as `s`, `p` and `o`."),
    "a part is blank": (
        asking((FORUM, "a", " ")), 400, "Bad Request: The request has no `o`: "
        "give subject, property and value as `s`, `p` and `o`."),
    "nothing is called so": (
        asking(("Forum of 1921", "a", "sco:Event")), 404, "Not Found: Nothing in the graph is "
        "called 'Forum of 1921', the subject: give a prefixed name, an IRI or a label."),
    "no graph says so": (
        asking((FORUM, "sco:venue", "state:XA")), 404, "Not Found: No graph says that "
        "event:forum-2021 sco:venue state:XA; of event:forum-2021 sco:venue it says "
        "building:alderport-town-hall."),
    "several fit": (
        asking(("mode", "rdfs:label", "mode")), 400, "Bad Request: That fits several triples, name "
        'one of them exactly: sco:Mode rdfs:label "mode"@en; sco:mode rdfs:label "mode"@en.'),
    "an unknown format": (
        asking(EVENT, format="png"), 400,
        "Bad Request: There is no format 'png'; there are json, ttl, jsonld, nt, rdf, text."),
}  # fmt: skip


@pytest.mark.parametrize(("query", "status", "expected"), FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("accept", ["application/json", "text/turtle", "*/*"])
def test_a_failure_is_one_sentence(
    client: FlaskClient, query: dict[str, str], status: int, expected: str, accept: str
) -> None:
    answer = client.get("/explain", query_string=query, headers={"Accept": accept})
    assert (answer.status_code, answer.content_type) == (status, "text/plain; charset=utf-8")
    assert answer.text == f"{status} {expected}\n"


def test_a_part_that_is_given_twice_is_refused(client: FlaskClient) -> None:
    answer = client.get(f"/explain?s={FORUM}&s={FORUM}&p=a&o=sco:Event")
    assert answer.text == "400 Bad Request: There is more than one `s` in the request.\n"


def test_what_nobody_can_write_is_not_acceptable(client: FlaskClient) -> None:
    headers = {"Accept": "image/png"}
    answer = client.get("/explain", query_string=asking(EVENT), headers=headers)
    assert (answer.status_code, answer.text) == (
        406,
        "406 Not Acceptable: None of the media types that you accept is on offer here: "
        "application/json, text/turtle, application/ld+json, application/n-triples, "
        "application/rdf+xml, text/html.\n",
    )


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", '"', "\\", "\0", "a\nb", '" } } #', "<urn:a> <urn:b>", "_:b",
     "[]", "( 1 2 )", "\ud800", "%", "x" * 5000, "é" * 2000],
)  # fmt: skip
def test_whatever_is_asked_gets_an_answer(client: FlaskClient, text: str) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    for parts in ((raw, b"a", b"x"), (FORUM, raw, b"x"), (FORUM, b"a", raw), (raw, raw, raw)):
        for accept, kind in ((BROWSER, "text/html"), ("application/json", "text/plain")):
            query: Any = dict(zip("spo", parts, strict=True))
            answer = client.get("/explain", query_string=query, headers={"Accept": accept})
            assert (answer.status_code, answer.mimetype) == (404, kind)
            assert kind == "text/plain" or read_page(answer.text).every("script") == []


def inferred(release: Release) -> list[dict[str, str]]:
    graph = NamedNode(graph_iri(release.base, "inferred"))
    found = release.store.quads_for_pattern(None, None, None, graph)
    return [asking(map(str, (quad.subject, quad.predicate, quad.object))) for quad in found]


def test_every_inferred_triple_has_a_rule(explained: Graph) -> None:
    client = create_app(explained.engine.release).test_client()
    without = []
    asked = inferred(explained.engine.release)
    for query in asked:
        answer = client.get("/explain", query_string=query)
        told = json.loads(answer.text) if answer.status_code == 200 else {}
        if not told.get("rule") or not told["premises"]:
            without.append((query, answer.text))
    assert (len(asked) > 400, without) == (True, [])


def test_many_at_once_are_told_the_same_as_one_after_another(explained: Graph) -> None:
    asked = inferred(explained.engine.release)[::7]
    single, shared = create_app(explained.engine.release), create_app(explained.engine.release)
    alone = [single.test_client().get("/explain", query_string=query).data for query in asked]
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(
            lambda query: shared.test_client().get("/explain", query_string=query).data, asked
        )
        assert list(map(json.loads, found)) == list(map(json.loads, alone))
