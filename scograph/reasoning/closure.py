"""Forward chaining to a fixpoint, semi-naively, with SPARQL as the matcher.

Each instance of a rule (see `scograph.reasoning.instances`) is evaluated as one CONSTRUCT
query: first over all triples; afterwards only over new derivations, by matching one of its
patterns against the new triples alone and the others against all. The store holds only
triples that some pattern can match; all others are kept in sets, outside the engine.
Inconsistencies are looked for when the fixpoint is reached.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store, Triple, Variable

from scograph.rdf.namespaces import OWL, RDFS
from scograph.rdf.queries import triples_of
from scograph.rdf.terms import Fact
from scograph.reasoning.given import GivenGraph
from scograph.reasoning.inconsistencies import Inconsistency, find_inconsistencies
from scograph.reasoning.informative import terms_are_informative
from scograph.reasoning.instances import Instance, applicable, instantiate, is_schema_rule
from scograph.reasoning.progress import ProgressCallback, ProgressReporter
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

_NEW_TRIPLES = NamedNode("urn:x-scograph:new")
_DATATYPE = NamedNode(RDFS + "Datatype")
_CLASS = NamedNode(OWL + "Class")
_CLASSES = (NamedNode(OWL + "Thing"), NamedNode(OWL + "Nothing"))


@dataclass(frozen=True)
class Saturated:
    """A graph and its closure under rules.

    ``derived`` are the coded triples that were inferred (see `Coding`); ``renamed`` those that
    `rename` inferred, not coded. ``store`` holds the coded triples that some rule can match.
    ``axiomatic`` are the triples that hold in every graph, such as the type of owl:Thing.
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
        """Return the inferred triples that are worth publishing, decoded (see `is_informative`)."""
        # There are many triples, and hashing them is what takes time: a difference of two
        # sets uses the hashes that they have.
        candidates = self.given.without(self.derived)
        excluded, decoded = [], []
        is_code = self.coding.is_code
        for triple in candidates:
            subject, predicate, value = triple
            if is_code(subject) or is_code(value) or is_code(predicate):
                excluded.append(triple)
                decoded.append(self.coding.decoded(triple))
            elif not terms_are_informative(subject, predicate, value):
                excluded.append(triple)
        candidates.difference_update(excluded)
        others = {triple for triple in decoded if triple and terms_are_informative(*triple)}
        others |= {triple for triple in self.renamed if terms_are_informative(*triple)}
        return frozenset(candidates | self.given.without(others))

    def about(self, node: BlankNode) -> list[Fact]:
        """Return the asserted triples whose subject is the blank node *node*."""
        quads = self.store.quads_for_pattern(self.coding.node(node), None, None, DefaultGraph())
        return [self.coding.fact(q.triple) for q in quads if q.triple not in self.derived]


def saturate(
    triples: Collection[Triple],
    rules: Sequence[Rule],
    on_progress: ProgressCallback | None = None,
) -> Saturated:
    """Compute the closure of *triples* under *rules*.

    Args:
        triples: RDF triples; annotations among them are left out.
        rules: see `scograph.reasoning.rules.files`.
        on_progress: called with a progress text once the work takes longer than two seconds.

    """
    with garbage_collection_paused():
        return _saturate(triples, rules, on_progress)


