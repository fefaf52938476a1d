"""The repository's own data: evidence for every claim, and files that plain tools can read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyshacl
import pytest
import rdflib
from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
)

from scograph.build.pipeline import Checked
from scograph.folder.dataset import assemble
from scograph.folder.folder import read_folder
from scograph.rdf.namespaces import SCO
from scograph.rdf.vocabulary import TYPE, graph_iri
from scograph.sparql.release import Release
from tests.conftest import ROOT
from tests.folders import check, lines
from tests.serving import BASE
from tests.test_patterns import new_folder

FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for part in ("ontology", "data", "shapes")
    for path in (ROOT / part).rglob("*")
    if path.suffix in {".ttl", ".trig"}
)
UNCLAIMED = "queries/*-triples-without-evidence.rq"


def test_nothing_is_wrong_with_the_repository(checked: Checked) -> None:
    assert (checked.findings, [item.path for item in checked.stale]) == ([], [])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.slow
def test_rdflib_reads_the_same_triples_as_the_parser(name: str) -> None:
    trig = name.endswith(".trig")
    dataset = rdflib.Dataset()
    dataset.parse(ROOT / name, format="trig" if trig else "turtle")
    ours = list(parse(path=str(ROOT / name), format=RdfFormat.TRIG if trig else RdfFormat.TURTLE))
    assert len(set(ours)) == len(set(dataset.quads()))
    literals = {
        (q.object.value, q.object.language or "") for q in ours if hasattr(q.object, "datatype")
    }
    theirs = {
        (str(o), o.language or "")
        for _, _, o, _ in dataset.quads()
        if isinstance(o, rdflib.Literal)
    }
    assert literals == theirs


def test_every_default_triple_about_the_world_has_evidence(release: Release) -> None:
    """Promise 1, counted over the whole release, not sampled."""
    assert _without_evidence(release.store, release.base) == set()


def test_a_triple_without_evidence_is_found(release: Release) -> None:
    store = Store()
    store.bulk_extend(release.store)
    smuggled = Quad(
        NamedNode(release.base + "id/event/forum-2021"), NamedNode(SCO + "host"),
        NamedNode(release.base + "id/state/RU"), DefaultGraph(),
    )  # fmt: skip
    store.add(smuggled)
    assert _without_evidence(store, release.base) == {smuggled.triple}


def test_the_saved_query_finds_the_same_triple(release: Release) -> None:
    (path,) = ROOT.glob(UNCLAIMED)
    store = Store()
    store.bulk_extend(release.store)
    event = release.base + "id/event/forum-2021"
    host, state = SCO + "host", release.base + "id/state/RU"
    assert _rows(store, path, release) == set()
    store.add(Quad(NamedNode(event), NamedNode(host), NamedNode(state), DefaultGraph()))
    assert _rows(store, path, release) == {(event, host, state)}


def _rows(store: Store, path: Path, release: Release) -> set[tuple[str, ...]]:
    found = store.query(path.read_text(encoding="utf-8"), prefixes=release.prefixes)
    assert isinstance(found, QuerySolutions)
    return {tuple(str(getattr(term, "value", "")) for term in row) for row in found}


def _without_evidence(store: Store, base: str) -> set[Triple]:
    """Return default triples that no graph that may speak of the world, or explain it, holds.

    The ontology, and the release's description, may speak of things below /id/ no more than
    the shapes may.
    """
    folder, _ = read_folder(ROOT)
    assert folder is not None
    asserted = assemble(folder)
    allowed = asserted.passages | asserted.adopted | asserted.inferences
    backing = ("topics", "reference", "sources", "curation", "evidence", "inferred")
    allowed |= {graph_iri(base, name) for name in backing}
    held = {quad.triple for quad in store if getattr(quad.graph_name, "value", None) in allowed}
    default = store.quads_for_pattern(None, None, None, DefaultGraph())
    things = f"<{base}id/"
    return {q.triple for q in default if str(q.subject).startswith(things)} - held


@pytest.mark.slow
def test_no_file_smuggles_a_claim_into_the_default_graph(tmp_path: Path) -> None:
    new_folder(tmp_path)
    base = "https://example.org/rivers/"
    claim = f"<{base}id/event/meeting-2021> <{SCO}mode> <{SCO}Hybrid> .\n"
    places = []
    for name in ("data/dataset.ttl", "ontology/scograph.ttl"):
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write(claim)
        places.append(f"{name}:{len((tmp_path / name).read_text(encoding='utf-8').splitlines())}")
    found = [text for text in lines(check(tmp_path).findings) if "claim-without-passage" in text]
    assert [text.partition(": error ")[0] for text in found] == places


@pytest.mark.slow
def test_forum_ttl_is_plain_turtle_with_evidence_on_every_node() -> None:
    graph = rdflib.Graph().parse(ROOT / "data/forum.ttl")
    assert not [node for node in graph.all_nodes() if isinstance(node, rdflib.BNode)]
    sco = rdflib.Namespace(SCO)
    reference = rdflib.Graph()
    for path in (ROOT / "data/reference").glob("*.ttl"):
        reference.parse(path)
    apart = {sco.Source, sco.Passage, sco.Claim, sco.Inference, sco.Dispute}
    apart |= {rdflib.SKOS.Concept, rdflib.SKOS.ConceptScheme}
    bare = {
        subject
        for subject, kind in graph.subject_objects(rdflib.RDF.type)
        if kind not in apart and not set(graph[subject]) <= set(reference[subject])
        and not list(graph.objects(subject, sco.statedIn | sco.concludedIn))
    }  # fmt: skip
    assert bare == set()


@pytest.mark.slow
# pySHACL uses parts of rdflib 7.6 that are going to leave it.
@pytest.mark.filterwarnings("ignore:Dataset.identifier is deprecated:DeprecationWarning")
def test_plain_pyshacl_finds_a_fault_of_forum_ttl() -> None:
    """One observation of it; that the whole conforms is a command of the README, and run there."""
    forum, sco = rdflib.Graph().parse(ROOT / "data/forum.ttl"), rdflib.Namespace(SCO)
    observation = rdflib.URIRef(f"{BASE}id/observation/1obl-2018-02-06-p2s6")
    part = rdflib.Graph()
    part += forum.triples((observation, None, None))
    for topic in (*forum.objects(observation, sco.measure), *forum.objects(observation, sco.field)):
        part += forum.triples((topic, rdflib.RDF.type, None))
    assert violations(part) == []
    part.add((observation, sco.value, rdflib.Literal(71)))
    assert violations(part) == [
        "an observation has exactly one sco:value, an xsd:integer or xsd:decimal; "
        "what has no number is a statement (M10)"
    ]


def violations(graph: rdflib.Graph) -> list[str]:
    """What pySHACL, asked as the README's command asks it, says of *graph*."""
    shapes, ontology = str(ROOT / "shapes/data.ttl"), str(ROOT / "ontology/scograph.ttl")
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, ont_graph=ontology)
    assert isinstance(report, rdflib.Graph)
    return [str(message) for message in report.objects(None, rdflib.SH.resultMessage)]


