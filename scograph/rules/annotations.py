"""What takes no part in reasoning: labels, comments, and what else only annotates."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from scograph.vocab import OWL, RDFS

_ANNOTATION = NamedNode(OWL + "AnnotationProperty")


def without_annotations(triples: set[Triple]) -> Iterator[Triple]:
    """Yield *triples* but for those of annotation properties (OWL 2 Structure, section 10)."""
    names = ("label", "comment", "isDefinedBy", "seeAlso")
    annotations: set[object] = {NamedNode(RDFS + name) for name in names}
    annotations |= {triple.subject for triple in triples if triple.object == _ANNOTATION}
    return (triple for triple in triples if triple.predicate not in annotations)
