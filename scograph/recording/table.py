"""Comparison of ``data/coverage.tsv`` with the sheets of notes that list the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from scograph.checks.coverage import Row, coverage_findings, read_rows
from scograph.folder.dataset import Asserted
from scograph.folder.folder import Folder
from scograph.recording.sheets import Sheet


def table_problems(
    folder: Folder, asserted: Asserted, sheets: list[Sheet] | None, only: Collection[str]
) -> Iterator[str]:
    """Yield messages about wrong rows, facts of *sheets* without a row, and rows without a sheet.

    With *only*, names of sources, just for the sheets of which a row names a graph of these.
    """
    rows, _ = read_rows(folder)
    concerned = _concerned(rows, asserted, only)
    lines = {row.line for row in rows if row.sheet in concerned}
    for finding in coverage_findings(folder, asserted):
        if not only or finding.line in lines:
            place = f"{finding.file}:{finding.line}" if finding.line else finding.file
            yield f"{place}: {finding.message}"
    if sheets is None:
        return
    listed: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        listed[row.sheet].add(row.fact)
    for sheet in sheets:
        if not only or sheet.name in concerned:
            yield from sheet.problems(listed[sheet.name])
    for name in sorted(set(listed) - {sheet.name for sheet in sheets}):
        if not only or name in concerned:
            yield f"{name}: the table has rows of it, and there is no such sheet"


def _concerned(rows: list[Row], asserted: Asserted, only: Collection[str]) -> set[str]:
    """Return the sheets of which a row names a graph of one of the sources *only*."""
    home = f"{asserted.base}id/"
    sheets = set()
    for row in rows:
        for graph in row.graphs:
            passage = asserted.claim_passage.get(home + graph, home + graph)
            if passage.removeprefix(f"{home}source/").partition("/")[0] in only:
                sheets.add(row.sheet)
    return sheets
