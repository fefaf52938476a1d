"""Proofs: for a triple of a closure, a derivation of least height from asserted triples.

The height of an asserted triple is 0, that of a derived one is 1 more than the highest
of its premises. A premise is always lower than its conclusion, so no proof is circular.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from scograph.rdf.queries import solutions_of
from scograph.rdf.terms import Fact
from scograph.reasoning.closure import Saturated
from scograph.reasoning.inconsistencies import Inconsistency
from scograph.reasoning.instances import Instance
from scograph.reasoning.rules.files import Rule
from scograph.reasoning.rules.patterns import Key, keys_of, variables_in


@dataclass(frozen=True)
class Proof:
    """A proof of a fact; an asserted or axiomatic one has no ``rule`` and no ``premises``.

    ``premises`` are the axioms that the rule uses, the triples of the collection that it
    reads, and the data, in this order.
    """

    fact: Fact
    rule: Rule | None
    premises: tuple[Proof, ...]
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


# One inference: an instance of a rule, and the coded triples that are its premises.
Step = tuple[Instance, tuple[Triple, ...]]


class Prover:
    """Proves the triples of one closure; results are cached.

    ``_heights`` has the least heights known, ``_refuted`` the heights up to which a triple
    is known to have no proof, ``_chosen`` the last step of each proof.
    """

    def __init__(self, closed: Saturated) -> None:
        self._closed = closed
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
        # Each height needs a triple of its own, so no proof is higher than their number.
        for limit in range(len(self._derived) + 1):
            if self._holds(triple, limit):
                return self._proof(triple)
        raise LookupError(f"no rule gives {triple}")

    def _proof(self, triple: Triple) -> Proof:
        if triple not in self._proofs:
            height = self._heights.get(triple, 0)
            instance, premises = self._chosen.get(triple, (None, ()))
            self._proofs[triple] = Proof(
                self._closed.coding.fact(triple),
                instance.rule if instance else None,
                tuple(self._proof(premise) for premise in premises),
                height,
                triple in self._closed.axiomatic,
            )
        return self._proofs[triple]

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