@contextmanager
def garbage_collection_paused() -> Iterator[None]:
    """Pause the garbage collector: it would traverse millions of triples that form no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _saturate(
    triples: Collection[Triple], rules: Sequence[Rule], on_progress: ProgressCallback | None
) -> Saturated:
    coding, store = Coding(), Store()
    given = GivenGraph(triples, coding, store)
    given.load_schema()
    axiomatic = [triple for triple in _axiomatic(store) if triple not in given]
    given.load([A])
    store.extend(Quad(*triple) for triple in axiomatic)
    run = _Run(given, store, coding, on_progress)
    run.close(instantiate(filter(is_schema_rule, rules), store, coding))
    size_before = -1
    # Instances of earlier rounds are kept: their conclusions rest on them, even where
    # owl:sameAs has changed the schema so that a later round would not make them.
    known: dict[object, Instance] = {}
    while run.schema_size != size_before:
        size_before = run.schema_size
        for instance in instantiate(rules, store, coding):
            known.setdefault((instance.rule.name, instance.query, instance.axioms), instance)
        run.close(known.values())
    instances = tuple(known.values())
    inconsistencies = tuple(find_inconsistencies(run.applicable(instances), store, coding))
    return Saturated(
        given, store, coding, run.derived, run.renamed, frozenset(axiomatic),
        instances, inconsistencies,
    )  # fmt: skip


def _axiomatic(store: Store) -> list[Triple]:
    """Return what rules cls-thing, cls-nothing1 and dt-type1 say of terms in the schema."""
    named = {term for quad in store if quad.predicate != A for term in (quad.subject, quad.object)}
    triples = [Triple(term, A, _CLASS) for term in _CLASSES if term in named]
    for node in named:
        if isinstance(node, NamedNode) and is_datatype(node.value):
            triples.append(Triple(node, A, _DATATYPE))
    return triples


class _Evaluation:
    """How far an instance is evaluated.

    ``offsets`` has for each pattern of the body how many of the new triples under its key
    it has been matched against.
    """

    def __init__(self, instance: Instance, head: Pattern) -> None:
        self.instance = instance
        self.head = head
        self.keys = [pattern.key for pattern in instance.body]
        self.has_run = False
        self.offsets = [0] * len(self.keys)


class _Run:
    """The state of one computation of a closure.

    ``_new`` lists the derived triples in the store by key, in the order of derivation.
    ``_unstored`` are sets of derived triples that no pattern has needed yet, by the key of the
    head that derived them. ``_needed`` are the keys of all bodies so far, ``_derivable`` the
    keys under which there may be derived or axiomatic triples.
    """

    def __init__(
        self,
        given: GivenGraph,
        store: Store,
        coding: Coding,
        on_progress: ProgressCallback | None,
    ) -> None:
        self.derived: set[Triple] = set()
        self.renamed: set[Triple] = set()
        self.schema_size = 0
        self._given = given
        self._store = store
        self._functions = coding.functions()
        self._new: dict[Key, list[Triple]] = defaultdict(list)
        self._unstored: dict[Key, list[set[Triple]]] = defaultdict(list)
        self._derivable: set[Key] = {A, (A, _DATATYPE), (A, _CLASS)}
        self._needed: set[Key] = set()
        self._evaluations: dict[object, _Evaluation] = {}
        self._progress = ProgressReporter(on_progress)

    def applicable(self, instances: Iterable[Instance]) -> list[Instance]:
        """Return those of *instances* that may have a match."""
        return applicable(instances, {*self._given.keys(), *self._derivable})

    def close(self, instances: Iterable[Instance]) -> None:
        """Evaluate *instances*, and those of earlier calls, until nothing new is derived."""
        instances = self.applicable(instances)
        renaming = set(renamings(instances))
        for instance in renaming:
            self.renamed.update(
                rename(instance, self._given.of(instance.body[0].predicate))  # type: ignore[arg-type]
            )
        instances = [instance for instance in instances if instance not in renaming]
        self._load({pattern.key for instance in instances for pattern in instance.body})
        for instance in instances:
            if instance.head is not None and instance.query not in self._evaluations:
                self._evaluations[instance.query] = _Evaluation(instance, instance.head)
        evaluations = sorted(self._evaluations.values(), key=_rank)
        count_before = -1
        while len(self.derived) != count_before:
            count_before = len(self.derived)
            for number, evaluation in enumerate(evaluations):
                self._evaluate(evaluation)
                self._progress.report(number, len(evaluations), len(self.derived))

    def _load(self, keys: set[Key]) -> None:
        """Put the triples under *keys* into the store, asserted and derived ones."""
        self._needed |= keys
        self._given.load(keys)
        for key in [key for key in self._unstored if self._is_needed(key)]:
            for triples in self._unstored.pop(key):
                self._store.extend(Quad(*triple) for triple in triples)

    def _is_needed(self, key: Key) -> bool:
        predicate = key[0] if isinstance(key, tuple) else key
        return key in self._needed or predicate in self._needed or None in self._needed

    def _evaluate(self, evaluation: _Evaluation) -> None:
        if not evaluation.has_run:
            evaluation.has_run = True
            self._evaluate_on_all(evaluation)
            return
        for index, key in enumerate(evaluation.keys):
            triples = self._new[key]
            new = triples[evaluation.offsets[index] :]
            evaluation.offsets[index] = len(triples)
            if new:
                self._evaluate_on_new(new, evaluation, index)

    def _evaluate_on_all(self, evaluation: _Evaluation) -> None:
        instance, head = evaluation.instance, evaluation.head
        if not _is_transitive(instance):
            evaluation.offsets = [len(self._new[key]) for key in evaluation.keys]
            self._derive(head, instance.where())
            return
        path = f"{head.subject} {head.predicate}+ {head.object} ."
        self._derive(head, instance.where([path]))
        # Set afterwards: the path has closed over its own conclusions, too.
        evaluation.offsets = [len(self._new[key]) for key in evaluation.keys]

    def _evaluate_on_new(self, new: list[Triple], evaluation: _Evaluation, index: int) -> None:
        """Match the pattern at *index* against *new* alone, the others against all triples."""
        self._store.extend([Quad(s, p, o, _NEW_TRIPLES) for s, p, o in new])
        patterns = [pattern.text() for pattern in evaluation.instance.body]
        first = f"GRAPH {_NEW_TRIPLES} {{ {patterns.pop(index)} }}"
        self._derive(evaluation.head, evaluation.instance.where([first, *patterns]))
        self._store.remove_graph(_NEW_TRIPLES)

    def _derive(self, head: Pattern, where: str) -> None:
        is_stored = self._is_needed(head.key) or head.key in (None, A, *LIST) or head.is_schema
        template = head.text()
        unknown = f"FILTER NOT EXISTS {{ {template} }}" if is_stored else ""
        query = f"CONSTRUCT {{ {template} }} WHERE {{ {where} {unknown} }}"
        new = set(triples_of(self._store, query, custom_functions=self._functions))
        if not is_stored:
            new -= self.derived
        if not new:
            return
        self.derived |= new
        self._derivable |= {head.key, None}
        if is_stored:
            self._store.extend([Quad(s, p, o) for s, p, o in new])
            self._add_new(head, new)
        else:
            self._unstored[head.key].append(new)

    def _add_new(self, head: Pattern, new: set[Triple]) -> None:
        if isinstance(head.predicate, NamedNode) and head.key != A:
            for key in {None, head.predicate, head.key}:
                self._new[key].extend(new)
            if head.is_schema:
                self.schema_size += len(new)
            return
        for triple in new:
            keys = keys_of(triple)
            self._derivable.update(keys)
            for key in keys:
                self._new[key].append(triple)
            self.schema_size += Pattern(*triple).is_schema


def _rank(evaluation: _Evaluation) -> tuple[bool, int]:
    """Return a sort key that saves rounds: what others use as premises is derived first.

    Properties come before types, single premises before joins.
    """
    head = evaluation.instance.head
    return (head is not None and head.predicate == A, len(evaluation.keys))


def _is_transitive(instance: Instance) -> bool:
    """Return whether this is ``x p y, y p z: x p z``, which one property path closes."""
    head, body = instance.head, instance.body
    if head is None or len(body) != 2 or instance.filters:
        return False
    (x, p, y), (y2, q, z) = body
    fits = p == q == head.predicate and y == y2 and (head.subject, head.object) == (x, z)
    # A constant is no step of a path: it is passed, or it is not.
    are_variables = all(isinstance(node, Variable) for node in (x, y, z))
    return fits and isinstance(p, NamedNode) and are_variables and len({x, y, z}) == 3
