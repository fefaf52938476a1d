"""Passages: each has claims, or a reason why it has none (sco:carriesNoClaim)."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode

from scograph.checks.check import Inspection
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.vocabulary import (
    CARRIES_NO_CLAIM,
)


def check_passages(inspection: Inspection) -> Iterator[Finding]:
    """Report passages with neither claims nor such a reason, and passages with both.

    Claims and inferences without triples are reported, too.
    """
    folder, asserted, locator = inspection.folder, inspection.asserted, inspection.locator
    without_claims = {
        triple.subject.value
        for triple in asserted.graph("sources")
        if triple.predicate.value == CARRIES_NO_CLAIM and isinstance(triple.subject, NamedNode)
    }
    with_claims = {iri for iri in asserted.graphs if asserted.graphs[iri]}
    with_claims |= {
        asserted.claim_passage.get(claim, "") for claim in asserted.claims & with_claims
    }
    for iri in sorted(asserted.passages | asserted.claims | asserted.inferences):
        file, line = locator.locate(iri) or (folder.documents[0].path, 0)
        name = folder.compact(iri, file)
        if iri in without_claims and iri in with_claims:
            message = f"{name} says sco:carriesNoClaim and has claims: remove one of the two"
        elif iri not in without_claims and iri not in with_claims:
            message = f"{name} has no claims: add its block, or say why by sco:carriesNoClaim"
        else:
            continue
        yield Finding(file, line, Severity.ERROR, "empty-passage", message)
