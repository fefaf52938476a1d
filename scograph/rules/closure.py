"""Rules run forward to a fixpoint, by a native engine, semi-naively.

Each instance of a rule is one CONSTRUCT. It runs once over everything; afterwards it
runs only for what is new since, one of its patterns matched against the new triples
alone. Clashes are looked for when nothing new follows.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    Quad,
    QuerySolutions,
    QueryTriples,
    Store,
    Triple,
)

from scograph.rules.coding import Coding, Fact
from scograph.rules.files import Rule
from scograph.rules.instances import Instance, instantiate, is_pure
from scograph.rules.patterns import A, Key, Pattern, keys_of, variables_in
from scograph.rules.values import is_datatype
from scograph.vocab import OWL, RDFS

Tell = Callable[[str], None]
_NEW = NamedNode("urn:x-scograph:new")
_DATATYPE = NamedNode(RDFS + "Datatype")
# Progress is told of work that takes longer than this, in seconds, and not more often than that.
_PATIENCE, _INTERVAL = 2.0, 0.2
# So many contradictions of one axiom are told; a schema that is wrong gives one per fact.
_CLASHES = 100


@dataclass(frozen=True)
class Violation:
    """A contradiction: an instance whose head is *false*, and the coded premises that fit it."""

    instance: Instance
    premises: tuple[Triple, ...]


@dataclass(frozen=True)
class Saturated:
    """A graph closed under rules. ``store`` holds all of it in code, ``derived`` what is new.

    ``axiomatic`` are the triples that hold of the language itself.
    """

    store: Store
    coding: Coding
    derived: set[Triple]
    axiomatic: frozenset[Triple]
    instances: tuple[Instance, ...]
    violations: tuple[Violation, ...]

    def about(self, node: BlankNode) -> list[Fact]:
        """Return what is asserted of the blank node *node*."""
        found = self.store.quads_for_pattern(self.coding.node(node), None, None, DefaultGraph())
        return [self.coding.fact(q.triple) for q in found if q.triple not in self.derived]


def saturate(
    triples: Collection[Triple], rules: Sequence[Rule], tell: Tell | None = None
) -> Saturated:
    """Close *triples* under *rules*.

    Args:
        triples: RDF triples; annotations among them are left out.
        rules: see `scograph.rules.files`.
        tell: is told how far the work is, once it takes longer than two seconds.

    """
    coding = Coding()
    store = Store()
    store.bulk_extend(coding.quads(triples))
    axiomatic = _axiomatic(store)
    store.extend(Quad(*triple) for triple in axiomatic)
    run = _Run(store, coding, tell)
    run.close([item for item in instantiate(filter(is_pure, rules), store, coding) if item.head])
    seen = -1
    instances: list[Instance] = []
    while run.schema_size != seen:
        seen = run.schema_size
        instances = instantiate(rules, store, coding)
        run.close([item for item in instances if item.head])
    violations = [v for item in instances if item.head is None for v in run.violations(item)]
    return Saturated(
        store, coding, run.derived, frozenset(axiomatic), tuple(instances), tuple(violations)
    )


def _axiomatic(store: Store) -> list[Triple]:
    """Return rule dt-type1 for the datatypes that the schema names as a class."""
    named = {
        quad.object
        for name in ("range", "subClassOf")
        for quad in store.quads_for_pattern(None, NamedNode(RDFS + name), None, DefaultGraph())
    } | {
        quad.object
        for name in ("someValuesFrom", "allValuesFrom", "onClass", "onDataRange")
        for quad in store.quads_for_pattern(None, NamedNode(OWL + name), None, DefaultGraph())
    }
    known = [node for node in named if isinstance(node, NamedNode) and is_datatype(node.value)]
    found = [Triple(node, A, _DATATYPE) for node in known]
    return [triple for triple in found if Quad(*triple) not in store]


class _Watch:
    """An instance at work: whether it has run over everything, and how far it has read the news."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.keys = [pattern.key for pattern in instance.body]
        self.has_run = False
        self.read = [0] * len(self.keys)


