"""``data/coverage.tsv``: for each fact listed in the notes on a page, the graphs that state it.

The table is optional. Its columns: the sheet of notes; the number of the fact; the graphs that
state it (below ``<base>id/``); the things, as prefixed names, that it is about, which must occur
in these graphs; and, where there is no graph, the reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from scograph.checks.check import Inspection
from scograph.folder.dataset import Asserted
from scograph.folder.document import MAX_BYTES
from scograph.folder.folder import Folder
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import Finding, Severity, shortened
from scograph.rdf.namespaces import expand
from scograph.system.files import read_inside

TABLE = "data/coverage.tsv"
COLUMNS = ("sheet", "fact", "graphs", "about", "reason")


@dataclass(frozen=True)
class Row:
    """A row of the table: one fact of one sheet; ``line`` is its line in the file."""

    line: int
    sheet: str
    fact: str
    graphs: tuple[str, ...]
    about: tuple[str, ...]
    reason: str


def read_rows(folder: Folder) -> tuple[list[Row], list[Finding]]:
    """Return the rows of the table, none where there is no table, and findings about its form.

    Raises:
        GraphError: the table cannot be read.

    """
    try:
        text = read_inside(folder.root, TABLE, MAX_BYTES).decode()
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
    results = [_row(number, line) for number, line in enumerate(lines, 2) if line.strip()]
    rows = [result for result in results if isinstance(result, Row)]
    malformed = [result for result in results if isinstance(result, Finding)]
    return rows, malformed + list(_duplicates(rows))


def check_coverage(inspection: Inspection) -> Iterator[Finding]:
    """Report malformed and duplicate rows, and rows whose graphs or things are wrong."""
    return coverage_findings(inspection.folder, inspection.asserted)


def coverage_findings(folder: Folder, asserted: Asserted) -> Iterator[Finding]:
    """Yield the findings of `check_coverage`, which `scograph.recording` needs, too."""
    rows, findings = read_rows(folder)
    yield from findings
    for row in rows:
        for problem in _problems(row, folder, asserted):
            yield _finding(row.line, f"{row.sheet}, fact {row.fact}: {problem}")


def nodes_of(asserted: Asserted, graph: str) -> set[str]:
    """Return the IRIs that are subject or object in *graph*."""
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


def _duplicates(rows: list[Row]) -> Iterator[Finding]:
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
        nodes = nodes_of(asserted, f"{folder.metadata.base}id/{graph}")
        named |= nodes
        if not nodes:
            yield _no_triples(graph, folder, asserted)
    for name in row.about:
        iri = expand(name, folder.metadata.prefixes)
        if iri is None:
            yield f"{shortened(name)} is no prefixed name with a prefix of data/dataset.ttl"
        elif iri not in named:
            yield f"{name} is not in {' or '.join(row.graphs)}: encode it there, or mend the row"


def _no_triples(graph: str, folder: Folder, asserted: Asserted) -> str:
    iri = f"{folder.metadata.base}id/{graph}"
    if iri in asserted.passages | asserted.claims | asserted.inferences:
        return f"{graph} is described and holds no triple: add its block, or name another graph"
    kinds = "source/<source>/p1s1, claim/... or inference/..."
    return f"there is no graph {shortened(graph)}: name one as {kinds}"
