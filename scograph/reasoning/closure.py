"""Rules run forward to a fixpoint, by a native engine, semi-naively.

Each instance of a rule is one CONSTRUCT. It runs once over everything; afterwards it
runs only for what is new since, one of its patterns matched against the new triples
alone. Only what some instance asks for is in the engine: the rest of the graph, and of
what follows, stays outside. Clashes are looked for when nothing new follows.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QueryTriples, Store, Triple

from scograph.rdf.namespaces import OWL, RDFS
from scograph.rdf.terms import Fact
from scograph.reasoning.given import GivenGraph
from scograph.reasoning.inconsistencies import Inconsistency, find_inconsistencies
from scograph.reasoning.informative import tells
from scograph.reasoning.instances import Instance, instantiate, is_pure, live
from scograph.reasoning.progress import Clock, Tell
from scograph.reasoning.renaming import rename, renamings
from scograph.reasoning.rules.coding import Coding
from scograph.reasoning.rules.files import Rule
from scograph.reasoning.rules.patterns import (
    LIST,
    A,
    Key,
    Pattern,
    keys_of,
)
from scograph.reasoning.rules.values import is_datatype

_NEW = NamedNode("urn:x-scograph:new")
_DATATYPE = NamedNode(RDFS + "Datatype")
_CLASS = NamedNode(OWL + "Class")
_CLASSES = (NamedNode(OWL + "Thing"), NamedNode(OWL + "Nothing"))


@dataclass(frozen=True)
class Saturated:
    """A graph closed under rules: what follows is ``derived``, in code, or ``renamed``, plain.

    ``store`` holds, in code, what rules ask for; ``axiomatic`` are the triples that hold
    of the language itself.
    """

    given: GivenGraph
    store: Store
    coding: Coding
    derived: set[Triple]
    renamed: set[Triple]
    axiomatic: frozenset[Triple]
    instances: tuple[Instance, ...]
    inconsistencies: tuple[Inconsistency, ...]

    def informative(self) -> frozenset[Triple]:
        """Return what follows and says something, out of code (see `is_informative`)."""
        # Sets are taken from each other, which hashes no triple anew: there are many.
        told = self.given.without(self.derived)
        dull, decoded = [], []
        is_code = self.coding.is_code
        for triple in told:
            subject, predicate, value = triple
            if is_code(subject) or is_code(value) or is_code(predicate):
                dull.append(triple)
                decoded.append(self.coding.decoded(triple))
            elif not tells(subject, predicate, value):
                dull.append(triple)
        told.difference_update(dull)
        found = {triple for triple in decoded if triple and tells(*triple)}
        found |= {triple for triple in self.renamed if tells(*triple)}
        return frozenset(told | self.given.without(found))

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
    with no_collection():
        return _saturate(triples, rules, tell)


@contextmanager
def no_collection() -> Iterator[None]:
    """Let the garbage collector rest: it would walk millions of triples that form no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _saturate(triples: Collection[Triple], rules: Sequence[Rule], tell: Tell | None) -> Saturated:
    coding, store = Coding(), Store()
    given = GivenGraph(triples, coding, store)
    given.load_schema()
    axiomatic = [triple for triple in _axiomatic(store) if triple not in given]
    given.load([A])
    store.extend(Quad(*triple) for triple in axiomatic)
    run = _Run(given, store, coding, tell)
    run.close(instantiate(filter(is_pure, rules), store, coding))
    seen = -1
    # What an earlier round concluded rests on its instances, even where owl:sameAs makes
    # the schema read otherwise in a later one.
    known: dict[object, Instance] = {}
    while run.schema_size != seen:
        seen = run.schema_size
        for item in instantiate(rules, store, coding):
            known.setdefault((item.rule.name, item.does, item.axioms), item)
        run.close(known.values())
    instances = tuple(known.values())
    inconsistencies = tuple(find_inconsistencies(run.alive(instances), store, coding))
    return Saturated(
        given, store, coding, run.derived, run.renamed, frozenset(axiomatic),
        instances, inconsistencies,
    )  # fmt: skip


def _axiomatic(store: Store) -> list[Triple]:
    """Return rules cls-thing, cls-nothing1 and dt-type1 for the terms that the schema names."""
    named = {term for quad in store if quad.predicate != A for term in (quad.subject, quad.object)}
    found = [Triple(term, A, _CLASS) for term in _CLASSES if term in named]
    for node in named:
        if isinstance(node, NamedNode) and is_datatype(node.value):
            found.append(Triple(node, A, _DATATYPE))
    return found


class _Watch:
    """An instance at work: whether it has run over everything, and how far it has read the news."""

    def __init__(self, instance: Instance, head: Pattern) -> None:
        self.instance = instance
        self.head = head
        self.keys = [pattern.key for pattern in instance.body]
        self.has_run = False
        self.read = [0] * len(self.keys)


