"""Shapes graphs, and their parts that are relevant for certain data (SHACL, section 2.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import rdflib
from rdflib.namespace import RDF, SH

from scograph.checks.shacl.ill_formed import faults
from scograph.folder.document import Document, Role
from scograph.folder.folder import Folder
from scograph.rdf.findings import Finding
from scograph.rdf.namespaces import SCO
from scograph.rdf.rdflib_bridge import to_graph

_ONTOLOGY_SHAPES = "terms.ttl"
TARGETS = {SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf}
ADOPTED = rdflib.URIRef(SCO + "AdoptedShape")
CLOSURE = rdflib.URIRef(SCO + "ClosureShape")


def shapes_graph(folder: Folder, *, terms: bool = False) -> tuple[rdflib.Graph, list[Finding]]:
    """Return the shapes for data, or with *terms* those for the ontology, and findings.

    Where there are findings, the shapes cannot be used, and the graph is empty.
    """
    documents: Iterable[Document] = folder.of(Role.SHAPES)
    chosen = [doc for doc in documents if doc.path.endswith(_ONTOLOGY_SHAPES) == terms]
    bad = [finding for document in chosen for finding in faults(document)]
    if bad:
        return to_graph(()), bad
    return to_graph(quad.triple for doc in chosen for quad in doc.quads), []


def with_targets(
    shapes: rdflib.Graph, keep: Callable[[set[rdflib.term.Node]], bool]
) -> rdflib.Graph:
    """Return a copy of *shapes* without the targets of those whose types *keep* rejects."""
    chosen = to_graph(())
    for subject, predicate, value in shapes:
        is_target = predicate in TARGETS
        if not is_target or keep(set(shapes.objects(subject, RDF.type))):
            chosen.add((subject, predicate, value))
    return chosen


def without_class_min_counts(shapes: rdflib.Graph) -> rdflib.Graph:
    """Return a copy of *shapes* for claim graphs: nothing is required of instances of a class.

    A claim graph holds only the disputed attribute; type and key of the thing are in the
    graph of the passage (ontology/STYLE.md, M3). So shapes with sh:targetClass lose
    sh:minCount, by which an sh:or of such constraints always conforms. Shapes with
    sh:targetSubjectsOf keep theirs: a date needs its bounds in every graph (M9). Filtering
    the results of the validation instead could not distinguish these cases.
    """
    of_classes = set(shapes.subjects(SH.targetClass))
    todo = list(of_classes)
    while todo:
        parts = {node for node in shapes.objects(todo.pop()) if isinstance(node, rdflib.BNode)}
        todo += parts - of_classes
        of_classes |= parts
    chosen = to_graph(())
    for subject, predicate, value in shapes:
        if predicate != SH.minCount or subject not in of_classes:
            chosen.add((subject, predicate, value))
    return chosen


def targeting(
    data: rdflib.Graph, focus: list[str], shapes: rdflib.Graph
) -> frozenset[rdflib.term.Node]:
    """Return which of *shapes* may have a target among the nodes *focus*.

    This saves time: pySHACL looks for the targets of every shape in all of the data, but a
    graph of five nodes concerns few shapes. Shapes with targets other than sh:targetClass
    and sh:targetSubjectsOf are always returned.
    """
    classes: set[rdflib.term.Node] = set()
    predicates: set[rdflib.term.Node] = set()
    for node in focus:
        for _, predicate, value in data.triples((rdflib.URIRef(node), None, None)):
            predicates.add(predicate)
            if predicate == RDF.type:
                classes.add(value)
    present = {SH.targetClass: classes, SH.targetSubjectsOf: predicates}
    return frozenset(
        shape
        for target in TARGETS
        for shape, value in shapes.subject_objects(target)
        if target not in present or value in present[target]
    )


def reachable(shapes: rdflib.Graph, start: Iterable[rdflib.term.Node]) -> rdflib.Graph:
    """Return the triples of *shapes* that can be reached from the nodes *start*."""
    part = to_graph(())
    todo: list[rdflib.term.Node] = list(start)
    while todo:
        for triple in shapes.triples((todo.pop(), None, None)):
            if triple not in part:
                part.add(triple)
                todo.append(triple[2])
    return part
