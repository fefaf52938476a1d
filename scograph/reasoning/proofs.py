"""Rules run backward: a well-founded proof of least height for a triple of a closure.

The height of an asserted triple is 0, that of a derived one is 1 more than the highest
of its premises. Premises are always lower than what they prove, so no proof is circular.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, QuerySolutions, Triple

from scograph.rdf.terms import Fact
from scograph.reasoning.closure import Saturated
from scograph.reasoning.inconsistencies import Inconsistency
from scograph.reasoning.instances import Instance
from scograph.reasoning.rules.files import Rule
from scograph.reasoning.rules.patterns import Key, keys_of, variables_in


@dataclass(frozen=True)
class Proof:
    """Why a fact holds. ``rule`` is None for what is asserted, then there are no premises.

    ``premises`` are the axioms that the rule rests on, the cells of the list that it
    reads, and the data, in this order.
    """

    fact: Fact
    rule: Rule | None
    premises: tuple[Proof, ...]
    height: int
    axiomatic: bool = False

    def leaves(self) -> Iterator[Fact]:
        """Yield the asserted facts that the proof rests on, each once, in its order."""
        seen: dict[int, Proof] = {}
        todo = [self]
        found: dict[Fact, None] = {}
        while todo:
            proof = todo.pop()
            if id(proof) in seen:
                continue
            seen[id(proof)] = proof
            if proof.rule is None and not proof.axiomatic:
                found[proof.fact] = None
            todo += reversed(proof.premises)
        yield from found


Step = tuple[Instance, tuple[Triple, ...]]


class Prover:
    """Proves the triples of one closure. What it found out once it keeps."""

    def __init__(self, closed: Saturated) -> None:
        self._closed = closed
        self._functions = closed.coding.functions()
        self._derived = closed.derived | {closed.coding.triple(t) for t in closed.renamed}
        closed.given.load(pattern.key for item in closed.instances for pattern in item.body)
        self._by_key: dict[Key, list[Instance]] = defaultdict(list)
        for item in closed.instances:
            if item.head is not None:
                self._by_key[item.head.key].append(item)
        self._steps: dict[Triple, list[Step]] = {}
        self._heights: dict[Triple, int] = {}
        self._refuted: dict[Triple, int] = {}
        self._chosen: dict[Triple, Step] = {}
        self._proofs: dict[Triple, Proof] = {}

    def prove(self, fact: Fact | Triple) -> Proof | None:
        """Return a proof of *fact* of least height, None where the closure does not hold it."""
        closed = self._closed
        triple = closed.coding.triple(fact)
        decoded = closed.coding.decoded(triple)
        if decoded is not None and decoded in closed.given:
            return Proof(closed.coding.fact(triple), None, (), 0)
        if triple not in self._derived and triple not in closed.axiomatic:
            return None
        return self._prove(triple)

    def premises(self, inconsistency: Inconsistency) -> tuple[Proof, ...]:
        """Return the proofs of what contradicts each other in *inconsistency*."""
        return tuple(self._prove(triple) for triple in inconsistency.premises)

    def _prove(self, triple: Triple) -> Proof:
        # No proof is higher than there are triples to climb.
        for limit in range(len(self._derived) + 1):
            if self._holds(triple, limit):
                return self._proof(triple)
        raise LookupError(f"no rule gives {triple}")

    def _proof(self, triple: Triple) -> Proof:
        if triple not in self._proofs:
            height = self._heights.get(triple, 0)
            instance, given = self._chosen.get(triple, (None, ()))
            self._proofs[triple] = Proof(
                self._closed.coding.fact(triple),
                instance.rule if instance else None,
                tuple(self._proof(premise) for premise in given),
                height,
                triple in self._closed.axiomatic,
            )
        return self._proofs[triple]

    def _holds(self, triple: Triple, limit: int) -> bool:
        """Tell whether *triple* has a proof no higher than *limit*, and remember it."""
        if triple not in self._derived:
            return True
        if triple in self._heights:
            return self._heights[triple] <= limit
        # Level by level, so that the first that holds is the least. What is tried now is
        # refuted below, hence it cannot be found again among its own premises.
        for level in range(self._refuted.get(triple, 0) + 1, limit + 1):
            for instance, given in self._candidates(triple):
                if all(self._holds(premise, level - 1) for premise in given):
                    self._heights[triple] = level
                    self._chosen[triple] = (instance, given)
                    return True
            self._refuted[triple] = level
        return False

    def _candidates(self, triple: Triple) -> list[Step]:
        """Return all steps that conclude *triple* from the closure, the shortest first."""
        if triple not in self._steps:
            found = [
                step
                for key in keys_of(triple)
                for item in self._by_key.get(key, ())
                for step in self._matches(item, triple)
            ]
            found = [step for step in found if triple not in step[1]]
            self._steps[triple] = sorted(found, key=_order)
        return self._steps[triple]

    def _matches(self, instance: Instance, triple: Triple) -> Iterator[Step]:
        binding = instance.head.match(triple) if instance.head else None
        if binding is None:
            return
        bound = instance.bind(binding)
        names = variables_in(bound.body)
        found = self._closed.store.query(
            f"SELECT * WHERE {{ {bound.where()} }}", custom_functions=self._functions
        )
        for row in found if isinstance(found, QuerySolutions) else ():
            rest: dict[object, NamedNode] = {name: row[name] for name in names}
            data = (pattern.bind(rest).ground() for pattern in bound.body)  # type: ignore[arg-type]
            yield instance, (*instance.axioms, *data)


def _order(step: Step) -> tuple[int, str, str]:
    instance, given = step
    return (len(given), instance.rule.name, str(given))
