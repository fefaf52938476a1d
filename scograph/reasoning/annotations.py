"""What takes no part in reasoning: labels, comments, and what else only annotates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from scograph.rdf.namespaces import OWL, RDFS

_ANNOTATION = NamedNode(OWL + "AnnotationProperty")


def annotation_properties(triples: Iterable[Triple]) -> set[object]:
    """Return the annotation properties of a graph.

    Source: OWL 2 Structural Specification, section 10: annotations have no semantics.
    """
    names = ("label", "comment", "isDefinedBy", "seeAlso")
    given: set[object] = {NamedNode(RDFS + name) for name in names}
    return given | {subject for subject, _, value in triples if value == _ANNOTATION}


def without_annotations(triples: set[Triple]) -> Iterator[Triple]:
    """Yield *triples* but for those of annotation properties."""
    annotations = annotation_properties(triples)
    return (triple for triple in triples if triple.predicate not in annotations)
