"""What follows from the adopted facts under OWL 2 RL and the folder's own rules.

Most of a closure says nothing: axioms of the language, reflexive triples, types
that everything has. `scograph.rules.informative` says what is kept (DESIGN section 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Triple

from scograph.reasoning.closure import Saturated, no_collection, saturate
from scograph.reasoning.progress import Tell
from scograph.reasoning.proofs import Proof, Prover
from scograph.reasoning.rules.files import Rule, load_rules


@dataclass(frozen=True)
class ProvedInconsistency:
    """A contradiction: the rule whose head is *false*, and the proofs of its premises."""

    rule: Rule
    premises: tuple[Proof, ...]


@dataclass(frozen=True)
class Closure:
    """The informative triples that follow; ``closed`` is the whole graph that they are from."""

    inferred: frozenset[Triple]
    closed: Saturated

    @cached_property
    def prover(self) -> Prover:
        """What proves the triples of this closure."""
        return Prover(self.closed)

    @cached_property
    def inconsistencies(self) -> tuple[ProvedInconsistency, ...]:
        """The contradictions met, each with its premises."""
        return tuple(
            ProvedInconsistency(found.instance.rule, self.prover.premises(found))
            for found in self.closed.inconsistencies
        )

    def prove(self, triple: Triple) -> Proof | None:
        """Return a proof of *triple* of least height, None where it does not follow."""
        return self.prover.prove(triple)


def reason(
    asserted: set[Triple], rules: Sequence[Rule] | None = None, tell: Tell | None = None
) -> Closure:
    """Compute the informative part of the closure of *asserted*.

    Source: OWL 2 Profiles, section 4.3, tables 4 to 9; ``scograph/rules/README.md`` says
    what is left out. Annotations take no part and are left out beforehand.

    Args:
        asserted: what is adopted, ontology and data.
        rules: those of OWL 2 RL/RDF unless given.
        tell: is told how far the work is, once it takes longer than two seconds.

    """
    chosen = load_rules() if rules is None else rules
    with no_collection():
        closed = saturate(asserted, chosen, tell)
        return Closure(closed.informative(), closed)
