"""``data/coverage.tsv``: for each fact that notes on a page list, the graphs that hold it.

The table is optional. Columns: the sheet of notes, the number of the fact, the graphs that
hold it (below ``<base>id/``), whom and what it names and these graphs must therefore name too,
and, where there is no graph, the reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from scograph.checks.check import Inspection
from scograph.folder.dataset import Asserted
from scograph.folder.folder import Folder
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import Finding, Severity, shortened
from scograph.rdf.namespaces import expand

TABLE = "data/coverage.tsv"
COLUMNS = ("sheet", "fact", "graphs", "about", "reason")


@dataclass(frozen=True)
class Row:
    """One fact of one sheet; ``line`` is where the table has it."""

    line: int
    sheet: str
    fact: str
    graphs: tuple[str, ...]
    about: tuple[str, ...]
    reason: str


def read_rows(folder: Folder) -> tuple[list[Row], list[Finding]]:
    """Return the rows of the table, none where there is no table, and the lines that are no row.

    Raises:
        GraphError: the table cannot be read.

    """
    try:
        text = (folder.root / TABLE).read_bytes().decode()
    except FileNotFoundError:
        return [], []
    except UnicodeDecodeError:
        return [], [_finding(0, "not UTF-8: save the file in UTF-8")]
    except OSError as error:
        raise GraphError(f"cannot read {folder.root / TABLE}: {error.strerror}") from error
    head, *lines = text.replace("\r\n", "\n").split("\n")
    if tuple(head.split("\t")) != COLUMNS:
        names = ", ".join(COLUMNS)
        return [], [_finding(1, f"the first line names the columns, with a tab between: {names}")]
    read = [_row(number, line) for number, line in enumerate(lines, 2) if line.strip()]
    rows = [item for item in read if isinstance(item, Row)]
    return rows, [item for item in read if isinstance(item, Finding)] + list(_doubles(rows))


def check_coverage(inspection: Inspection) -> Iterator[Finding]:
    """Report the rows of the table that do not say where a fact is, or say it wrongly."""
    return coverage_findings(inspection.folder, inspection.asserted)


def coverage_findings(folder: Folder, asserted: Asserted) -> Iterator[Finding]:
    """Yield what `check_coverage` reports of *folder*."""
    rows, findings = read_rows(folder)
    yield from findings
    for row in rows:
        for problem in _problems(row, folder, asserted):
            yield _finding(row.line, f"{row.sheet}, fact {row.fact}: {problem}")


def nodes_of(asserted: Asserted, graph: str) -> set[str]:
    """Return the IRIs of the things that the triples of *graph* name."""
    triples = asserted.graphs.get(graph, set())
    terms = [term for triple in triples for term in (triple.subject, triple.object)]
    return {term.value for term in terms if isinstance(term, NamedNode)}


def _finding(line: int, message: str) -> Finding:
    return Finding(TABLE, line, Severity.ERROR, "coverage", message)


def _row(number: int, line: str) -> Row | Finding:
    cells = line.split("\t")
    if len(cells) != len(COLUMNS):
        return _finding(number, f"the row has {len(cells)} columns, not {len(COLUMNS)}")
    sheet, fact, graphs, about, reason = (cell.strip() for cell in cells)
    if not sheet:
        return _finding(number, "the row names no sheet: give the file's name without .md")
    if not re.fullmatch(r"[1-9]\d*", fact):
        return _finding(number, f"a fact is told by its number in the sheet, not {fact!r}")
    return Row(number, sheet, fact, tuple(graphs.split()), tuple(about.split()), reason)


def _doubles(rows: list[Row]) -> Iterator[Finding]:
    counts = Counter((row.sheet, row.fact) for row in rows)
    for row in rows:
        if counts[row.sheet, row.fact] > 1:
            message = "two rows are about this fact: make one of them, with the graphs of both"
            yield _finding(row.line, f"{row.sheet}, fact {row.fact}: {message}")


def _problems(row: Row, folder: Folder, asserted: Asserted) -> Iterator[str]:
    if not row.graphs:
        if not row.reason:
            yield "neither a graph nor a reason: name the graphs that hold it, or say why none does"
        elif row.about:
            yield "a fact that no graph holds is about nothing: leave `about` empty"
        return
    if row.reason:
        yield "a graph and a reason why there is none: remove one of the two"
    named: set[str] = set()
    for graph in row.graphs:
        found = nodes_of(asserted, f"{folder.metadata.base}id/{graph}")
        named |= found
        if not found:
            yield _empty(graph, folder, asserted)
    for name in row.about:
        iri = expand(name, folder.metadata.prefixes)
        if iri is None:
            yield f"{shortened(name)} is no prefixed name with a prefix of data/dataset.ttl"
        elif iri not in named:
            yield f"{name} is not in {' or '.join(row.graphs)}: encode it there, or mend the row"


def _empty(graph: str, folder: Folder, asserted: Asserted) -> str:
    iri = f"{folder.metadata.base}id/{graph}"
    if iri in asserted.passages | asserted.claims | asserted.inferences:
        return f"{graph} is described and holds no triple: add its block, or name another graph"
    kinds = "source/<source>/p1s1, claim/... or inference/..."
    return f"there is no graph {shortened(graph)}: name one as {kinds}"
