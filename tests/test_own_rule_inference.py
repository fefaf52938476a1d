# ruff: noqa: E501  (each rule stands on one line)
"""What follows by a folder's own rules is what their queries, run again and again, give."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, Triple, parse
from rdflib.plugins.sparql import prepareQuery

from scograph.rdf.namespaces import OWL, RDF, RDFS, XSD
from scograph.rdf.rdflib_bridge import from_rdflib, to_rdflib
from scograph.rdf.terms import Fact
from scograph.reasoning.informative import terms_are_informative
from scograph.reasoning.reason import Closure, reason
from scograph.reasoning.rules.files import Rule, read_rule

EX = "https://example.org/"
PREFIXES = {"": EX, "rdf": RDF, "rdfs": RDFS, "owl": OWL, "xsd": XSD}
DECLARED = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


def rule_of(text: str, name: str = "test") -> Rule:
    return read_rule(f"# {name} (this test)\n# en: A sentence.\n{text}", name, PREFIXES)


def read(turtle: str) -> set[Triple]:
    return {quad.triple for quad in parse(DECLARED + turtle, format=RdfFormat.TURTLE)}


def by_rdflib(asserted: Iterable[Triple], rules: Iterable[str]) -> rdflib.Graph:
    """Run the rules over all that is known, until nothing new follows."""
    graph = rdflib.Graph()
    for triple in asserted:
        graph.add(
            (to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object))
        )
    queries = [prepareQuery(DECLARED + text) for text in rules]
    size = -1
    while len(graph) != size:
        size = len(graph)
        for query in queries:
            for found in list(graph.query(query).graph or ()):
                graph.add(found)
    return graph


def expected(asserted: set[Triple], rules: Iterable[str]) -> set[Triple]:
    facts = [
        Fact(*map(from_rdflib, triple))  # type: ignore[arg-type]
        for triple in by_rdflib(asserted, rules)
    ]
    sound = [fact for fact in facts if isinstance(fact.predicate, NamedNode)]
    return {
        Triple(*fact)  # type: ignore[arg-type]
        for fact in sound
        if terms_are_informative(*fact)  # type: ignore[arg-type]
    } - asserted


def closed(asserted: set[Triple], rules: Iterable[str]) -> Closure:
    named = [rule_of(text, f"own-{number}") for number, text in enumerate(rules)]
    return reason(asserted, named)


def check(turtle: str, rules: tuple[str, ...]) -> None:
    asserted = read(turtle)
    closure = closed(asserted, rules)
    assert closure.inferred == expected(asserted, rules)
    for triple in closure.inferred:
        proof = closure.prove(triple)
        assert proof is not None
        rest = {Triple(*fact) for fact in proof.leaves()}  # type: ignore[arg-type]
        assert rest <= asserted
        assert triple in closed(rest, rules).inferred
        assert proof.height == 1 + max(premise.height for premise in proof.premises)


CHAIN = ":a :p :b . :b :p :c . :c :p :d . :d :p :e . :b :q 3 . :c :q 1 . :d a :D ."
# Rules that look like one that has a way of its own, and are not; and what was once misread.
CASES: dict[str, tuple[str, str]] = {
    "transitive": (CHAIN, "CONSTRUCT { ?x :p ?z } WHERE { ?x :p ?y . ?y :p ?z }"),
    "through some only": (
        CHAIN, "CONSTRUCT { ?x :p ?z } WHERE { ?x :p ?y . ?y :p ?z FILTER (?y != :c) }",
    ),
    "from some only": (
        CHAIN, "CONSTRUCT { ?x :p ?z } WHERE { ?x :p ?y . ?y :p ?z FILTER (?x = :a) }",
    ),
    "to some only": (
        CHAIN, "CONSTRUCT { ?x :p ?z } WHERE { ?x :p ?y . ?y :p ?z FILTER (?z IN (:c, :e)) }",
    ),
    "through one": (CHAIN, "CONSTRUCT { ?x :p ?z } WHERE { ?x :p :c . :c :p ?z }"),
    "from one": (CHAIN, "CONSTRUCT { :a :p ?z } WHERE { :a :p ?y . ?y :p ?z }"),
    "to one": (CHAIN, "CONSTRUCT { ?x :p :e } WHERE { ?x :p ?y . ?y :p :e }"),
    "through a class": (CHAIN, "CONSTRUCT { ?x :p ?z } WHERE { ?x :p ?y . ?y :p ?z . ?y a :D }"),
    "backward": (CHAIN, "CONSTRUCT { ?z :p ?x } WHERE { ?x :p ?y . ?y :p ?z }"),
    "into another": (CHAIN, "CONSTRUCT { ?x :r ?z } WHERE { ?x :p ?y . ?y :p ?z }"),
    "a loop": (CHAIN + " :e :p :a .", "CONSTRUCT { ?x :p ?z } WHERE { ?x :p ?y . ?y :p ?z }"),
    "a literal in between": (
        ":a :p 1 , :b . :b :p 2 .", "CONSTRUCT { ?x :p ?z } WHERE { ?x :p ?y . ?y :p ?z }",
    ),
    "a renaming with a filter": (CHAIN, "CONSTRUCT { ?x :r ?y } WHERE { ?x :p ?y FILTER (?y != :b) }"),
    "a renaming of one": (CHAIN, "CONSTRUCT { ?x :r ?y } WHERE { ?x :p ?y . FILTER (?x = :a) }"),
    "a literal that looks like a variable": (
        ':a :p "?x" , "b" .', 'CONSTRUCT { ?x :r ?y } WHERE { ?x :p ?y FILTER (?y = "?x") }',
    ),
    "a literal with a word": (
        ':a :p "FILTER (?z)" , "b" .',
        'CONSTRUCT { ?x :r ?y } WHERE { ?x :p ?y FILTER (?y = "FILTER (?z)") # OPTIONAL { ?y :p ?z }\n}',
    ),
    "a variable that is bound": (
        CHAIN, "CONSTRUCT { ?x :r ?y } WHERE { ?x :p ?y FILTER (BOUND(?y) && ?y != :b) }",
    ),
    "a comment with a prefix": (
        CHAIN, f"# PREFIX e: <http://wrong/>\nPREFIX e: <{EX}>\n# PREFIX e: <http://wrong/>\n"
        "CONSTRUCT { ?x e:r ?y } WHERE { ?x e:p ?y }",
    ),
    "a prefix with a dot": (
        CHAIN, f"PREFIX a.b: <{EX}> CONSTRUCT {{ ?x a.b:r ?y }} WHERE {{ ?x a.b:p ?y FILTER (?y != a.b:c) }}",
    ),
    "a prefix in another script": (
        CHAIN, f"PREFIX ж: <{EX}> CONSTRUCT {{ ?x ж:r ?y }} WHERE {{ ?x ж:p ?y FILTER (?y != ж:c) }}",
    ),
    "a base": (
        CHAIN, f"BASE <{EX}> CONSTRUCT {{ ?x <r> ?y }} WHERE {{ ?x <p> ?y FILTER (?y != <c>) }}",
    ),
    "cells of a list": (
        ":a :p (:b :c) .",
        "CONSTRUCT { ?x :r ?m } WHERE { ?x :p ?l . ?l rdf:rest ?k . ?k rdf:first ?m }",
    ),
    "a property of RDF": (
        ":a rdf:value :b ; :p :c .", "CONSTRUCT { ?x :r ?y } WHERE { ?x rdf:value ?y ; :p ?z }",
    ),
    "types of RDF": (
        ":a a rdf:Statement ; rdf:subject :b ; rdf:object :c .",
        "CONSTRUCT { ?x :r ?y } WHERE { ?s a rdf:Statement ; rdf:subject ?x ; rdf:object ?y }",
    ),
    "a class of the ontology": (
        ":C a owl:Class ; rdfs:subClassOf :D . :a a :C ; :p :b .",
        "CONSTRUCT { ?y a ?c } WHERE { ?c a owl:Class . ?x a ?c ; :p ?y FILTER (?c != :D) }",
    ),
    "an IRI like those that stand for literals": (
        ':a :p "x" , <urn:x-scograph:literal:0> , <urn:x-scograph:literal:1> .',
        "CONSTRUCT { ?x :r ?y } WHERE { ?x :p ?y }",
    ),
    "any property": (CHAIN, "CONSTRUCT { ?y ?p ?x } WHERE { ?x ?p ?y FILTER (isIRI(?y) && ?p != rdf:type) }"),
    "two conclusions": (CHAIN, "CONSTRUCT { ?x :r ?y . ?y a :E } WHERE { ?x :p ?y ; :q 3 }"),
    "nothing": (CHAIN, "CONSTRUCT { ?x :r ?y } WHERE { ?x :nothing ?y }"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_follows_by_a_rule_is_what_its_query_gives(name: str) -> None:
    turtle, rule = CASES[name]
    check(turtle, (rule,))


@pytest.mark.parametrize("name", CASES)
def test_a_contradiction_is_found_where_its_query_has_a_match(name: str) -> None:
    turtle, rule = CASES[name]
    head = re.compile(r"CONSTRUCT \{[^{}]*\}")
    query = prepareQuery(DECLARED + head.sub("SELECT *", rule))
    matches = list(by_rdflib(read(turtle), []).query(query))
    clashes = closed(read(turtle), [head.sub("CONSTRUCT { }", rule)]).inconsistencies
    assert bool(clashes) is bool(matches)


def test_a_filter_is_asked_of_each_member_of_a_list() -> None:
    rule = rule_of(
        "CONSTRUCT { ?x :all ?c } WHERE { ?c owl:members ( ?m_each ) . ?x :p ?m_each . "
        "FILTER (?m_each != ?x) FILTER (?x != :z) }"
    )
    turtle = ":l owl:members ( :a :b ) . :x :p :a , :b . :y :p :a . :a :p :a , :b . :z :p :a , :b ."
    inferred = reason(read(turtle), [rule]).inferred
    assert inferred == read(":x :all :l .")


def test_a_member_of_a_list_with_axioms_of_its_own() -> None:
    rule = rule_of(
        "CONSTRUCT { ?x :r ?d } WHERE { ?c owl:unionOf ( ?m_i ) . ?m_i rdfs:subClassOf ?d . ?x a ?m_i }"
    )
    turtle = ":u owl:unionOf ( :A :B ) . :A rdfs:subClassOf :D . :E rdfs:subClassOf :F . :x a :A . :y a :B ."
    assert reason(read(turtle), [rule]).inferred == read(":x :r :D .")


NODES = ("?x", "?y", "?z", ":a", ":b")
VERBS = (":p", ":p", ":q", "rdf:value", "rdfs:subClassOf", "owl:inverseOf", "a", "?v")
HEADS = (":p", ":q", ":r", "rdfs:subClassOf", "a")
FILTERS = (
    "?x != :a", "?y != :b", "?x = ?y", "!sameTerm(?x, ?y)", "isLiteral(?y)", "isIRI(?z)",
    "STR(?y) != '?x'", "?y IN (:a, 1)", "BOUND(?x) || ?x = :a",
)  # fmt: skip


@st.composite
def rules(draw: st.DrawFn) -> str:
    count = draw(st.integers(1, 3))
    body: list[str] = [
        f"{draw(st.sampled_from(NODES))} {draw(st.sampled_from(VERBS))} "
        f"{draw(st.sampled_from((*NODES, '1')))} ."
        for _ in range(count)
    ]
    if draw(st.booleans()):
        body[:2] = ["?x :p ?y .", "?y :p ?z ."]
    bound = sorted({word for part in body for word in part.split() if word.startswith("?")})
    filters = [item for item in FILTERS if set(variables(item)) <= set(bound)]
    is_filtered = draw(st.booleans())
    if filters and is_filtered:
        body.append(f"FILTER ({draw(st.sampled_from(filters))})")
    nodes = st.sampled_from([*(name for name in bound if name != "?v"), ":a", ":c"])
    head = [
        f"{draw(nodes)} {draw(st.sampled_from(HEADS))} {draw(nodes)} ."
        for _ in range(draw(st.integers(1, 2)))
    ]
    return f"CONSTRUCT {{ {' '.join(head)} }} WHERE {{ {' '.join(body)} }}"


def variables(expression: str) -> list[str]:
    return [name for name in ("?x", "?y", "?z") if name in expression.replace("'?x'", "")]


TERMS = (":a", ":b", ":c", ":d")
graphs = st.lists(
    st.tuples(
        st.sampled_from(TERMS),
        st.sampled_from((":p", ":p", ":q", "rdf:value", "rdfs:subClassOf", "owl:inverseOf", "a")),
        st.sampled_from((*TERMS, "1", '"?x"')),
    ).map(lambda parts: f"{' '.join(parts)} ."),
    min_size=1, max_size=8,
).map(" ".join)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=300, derandomize=True, deadline=None)
@given(graphs, st.lists(rules(), min_size=1, max_size=3).map(tuple))
def test_what_follows_by_any_rules_is_what_their_queries_give(
    turtle: str, texts: tuple[str, ...]
) -> None:
    check(turtle, texts)
