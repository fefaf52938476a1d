"""The pages of explanations, in three languages, and the links that lead to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode

from scograph.explanations.explainer import Evidence, Explanation
from scograph.graph import Graph
from scograph.rdf.terms import Fact
from scograph.reasoning.rules.files import Rule, load_rules
from scograph.sparql.release import Release
from scograph.web.app import create_app
from scograph.web.pages.explanation_parts import reason_of
from tests.serving import BROWSER, Node, read_page

FORUM = "event:forum-2021"
FERRY = "The ferry, ¶{} — Alderport News, 2021-02-01 ↗ open the source at this sentence"
OPENS = {"en": "open the source at this sentence", "ru": "открыть источник на этом предложении",
         "zh": "在来源中打开此句"}  # fmt: skip


@pytest.fixture(scope="module")
def client(explained: Graph) -> FlaskClient:
    """A client of the made-up graph."""
    return create_app(explained.engine.release).test_client()


@pytest.fixture(scope="module")
def forum(release: Release) -> FlaskClient:
    """A client of the repository's own graph."""
    return create_app(release).test_client()


def fetch(client: FlaskClient, path: str, status: int = 200, **query: str) -> Node:
    answer = client.get(path, query_string=query or None, headers={"Accept": BROWSER})
    assert (answer.status_code, answer.content_type) == (status, "text/html; charset=utf-8"), path
    return read_page(answer.text)


def show(client: FlaskClient, parts: Iterable[str], status: int = 200, **more: str) -> Node:
    query = {**dict(zip("spo", parts, strict=True)), **more}
    return fetch(client, "/explain", status, **query).one("article")


def sections(page: Node) -> list[str]:
    return [section.text for section in page.every("section")]


SECTIONS = {
    "the adopted version of a dispute": (
        (FORUM, "sco:startDate", "2021-05-01"),
        "Forum of 2021 start date 2021-05-01",
        [
            "Stated by It began on 1 May. " + FERRY.format("2 s1"),
            "Contradicted by Forum of 2021 start date 2021-05-02 why? Others say 2 May. "
            + FERRY.format("3 s1")
            + " not adopted dispute: When did the forum of 2021 begin?",
        ],
    ),
    "the rejected version": (
        (FORUM, "sco:startDate", "2021-05-02"),
        "Forum of 2021 start date 2021-05-02",
        [
            "Stated by Others say 2 May. " + FERRY.format("3 s1") + " not adopted",
            "Contradicted by Forum of 2021 start date 2021-05-01 why? It began on 1 May. "
            + FERRY.format("2 s1")
            + " adopted dispute: When did the forum of 2021 begin?",
        ],
    ),
    "an inference from an inference": (
        (FORUM, "sco:endDate", "2021-05-03"),
        "Forum of 2021 end date 2021-05-03",
        [
            "Concluded by a curator It lasted three days. curator's inference: ferry-end "
            "It rests on: In the Town Hall it was. " + FERRY.format("12 s1") + " The page is of "
            "2021. curator's inference: ferry-year It rests on: It began on 1 May. "
            + FERRY.format("2 s1")
            + " The ferry"
        ],
    ),
    "a text": (
        (FORUM, "sco:nameAsWritten", "The forum"),
        "Forum of 2021 name as written The forum en",
        ["Stated by The forum met in the Town Hall. " + FERRY.format("1 s2")],
    ),
}


@pytest.mark.parametrize(("parts", "title", "expected"), SECTIONS.values(), ids=SECTIONS)
def test_the_page_tells_all_that_there_is_to_tell(
    client: FlaskClient, parts: tuple[str, str, str], title: str, expected: list[str]
) -> None:
    page = show(client, parts)
    assert (page.one("h1").text, sections(page)) == (title, expected)


