"""What a check reports: a place, a severity, a rule and a sentence that helps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is, in SHACL's three grades (SHACL section 2.1.4)."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong, printed as ``file:line: severity rule message``.

    ``file`` is relative to the graph folder; ``line`` counts from 1 and is 0
    where the finding is about the file as a whole. It prints on one line, whatever
    the data hold.
    """

    file: str
    line: int
    severity: Severity
    rule: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        text = f"{place}: {self.severity} {self.rule} {self.message}"
        return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in text)


def shortened(text: str, most: int = 60) -> str:
    """Return *text* cut to *most* characters, for messages that quote data."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def has_errors(findings: Iterable[Finding]) -> bool:
    """Tell whether a build must stop."""
    return any(finding.severity is Severity.ERROR for finding in findings)
