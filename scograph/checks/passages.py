"""Passages: each makes claims, or says why it makes none."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode

from scograph.checks.check import Inspection
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.vocabulary import (
    CARRIES_NO_CLAIM,
)


def check_passages(inspection: Inspection) -> Iterator[Finding]:
    """Report passages that have neither claims nor a reason why, and those that have both."""
    folder, asserted, locator = inspection.folder, inspection.asserted, inspection.locator
    silent = {
        triple.subject.value
        for triple in asserted.graph("sources")
        if triple.predicate.value == CARRIES_NO_CLAIM and isinstance(triple.subject, NamedNode)
    }
    speaking = {iri for iri in asserted.graphs if asserted.graphs[iri]}
    speaking |= {asserted.claim_passage.get(claim, "") for claim in asserted.claims & speaking}
    for iri in sorted(asserted.passages | asserted.claims | asserted.inferences):
        file, line = locator.locate(iri) or (folder.documents[0].path, 0)
        name = folder.compact(iri, file)
        if iri in silent and iri in speaking:
            message = f"{name} says sco:carriesNoClaim and has claims: remove one of the two"
        elif iri not in silent and iri not in speaking:
            message = f"{name} has no claims: add its block, or say why by sco:carriesNoClaim"
        else:
            continue
        yield Finding(file, line, Severity.ERROR, "empty-passage", message)
