"""Which inferred triples a release publishes: those that tell a reader something new."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode, Triple

from scograph.rdf.namespaces import (
    LANGUAGE_NAMESPACES,
    OWL,
    RDF,
    RDFS,
    XSD,
)

# Types that hold of every individual, class, property or literal, or nearly so.
_TRIVIAL_TYPES: Final = frozenset(
    (
        *(OWL + name for name in ("Thing", "Class", "NamedIndividual")),
        *(RDFS + name for name in ("Resource", "Class", "Literal", "Datatype")),
        *(RDF + name for name in ("Property", "langString", "PlainLiteral", "XMLLiteral")),
    )
)
_HIERARCHY: Final = (RDFS + "subClassOf", RDFS + "subPropertyOf")


def is_informative(triple: Triple) -> bool:
    """Return whether an inferred triple is worth publishing.

    These are not: triples with a blank node as subject or object, reflexive triples,
    triples about terms of RDF, RDFS, OWL or XSD, and trivial types (see `is_trivial_type`).
    """
    return terms_are_informative(*triple)


def terms_are_informative(subject: object, predicate: NamedNode, value: object) -> bool:
    """Return the same as `is_informative`, for a triple that is already taken apart.

    A closure can have millions of triples, so its caller unpacks each only once.
    """
    if not isinstance(subject, NamedNode) or subject == value:
        return False
    if subject.value.startswith(LANGUAGE_NAMESPACES):
        return False
    if predicate.value.startswith(OWL):
        return isinstance(value, NamedNode) and not value.value.startswith(LANGUAGE_NAMESPACES)
    if isinstance(value, NamedNode):
        if predicate.value in _HIERARCHY:
            return not value.value.startswith(LANGUAGE_NAMESPACES)
        return not is_trivial_type(value.value)
    return hasattr(value, "datatype")


def is_trivial_type(type_iri: str) -> bool:
    """Return whether *type_iri* is a datatype of XSD or a type such as rdfs:Resource."""
    return type_iri in _TRIVIAL_TYPES or type_iri.startswith(XSD)
