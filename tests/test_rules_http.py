"""The rules over HTTP: pages in three languages, and data under the IRIs that proofs name."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Triple

from scograph.graph import Graph
from scograph.rdf.namespaces import DCTERMS, PROV, RDF, SH
from scograph.rdf.vocabulary import COMMENT, LABEL
from scograph.reasoning.rules.files import Rule, load_rules
from scograph.sparql.release import open_release
from scograph.web.app import create_app
from tests.explained import BASE, make_folder, make_release
from tests.serving import BROWSER, Node, read_page, triples

RULES = load_rules()
HTML = {"Accept": BROWSER}
W3C = (
    "https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules"
)  # fmt: skip
SENTENCE = "A forum is hosted by the state in which it is held."
OWN = f"""# host-of-venue (this dataset)
# en: {SENTENCE}
CONSTRUCT {{ ?forum sco:host ?state }}
WHERE {{ ?forum sco:venue ?hall . ?hall sco:locatedIn ?state . ?state a sco:State }}
"""


@pytest.fixture(scope="module")
def client(explained: Graph) -> FlaskClient:
    return create_app(explained.engine.release).test_client()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a graph with a rule of its own."""
    folder = tmp_path_factory.mktemp("own rule")
    graph: Path = make_folder(folder / "graph")
    (graph / "rules").mkdir()
    (graph / "rules/host-of-venue.rq").write_text(OWN)
    return create_app(open_release(make_release(graph, folder / "release"))).test_client()


def fetch(client: FlaskClient, path: str, language: str = "en") -> Node:
    answer = client.get(f"{path}?lang={language}", headers=HTML)
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8"), path
    return read_page(answer.text).one("main")


def listed(page: Node) -> dict[str, tuple[str, str]]:
    """What the list says of each rule, and its address."""
    return {
        name.text: (name.one("a").href, says.text)
        for name, says in zip(page.every("dt"), page.every("dd"), strict=True)
    }


@pytest.mark.parametrize(
    ("language", "word"), [("en", "contradiction"), ("ru", "противоречие"), ("zh", "矛盾")]
)
def test_all_rules_are_listed(client: FlaskClient, language: str, word: str) -> None:
    page = fetch(client, "/rules/", language)
    assert listed(page) == {
        rule.name: (
            f"/rules/{rule.name}?lang={language}",
            rule.sentences[language] + ("" if rule.head else f" {word}"),
        )
        for rule in RULES
    }


def test_the_list_goes_by_the_tables_of_the_recommendation(client: FlaskClient) -> None:
    headings = [node.text for node in fetch(client, "/rules/").every("h2")]
    assert headings == [
        "Equality 11",
        "Axioms about properties 19",
        "Classes 17",
        "Class axioms 5",
        "Datatypes 4",
        "Schema vocabulary 20",
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_has_a_page_with_its_text(client: FlaskClient, rule: Rule) -> None:
    for language in ("en", "ru", "zh"):
        page = fetch(client, f"/rules/{rule.name}", language)
        assert page.one("h1").text == rule.name
        assert page.one("p", "lead").text == " ".join(rule.sentences[language].split())
        assert page.one("pre").one("code").content == [rule.text.rstrip("\n") + "\n"]
        assert [link.href for link in page.every("a") if link.text == rule.origin] == [W3C]


def triples_of(base: str, rule: Rule) -> set[Triple]:
    node = NamedNode(f"{base}rules/{rule.name}")
    a = NamedNode(RDF + "type")
    return {
        Triple(node, a, NamedNode(SH + "SPARQLRule")),
        Triple(node, a, NamedNode(PROV + "Plan")),
        Triple(node, NamedNode(LABEL), Literal(rule.name)),
        Triple(node, NamedNode(SH + "construct"), Literal(rule.text)),
        Triple(node, NamedNode(DCTERMS + "source"), NamedNode(W3C)),
        *(
            Triple(node, NamedNode(COMMENT), Literal(text, language=language))
            for language, text in rule.sentences.items()
        ),
    }


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("ttl", "text/turtle; charset=utf-8"),
        ("jsonld", "application/ld+json"),
        ("nt", "application/n-triples"),
        ("rdf", "application/rdf+xml"),
    ],
)
def test_rules_are_data_by_accept_and_by_suffix(client: FlaskClient, name: str, media: str) -> None:
    rule = next(rule for rule in RULES if rule.name == "cax-sco")
    for answer in (
        client.get(f"/rules/cax-sco.{name}", headers=HTML),
        client.get("/rules/cax-sco", headers={"Accept": media}),
    ):
        assert (answer.status_code, answer.content_type) == (200, media)
        assert answer.headers["Link"] == f'<{BASE}rules/cax-sco>; rel="cite-as"'
        assert triples(answer.data, name) == triples_of(BASE, rule)
    answer = client.get("/rules/", headers={"Accept": media})
    assert answer.content_type == media
    assert triples(answer.data, name) == set().union(*(triples_of(BASE, item) for item in RULES))


@pytest.mark.parametrize(
    "path",
    ["/rules/cax", "/rules/cax-sco.png", "/rules/cax-sco.", "/rules/.ttl", "/rules/%3Cb%3E",
     "/rules/..%2fREADME.md"],
)  # fmt: skip
@pytest.mark.parametrize("headers", [{}, HTML], ids=["data", "browser"])
def test_what_is_no_rule_is_404(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain" or read_page(answer.text).every("b") == []


@pytest.mark.parametrize("path", ["/rules/", "/rules/cax-sco"])
def test_what_nobody_can_write_is_not_acceptable(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    ("language", "heading"),
    [("en", "Rules of this dataset 1"), ("ru", "Правила этого набора данных 1"),
     ("zh", "本数据集的规则 1")],
)  # fmt: skip
@pytest.mark.slow
def test_the_rules_of_the_folder_stand_first(own: FlaskClient, language: str, heading: str) -> None:
    page = fetch(own, "/rules/", language)
    assert page.every("h2")[0].text == heading
    assert next(iter(listed(page).items())) == (
        "host-of-venue",
        (f"/rules/host-of-venue?lang={language}", SENTENCE),
    )
    rule = fetch(own, "/rules/host-of-venue", language)
    assert (rule.one("p", "lead").text, rule.one("pre").one("code").content) == (SENTENCE, [OWN])
    assert [link.href for link in rule.every("a") if link.href == W3C] == []


@pytest.mark.slow
def test_what_an_own_rule_concludes_names_it(own: FlaskClient) -> None:
    parts = ("event:forum-2021", "sco:host", "state:XA")
    found = own.get("/explain", query_string=dict(zip("spo", parts, strict=True)))
    assert found.json is not None
    told = {"name": "host-of-venue", "origin": "this dataset", "says": SENTENCE}
    assert found.json["rule"] == told