LANGUAGES = {
    "en": (
        "Forum of 2021 venue Town Hall of Alderport",
        "Forum of 2021 takes place in Town Hall of Alderport",
        "Follows by rule prp-spo1 What a property links, its superproperties link, too. "
        "from these facts 2 {0} why? {1} {2} venue is a special case of takes place in axiom why? "
        "Stands in: the ontology",
    ),
    "ru": (
        "Форум 2021 года место проведения Town Hall of Alderport",
        "Форум 2021 года территория проведения Town Hall of Alderport",
        "Следует по правилу prp-spo1 Что связано свойством, то связано и его надсвойствами. "
        "из этих фактов 2 {0} почему? {1} {2} место проведения есть частный случай территория "
        "проведения аксиома почему? Где записано: онтология",
    ),
    "zh": (
        "2021年论坛 举办地点 Town Hall of Alderport",
        "2021年论坛 举办所在区域 Town Hall of Alderport",
        "按规则得出 prp-spo1 由某属性关联的，也由它的父属性关联。 依据以下事实 2 {0} 为何？ "
        "{1} {2} 举办地点 特化自 举办所在区域 公理 为何？ 载于: 本体",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_proof_is_told_in_the_language_of_the_page(client: FlaskClient, language: str) -> None:
    premise, title, proof = LANGUAGES[language]
    parts = (FORUM, "sco:takesPlaceIn", "building:alderport-town-hall")
    page = show(client, parts, lang=language)
    says = [
        f"{words} {FERRY.format(place).replace(OPENS['en'], OPENS[language])}"
        for words, place in (
            ("The forum met in the Town Hall.", "1 s2"),
            ("In the Town Hall it was.", "12 s1"),
        )
    ]
    assert page.one("h1").text == title
    assert sections(page) == [proof.format(premise, *says)]
    links = [link.href for link in page.every("a") if link.href.startswith("/")]
    assert [href for href in links if f"lang={language}" not in href] == []


def children(node: Node, tag: str) -> list[Node]:
    return [item for item in node.content if isinstance(item, Node) and item.tag == tag]


def outline(proof: Node) -> list[Any]:
    """The statements that a proof shows; after each its own proof, and whether that is open."""
    found: list[Any] = []
    for item in children(children(proof, "ol")[0], "li"):
        found.append(children(item, "p")[0].text)
        found += [("open" in node.attributes, outline(node)) for node in children(item, "details")]
    return found


def test_a_proof_is_a_tree_that_is_open_at_two_levels(client: FlaskClient) -> None:
    page = show(client, (FORUM, "sco:takesPlaceIn", "state:XA"))
    (proof,) = children(page.one("section"), "details")
    assert "open" in proof.attributes
    hall, transitive = "Town Hall of Alderport", "located in type transitive property axiom why?"
    assert outline(proof) == [
        f"Forum of 2021 takes place in {hall} why?",
        (True, [f"Forum of 2021 venue {hall} why?",
                "venue is a special case of takes place in axiom why?"]),
        f"{hall} located in Alderland why?",
        (True, [f"{hall} located in Northern Region why?",
                (False, [f"{hall} located in Alderport why?",
                         "Alderport located in Northern Region why?", transitive]),
                "Northern Region located in Alderland why?", transitive]),
        "takes place in stands for the chain ( sco:takesPlaceIn sco:locatedIn ) axiom",
    ]  # fmt: skip


def test_what_is_told_once_is_not_told_again(explained: Graph) -> None:
    thing, link = NamedNode("https://example.org/a"), NamedNode("https://example.org/p")
    trp, spo = (rule for rule in load_rules() if rule.name in ("prp-trp", "prp-spo1"))

    def step(value: str, rule: Rule | None, *premises: Explanation) -> Explanation:
        fact = Fact(thing, link, Literal(value))
        held = () if rule else (Evidence("record", "https://example.org/rivers/graph/reference"),)
        return Explanation(fact, True, held, (), rule, premises, len(premises))

    shared = step("shared", spo, step("leaf", None))
    top = step("top", trp, shared, step("other", spo, shared))
    reason = reason_of(explained.engine, top, "en")
    first, other = reason.premises
    (again,) = other.premises
    assert (first.is_told, [leaf.anchor for leaf in first.premises]) == (False, ["fact-3"])
    assert (again.is_told, again.anchor, again.premises) == (True, first.anchor, [])
    assert {first.anchor, other.anchor, reason.anchor} == {"fact-2", "fact-4", "fact-1"}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((FORUM, "sco:startDate", "2021-05-02"),
         "The graph does not adopt this: it is one version among several on which sources "
         "disagree."),
        (("https://w3id.org/scograph/shapes#NoSameAs", "a", "sh:NodeShape"),
         "The adopted graph does not hold this."),
        ((FORUM, "sco:startDate", "2021-05-01"), None),
    ],
)  # fmt: skip
def test_what_is_not_adopted_says_so(
    client: FlaskClient, parts: tuple[str, str, str], expected: str | None
) -> None:
    notes = [node.text for node in show(client, parts).every("p", "problem")]
    assert notes == ([expected] if expected else [])


