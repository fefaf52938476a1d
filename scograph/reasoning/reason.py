"""Reasoning over the adopted facts with the rules of OWL 2 RL/RDF and of the graph folder.

Most triples of a closure are trivial: axioms of RDF and OWL, reflexive triples, types that
everything has. `scograph.reasoning.informative` defines which triples are published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Triple

from scograph.reasoning.closure import Saturated, garbage_collection_paused, saturate
from scograph.reasoning.progress import ProgressCallback
from scograph.reasoning.proofs import Proof, Prover
from scograph.reasoning.rules.files import Rule, load_rules


@dataclass(frozen=True)
class ProvedInconsistency:
    """An inconsistency: the rule that concludes *false*, and the proofs of its premises."""

    rule: Rule
    premises: tuple[Proof, ...]


@dataclass(frozen=True)
class Closure:
    """The informative triples that were inferred; ``closed`` is the complete closure."""

    inferred: frozenset[Triple]
    closed: Saturated

    @cached_property
    def prover(self) -> Prover:
        """The prover for the triples of this closure."""
        return Prover(self.closed)

    @cached_property
    def inconsistencies(self) -> tuple[ProvedInconsistency, ...]:
        """The inconsistencies of the closure, each with the proofs of its premises."""
        return tuple(
            ProvedInconsistency(inconsistency.instance.rule, self.prover.premises(inconsistency))
            for inconsistency in self.closed.inconsistencies
        )

    def prove(self, triple: Triple) -> Proof | None:
        """Return a proof of *triple* of least height, None where the closure lacks it."""
        return self.prover.prove(triple)


def reason(
    asserted: set[Triple],
    rules: Sequence[Rule] | None = None,
    on_progress: ProgressCallback | None = None,
) -> Closure:
    """Compute the informative part of the closure of *asserted*.

    See OWL 2 Profiles, section 4.3, tables 4 to 9; ``scograph/reasoning/rules/README.md``
    lists what is left out. Annotations take no part in reasoning.

    Args:
        asserted: the adopted triples, ontology and data.
        rules: the rules to apply; those of OWL 2 RL/RDF unless given.
        on_progress: called with a progress text once the work takes longer than two seconds.

    """
    chosen = load_rules() if rules is None else rules
    with garbage_collection_paused():
        closed = saturate(asserted, chosen, on_progress)
        return Closure(closed.informative(), closed)
