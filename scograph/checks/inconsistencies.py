"""Inconsistencies of the closure: each with the rule, the facts, and their file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from scograph.checks.check import Inspection
from scograph.folder.folder import Folder
from scograph.folder.positions import Locator
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.terms import Fact
from scograph.rdf.vocabulary import TYPE
from scograph.reasoning.facts import FactWriter, is_axiom, is_cell
from scograph.reasoning.owlrl_oracle import OwlrlClosure
from scograph.reasoning.proofs import Proof
from scograph.reasoning.reason import Closure, ProvedInconsistency

# The most asserted facts that are listed for one inferred premise.
_MAX_LEAVES = 6
_IRI = re.compile(r"https?://[^\s,()'\"]+")


def check_inconsistencies(inspection: Inspection) -> Iterator[Finding]:
    """Report each inconsistency once, at the first fact that contributes to it."""
    if isinstance(inspection.closure, OwlrlClosure):
        yield from _reported(inspection.closure, inspection.folder, inspection.locator)
    elif inspection.closure is not None:
        yield from _proved(inspection.closure, inspection.folder, inspection.locator)


def _proved(closure: Closure, folder: Folder, locator: Locator) -> Iterator[Finding]:
    writer = _Writer(folder, locator, FactWriter(folder.metadata.prefixes, closure.closed.about))
    seen = set()
    for inconsistency in closure.inconsistencies:
        facts = frozenset(p.fact for p in inconsistency.premises if not is_axiom(p.fact))
        if (inconsistency.rule.name, facts) not in seen:
            seen.add((inconsistency.rule.name, facts))
            yield writer.finding(inconsistency)


@dataclass(frozen=True)
class _Writer:
    """Writes inconsistencies as findings."""

    folder: Folder
    locator: Locator
    writer: FactWriter

    def finding(self, inconsistency: ProvedInconsistency) -> Finding:
        rule, premises = inconsistency.rule, inconsistency.premises
        data = [p for p in premises if not is_axiom(p.fact)]
        axioms = [p for p in premises if is_axiom(p.fact) and not is_cell(p.fact)]
        # Axioms about blank nodes have no line, and the sentence of the rule states them.
        named = [p for p in axioms if isinstance(p.fact.subject, NamedNode)]
        data.sort(key=lambda premise: premise.height)
        leaves = [leaf for premise in data or axioms for leaf in premise.leaves()]
        places = [place for leaf in leaves if not is_axiom(leaf) and (place := self._place(leaf))]
        places = places or [place for leaf in leaves if (place := self._place(leaf))]
        path, line = places[0] if places else (self.folder.documents[0].path, 0)
        facts = "; ".join(self._premise(premise) for premise in [*data, *named])
        message = f"{rule.sentence()} ({rule.name}) Here: {facts}"
        return Finding(path, line, Severity.ERROR, "clash", message)

    def _premise(self, proof: Proof) -> str:
        text = self.writer.fact(proof.fact)
        if proof.rule is None:
            place = self._place(proof.fact)
            return f"{text} ({place[0]}:{place[1]})" if place else text
        leaves = [leaf for leaf in proof.leaves() if not is_cell(leaf)]
        leaves.sort(key=is_axiom)
        ellipsis = ", ..." if len(leaves) > _MAX_LEAVES else ""
        facts = ", ".join(self._leaf(leaf) for leaf in leaves[:_MAX_LEAVES])
        return f"{text}, which follows from {facts}{ellipsis}"

    def _leaf(self, fact: Fact) -> str:
        place = self._place(fact)
        text = self.writer.fact(fact)
        return f"{text} ({place[0]}:{place[1]})" if place else text

    def _place(self, fact: Fact) -> tuple[str, int] | None:
        if not isinstance(fact.subject, NamedNode) or not isinstance(fact.predicate, NamedNode):
            return None
        value = getattr(fact.object, "value", "")
        # Lines come from a second parse, in which blank nodes have other labels.
        exactly = isinstance(fact.object, NamedNode) or hasattr(fact.object, "datatype")
        return self.locator.locate(fact.subject.value, fact.predicate.value, value, exactly=exactly)


def _reported(closure: OwlrlClosure, folder: Folder, locator: Locator) -> Iterator[Finding]:
    """Report owlrl's messages, each at a type, or else another triple, of a thing that it names."""
    for message in closure.messages:
        iris = _IRI.findall(message)
        things = [iri for iri in iris if iri.startswith(folder.metadata.base + "id/")]
        exact = [
            place
            for thing in things
            for kind in iris
            if (place := locator.locate(thing, TYPE, kind, exactly=True))
        ]
        places = exact or [place for thing in things if (place := locator.locate(thing))]
        path, line = places[0] if places else (folder.documents[0].path, 0)
        text = message
        for iri in sorted(iris, key=len, reverse=True):
            text = text.replace(iri, folder.compact(iri, path))
        yield Finding(path, line, Severity.ERROR, "clash", text)