def test_the_form_holds_what_was_asked_and_the_iris_stand_below_the_title(
    client: FlaskClient,
) -> None:
    page = show(client, (FORUM, "a", "sco:Event"), lang="zh")
    fields = {node.attributes["name"]: node.attributes["value"] for node in page.every("input")}
    assert fields == {"lang": "zh", "s": FORUM, "p": "a", "o": "sco:Event"}
    assert [node.text for node in page.one("ul", "iris").every("li")] == [
        "https://example.org/rivers/id/event/forum-2021",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "https://w3id.org/scograph/ontology#Event",
    ]


def test_without_a_question_there_are_examples_of_all_kinds(
    client: FlaskClient, forum: FlaskClient
) -> None:
    kinds = {
        "follows by rule": "Follows by rule",
        "a curator concludes it": "Concluded by a curator",
        "a source states it": "Stated by",
        "sources disagree on it": "Contradicted by",
    }
    for known, asking in ((kinds, client), (kinds, forum)):
        cards = fetch(asking, "/explain").one("ul", "cards").every("a")
        assert [card.one("small").text for card in cards] == list(known)
        for card in cards:
            page = fetch(asking, card.href)
            assert card.text == f"{card.one('small').text} {page.one('h1').text}"
            headings = [node.text for node in page.every("h2")]
            assert any(text.startswith(kinds[card.one("small").text]) for text in headings)


FAILURES = {
    "a part is missing": (
        ("event:forum-2021", " ", "sco:Event"), 400, "Fill in all three fields.", []),
    "nothing is called so": (
        ("Forum of 1921", "a", "sco:Event"), 404,
        "Nothing in this release is called so: Forum of 1921", []),
    "no graph says so": (
        (FORUM, "sco:venue", "state:XA"), 404, "No graph of this release says so.",
        ["Forum of 2021 venue Town Hall of Alderport"]),
    "several fit": (
        ("mode", "rdfs:label", "mode"), 400, "That fits several triples. Which one is meant?",
        [f"mode label mode https://w3id.org/scograph/ontology#{name} "
         'http://www.w3.org/2000/01/rdf-schema#label "mode"@en' for name in ("Mode", "mode")]),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "status", "problem", "choices"), FAILURES.values(), ids=FAILURES)
def test_a_page_says_what_is_wrong_and_what_to_ask_instead(
    client: FlaskClient,
    parts: tuple[str, str, str],
    status: int,
    problem: str,
    choices: list[str],
) -> None:
    page = show(client, parts, status)
    assert page.one("p", "problem").text == problem
    links = [link for part in page.every("ul", "choices") for link in part.every("li")]
    assert [link.text for link in links] == choices
    assert {fetch(client, link.one("a").href).every("section") != [] for link in links} <= {True}
    fields = [node.attributes["value"] for node in page.every("input")]
    assert fields == [part if part.strip() else "" for part in parts]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><b>x</b>', "{{ 7 * 7 }}"])
def test_nothing_that_is_asked_becomes_part_of_the_page(client: FlaskClient, text: str) -> None:
    for parts in ((text, "a", "sco:Event"), (FORUM, text, "x"), (FORUM, "a", text), (text,) * 3):
        page = show(client, parts, 404)
        assert page.every("script") + page.every("b") == []
        assert tuple(node.attributes["value"] for node in page.every("input")) == parts


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_every_fact_of_a_page_leads_to_its_explanation(forum: FlaskClient, language: str) -> None:
    page = fetch(forum, "/page/event/forum-2021", lang=language)
    title = page.one("h1").text
    facts = len(page.every("div", "fact"))
    inferred = len(page.one("details", "inferred").every("dd"))
    links = page.every("a", "ask")
    assert len(links) == facts + inferred > 20
    for link in links:
        word, _, what = link.attributes["aria-label"].partition(" ")
        found = fetch(forum, link.href)
        said = " ".join(part.text.split(" en")[0] for part in found.one("h1").every("span", "part"))
        assert (word, link.text) == (link.text, link.text)
        assert said.startswith(title)
        assert found.one("h1").one("span", "verb").text == what.partition(": ")[0]
