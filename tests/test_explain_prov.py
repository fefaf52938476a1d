"""What `explain` tells in RDF: PROV that leads from a statement down to the passages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    Quad,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
)

from scograph.explanations.explained import ExplainedTriple
from scograph.graph import Graph
from scograph.reasoning.rules.files import LANGUAGES, load_rules
from tests.test_explain_data import (
    ADOPTED,
    DISPUTE,
    FIRST,
    REJECTED,
    SECOND,
    Data,
    each_case,
    told,
)

PREFIXES = """
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX sco: <https://w3id.org/scograph/ontology#>
"""
WALK = """
SELECT DISTINCT ?end WHERE {{
    <{start}> (prov:wasGeneratedBy/prov:used)*/prov:wasDerivedFrom+ ?end
    FILTER NOT EXISTS {{ ?end prov:wasDerivedFrom ?further }}
}}"""
STEPS = """
SELECT ?conclusion ?rule (GROUP_CONCAT(?used; SEPARATOR = " | ") AS ?premises) WHERE {
    SELECT ?conclusion ?rule ?used WHERE {
        ?statement prov:wasGeneratedBy ?step ; rdfs:label ?conclusion .
        ?step a prov:Activity ; prov:used/rdfs:label ?used ;
            prov:qualifiedAssociation [ a prov:Association ; prov:hadPlan [
                a prov:Plan ; rdfs:label ?rule ] ] .
    } ORDER BY ?used
} GROUP BY ?conclusion ?rule"""


def start_of(told: ExplainedTriple) -> str:
    return told.prefixes()["this"] + "statement-1"


def rows(told: ExplainedTriple, query: str) -> list[tuple[str, ...]]:
    """Ask the Turtle that is told, as a reader of it would."""
    store = Store()
    store.load(told.turtle(), format=RdfFormat.TURTLE)
    found = store.query(PREFIXES + query)
    assert isinstance(found, QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [tuple(str(getattr(row[name], "value", "")) for name in names) for row in found]


def ends(expected: Data) -> set[str]:
    """Return what an explanation rests on in the end: passages, sources and files of record."""
    accounts = list(expected["accounts"])
    found: set[str] = set()
    while accounts:
        account = accounts.pop()
        accounts += account.get("premises", [])
        if account["kind"] != "inference":
            found.add(account.get("passage") or account["graph"])
    return found.union(*(ends(premise) for premise in expected["premises"]))


@each_case
def test_a_walk_ends_in_all_that_the_statement_rests_on(explained: Graph, expected: Data) -> None:
    found = told(explained, expected)
    assert {row[0] for row in rows(found, WALK.format(start=start_of(found)))} == ends(expected)


@each_case
def test_the_turtle_is_the_triples(explained: Graph, expected: Data) -> None:
    found = told(explained, expected)
    read = (quad.triple for quad in parse(found.turtle(), format=RdfFormat.TURTLE))
    assert canonical(read) == canonical(found.triples())
    assert len(found.triples()) == len(set(found.triples()))


def canonical(triples: Iterator[Triple] | list[Triple]) -> list[str]:
    dataset = Dataset(Quad(*triple) for triple in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(str(quad) for quad in dataset)


def facts_in(expected: Data) -> Iterator[tuple[str, str, str]]:
    """Yield every fact that an explanation tells of, blank nodes under one name."""
    blank = "blank"
    parts = [expected[part] for part in ("subject", "predicate", "object")]
    s, p, o = (blank if part["type"] == "bnode" else part["value"] for part in parts)
    yield s, p, o
    for other in (*expected.get("contradictions", ()), *expected.get("premises", ())):
        yield from facts_in(other)


@each_case
def test_every_fact_is_a_statement_once(explained: Graph, expected: Data) -> None:
    query = """SELECT ?s ?p ?value WHERE {
        ?x a rdf:Statement , prov:Entity ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o
        BIND (IF(isBlank(?o), "blank", STR(?o)) AS ?value) }"""
    assert sorted(rows(told(explained, expected), query)) == sorted(set(facts_in(expected)))


def test_the_steps_name_their_rules_and_premises(explained: Graph) -> None:
    found = explained.explain("event:forum-2021", "sco:takesPlaceIn", "state:XA")
    hall, located_in = "building:alderport-town-hall", "sco:locatedIn"
    transitive = "sco:locatedIn a owl:TransitiveProperty"
    assert sorted(rows(found, STEPS)) == [
        (f"{hall} {located_in} region:XA-NOR", "prp-trp",
         f"{hall} {located_in} settlement:alderport | {transitive} | "
         "settlement:alderport sco:locatedIn region:XA-NOR"),
        (f"{hall} {located_in} state:XA", "prp-trp",
         f"{hall} {located_in} region:XA-NOR | region:XA-NOR {located_in} state:XA | "
         f"{transitive}"),
        (f"event:forum-2021 sco:takesPlaceIn {hall}", "prp-spo1",
         f"event:forum-2021 sco:venue {hall} | "
         "sco:venue rdfs:subPropertyOf sco:takesPlaceIn"),
        ("event:forum-2021 sco:takesPlaceIn state:XA", "prp-spo2",
         f"{hall} {located_in} state:XA | event:forum-2021 sco:takesPlaceIn {hall} | "
         "sco:takesPlaceIn owl:propertyChainAxiom ( sco:takesPlaceIn sco:locatedIn )"),
    ]  # fmt: skip


def test_a_plan_tells_the_rule_in_each_language(explained: Graph) -> None:
    found = explained.explain("event:forum-2021", "a", "sco:Event")
    query = """SELECT ?plan ?name ?language ?says WHERE {
        ?plan a prov:Plan ; rdfs:label ?name ; rdfs:comment ?says
        BIND (LANG(?says) AS ?language) }"""
    rule = next(rule for rule in load_rules() if rule.name == "cax-sco")
    iri = f"{explained.engine.release.base}rules/cax-sco"
    expected = [(iri, rule.name, language, rule.sentence(language)) for language in LANGUAGES]
    assert sorted(rows(found, query)) == expected


DISPUTED = [(FIRST, ADOPTED, SECOND, REJECTED), (SECOND, REJECTED, FIRST, ADOPTED)]


@pytest.mark.parametrize(("asked", "own", "other", "its"), DISPUTED, ids=("adopted", "rejected"))
def test_a_dispute_leads_to_the_other_version(
    explained: Graph, asked: Data, own: Data, other: Data, its: Data
) -> None:
    query = """SELECT ?value ?claim ?dispute ?link ?other ?otherValue WHERE {
        ?x rdfs:seeAlso ?dispute ; rdf:object ?value ; prov:wasDerivedFrom ?claim .
        ?dispute ?link ?other . ?y prov:wasDerivedFrom ?other ; rdf:object ?otherValue }"""
    link = "https://w3id.org/scograph/ontology#" + (
        "adoptedVersion" if its is ADOPTED else "version"
    )
    assert rows(told(explained, asked), query) == [
        (asked["object"]["value"], own["graph"], DISPUTE, link, its["graph"],
         other["object"]["value"]),
    ]  # fmt: skip


def test_all_triples_of_a_stated_fact(explained: Graph) -> None:
    found = explained.explain("region:XA-NOR", "sco:locatedIn", "state:XA")
    turtle = f"""{PREFIXES}
    <{start_of(found)}> a rdf:Statement , prov:Entity ;
        rdfs:label "region:XA-NOR sco:locatedIn state:XA" ;
        rdf:subject <https://example.org/rivers/id/region/XA-NOR> ;
        rdf:predicate sco:locatedIn ;
        rdf:object <https://example.org/rivers/id/state/XA> ;
        prov:wasDerivedFrom <https://example.org/rivers/graph/reference> ."""
    expected = {quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE)}
    assert set(found.triples()) == expected
    assert start_of(found).startswith("https://example.org/rivers/explain?s=%3Chttps%3A%2F%2F")
