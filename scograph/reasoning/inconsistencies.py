"""Inconsistencies of a closure: the matches of rules whose conclusion is *false*."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Store, Triple

from scograph.rdf.queries import solutions_of
from scograph.reasoning.instances import Instance
from scograph.reasoning.rules.coding import Coding
from scograph.reasoning.rules.patterns import A, variables_in

# The most that one instance of a rule reports: a wrong axiom can contradict every fact.
_MAX_PER_INSTANCE = 100


@dataclass(frozen=True)
class Inconsistency:
    """An instance of a rule that concludes *false*, and the coded triples that match its body."""

    instance: Instance
    premises: tuple[Triple, ...]


def find_inconsistencies(
    instances: Iterable[Instance], store: Store, coding: Coding
) -> list[Inconsistency]:
    """Return the matches of those *instances* that conclude *false*, each set of premises once."""
    members = _ClassMembers(store)
    inconsistencies = [
        inconsistency
        for instance in instances
        if instance.head is None and not members.rule_out(instance)
        for inconsistency in _matches(instance, store, coding)
    ]
    return sorted(inconsistencies, key=lambda item: (item.instance.rule.name, str(item.premises)))


def _matches(instance: Instance, store: Store, coding: Coding) -> Iterator[Inconsistency]:
    names = variables_in(instance.body)
    query = f"SELECT * WHERE {{ {instance.where()} }} LIMIT {_MAX_PER_INSTANCE}"
    seen = set()
    for solution in solutions_of(store, query, custom_functions=coding.functions()):
        binding = {name: solution[name] for name in names}
        data = [pattern.bind(binding).ground() for pattern in instance.body]
        if frozenset(data) not in seen:
            seen.add(frozenset(data))
            yield Inconsistency(instance, (*instance.axioms, *data))


class _ClassMembers:
    """The members of classes, as sets, by which most axioms of disjointness need no query."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[NamedNode, set[object]] = {}

    def rule_out(self, instance: Instance) -> bool:
        """Return whether *instance* needs a common member of two classes that have none."""
        if len(instance.body) != 2 or instance.filters:
            return False
        one, other = instance.body
        if not (one.predicate == other.predicate == A and one.subject == other.subject):
            return False
        if not (isinstance(one.object, NamedNode) and isinstance(other.object, NamedNode)):
            return False
        return self._of(one.object).isdisjoint(self._of(other.object))

    def _of(self, class_iri: NamedNode) -> set[object]:
        if class_iri not in self._known:
            quads = self._store.quads_for_pattern(None, A, class_iri, DefaultGraph())
            self._known[class_iri] = {quad.subject for quad in quads}
        return self._known[class_iri]
