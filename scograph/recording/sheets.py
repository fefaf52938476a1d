"""Sheets of notes on pages: Markdown with YAML front matter and a numbered list of facts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from scograph.rdf.errors import GraphError
from scograph.system.files import read

_HEADING = re.compile(r"^## +(.*?) *$", re.MULTILINE)
_MAX_BYTES = 64 * 10**6
_FACT = re.compile(r"^([1-9]\d*)\. ", re.MULTILINE)


@dataclass(frozen=True)
class Sheet:
    """The notes on one page: the file's name without .md, and the numbers of its facts."""

    name: str
    facts: tuple[str, ...]

    def problems(self, listed: Collection[str]) -> Iterator[str]:
        """Yield messages about facts without a row and rows without a fact.

        *listed* are the numbers of the facts that have a row in the table of coverage.
        """
        missing = [fact for fact in self.facts if fact not in listed]
        if not self.facts:
            yield f"{self.name}: the sheet has no numbered facts below a heading `## Facts`"
        if missing:
            numbers = ", ".join(missing)
            yield f"{self.name}: no row for {numbers} (of {len(self.facts)} facts)"
        if unknown := sorted(set(listed) - set(self.facts), key=int):
            yield f"{self.name}: rows of facts that the sheet does not list: {', '.join(unknown)}"


def read_sheets(folder: Path) -> list[Sheet]:
    """Read the sheets of *folder*: its files ``*.md`` that begin with front matter.

    Raises:
        GraphError: there are none, or one cannot be read.

    """
    if not folder.is_dir():
        raise GraphError(f"--sheets: {folder} is not a folder")
    texts = {path.stem: _read(path) for path in sorted(folder.glob("*.md"))}
    sheets = [
        Sheet(name, tuple(_facts(text)))
        for name, text in texts.items()
        if text.startswith("---\n") and "\n---\n" in text[3:]
    ]
    if not sheets:
        raise GraphError(
            f"--sheets: {folder} has no sheets: files .md that begin with front matter, "
            "with a numbered list below `## Facts`"
        )
    return sheets


def _read(path: Path) -> str:
    try:
        return read(path, _MAX_BYTES).decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise GraphError(f"--sheets: {path} is not UTF-8: save it in UTF-8") from error
    except OSError as error:
        raise GraphError(f"--sheets: cannot read {path}: {error.strerror}") from error


def _facts(text: str) -> Iterator[str]:
    parts = _HEADING.split(text)
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        if heading == "Facts":
            yield from _FACT.findall(body)
