"""Rules whose head is *false*: what in a closed graph contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, QuerySolutions, Store, Triple

from scograph.reasoning.instances import Instance
from scograph.reasoning.rules.coding import Coding
from scograph.reasoning.rules.patterns import A, variables_in

# So many contradictions of one axiom are told; a schema that is wrong gives one per fact.
_MOST = 100


@dataclass(frozen=True)
class Inconsistency:
    """A contradiction: an instance whose head is *false*, and the coded premises that fit it."""

    instance: Instance
    premises: tuple[Triple, ...]


def find_inconsistencies(
    instances: Iterable[Instance], store: Store, coding: Coding
) -> list[Inconsistency]:
    """Return what fits those of *instances* whose head is *false*; each set of premises once."""
    members = _Members(store)
    found = [
        inconsistency
        for item in instances
        if item.head is None and not members.keep_apart(item)
        for inconsistency in _found(item, store, coding)
    ]
    return sorted(found, key=lambda item: (item.instance.rule.name, str(item.premises)))


def _found(instance: Instance, store: Store, coding: Coding) -> Iterator[Inconsistency]:
    names = variables_in(instance.body)
    found = store.query(
        f"SELECT * WHERE {{ {instance.where()} }} LIMIT {_MOST}",
        custom_functions=coding.functions(),
    )
    seen = set()
    for row in found if isinstance(found, QuerySolutions) else ():
        binding = {name: row[name] for name in names}
        data = [pattern.bind(binding).ground() for pattern in instance.body]
        if frozenset(data) not in seen:
            seen.add(frozenset(data))
            yield Inconsistency(instance, (*instance.axioms, *data))


class _Members:
    """The members of classes: most pairs of disjoint classes share none, which sets tell fast."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[NamedNode, set[object]] = {}

    def keep_apart(self, instance: Instance) -> bool:
        """Tell whether *instance* asks for a member of two classes that have none in common."""
        if len(instance.body) != 2 or instance.filters:
            return False
        one, other = instance.body
        if not (one.predicate == other.predicate == A and one.subject == other.subject):
            return False
        if not (isinstance(one.object, NamedNode) and isinstance(other.object, NamedNode)):
            return False
        return self._of(one.object).isdisjoint(self._of(other.object))

    def _of(self, kind: NamedNode) -> set[object]:
        if kind not in self._known:
            found = self._store.quads_for_pattern(None, A, kind, DefaultGraph())
            self._known[kind] = {quad.subject for quad in found}
        return self._known[kind]
