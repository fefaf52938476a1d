"""The error that a rule file cannot be used."""

from __future__ import annotations


class RuleError(Exception):
    """A rule file that cannot be used; ``line`` counts from 1."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line
