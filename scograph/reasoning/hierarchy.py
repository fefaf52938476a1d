"""Closure under rdfs:subClassOf and rdfs:subPropertyOf alone, on which the data are validated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from scograph.rdf.namespaces import RDFS
from scograph.rdf.vocabulary import TYPE

_SUB_CLASS = RDFS + "subClassOf"
_SUB_PROPERTY = RDFS + "subPropertyOf"


@dataclass(frozen=True)
class Hierarchy:
    """The IRIs of all superclasses of each class, and of all superproperties of each property."""

    classes: Mapping[str, frozenset[str]]
    properties: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, triples: Iterable[Triple]) -> Hierarchy:
        """Read the hierarchy from rdfs:subClassOf and rdfs:subPropertyOf."""
        known = list(triples)
        return cls(_ancestors(known, _SUB_CLASS), _ancestors(known, _SUB_PROPERTY))

    def close(self, triples: Iterable[Triple]) -> set[Triple]:
        """Return *triples* and the conclusions of rules cax-sco and prp-spo1 (OWL 2 RL)."""
        closed = set(triples)
        for triple in list(closed):
            for name in self.properties.get(triple.predicate.value, ()):
                closed.add(Triple(triple.subject, NamedNode(name), triple.object))
        for triple in list(closed):
            if triple.predicate.value == TYPE and isinstance(triple.object, NamedNode):
                for name in self.classes.get(triple.object.value, ()):
                    closed.add(Triple(triple.subject, triple.predicate, NamedNode(name)))
        return closed


def subsumption(asserted: set[Triple]) -> set[Triple]:
    """Return the closure of *asserted* under its own subclass and subproperty axioms.

    Data are validated against this, not against the full closure, in which domains and
    ranges infer types, so that ``sh:class`` could never fail.
    """
    return Hierarchy.of(asserted).close(asserted)


def _ancestors(triples: Iterable[Triple], relation: str) -> Mapping[str, frozenset[str]]:
    parents: dict[str, set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate.value != relation:
            continue
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
            parents[triple.subject.value].add(triple.object.value)
    return {name: _reachable(name, parents) for name in list(parents)}


def _reachable(name: str, parents: Mapping[str, set[str]]) -> frozenset[str]:
    seen: set[str] = set()
    todo = [name]
    while todo:
        for parent in parents.get(todo.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                todo.append(parent)
    return frozenset(seen - {name})
