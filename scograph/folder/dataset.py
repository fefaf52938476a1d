"""The RDF dataset of a graph folder: which triples are in which graph, and which are adopted.

Each passage, claim and inference has a named graph with what it states. The default graph
holds what the release adopts: the union of all graphs, except the shapes and those claims
that no dispute adopts. The only triples added here link things to their evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from scograph.folder.document import Role
from scograph.folder.folder import Folder
from scograph.folder.positions import graph_of
from scograph.rdf.vocabulary import (
    ADOPTED_VERSION,
    CLAIM,
    CONCLUDED_IN,
    IN_PASSAGE,
    INFERENCE,
    PASSAGE,
    STATED_IN,
    TYPE,
    graph_iri,
)

Graphs = dict[str, set[Triple]]

_GRAPH_OF_ROLE = {
    Role.ONTOLOGY: "ontology",
    Role.TOPICS: "topics",
    Role.SHAPES: "shapes",
    Role.DATASET: "release",
    Role.REFERENCE: "reference",
    Role.RECORD: "sources",
    Role.INFERENCES: "curation",
    Role.DISPUTES: "curation",
}


@dataclass(frozen=True)
class Asserted:
    """The asserted dataset, before reasoning.

    ``graphs`` has the triples of each named graph by its IRI. ``passages``, ``claims`` and
    ``inferences`` are the IRIs that are typed as such; ``claim_passage`` maps a claim to its
    passage; ``adopted`` are the claims that a dispute adopts.
    """

    base: str
    graphs: Graphs
    passages: frozenset[str]
    claims: frozenset[str]
    inferences: frozenset[str]
    claim_passage: dict[str, str]
    adopted: frozenset[str]

    def graph(self, name: str) -> set[Triple]:
        """Return the triples of the system graph *name*, which may be empty."""
        return self.graphs.get(graph_iri(self.base, name), set())

    @property
    def in_default(self) -> list[str]:
        """The IRIs of the graphs whose triples the default graph holds."""
        shapes = graph_iri(self.base, "shapes")
        rejected = self.claims - self.adopted
        return [iri for iri in self.graphs if iri != shapes and iri not in rejected]

    def default_graph(self) -> set[Triple]:
        """Return the triples that the release adopts, without inferred ones."""
        return set().union(*(self.graphs[iri] for iri in self.in_default))

    def world_graphs(self) -> Iterator[tuple[str, set[Triple]]]:
        """Yield each passage, claim and inference graph: its IRI and triples, sorted by IRI."""
        for iri in sorted(self.passages | self.claims | self.inferences):
            if iri in self.graphs:
                yield iri, self.graphs[iri]


def assemble(folder: Folder) -> Asserted:
    """Put every triple of *folder* into its graph, and add the links to evidence."""
    base = folder.metadata.base
    graphs: Graphs = defaultdict(set)
    for document in folder.documents:
        default = graph_iri(base, _GRAPH_OF_ROLE[document.role])
        for quad in document.quads:
            graphs[graph_of(quad) or default].add(quad.triple)
    described = graphs[graph_iri(base, "sources")] | graphs[graph_iri(base, "curation")]
    claim_passage = _objects(described, IN_PASSAGE)
    asserted = Asserted(
        base=base,
        graphs=graphs,
        passages=frozenset(_instances(described, PASSAGE)),
        claims=frozenset(_instances(described, CLAIM)),
        inferences=frozenset(_instances(described, INFERENCE)),
        claim_passage=claim_passage,
        adopted=frozenset(
            triple.object.value
            for triple in described
            if triple.predicate.value == ADOPTED_VERSION and isinstance(triple.object, NamedNode)
        ),
    )
    graphs[graph_iri(base, "evidence")] = set(_evidence(asserted))
    return asserted


def to_quads(default_graph: Iterable[Triple], graphs: Graphs) -> Iterator[Quad]:
    """Yield the dataset that consists of *default_graph* and the named *graphs*."""
    for triple in default_graph:
        yield Quad(triple.subject, triple.predicate, triple.object, DefaultGraph())
    for iri, triples in graphs.items():
        name = NamedNode(iri)
        for triple in triples:
            yield Quad(triple.subject, triple.predicate, triple.object, name)


def _evidence(asserted: Asserted) -> Iterator[Triple]:
    """Yield sco:statedIn and sco:concludedIn for each subject of an adopted graph."""
    for iri, triples in asserted.world_graphs():
        if iri in asserted.claims:
            if iri not in asserted.adopted or iri not in asserted.claim_passage:
                continue
            link, target = STATED_IN, asserted.claim_passage[iri]
        else:
            link, target = (CONCLUDED_IN if iri in asserted.inferences else STATED_IN), iri
        for triple in triples:
            yield Triple(triple.subject, NamedNode(link), NamedNode(target))


def _instances(triples: Iterable[Triple], class_iri: str) -> Iterator[str]:
    for triple in triples:
        is_type = triple.predicate.value == TYPE and triple.object == NamedNode(class_iri)
        if is_type and isinstance(triple.subject, NamedNode):
            yield triple.subject.value


def _objects(triples: Iterable[Triple], predicate: str) -> dict[str, str]:
    return {
        triple.subject.value: triple.object.value
        for triple in sorted(triples, key=str)
        if triple.predicate.value == predicate
        and isinstance(triple.subject, NamedNode)
        and isinstance(triple.object, NamedNode)
    }
