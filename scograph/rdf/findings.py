"""What a check reports: a position in a file, a severity, the name of a rule, and a message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scograph.rdf.visible import one_line


class Severity(StrEnum):
    """How serious a finding is; the three severities of SHACL (section 2.1.4)."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, order=True)
class Finding:
    """One result of a check, printed as ``file:line: severity rule message``.

    ``file`` is relative to the graph folder; ``line`` counts from 1 and is 0
    where the finding is about the file as a whole. Characters that cannot be printed
    are escaped, so a finding always takes one line.
    """

    file: str
    line: int
    severity: Severity
    rule: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return one_line(f"{place}: {self.severity} {self.rule} {self.message}")


def shortened(text: str, limit: int = 60) -> str:
    """Return *text* cut to *limit* characters, for messages that quote data."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether *findings* include an error, which stops a build."""
    return any(finding.severity is Severity.ERROR for finding in findings)