class _Run:
    """The state of one run: the store, and the news by what a pattern can watch."""

    def __init__(self, store: Store, coding: Coding, tell: Tell | None) -> None:
        self.derived: set[Triple] = set()
        self.schema_size = 0
        self._store = store
        self._functions = coding.functions()
        self._news: dict[Key, list[Triple]] = defaultdict(list)
        self._watches: dict[object, _Watch] = {}
        self._clock = _Clock(tell)

    def close(self, instances: list[Instance]) -> None:
        """Run *instances*, and those of earlier calls, until nothing new follows."""
        for item in instances:
            if item.does not in self._watches:
                self._watches[item.does] = _Watch(item)
        watches = sorted(self._watches.values(), key=_rank)
        before = -1
        while len(self.derived) != before:
            before = len(self.derived)
            for number, watch in enumerate(watches):
                self._step(watch)
                self._clock.tick(number, len(watches), len(self.derived))

    def violations(self, instance: Instance) -> list[Violation]:
        """Return what fits *instance*, whose head is *false*; each set of premises once."""
        if not all(self._has(pattern.key) for pattern in instance.body):
            return []
        names = variables_in(instance.body)
        found = self._query(f"SELECT * WHERE {{ {instance.where()} }} LIMIT {_CLASHES}")
        premises = {}
        for row in found if isinstance(found, QuerySolutions) else ():
            binding = {name: row[name] for name in names}
            data = [pattern.bind(binding).ground() for pattern in instance.body]
            premises[frozenset(data)] = (*instance.axioms, *data)
        return [Violation(instance, item) for item in premises.values()]

    def _step(self, watch: _Watch) -> None:
        instance, keys = watch.instance, watch.keys
        if not watch.has_run:
            if all(map(self._has, keys)):
                watch.has_run = True
                self._run_over_everything(watch)
            return
        for place, key in enumerate(keys):
            news = self._news[key]
            fresh = news[watch.read[place] :]
            watch.read[place] = len(news)
            if fresh:
                self._run_over(fresh, instance, place)

    def _run_over_everything(self, watch: _Watch) -> None:
        instance = watch.instance
        head = instance.head
        if head is None:
            raise ValueError("a rule without a head concludes nothing")
        if not _is_transitive(instance):
            watch.read = [len(self._news[key]) for key in watch.keys]
            self._conclude(head, instance.where())
            return
        path = f"{head.subject} {head.predicate}+ {head.object} ."
        self._conclude(head, instance.where([path]))
        watch.read = [len(self._news[key]) for key in watch.keys]

    def _run_over(self, fresh: list[Triple], instance: Instance, place: int) -> None:
        """Match the pattern at *place* with *fresh* alone, the others with everything."""
        self._store.extend([Quad(s, p, o, _NEW) for s, p, o in fresh])
        given = [pattern.text() for pattern in instance.body]
        first = f"GRAPH {_NEW} {{ {given.pop(place)} }}"
        self._conclude(instance.head, instance.where([first, *given]))
        self._store.remove_graph(_NEW)

    def _conclude(self, head: Pattern | None, where: str) -> None:
        if head is None:
            raise ValueError("a rule without a head concludes nothing")
        conclusion = head.text()
        found = self._query(
            f"CONSTRUCT {{ {conclusion} }} WHERE {{ {where} FILTER NOT EXISTS {{ {conclusion} }} }}"
        )
        new = set(found) if isinstance(found, QueryTriples) else set()
        if not new:
            return
        self._store.extend([Quad(*triple) for triple in new])
        self.derived |= new
        self._announce(head, new)

    def _announce(self, head: Pattern, new: set[Triple]) -> None:
        if isinstance(head.predicate, NamedNode) and head.key != A:
            keys = {None, head.predicate, head.key}
            for key in keys:
                self._news[key].extend(new)
            if head.is_schema:
                self.schema_size += len(new)
            return
        for triple in new:
            for key in keys_of(triple):
                self._news[key].append(triple)
            self.schema_size += Pattern(*triple).is_schema

    def _has(self, key: Key) -> bool:
        predicate, value = key if isinstance(key, tuple) else (key, None)
        found = self._store.quads_for_pattern(None, predicate, value, DefaultGraph())
        return next(found, None) is not None

    def _query(self, text: str) -> object:
        return self._store.query(text, custom_functions=self._functions)


class _Clock:
    """Tells how far the work is, once it takes long."""

    def __init__(self, tell: Tell | None) -> None:
        self._tell = tell
        self._due = time.monotonic() + _PATIENCE

    def tick(self, number: int, total: int, count: int) -> None:
        now = time.monotonic()
        if self._tell is not None and now > self._due:
            self._due = now + _INTERVAL
            self._tell(f"rule {number + 1:,} of {total:,}, {count:,} new triples")


def _rank(watch: _Watch) -> tuple[bool, int]:
    """Properties before types, single premises before joins: what feeds before what is fed."""
    head = watch.instance.head
    return (head is not None and head.predicate == A, len(watch.keys))


def _is_transitive(instance: Instance) -> bool:
    """Tell whether this is ``x p y, y p z: x p z``, which a property path closes in one go."""
    head, body = instance.head, instance.body
    if head is None or len(body) != 2 or not isinstance(head.predicate, NamedNode):
        return False
    (x, p, y), (y2, q, z) = body
    fits = p == q == head.predicate and y == y2 and (head.subject, head.object) == (x, z)
    return fits and len({x, y, z}) == 3