def test_every_term_of_the_ontology_is_in_three_languages(release: Release) -> None:
    query = f"""SELECT ?term (COUNT(DISTINCT ?l) AS ?labels) (COUNT(DISTINCT ?d) AS ?definitions)
        WHERE {{ GRAPH <{graph_iri(release.base, "ontology")}> {{
            ?ontology a owl:Ontology . ?term rdfs:isDefinedBy ?ontology ;
                rdfs:label ?label ; skos:definition ?definition .
            BIND (LANG(?label) AS ?l) BIND (LANG(?definition) AS ?d) }} }} GROUP BY ?term"""
    found = release.store.query(query, prefixes=release.prefixes)
    assert isinstance(found, QuerySolutions)
    rows = {tuple(getattr(term, "value", "") for term in row) for row in found}
    ontology = parse(path=str(ROOT / "ontology/scograph.ttl"))
    own = {getattr(quad.subject, "value", "") for quad in ontology if quad.predicate.value == TYPE}
    assert rows == {(term, "3", "3") for term in own if term.startswith(SCO)}


def test_every_passage_without_claims_says_why(release: Release) -> None:
    query = """SELECT ?passage WHERE { ?passage a sco:Passage .
        FILTER NOT EXISTS { GRAPH ?passage { ?s ?p ?o } }
        FILTER NOT EXISTS { ?claim sco:inPassage ?passage }
        FILTER NOT EXISTS { ?passage sco:carriesNoClaim ?why } }"""
    assert not bool(release.store.query(f"ASK {{ {{ {query} }} }}", prefixes=release.prefixes))


def test_the_store_returns_every_literal_as_it_was_written(release: Release) -> None:
    written = parse((release.path / "dataset.nq").read_bytes(), format=RdfFormat.N_QUADS)
    assert _literals(release.store) == _literals(written)


def _literals(quads: Iterable[Quad]) -> set[Literal]:
    return {quad.object for quad in quads if isinstance(quad.object, Literal)}
