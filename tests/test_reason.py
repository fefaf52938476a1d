"""What is inferred: the informative part of OWL 2 RL, and the contradictions."""

from __future__ import annotations

import re

import owlrl
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from scograph.build.pipeline import Checked
from scograph.rdf.rdflib_bridge import to_graph
from scograph.rdf.terms import Fact
from scograph.rdf.vocabulary import graph_iri
from scograph.reasoning.facts import is_axiom
from scograph.reasoning.hierarchy import subsumption
from scograph.reasoning.informative import is_informative
from scograph.reasoning.reason import reason
from scograph.sparql.release import Release

PREFIXES = """
@prefix : <https://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def triples(text: str) -> set[Triple]:
    quads = parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE)
    return {quad.triple for quad in quads}


RULES = [
    ("cax-sco", ":A rdfs:subClassOf :B . :x a :A .", ":x a :B ."),
    ("scm-sco", ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", ":A rdfs:subClassOf :C ."),
    ("prp-spo1", ":p rdfs:subPropertyOf :q . :x :p :y .", ":x :q :y ."),
    (
        "prp-spo1 with a literal", ":p rdfs:subPropertyOf rdfs:label . :x :p \"n\"@ru .",
        ":x rdfs:label \"n\"@ru .",
    ),
    ("prp-trp", ":p a owl:TransitiveProperty . :x :p :y . :y :p :z .", ":x :p :z ."),
    ("prp-spo2", ":r owl:propertyChainAxiom ( :p :q ) . :x :p :y . :y :q :z .", ":x :r :z ."),
    ("nothing follows", ":x :p :y .", ""),
    ("no reflexive triple", ":A a owl:Class . :x a :A .", ""),
    ("nothing from a label", ":x rdfs:label \"n\"@en .", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given_", "expected"), RULES, ids=[rule[0] for rule in RULES])
def test_a_rule_gives_its_conclusion_and_nothing_else(
    name: str, given_: str, expected: str
) -> None:
    closure = reason(triples(given_))
    assert set(closure.inferred) == triples(expected), name
    assert closure.inconsistencies == ()


CLASHES = [
    (":A owl:disjointWith :B . :x a :A , :B .", "cax-dw", ":x a :A , :B ."),
    (
        "[] a owl:AllDisjointClasses ; owl:members ( :A :B :C ) . :x a :A , :C .",
        "cax-adc",
        ":x a :A , :C .",
    ),
    (":p a owl:IrreflexiveProperty . :x :p :x .", "prp-irp", ":x :p :x ."),
]


@pytest.mark.parametrize(("given_", "rule", "data"), CLASHES)
def test_a_clash_names_its_rule_and_what_contradicts(given_: str, rule: str, data: str) -> None:
    (clash,) = reason(triples(given_)).inconsistencies
    facts = {premise.fact for premise in clash.premises if not is_axiom(premise.fact)}
    assert (clash.rule.name, facts) == (rule, {Fact(*triple) for triple in triples(data)})


UNINFORMATIVE = [
    ":x a owl:Thing .", ":x a rdfs:Resource .", ":x owl:sameAs :x .", ":A rdfs:subClassOf :A .",
    ":A rdfs:subClassOf owl:Thing .", "owl:Thing a owl:Class .", ":p rdfs:subPropertyOf :p .",
    "rdf:type a rdf:Property .", ":A owl:equivalentClass :A .", ":x a _:b .", "_:b a :A .",
    "owl:Nothing rdfs:subClassOf :A .", ":p a rdf:Property .", ":x a xsd:string .",
]  # fmt: skip
INFORMATIVE = [":x a :A .", ":A rdfs:subClassOf :B .", ":x :p :y .", ':x rdfs:label "n" .']


@pytest.mark.parametrize("text", UNINFORMATIVE)
def test_what_says_nothing_is_left_out(text: str) -> None:
    assert [is_informative(triple) for triple in triples(text)] == [False]


@pytest.mark.parametrize("text", INFORMATIVE)
def test_what_says_something_is_kept(text: str) -> None:
    assert [is_informative(triple) for triple in triples(text)] == [True]


NAMES = [NamedNode(f"https://example.org/{letter}") for letter in "ABCDE"]
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=8)
SUB_CLASS = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


@settings(max_examples=50)
@given(PAIRS, PAIRS)
@pytest.mark.slow
def test_subsumption_types_what_owlrl_types(
    classes: list[tuple[NamedNode, NamedNode]], types: list[tuple[NamedNode, NamedNode]]
) -> None:
    data = {Triple(a, SUB_CLASS, b) for a, b in classes}
    data |= {Triple(NamedNode(f"{x.value}-thing"), TYPE, b) for x, b in types}
    graph: rdflib.Graph = to_graph(data)
    owlrl.OWLRL_Semantics(graph, False, False, False).closure()
    things = {str(name) + "-thing" for name in (node.value for node in NAMES)}
    expected = {
        (str(s), str(o))
        for s, o in graph.subject_objects(rdflib.RDF.type)
        if str(s) in things and not str(o).startswith("http://www.w3.org/")
    }
    found = {
        (triple.subject.value, triple.object.value)
        for triple in subsumption(data)
        if triple.predicate == TYPE
        and isinstance(triple.subject, NamedNode)
        and isinstance(triple.object, NamedNode)
    }
    assert found == expected


def test_the_repository_is_free_of_clashes(checked: Checked) -> None:
    assert [finding for finding in checked.findings if finding.rule == "clash"] == []


INFERRED = [
    ("event:forum-2021 sco:takesPlaceIn state:RU", True),
    ("event:forum-2021-plenary sco:series series:heads-of-regions-forum", True),
    ("participation:forum-2021-vladimir-norov sco:onBehalfOf organisation:sco-secretariat", True),
    ("event:forum-2021 a prov:Activity", True),
    ("person:alexei-teksler a foaf:Agent", True),
    ("event:forum-2021 a owl:Thing", False),
    ("person:vladimir-norov sco:onBehalfOf organisation:sco-secretariat", False),
]


@pytest.mark.parametrize(("pattern", "expected"), INFERRED)
def test_the_release_holds_what_follows(release: Release, pattern: str, expected: bool) -> None:
    graph = graph_iri(release.base, "inferred")
    for where in (f"GRAPH <{graph}> {{ {pattern} }}", pattern):
        answer = release.store.query(f"ASK {{ {where} }}", prefixes=release.prefixes)
        assert bool(answer) is expected


def test_long_work_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scograph.reasoning.progress._DELAY", 0.0)
    monkeypatch.setattr("scograph.reasoning.progress._INTERVAL", 0.0)
    told: list[str] = []
    data = triples(":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :x a :A .")
    reason(data, on_progress=told.append)
    assert all(re.fullmatch(r"rule \d+ of \d+, \d+ new triples", text) for text in told)
    assert told[-1].endswith(", 3 new triples")
