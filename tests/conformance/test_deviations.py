"""docs/conformance.md: where the engine differs from the recommendations, and what is done.

Each query is run on the engine alone, and must still go wrong there: what a new version mends
needs no remedy any more, and no section of that page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

from scograph.sparql.engine import Engine
from scograph.sparql.errors import QueryError
from scograph.sparql.formats import RESULTS
from scograph.sparql.release import Release
from tests.conformance.world import BASE, PREFIXES, made_up, rows
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
DATA = re.search(r"```trig\n(.*?)```", PAGE, re.DOTALL)
SECTION = re.compile(
    r"^### (.*?)\n.*?```sparql\n(.*?)```\n(.*?)(?=^#|\Z)", re.DOTALL | re.MULTILINE
)
ROW = re.compile(r"^\| (the engine|here|warning) \| (.*)\|$", re.MULTILINE)
ERROR = "an error"


@dataclass(frozen=True)
class Deviation:
    """A section of the page: a query, its answers, written as `rows` does, and the warnings."""

    name: str
    query: str
    engine: list[str] | str
    here: list[str] | str
    warnings: list[str]


def read(cell: str) -> list[str] | str:
    cell = cell.strip()
    if cell == ERROR or cell.startswith("refused: "):
        return cell
    return sorted(re.findall(r"`([^`]*)`", cell))


def deviations() -> list[Deviation]:
    found = []
    for name, query, table in SECTION.findall(PAGE):
        cells = ROW.findall(table)
        answers = {which: read(cell) for which, cell in cells if which != "warning"}
        warnings = [cell.strip() for which, cell in cells if which == "warning"]
        found.append(Deviation(name, query, answers["the engine"], answers["here"], warnings))
    return found


@pytest.fixture(scope="module")
def release() -> Release:
    assert DATA is not None
    store = Store()
    store.load(DATA[1].encode(), format=RdfFormat.TRIG)
    given = made_up()
    return Release(given.path, given.manifest, store)


def by_the_engine(store: Store, query: str) -> list[str] | str:
    try:
        found = store.query(query, prefixes=PREFIXES, base_iri=BASE)
    except SyntaxError:
        return ERROR
    assert isinstance(found, QuerySolutions)
    answer = rows(found.serialize(format=QueryResultsFormat.JSON) or b"")
    assert isinstance(answer, list)
    return sorted(answer)


@pytest.mark.parametrize("case", deviations(), ids=lambda case: case.name)
def test_the_engine_still_differs(release: Release, case: Deviation) -> None:
    assert by_the_engine(release.store, case.query) == case.engine


@pytest.mark.parametrize("case", deviations(), ids=lambda case: case.name)
def test_the_answer_here_is_as_the_page_says(release: Release, case: Deviation) -> None:
    engine = Engine(release)
    if isinstance(case.here, str):
        with pytest.raises(QueryError, match=re.escape(case.here.removeprefix("refused: "))):
            engine.query(case.query, RESULTS[0], None)
        return
    found = engine.query(case.query, RESULTS[0], None)
    answer = rows(found.content)
    assert isinstance(answer, list)
    assert (sorted(answer), list(found.warnings)) == (case.here, case.warnings)


def test_what_is_open_is_answered_as_the_engine_does() -> None:
    opened = PAGE[PAGE.index("\n## Open") :]
    names = {name for name, *_ in SECTION.findall(opened)}
    same = {case.name for case in deviations() if case.here == case.engine and not case.warnings}
    assert (len(deviations()), names) == (29, same)
