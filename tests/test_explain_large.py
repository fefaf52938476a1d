# ruff: noqa: E501  (what is told stands as it is printed)
"""Explanations whose proofs branch and join again, or are high: each part is told once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
)

from scograph.explanations.explained import ExplainedTriple
from scograph.explanations.explainer import Explainer
from scograph.graph import Graph
from scograph.rdf.namespaces import RDF, SH
from scograph.rdf.terms import Fact
from scograph.rdf.vocabulary import COMMENT, DERIVED_FROM, INFERENCE, TYPE, graph_iri
from scograph.reasoning.facts import FactWriter
from scograph.sparql.engine import Engine
from scograph.sparql.release import Release
from scograph.web.app import create_app
from tests.explained import BASE
from tests.patience import patience
from tests.serving import BROWSER

EX = "https://example.org/rivers/id/event/"
PREFIX = f"PREFIX ex: <{EX}> "
REACHED = f"""# reached (this test)
# en: What comes after what is reached is reached.
{PREFIX}CONSTRUCT {{ ?y a ex:Reached }} WHERE {{ ?x a ex:Reached . ?x ex:next ?y }}"""
# What is of one kind follows from both kinds of what stands before.
BOTH = [
    f"""# from-both-{kind.lower()} (this test)
# en: What comes after a thing of both kinds is of both kinds.
{PREFIX}CONSTRUCT {{ ?y a ex:{kind} }}
WHERE {{ ?x a ex:Odd . ?x a ex:Even . ?x ex:next ?y }}"""
    for kind in ("Odd", "Even")
]


def in_graph(triple: Triple, graph: NamedNode | DefaultGraph) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def release_of(like: Graph, turtle: str, *rules: str) -> Release:
    """A release like another, that holds *turtle* as reference data, and *rules*."""
    store = Store()
    reference, own = (NamedNode(graph_iri(BASE, name)) for name in ("reference", "release"))
    for quad in parse(PREFIX + turtle, format=RdfFormat.TURTLE):
        store.add(in_graph(quad.triple, DefaultGraph()))
        store.add(in_graph(quad.triple, reference))
    for text in rules:
        node = NamedNode(f"{BASE}rules/{text.split()[1]}")
        store.add(Quad(node, NamedNode(TYPE), NamedNode(SH + "SPARQLRule"), own))
        store.add(Quad(node, NamedNode(SH + "construct"), Literal(text), own))
    return replace(like.engine.release, store=store)


def explained_in(release: Release, name: str, kind: str) -> ExplainedTriple:
    fact = Triple(NamedNode(EX + name), NamedNode(RDF + "type"), NamedNode(EX + kind))
    # What follows is adopted, too.
    release.store.add(in_graph(fact, DefaultGraph()))
    release.store.add(in_graph(fact, NamedNode(graph_iri(BASE, "inferred"))))
    return ExplainedTriple(Engine(release), Explainer(release).explain(Fact(*fact)))


def chain(length: int) -> str:
    return " ".join(f"ex:n{number} ex:next ex:n{number + 1} ." for number in range(length))


def branching(like: Graph, height: int) -> ExplainedTriple:
    """An explanation that is a tree of 2 to the power of *height* leaves."""
    release = release_of(like, f"ex:n0 a ex:Odd , ex:Even . {chain(height)}", *BOTH)
    return explained_in(release, f"n{height}", "Odd")


def page_of(told: ExplainedTriple) -> str:
    client = create_app(told.engine.release).test_client()
    parts = dict(zip("spo", map(str, told.explanation.fact), strict=True))
    answer = client.get("/explain", query_string=parts, headers={"Accept": BROWSER})
    assert answer.status_code == 200
    return answer.text


def forms(told: ExplainedTriple) -> dict[str, int]:
    """The size of each form."""
    return {
        "text": len(told.text()),
        "json": len(told.json()),
        "prov": len(told.turtle()),
        "page": len(page_of(told)),
    }


def test_every_form_grows_with_the_facts_not_with_the_ways_to_them(explained: Graph) -> None:
    low, high = branching(explained, 8), branching(explained, 32)
    assert (low.explanation.height, high.explanation.height) == (8, 32)
    counts = [len(list(told.explanation.every())) for told in (low, high)]
    # Each but the last thing is of both kinds and comes before another.
    assert counts == [1 + 7 * 2 + 2 + 8, 1 + 31 * 2 + 2 + 32]
    small, large = forms(low), forms(high)
    growth = counts[1] / counts[0]
    assert {name for name in small if large[name] > 1.5 * growth * small[name]} == set()


def test_the_data_have_each_fact_once(explained: Graph) -> None:
    told = branching(explained, 16)
    data = told.data()
    facts = [tuple(step[part]["value"] for part in ("subject", "predicate", "object"))
             for step in data["steps"]]  # fmt: skip
    assert len(facts) == len(set(facts)) == 15 * 2 + 2 + 16
    assert [step["id"] for step in data["steps"]] == list(range(1, len(facts) + 1))
    heights = {step["id"]: step["height"] for step in data["steps"]}
    for step in [data, *data["steps"]]:
        assert bool(step["premises"]) is bool(step["rule"])
        if step["premises"]:
            assert step["height"] == 1 + max(heights[number] for number in step["premises"])


TEXT = """
event:n3 a event:Odd
└── follows by from-both-odd: What comes after a thing of both kinds is of both kinds.
    ├── event:n2 a event:Odd
    │   └── follows by from-both-odd: What comes after a thing of both kinds is of both kinds.
    │       ├── [1] event:n1 a event:Odd
    │       │   └── follows by from-both-odd: What comes after a thing of both kinds is of both kinds.
    │       │       ├── event:n0 a event:Odd
    │       │       │   └── stands in the reference data
    │       │       ├── event:n0 a event:Even
    │       │       │   └── stands in the reference data
    │       │       └── event:n0 event:next event:n1
    │       │           └── stands in the reference data
    │       ├── [2] event:n1 a event:Even
    │       │   └── follows by from-both-even: What comes after a thing of both kinds is of both kinds.
    │       │       ├── event:n0 a event:Odd
    │       │       │   └── stands in the reference data
    │       │       ├── event:n0 a event:Even
    │       │       │   └── stands in the reference data
    │       │       └── event:n0 event:next event:n1
    │       │           └── stands in the reference data
    │       └── event:n1 event:next event:n2
    │           └── stands in the reference data
    ├── event:n2 a event:Even
    │   └── follows by from-both-even: What comes after a thing of both kinds is of both kinds.
    │       ├── event:n1 a event:Odd, see [1] above
    │       ├── event:n1 a event:Even, see [2] above
    │       └── event:n1 event:next event:n2
    │           └── stands in the reference data
    └── event:n2 event:next event:n3
        └── stands in the reference data
