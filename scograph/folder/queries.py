"""The saved queries of a graph folder: question, SPARQL, and the committed answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scograph.folder.document import MAX_BYTES
from scograph.folder.layout import files
from scograph.rdf.findings import Finding, Severity
from scograph.system.files import read_inside

_NAME = re.compile(r"\d{3}-[a-z0-9]+(-[a-z0-9]+)*\.rq")

# What ends a comment (SPARQL 1.1, section 19.4), and nothing else that is a line to Python.
_LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class SavedQuery:
    """A question with its SPARQL and, where it is committed, the expected answer in TSV."""

    name: str
    path: str
    text: str
    answer: bytes | None

    @property
    def question(self) -> str:
        """The comment at the beginning, without the line of keywords."""
        lines = []
        for line in _LINE_END.split(self.text):
            if not line.startswith("#") or line.startswith("# keywords:"):
                break
            lines.append(line.lstrip("# ").strip())
        return " ".join(lines)

    @property
    def keywords(self) -> list[str]:
        """The words of the ``# keywords:`` line."""
        match = re.search(r"^# keywords:(.*)$", self.text, re.MULTILINE)
        return [word.strip() for word in match.group(1).split(",")] if match else []


def read_queries(root: Path) -> tuple[tuple[SavedQuery, ...], list[Finding]]:
    """Read ``queries/*.rq`` with their answers; return them and findings about the files."""
    results = [_read(root, path) for path in files(root / "queries", ".rq")]
    queries = tuple(result for result in results if isinstance(result, SavedQuery))
    findings = [result for result in results if isinstance(result, Finding)]
    return queries, findings + list(_misnamed(root))


def _read(root: Path, path: Path) -> SavedQuery | Finding:
    name = path.relative_to(root).as_posix()
    answer = path.with_suffix(".tsv")
    try:
        text = read_inside(root, name, MAX_BYTES).decode()
        expected = None
        if answer.exists() or answer.is_symlink():
            expected = read_inside(root, answer.relative_to(root).as_posix(), MAX_BYTES)
    except UnicodeDecodeError:
        return Finding(name, 0, Severity.ERROR, "syntax", "not UTF-8: save the file in UTF-8")
    except OSError as error:
        message = f"cannot read this query or its answer: {error.strerror}"
        return Finding(name, 0, Severity.ERROR, "unreadable", message)
    if text.startswith("\ufeff"):
        message = "the file begins with a byte order mark: save it as UTF-8 without one"
        return Finding(name, 1, Severity.ERROR, "syntax", message)
    return SavedQuery(path.stem, name, text, expected)


def _misnamed(root: Path) -> Iterator[Finding]:
    paths = files(root / "queries", ".rq")
    numbers = Counter(path.name[:3] for path in paths)
    for path in paths:
        name = path.relative_to(root).as_posix()
        if not _NAME.fullmatch(path.name):
            message = "name the file NNN-slug.rq: three digits, then words in a-z and 0-9"
            yield Finding(name, 0, Severity.ERROR, "query-name", message)
        elif numbers[path.name[:3]] > 1:
            message = f"another query has the number {path.name[:3]} too: take the next free one"
            yield Finding(name, 0, Severity.ERROR, "query-number", message)
    for path in files(root / "queries", ".tsv"):
        if not path.with_suffix(".rq").exists():
            name = path.relative_to(root).as_posix()
            message = "an answer without its query: remove it, or name it as its query"
            yield Finding(name, 0, Severity.ERROR, "orphan-answer", message)