class _Run:
    """The state of one run: the store, and the news by what a pattern can watch."""

    def __init__(self, given: GivenGraph, store: Store, coding: Coding, tell: Tell | None) -> None:
        self.derived: set[Triple] = set()
        self.renamed: set[Triple] = set()
        self.schema_size = 0
        self._given = given
        self._store = store
        self._functions = coding.functions()
        self._news: dict[Key, list[Triple]] = defaultdict(list)
        self._aside: dict[Key, list[set[Triple]]] = defaultdict(list)
        self._found: set[Key] = {A, (A, _DATATYPE), (A, _CLASS)}
        self._wanted: set[Key] = set()
        self._watches: dict[object, _Watch] = {}
        self._clock = Clock(tell)

    def alive(self, instances: Iterable[Instance]) -> list[Instance]:
        """Return those of *instances* that may find something."""
        return live(instances, {*self._given.keys(), *self._found})

    def close(self, instances: Iterable[Instance]) -> None:
        """Run *instances*, and those of earlier calls, until nothing new follows."""
        alive = self.alive(instances)
        aside = set(renamings(alive))
        for item in aside:
            self.renamed.update(rename(item, self._given.of(item.body[0].predicate)))  # type: ignore[arg-type]
        alive = [item for item in alive if item not in aside]
        self._want({pattern.key for item in alive for pattern in item.body})
        for item in alive:
            if item.head is not None and item.does not in self._watches:
                self._watches[item.does] = _Watch(item, item.head)
        watches = sorted(self._watches.values(), key=_rank)
        before = -1
        while len(self.derived) != before:
            before = len(self.derived)
            for number, watch in enumerate(watches):
                self._step(watch)
                self._clock.tick(number, len(watches), len(self.derived))

    def _want(self, keys: set[Key]) -> None:
        """Put what *keys* watch into the store, whether it is given or was concluded."""
        self._wanted |= keys
        self._given.load(keys)
        for key in [key for key in self._aside if self._is_wanted(key)]:
            for triples in self._aside.pop(key):
                self._store.extend(Quad(*triple) for triple in triples)

    def _is_wanted(self, key: Key) -> bool:
        general = key[0] if isinstance(key, tuple) else key
        return key in self._wanted or general in self._wanted or None in self._wanted

    def _step(self, watch: _Watch) -> None:
        if not watch.has_run:
            watch.has_run = True
            self._run_over_everything(watch)
            return
        for place, key in enumerate(watch.keys):
            news = self._news[key]
            fresh = news[watch.read[place] :]
            watch.read[place] = len(news)
            if fresh:
                self._run_over(fresh, watch, place)

    def _run_over_everything(self, watch: _Watch) -> None:
        instance, head = watch.instance, watch.head
        if not _is_transitive(instance):
            watch.read = [len(self._news[key]) for key in watch.keys]
            self._conclude(head, instance.where())
            return
        path = f"{head.subject} {head.predicate}+ {head.object} ."
        self._conclude(head, instance.where([path]))
        watch.read = [len(self._news[key]) for key in watch.keys]

    def _run_over(self, fresh: list[Triple], watch: _Watch, place: int) -> None:
        """Match the pattern at *place* with *fresh* alone, the others with everything."""
        self._store.extend([Quad(s, p, o, _NEW) for s, p, o in fresh])
        texts = [pattern.text() for pattern in watch.instance.body]
        first = f"GRAPH {_NEW} {{ {texts.pop(place)} }}"
        self._conclude(watch.head, watch.instance.where([first, *texts]))
        self._store.remove_graph(_NEW)

    def _conclude(self, head: Pattern, where: str) -> None:
        stored = self._is_wanted(head.key) or head.key in (None, A, *LIST) or head.is_schema
        conclusion = head.text()
        unknown = f"FILTER NOT EXISTS {{ {conclusion} }}" if stored else ""
        found = self._store.query(
            f"CONSTRUCT {{ {conclusion} }} WHERE {{ {where} {unknown} }}",
            custom_functions=self._functions,
        )
        new = set(found) if isinstance(found, QueryTriples) else set()
        if not stored:
            new -= self.derived
        if not new:
            return
        self.derived |= new
        self._found |= {head.key, None}
        if stored:
            self._store.extend([Quad(s, p, o) for s, p, o in new])
            self._announce(head, new)
        else:
            self._aside[head.key].append(new)

    def _announce(self, head: Pattern, new: set[Triple]) -> None:
        if isinstance(head.predicate, NamedNode) and head.key != A:
            for key in {None, head.predicate, head.key}:
                self._news[key].extend(new)
            if head.is_schema:
                self.schema_size += len(new)
            return
        for triple in new:
            keys = keys_of(triple)
            self._found.update(keys)
            for key in keys:
                self._news[key].append(triple)
            self.schema_size += Pattern(*triple).is_schema


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
