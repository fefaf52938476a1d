"""Whether ``data/forum.ttl``, which is generated and committed, is up to date."""

from __future__ import annotations

from collections.abc import Iterator

from scograph.checks.check import Inspection, Stale
from scograph.folder.layout import FORUM_FILE
from scograph.rdf.findings import Finding, Severity


def check_adopted_facts(inspection: Inspection) -> Iterator[Stale]:
    """Compare ``data/forum.ttl`` with the adopted facts of the folder as it is now."""
    committed, current = inspection.folder.forum, inspection.adopted_facts
    if committed == current:
        return
    state = "is missing" if committed is None else "is stale"
    message = f"{state}: run `scograph check --fix` and review the diff"
    finding = Finding(FORUM_FILE, 0, Severity.ERROR, "stale-forum", message)
    yield Stale(FORUM_FILE, current, finding)
