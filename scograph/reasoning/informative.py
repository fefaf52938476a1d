"""What of a closure is put out: the triples that say something (DESIGN, the dataset)."""

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

# Types that say only that a term is used as such a term.
_KIN: Final = frozenset(
    (
        *(OWL + name for name in ("Thing", "Class", "NamedIndividual")),
        *(RDFS + name for name in ("Resource", "Class", "Literal", "Datatype")),
        *(RDF + name for name in ("Property", "langString", "PlainLiteral", "XMLLiteral")),
    )
)
_HIERARCHY: Final = (RDFS + "subClassOf", RDFS + "subPropertyOf")


def is_informative(triple: Triple) -> bool:
    """Tell whether an inferred triple says something that its reader did not know.

    Kept out: subjects and objects that are blank nodes, reflexive triples, what is
    about a term of RDF, RDFS, OWL or XSD, and typing by rdfs:Resource and its kin,
    the datatypes among them.
    """
    return tells(*triple)


def tells(subject: object, predicate: NamedNode, value: object) -> bool:
    """Tell the same of a triple's parts, which are many and are taken apart only once."""
    if not isinstance(subject, NamedNode) or subject == value:
        return False
    if subject.value.startswith(LANGUAGE_NAMESPACES):
        return False
    if predicate.value.startswith(OWL):
        return isinstance(value, NamedNode) and not value.value.startswith(LANGUAGE_NAMESPACES)
    if isinstance(value, NamedNode):
        if predicate.value in _HIERARCHY:
            return not value.value.startswith(LANGUAGE_NAMESPACES)
        return not says_nothing(value.value)
    return hasattr(value, "datatype")


def says_nothing(type_iri: str) -> bool:
    """Tell whether to be of the type *type_iri* is no news: rdfs:Resource, a datatype, ..."""
    return type_iri in _KIN or type_iri.startswith(XSD)
