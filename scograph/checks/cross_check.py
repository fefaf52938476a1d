"""Comparison of the closure with that of owlrl, an independent reasoner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from scograph.checks.check import Inspection
from scograph.folder.folder import Folder
from scograph.folder.positions import Locator
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.namespaces import OWL
from scograph.reasoning.owlrl_oracle import OwlrlClosure, owlrl_closure
from scograph.reasoning.reason import Closure, reason
from scograph.reasoning.rules.files import Rule

# The most differences that are reported in each direction.
_MAX_DIFFERENCES = 50
_HAS_KEY = NamedNode(OWL + "hasKey")


def close_by_owlrl(asserted: set[Triple], own: Iterable[Rule]) -> OwlrlClosure:
    """Return the closure of *asserted* under owlrl and the folder's *own* rules.

    owlrl cannot evaluate those, so the two take turns until nothing new is inferred.
    """
    rules = tuple(own)
    oracle = owlrl_closure(asserted)
    known = set(oracle.inferred)
    while rules:
        new = reason(asserted | known, rules).inferred - known
        if not new:
            break
        oracle = owlrl_closure(asserted | known | new)
        known |= new | oracle.inferred
    return OwlrlClosure(frozenset(known), oracle.messages)


def check_against_owlrl(inspection: Inspection) -> Iterator[Finding]:
    """Report differences between the closure and owlrl's, if a cross-check is asked for."""
    closure, folder, locator = inspection.closure, inspection.folder, inspection.locator
    if not inspection.cross_check or not isinstance(closure, Closure):
        return
    asserted = inspection.asserted.default_graph()
    oracle = close_by_owlrl(asserted, folder.rules)
    ours, theirs = closure.inferred, oracle.inferred
    # owlrl is unsound here: it infers owl:sameAs between all instances of a class with a key.
    has_key = any(triple.predicate == _HAS_KEY for triple in asserted)
    severity = Severity.WARNING if has_key else Severity.ERROR
    hint = "; owlrl is known to be wrong on owl:hasKey" if has_key else ""
    path = folder.documents[0].path
    if ours == theirs and bool(closure.inconsistencies) == bool(oracle.messages):
        message = f"owlrl infers the same {len(ours):,} triples"
        yield Finding(path, 0, Severity.INFO, "cross-check", message)
    for triple in sorted(ours - theirs, key=str)[:_MAX_DIFFERENCES]:
        proof = closure.prove(triple)
        by = proof.rule.name if proof and proof.rule else "no rule"
        message = f"owlrl does not infer {_written(triple, folder)}, which follows by {by}{hint}"
        yield Finding(*_place(triple, path, locator), severity, "cross-check", message)
    for triple in sorted(theirs - ours, key=str)[:_MAX_DIFFERENCES]:
        message = f"owlrl infers {_written(triple, folder)}, which no rule gives here{hint}"
        yield Finding(*_place(triple, path, locator), severity, "cross-check", message)
    if bool(closure.inconsistencies) != bool(oracle.messages):
        said = oracle.messages[0] if oracle.messages else "owlrl reports no contradiction"
        message = f"{len(closure.inconsistencies)} contradictions here; {said}"
        yield Finding(path, 0, severity, "cross-check", message)


def _written(triple: Triple, folder: Folder) -> str:
    return " ".join(
        folder.compact(term.value) if isinstance(term, NamedNode) else str(term) for term in triple
    )


def _place(triple: Triple, path: str, locator: Locator) -> tuple[str, int]:
    subject = getattr(triple.subject, "value", "")
    return locator.locate(subject) or (path, 0)
