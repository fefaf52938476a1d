"""Triple patterns: binding, matching, and their text in SPARQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pyoxigraph import NamedNode, Triple, Variable

from scograph.rdf.namespaces import OWL, RDF, RDFS
from scograph.rdf.vocabulary import TYPE

Node = NamedNode | Variable
Binding = Mapping[Variable, NamedNode]
# By what triples are indexed for patterns: a predicate; rdf:type and a class; or None, for all.
Key = NamedNode | tuple[NamedNode, NamedNode] | None

A = NamedNode(TYPE)
# The terms of OWL and RDFS whose triples are about individuals, not about the schema.
_ABOUT_INDIVIDUALS = frozenset(
    {
        *(OWL + name for name in ("sameAs", "differentFrom", "Thing", "Nothing")),
        *(RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy", "member")),
    }
)
LIST = (NamedNode(RDF + "first"), NamedNode(RDF + "rest"))


class Pattern(NamedTuple):
    """A triple pattern over coded terms: IRIs and variables only."""

    subject: Node
    predicate: Node
    object: Node

    def bind(self, binding: Binding) -> Pattern:
        """Return the pattern with its variables replaced by their values in *binding*."""
        subject, predicate, value = self
        get = binding.get
        return Pattern(
            get(subject, subject) if type(subject) is Variable else subject,
            get(predicate, predicate) if type(predicate) is Variable else predicate,
            get(value, value) if type(value) is Variable else value,
        )

    def text(self) -> str:
        """Return the pattern in SPARQL."""
        return f"{self.subject} {self.predicate} {self.object} ."

    @property
    def key(self) -> Key:
        """The narrowest key under which all triples that match are indexed."""
        if not isinstance(self.predicate, NamedNode):
            return None
        if self.predicate == A and isinstance(self.object, NamedNode):
            return (A, self.object)
        return self.predicate

    @property
    def is_schema(self) -> bool:
        """Whether it matches schema triples: axioms, or types such as owl:TransitiveProperty."""
        if not isinstance(self.predicate, NamedNode) or self.predicate in LIST:
            return False
        if self.predicate == A:
            name = self.object.value if isinstance(self.object, NamedNode) else ""
            return name.startswith((OWL, RDFS, RDF)) and name not in _ABOUT_INDIVIDUALS
        name = self.predicate.value
        return name.startswith((OWL, RDFS)) and name not in _ABOUT_INDIVIDUALS

    def match(self, triple: Triple) -> dict[Variable, NamedNode] | None:
        """Return the binding under which the pattern equals *triple*, None if there is none."""
        binding: dict[Variable, NamedNode] = {}
        for node, term in zip(self, triple, strict=True):
            if not isinstance(node, Variable):
                if node != term:
                    return None
            elif binding.setdefault(node, term) != term:
                return None
        return binding

    def ground(self) -> Triple:
        """Return the pattern, which must have no variables, as a triple."""
        return Triple(*self)  # type: ignore[arg-type]


def variables_in(patterns: Iterable[Pattern]) -> set[Variable]:
    """Return all variables of *patterns*."""
    return {node for pattern in patterns for node in pattern if isinstance(node, Variable)}


def keys_of(triple: Triple) -> tuple[Key, ...]:
    """Return all keys under which *triple* is indexed."""
    predicate = triple.predicate
    if predicate == A and isinstance(triple.object, NamedNode):
        return (None, predicate, (predicate, triple.object))
    return (None, predicate)
