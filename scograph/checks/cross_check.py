"""Two reasoners beside each other: whether owlrl infers what the rules infer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from scograph.folder.folder import Folder
from scograph.folder.positions import Locator
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.namespaces import OWL
from scograph.reasoning.owlrl_oracle import Reference, reference_closure
from scograph.reasoning.reason import Closure, reason
from scograph.reasoning.rules.files import Rule

_MOST = 50
_HAS_KEY = NamedNode(OWL + "hasKey")


def close_by_reference(asserted: set[Triple], own: Iterable[Rule]) -> Reference:
    """Close *asserted* by owlrl, and by the folder's *own* rules, until nothing new follows."""
    rules = tuple(own)
    reference = reference_closure(asserted)
    known = set(reference.inferred)
    while rules:
        more = reason(asserted | known, rules).inferred - known
        if not more:
            break
        reference = reference_closure(asserted | known | more)
        known |= more | reference.inferred
    return Reference(frozenset(known), reference.messages)


def check_against_owlrl(
    asserted: set[Triple], closure: Closure, folder: Folder, locator: Locator
) -> Iterator[Finding]:
    """Compare *closure* with what owlrl makes of the same graph; report every difference."""
    reference = close_by_reference(asserted, folder.rules)
    ours, theirs = closure.inferred, reference.inferred
    # owlrl makes all instances of a class with a key the same (see `reference_closure`).
    has_key = any(triple.predicate == _HAS_KEY for triple in asserted)
    severity = Severity.WARNING if has_key else Severity.ERROR
    hint = "; owlrl is known to be wrong on owl:hasKey" if has_key else ""
    path = folder.documents[0].path
    if ours == theirs and bool(closure.clashes) == bool(reference.messages):
        message = f"owlrl infers the same {len(ours):,} triples"
        yield Finding(path, 0, Severity.INFO, "cross-check", message)
    for triple in sorted(ours - theirs, key=str)[:_MOST]:
        proof = closure.prove(triple)
        by = proof.rule.name if proof and proof.rule else "no rule"
        message = f"owlrl does not infer {_written(triple, folder)}, which follows by {by}{hint}"
        yield Finding(*_place(triple, path, locator), severity, "cross-check", message)
    for triple in sorted(theirs - ours, key=str)[:_MOST]:
        message = f"owlrl infers {_written(triple, folder)}, which no rule gives here{hint}"
        yield Finding(*_place(triple, path, locator), severity, "cross-check", message)
    if bool(closure.clashes) != bool(reference.messages):
        said = reference.messages[0] if reference.messages else "owlrl reports no contradiction"
        message = f"{len(closure.clashes)} contradictions here; {said}"
        yield Finding(path, 0, severity, "cross-check", message)


def _written(triple: Triple, folder: Folder) -> str:
    return " ".join(
        folder.compact(term.value) if isinstance(term, NamedNode) else str(term) for term in triple
    )


def _place(triple: Triple, path: str, locator: Locator) -> tuple[str, int]:
    subject = getattr(triple.subject, "value", "")
    return locator.locate(subject) or (path, 0)
