"""The release's description of itself, as SPARQL editors read it."""

from __future__ import annotations

from pyoxigraph import QuerySolutions

from scograph import __version__
from scograph.sparql.release import Release
from tests.conftest import ROOT


def ask(release: Release, query: str) -> list[tuple[str, ...]]:
    found = release.store.query(query, prefixes=release.prefixes)
    assert isinstance(found, QuerySolutions)
    return sorted(tuple(getattr(term, "value", "") for term in row) for row in found)


def test_the_counts_are_those_of_the_default_graph(any_release: Release) -> None:
    base = any_release.base
    (told,) = ask(
        any_release,
        """SELECT ?triples ?classes ?properties ?subjects WHERE { ?d a void:Dataset ;
            void:triples ?triples ; void:classes ?classes ; void:properties ?properties ;
            void:distinctSubjects ?subjects }""",
    )
    (counted,) = ask(
        any_release,
        f"""SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?class) AS ?classes)
            (COUNT(DISTINCT ?p) AS ?properties) (COUNT(DISTINCT ?s) AS ?subjects) WHERE {{
            ?s ?p ?o . FILTER NOT EXISTS {{ GRAPH <{base}graph/release> {{ ?s ?p ?o }} }}
            BIND (IF(?p = rdf:type, ?o, ?none) AS ?class) }}""",
    )
    assert told == counted


def test_each_class_tells_how_many_things_it_has(any_release: Release) -> None:
    told = ask(
        any_release,
        "SELECT ?c ?n WHERE { ?d a void:Dataset ; void:classPartition ?x . "
        "?x void:class ?c ; void:entities ?n }",
    )
    counted = ask(
        any_release,
        f"""SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s a ?c .
            FILTER NOT EXISTS {{ GRAPH <{any_release.base}graph/release> {{ ?s a ?c }} }}
            FILTER (isIRI(?c)) }} GROUP BY ?c""",
    )
    assert told == counted


def test_a_class_tells_its_properties_and_what_they_lead_to(release: Release) -> None:
    rows = ask(
        release,
        """SELECT ?property ?kind ?n WHERE { ?x void:class sco:Participation ;
            void:propertyPartition ?y . ?y void:property ?property .
            { ?y void:classPartition ?z . ?z void:class ?kind ; void:triples ?n } UNION
            { ?y <http://ldf.fi/void-ext#datatypePartition> ?z .
              ?z <http://ldf.fi/void-ext#datatype> ?kind ; void:triples ?n }
            FILTER (?property IN (sco:capacity, sco:mode)) }""",
    )
    sco = "https://w3id.org/scograph/ontology#"
    post, named = "http://www.w3.org/ns/org#Post", "http://www.w3.org/2002/07/owl#NamedIndividual"
    (count,) = ask(
        release, "SELECT (COUNT(*) AS ?n) WHERE { ?x a sco:Participation ; sco:capacity ?p }"
    )
    (modes,) = ask(
        release, "SELECT (COUNT(*) AS ?n) WHERE { ?x a sco:Participation ; sco:mode ?p }"
    )
    assert rows == [
        (f"{sco}capacity", post, *count),
        (f"{sco}mode", named, *modes),
        (f"{sco}mode", f"{sco}Mode", *modes),
    ]


def test_every_saved_query_is_an_executable_with_its_question(release: Release) -> None:
    rows = ask(
        release,
        "SELECT ?q ?text WHERE { ?q a sh:SPARQLExecutable ; rdfs:comment ?c ; sh:prefixes ?d ; "
        "schema:target ?t ; schema:keywords ?k ; sh:select|sh:ask|sh:construct|sh:describe ?text }",
    )
    files = sorted(
        (f"{release.base}queries/{path.stem}", path.read_text(encoding="utf-8"))
        for path in (ROOT / "queries").glob("*.rq")
    )
    assert sorted(set(rows)) == files


def test_every_prefix_is_declared(any_release: Release) -> None:
    rows = ask(
        any_release,
        "PREFIX sh: <http://www.w3.org/ns/shacl#> "
        "SELECT ?p ?n WHERE { ?d sh:declare ?x . ?x sh:prefix ?p ; sh:namespace ?n }",
    )
    assert rows == sorted(any_release.prefixes.items())


def test_the_three_versions_are_told(any_release: Release) -> None:
    rows = ask(
        any_release,
        "SELECT ?v WHERE { { ?d a void:Dataset } UNION { ?d a prov:SoftwareAgent } UNION "
        "{ ?d a owl:Ontology . FILTER (STRENDS(STR(?d), '/ontology')) } ?d owl:versionInfo ?v }",
    )
    assert rows == [("0.1.0",), ("0.2.0",), (f"scograph {__version__}",)]
