"""Proofs: for a triple of a closure, a derivation of least height from asserted triples.

The height of an asserted triple is 0, that of a derived one is 1 more than the highest
of its premises. A premise is always lower than its conclusion, so no proof is circular.

Most proofs are low, and searched for backward, one height after the other: so only the steps are
looked at that a proof of this height can have. That takes a time that grows with the square of the
height, and as deep a recursion. What is higher than `_SEARCHED` is proved otherwise: all steps that
could be in its proof are collected, and the least heights are carried from premises to conclusions
(Knuth 1977, "A generalization of Dijkstra's algorithm"), each once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

from pyoxigraph import NamedNode, Triple

from scograph.rdf.queries import solutions_of
from scograph.rdf.terms import Fact
from scograph.reasoning.closure import Saturated
from scograph.reasoning.inconsistencies import Inconsistency
from scograph.reasoning.instances import Instance
from scograph.reasoning.rules.files import Rule
from scograph.reasoning.rules.patterns import Key, keys_of, variables_in


@dataclass(frozen=True, eq=False)
class Proof:
    """A proof of a fact; an asserted or axiomatic one has no ``rule`` and no ``premises``.

    ``premises`` are the axioms that the rule uses, the triples of the collection that it
    reads, and the data, in this order. Proofs share their parts: each fact is proved once.
    """

    fact: Fact
    rule: Rule | None
    premises: tuple[Proof, ...] = field(repr=False)
    height: int
    axiomatic: bool = False

    def leaves(self) -> Iterator[Fact]:
        """Yield the asserted facts that the proof rests on, each once, in order of appearance."""
        seen: dict[int, Proof] = {}
        todo = [self]
        facts: dict[Fact, None] = {}
        while todo:
            proof = todo.pop()
            if id(proof) in seen:
                continue
            seen[id(proof)] = proof
            if proof.rule is None and not proof.axiomatic:
                facts[proof.fact] = None
            todo += reversed(proof.premises)
        yield from facts


# The greatest height that is searched for backward.
_SEARCHED = 16

# One inference: an instance of a rule, and the coded triples that are its premises.
Step = tuple[Instance, tuple[Triple, ...]]


class Prover:
    """Proves the triples of one closure; results are cached.

    ``_heights`` has the least heights known, ``_refuted`` the heights up to which a triple
    is known to have no proof, ``_chosen`` the last step of each proof.
    """

    def __init__(self, closed: Saturated, searched: int = _SEARCHED) -> None:
        """Prove what *closed* holds; *searched* is the greatest height searched for backward."""
        self._closed = closed
        self._searched = searched
        self._functions = closed.coding.functions()
        self._derived = closed.derived | {closed.coding.triple(t) for t in closed.renamed}
        closed.given.load(pattern.key for instance in closed.instances for pattern in instance.body)
        self._by_key: dict[Key, list[Instance]] = defaultdict(list)
        for instance in closed.instances:
            if instance.head is not None:
                self._by_key[instance.head.key].append(instance)
        self._steps: dict[Triple, list[Step]] = {}
        self._heights: dict[Triple, int] = {}
        self._refuted: dict[Triple, int] = {}
        self._chosen: dict[Triple, Step] = {}
        self._proofs: dict[Triple, Proof] = {}

    def prove(self, fact: Fact | Triple) -> Proof | None:
        """Return a proof of *fact* of least height, None where the closure does not contain it."""
        closed = self._closed
        triple = closed.coding.triple(fact)
        decoded = closed.coding.decoded(triple)
        if decoded is not None and decoded in closed.given:
            return Proof(closed.coding.fact(triple), None, (), 0)
        if triple not in self._derived and triple not in closed.axiomatic:
            return None
        return self._prove(triple)

    def premises(self, inconsistency: Inconsistency) -> tuple[Proof, ...]:
        """Return a proof for each premise of *inconsistency*."""
        return tuple(self._prove(triple) for triple in inconsistency.premises)

    def _prove(self, triple: Triple) -> Proof:
        if not any(self._holds(triple, limit) for limit in range(self._searched + 1)):
            self._settle(triple)
            if triple not in self._heights:
                raise LookupError(f"no rule gives {triple}")
        return self._proof(triple)

    def _holds(self, triple: Triple, limit: int) -> bool:
        """Return whether *triple* has a proof of at most height *limit*; remember the proof."""
        if triple not in self._derived:
            return True
        if triple in self._heights:
            return self._heights[triple] <= limit
        # Heights are tried in ascending order, so the first proof found is of least height.
        # The triple is refuted for all lower heights, so it cannot be among its own premises.
        for height in range(self._refuted.get(triple, 0) + 1, limit + 1):
            for instance, premises in self._candidates(triple):
                if all(self._holds(premise, height - 1) for premise in premises):
                    self._heights[triple] = height
                    self._chosen[triple] = (instance, premises)
                    return True
            self._refuted[triple] = height
        return False

    def _settle(self, goal: Triple) -> None:
        """Find the least heights of *goal* and of all that its proofs could rest on."""
        reached = self._reached(goal)
        # The steps of which each premise is one, and how many of their premises have no height.
        uses: dict[Triple, list[int]] = defaultdict(list)
        conclusions: list[Triple] = []
        missing: list[int] = []
        heights: dict[Triple, int] = {}
        ready: dict[Triple, None] = {}
        for triple in reached:
            for _, premises in self._candidates(triple):
                derived = {premise for premise in premises if premise in self._derived}
                for premise in derived:
                    uses[premise].append(len(conclusions))
                if not derived:
                    ready[triple] = None
                conclusions.append(triple)
                missing.append(len(derived))
        height = 0
        while ready:
            height += 1
            heights.update(dict.fromkeys(ready, height))
            above: dict[Triple, None] = {}
            for step in (step for triple in ready for step in uses[triple]):
                missing[step] -= 1
                if not missing[step]:
                    above[conclusions[step]] = None
            ready = {triple: None for triple in above if triple not in heights}
        for triple in heights.keys() - self._heights.keys():
            self._heights[triple] = heights[triple]
            self._chosen[triple] = next(
                step
                for step in self._candidates(triple)
                if all(self._height(p, heights) < heights[triple] for p in step[1])
            )

    def _height(self, premise: Triple, heights: dict[Triple, int]) -> float:
        return heights.get(premise, inf) if premise in self._derived else 0

    def _reached(self, goal: Triple) -> dict[Triple, None]:
        """Return the derived triples that steps lead to, backward from *goal*."""
        reached, todo = {goal: None}, [goal]
        while todo:
            for _, premises in self._candidates(todo.pop()):
                for premise in premises:
                    if premise in self._derived and premise not in reached:
                        reached[premise] = None
                        todo.append(premise)
        return reached

    def _proof(self, goal: Triple) -> Proof:
        todo = [goal]
        while todo:
            triple = todo[-1]
            instance, premises = self._chosen.get(triple, (None, ()))
            missing = [premise for premise in premises if premise not in self._proofs]
            if triple not in self._proofs and not missing:
                self._proofs[triple] = Proof(
                    self._closed.coding.fact(triple),
                    instance.rule if instance else None,
                    tuple(self._proofs[premise] for premise in premises),
                    self._heights.get(triple, 0),
                    triple in self._closed.axiomatic,
                )
            if missing:
                todo += missing
            else:
                todo.pop()
        return self._proofs[goal]

    def _candidates(self, triple: Triple) -> list[Step]:
        """Return all steps that conclude *triple*, those with the fewest premises first."""
        if triple not in self._steps:
            steps = [
                step
                for key in keys_of(triple)
                for instance in self._by_key.get(key, ())
                for step in self._matches(instance, triple)
            ]
            steps = [step for step in steps if triple not in step[1]]
            self._steps[triple] = sorted(steps, key=_order)
        return self._steps[triple]

    def _matches(self, instance: Instance, triple: Triple) -> Iterator[Step]:
        binding = instance.head.match(triple) if instance.head else None
        if binding is None:
            return
        bound = instance.bind(binding)
        names = variables_in(bound.body)
        query = f"SELECT * WHERE {{ {bound.where()} }}"
        store = self._closed.store
        for solution in solutions_of(store, query, custom_functions=self._functions):
            rest: dict[object, NamedNode] = {name: solution[name] for name in names}
            data = (pattern.bind(rest).ground() for pattern in bound.body)  # type: ignore[arg-type]
            yield instance, (*instance.axioms, *data)


def _order(step: Step) -> tuple[int, str, str]:
    instance, premises = step
    return (len(premises), instance.rule.name, str(premises))
