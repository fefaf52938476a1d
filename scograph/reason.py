"""What follows from the adopted facts under OWL 2 RL and the folder's own rules.

Most of a closure says nothing: axioms of the language, reflexive triples, types
that everything has. `scograph.rules.informative` says what is kept (DESIGN section 4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode, Triple

from scograph.rules.closure import Saturated, no_collection, saturate
from scograph.rules.files import Rule, load_rules
from scograph.rules.progress import Tell
from scograph.rules.proofs import Proof, Prover
from scograph.vocab import RDFS, TYPE

_SUB_CLASS = RDFS + "subClassOf"
_SUB_PROPERTY = RDFS + "subPropertyOf"


@dataclass(frozen=True)
class Clash:
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
    def clashes(self) -> tuple[Clash, ...]:
        """The contradictions met, each with its premises."""
        return tuple(
            Clash(found.instance.rule, self.prover.premises(found))
            for found in self.closed.violations
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


@dataclass(frozen=True)
class Hierarchy:
    """What each class and property is below, directly or not; IRIs as text."""

    classes: Mapping[str, frozenset[str]]
    properties: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, triples: Iterable[Triple]) -> Hierarchy:
        """Read the hierarchy from rdfs:subClassOf and rdfs:subPropertyOf."""
        known = list(triples)
        return cls(_ancestors(known, _SUB_CLASS), _ancestors(known, _SUB_PROPERTY))

    def close(self, triples: Iterable[Triple]) -> set[Triple]:
        """Return *triples* and what rules cax-sco and prp-spo1 infer from them."""
        closed = set(triples)
        for triple in list(closed):
            for name in self.properties.get(triple.predicate.value, ()):
                closed.add(Triple(triple.subject, NamedNode(name), triple.object))
        for triple in list(closed):
            if triple.predicate.value == TYPE and isinstance(triple.object, NamedNode):
                for name in self.classes.get(triple.object.value, ()):
                    closed.add(Triple(triple.subject, triple.predicate, NamedNode(name)))
        return closed


def subsumption(asserted: set[Triple]) -> set[Triple]:
    """Close *asserted* under its own subclasses and subproperties only.

    Validation runs on this: a domain or range that infers a type would make
    ``sh:class`` unable to fail.
    """
    return Hierarchy.of(asserted).close(asserted)


def _ancestors(triples: Iterable[Triple], relation: str) -> Mapping[str, frozenset[str]]:
    parents: dict[str, set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate.value != relation:
            continue
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
            parents[triple.subject.value].add(triple.object.value)
    return {name: _reach(name, parents) for name in list(parents)}


def _reach(name: str, parents: Mapping[str, set[str]]) -> frozenset[str]:
    seen: set[str] = set()
    todo = [name]
    while todo:
        for parent in parents.get(todo.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                todo.append(parent)
    return frozenset(seen - {name})
