"""Chains of inferences: each leads to a passage, a claim or a source, and none is circular."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from scograph.checks.adoptions import links_in
from scograph.checks.check import Inspection
from scograph.folder.document import Role
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.vocabulary import (
    DERIVED_FROM,
)


def check_chains(inspection: Inspection) -> Iterator[Finding]:
    """Report inferences that rest on themselves, and those that rest on inferences alone."""
    folder, asserted, locator = inspection.folder, inspection.asserted, inspection.locator
    premises: dict[str, set[str]] = defaultdict(set)
    for document in folder.of(Role.INFERENCES):
        for inference, iris in links_in(document, DERIVED_FROM).items():
            premises[inference] |= iris
    for inference in sorted(asserted.inferences & set(premises)):
        reached: set[str] = set()
        todo = [inference]
        while todo:
            new = premises.get(todo.pop(), set()) - reached
            reached |= new
            todo += new
        if inference in reached:
            rule = "circular-inference"
            text = "is a premise of itself: mend prov:wasDerivedFrom along the way"
        elif reached <= asserted.inferences:
            rule = "baseless-inference"
            text = "rests on inferences alone: none of them leads to a passage, claim or source"
        else:
            continue
        file, line = locator.locate(inference, DERIVED_FROM) or (folder.documents[0].path, 0)
        name = folder.compact(inference, file)
        yield Finding(file, line, Severity.ERROR, rule, f"{name} {text}")
