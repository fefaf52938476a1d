"""Plans: what a source only announces is not recorded as an event (ontology/STYLE.md, M7)."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from scograph.checks.check import Inspection
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.namespaces import (
    DCTERMS,
    SCO,
)


def check_plans(inspection: Inspection) -> Iterator[Finding]:
    """Report events that begin after the day on which their source was published."""
    folder, asserted, locator = inspection.folder, inspection.asserted, inspection.locator
    issued = {
        triple.subject.value: triple.object.value
        for triple in asserted.graph("sources")
        if triple.predicate.value == DCTERMS + "issued"
        and isinstance(triple.subject, NamedNode)
        and isinstance(triple.object, Literal)
    }
    events = f"{folder.metadata.base}id/event/"
    for iri in sorted(asserted.passages):
        day = issued.get(iri.rsplit("/", 1)[0])
        for triple in asserted.graphs.get(iri, ()):
            is_start = triple.predicate.value in (SCO + "startDate", SCO + "date")
            if not (day and is_start and str(triple.subject).startswith(f"<{events}")):
                continue
            value = getattr(triple.object, "value", "")
            if value[: len(day)] > day[: len(value)]:
                subject = getattr(triple.subject, "value", "")
                place = locator.locate(subject, triple.predicate.value, value, iri)
                file, line = place or (folder.documents[0].path, 0)
                yield Finding(
                    file, line, Severity.ERROR, "planned-event",
                    f"{folder.compact(subject, file)} begins on {value}, after its "
                    f"source was published ({day}): a plan is a sco:Announcement (M7)",
                )  # fmt: skip
