"""Graphs of shapes: which of them concern what is validated (SHACL section 2.1)."""

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

_TERMS = "terms.ttl"
TARGETS = {SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf}
ADOPTED = rdflib.URIRef(SCO + "AdoptedShape")
CLOSURE = rdflib.URIRef(SCO + "ClosureShape")


def shapes_graph(folder: Folder, *, terms: bool = False) -> tuple[rdflib.Graph, list[Finding]]:
    """Return the shapes of data or of terms, and what is wrong with them; then no shapes."""
    documents: Iterable[Document] = folder.of(Role.SHAPES)
    chosen = [doc for doc in documents if doc.path.endswith(_TERMS) == terms]
    bad = [finding for document in chosen for finding in faults(document)]
    if bad:
        return to_graph(()), bad
    return to_graph(quad.triple for doc in chosen for quad in doc.quads), []


def with_targets(
    shapes: rdflib.Graph, keep: Callable[[set[rdflib.term.Node]], bool]
) -> rdflib.Graph:
    """Return a copy in which only those shapes have targets whose set of types *keep* accepts."""
    chosen = to_graph(())
    for subject, predicate, value in shapes:
        is_target = predicate in TARGETS
        if not is_target or keep(set(shapes.objects(subject, RDF.type))):
            chosen.add((subject, predicate, value))
    return chosen


def without_keys(shapes: rdflib.Graph) -> rdflib.Graph:
    """Return a copy of *shapes* for claim graphs: it asks for nothing that a kind of thing needs.

    A claim graph holds the disputed attribute alone; type and key of the thing stay in the
    passage's graph (M3). So shapes with sh:targetClass lose sh:minCount, and an sh:or of such
    demands is then always met. Shapes that start from an attribute (sh:targetSubjectsOf) keep
    theirs: a date needs its bounds wherever it stands (M9). Dropping results afterwards
    instead could not tell these apart, nor an sh:or of demands from one of kinds.
    """
    of_kinds = set(shapes.subjects(SH.targetClass))
    todo = list(of_kinds)
    while todo:
        parts = {node for node in shapes.objects(todo.pop()) if isinstance(node, rdflib.BNode)}
        todo += parts - of_kinds
        of_kinds |= parts
    chosen = to_graph(())
    for subject, predicate, value in shapes:
        if predicate != SH.minCount or subject not in of_kinds:
            chosen.add((subject, predicate, value))
    return chosen


def aimed_at(
    data: rdflib.Graph, focus: list[str], shapes: rdflib.Graph
) -> frozenset[rdflib.term.Node]:
    """Return which of *shapes* can have a target among the nodes *focus*.

    pySHACL looks for the targets of every shape in all the data; a graph of five nodes
    concerns a few shapes only. What aims otherwise than by class or subject is kept.
    """
    classes: set[rdflib.term.Node] = set()
    predicates: set[rdflib.term.Node] = set()
    for node in focus:
        for _, predicate, value in data.triples((rdflib.URIRef(node), None, None)):
            predicates.add(predicate)
            if predicate == RDF.type:
                classes.add(value)
    met = {SH.targetClass: classes, SH.targetSubjectsOf: predicates}
    return frozenset(
        shape
        for target in TARGETS
        for shape, value in shapes.subject_objects(target)
        if target not in met or value in met[target]
    )


def reachable(shapes: rdflib.Graph, start: Iterable[rdflib.term.Node]) -> rdflib.Graph:
    """Return the part of *shapes* that the shapes *start* are made of, with their prefixes."""
    part = to_graph(())
    todo: list[rdflib.term.Node] = list(start)
    while todo:
        for triple in shapes.triples((todo.pop(), None, None)):
            if triple not in part:
                part.add(triple)
                todo.append(triple[2])
    return part
