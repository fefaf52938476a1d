"""What exceeds its bounds: saved queries, own rules, shapes, whole checks, as findings."""

from __future__ import annotations

from pyoxigraph import Triple

from scograph.checks.check import Inspection
from scograph.rdf.findings import Finding, Severity
from scograph.reasoning.reason import reason
from scograph.reasoning.rules.files import Rule, load_rules
from scograph.system.bounded import Bounds, Ending, results


def of_query(place: str, line: int, work: str, ending: Ending, bounds: Bounds) -> Finding:
    """Return the finding for *work*, a part of one file, which has the bounds of a query."""
    told = _told(work, ending, bounds, "--deadline", "--memory")
    return Finding(place, line, Severity.ERROR, "limit", told)


def of_check(place: str, work: str, ending: Ending, bounds: Bounds) -> Finding:
    """Return the finding for *work*, a stage or a check as a whole."""
    told = _told(work, ending, bounds, "--check-deadline", "--check-memory")
    return Finding(place, 0, Severity.ERROR, "limit", told)


def rules_exceeded(inspection: Inspection, adopted: set[Triple], ending: Ending) -> list[Finding]:
    """Return findings for the folder's own rules, with which reasoning exceeds its bounds.

    Named are those that do so one by one, else all.
    """
    rules, bounds = inspection.folder.rules, inspection.of_query

    def close(rule: Rule) -> bool:
        return bool(reason(adopted, (*load_rules(), rule)))

    endings = list(results(close, rules, bounds))
    alone = [
        of_query(f"rules/{rule.name}.rq", 0, "to apply this rule till nothing follows", end, bounds)
        for rule, end in zip(rules, endings, strict=True)
        if isinstance(end, Ending)
    ]
    together = of_check("rules", "to apply these rules together", ending, inspection.of_check)
    return alone or [together]


def _told(work: str, ending: Ending, bounds: Bounds, deadline: str, memory: str) -> str:
    if ending is Ending.DEADLINE:
        return f"{work} takes more than {bounds.deadline:g} s: make it simpler, or raise {deadline}"
    if ending is Ending.MEMORY:
        return f"{work} takes more than {bounds.memory:,} MB: make it simpler, or raise {memory}"
    return f"{work} ends the process that does it: make it simpler"
