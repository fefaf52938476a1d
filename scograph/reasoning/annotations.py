"""Annotations: labels, comments and other triples that take no part in reasoning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from scograph.rdf.namespaces import OWL, RDFS

_ANNOTATION = NamedNode(OWL + "AnnotationProperty")


def annotation_properties(triples: Iterable[Triple]) -> set[object]:
    """Return the annotation properties of a graph.

    Annotations have no semantics (OWL 2 Structural Specification, section 10).
    """
    builtin_names = ("label", "comment", "isDefinedBy", "seeAlso")
    builtin: set[object] = {NamedNode(RDFS + name) for name in builtin_names}
    return builtin | {subject for subject, _, value in triples if value == _ANNOTATION}


def without_annotations(triples: set[Triple]) -> Iterator[Triple]:
    """Yield those of *triples* whose predicate is no annotation property."""
    annotations = annotation_properties(triples)
    return (triple for triple in triples if triple.predicate not in annotations)