"""


def test_the_text_refers_to_what_it_has_told(explained: Graph) -> None:
    assert branching(explained, 3).text(width=120) == TEXT.removeprefix("\n")


def test_what_lies_deep_is_told_in_a_tree_of_its_own(explained: Graph) -> None:
    release = release_of(explained, f"ex:n0 a ex:Reached . {chain(20)}", REACHED)
    lines = explained_in(release, "n20", "Reached").text(width=200).splitlines()
    tops = [line for line in lines if line[0] not in " │├└"]
    assert tops == ["event:n20 a event:Reached", "[1] event:n11 a event:Reached",
                    "[2] event:n2 a event:Reached"]  # fmt: skip
    places = [line.strip(" │├└─") for line in lines if line.endswith("below")]
    assert places == ["event:n11 a event:Reached, see [1] below",
                      "event:n2 a event:Reached, see [2] below"]  # fmt: skip


def test_a_page_leads_from_what_lies_deep_to_its_own_page(explained: Graph) -> None:
    release = release_of(explained, f"ex:n0 a ex:Reached . {chain(600)}", REACHED)
    page = page_of(explained_in(release, "n600", "Reached"))
    assert page.count('class="premise') == 24
    assert page.count("explained on its own page") == 1
    assert 's=event:n588&amp;p=a&amp;o=event:Reached">explained on its own page' in page


def test_a_proof_of_five_thousand_steps(explained: Graph) -> None:
    release = release_of(explained, f"ex:n0 a ex:Reached . {chain(5000)}", REACHED)
    begun = time.monotonic()
    told = explained_in(release, "n5000", "Reached")
    assert told.explanation.height == 5000
    data = told.data()
    assert len(data["steps"]) == 2 * 5000
    assert sum(1 for t in told.triples() if t.predicate.value.endswith("#used")) == 2 * 5000
    lines = told.text(width=100).splitlines()
    # Some hundred steps are enough for a reader; the other forms have them all.
    assert len(lines) < 3000
    assert max(map(len, lines)) <= 100
    assert lines[-1].endswith("more steps are left out here; JSON and PROV have all of them")
    assert time.monotonic() - begun < patience("command") / 5


def inferences(height: int) -> Iterator[Quad]:
    """Inferences of a curator that rest on two others each, which rest on the same two."""

    def name(level: int, number: int) -> NamedNode:
        return NamedNode(f"{BASE}id/inference/of-{level}-{number}")

    for level in range(height + 1):
        for number in range(2):
            one = name(level, number)
            yield Quad(one, NamedNode(TYPE), NamedNode(INFERENCE), DefaultGraph())
            yield Quad(one, NamedNode(COMMENT), Literal(f"reason {level}"), DefaultGraph())
            for other in range(2 if level else 0):
                yield Quad(one, NamedNode(DERIVED_FROM), name(level - 1, other), DefaultGraph())


@pytest.mark.parametrize("height", [16, 200])
def test_inferences_that_share_their_premises_are_told_once(explained: Graph, height: int) -> None:
    release = release_of(explained, "")
    release.store.extend(inferences(height))
    fact = Triple(NamedNode(EX + "a"), NamedNode(EX + "next"), NamedNode(EX + "b"))
    top = NamedNode(f"{BASE}id/inference/of-{height}-0")
    for graph in (top, DefaultGraph()):
        release.store.add(in_graph(fact, graph))
    told = ExplainedTriple(Engine(release), Explainer(release).explain(Fact(*fact)))
    data = told.data()
    assert len(data["inferences"]) == len({item["graph"] for item in data["inferences"]})
    assert len(data["inferences"]) == 2 * height + 1
    assert data["accounts"] == [{"kind": "inference", "graph": top.value, "adopted": True}]
    derived = [t for t in told.triples() if t.predicate.value == DERIVED_FROM]
    assert len(derived) == 1 + 2 * (2 * height - 1)
    for size in forms(told).values():
        assert size < 1000 * (2 * height + 30)


def test_blank_nodes_that_multiply_are_written_in_part() -> None:
    nodes = [BlankNode(f"b{number}") for number in range(60)]
    link = NamedNode("https://example.org/p")
    writer = FactWriter(
        {"ex": "https://example.org/"},
        lambda _: [Fact(_, link, node) for node in nodes],
    )
    text = writer.term(nodes[0])
    # Sixty to the power of four, if each were written.
    assert (text.count("ex:p"), text.count("[") - text.count("]")) == (200, 0)
    assert "ex:p ... ; ex:p ..." in text


def test_a_long_collection_is_written_in_part() -> None:
    first, rest = (NamedNode(RDF + name) for name in ("first", "rest"))

    def about(node: BlankNode) -> list[Fact]:
        number = int(node.value[1:])
        member = NamedNode(f"https://example.org/{number}")
        return [Fact(node, first, member), Fact(node, rest, BlankNode(f"b{number + 1}"))]

    text = FactWriter({"ex": "https://example.org/"}, about).term(BlankNode("b1"))
    members = [f"ex:{number}" for number in range(1, 201)]
    assert text == f"( {' '.join(members)} ... )"
