"""data/coverage.tsv: which graph holds each fact that the notes on a page list."""

from __future__ import annotations

import csv
import re
from collections import defaultdict

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from tests.conftest import ROOT

BASE = "https://w3id.org/scograph/id/"
SHEETS = ROOT.parent / "shared/facts"
_IN_SOURCE = NamedNode("https://w3id.org/scograph/ontology#inSource")
_NO_CLAIM = NamedNode("https://w3id.org/scograph/ontology#carriesNoClaim")


def rows() -> list[dict[str, str]]:
    with (ROOT / "data/coverage.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def records() -> Store:
    store = Store()
    for path in [*sorted((ROOT / "data/record").glob("*.trig")), ROOT / "data/inferences.trig"]:
        store.load(path=str(path), format=RdfFormat.TRIG)
    return store


def nodes_of(store: Store, graph: str) -> set[str]:
    quads = store.quads_for_pattern(None, None, None, NamedNode(BASE + graph))
    return {
        term.value.removeprefix(BASE).replace("/", ":", 1)
        for quad in quads
        for term in (quad.subject, quad.object)
        if isinstance(term, NamedNode)
    }


def missing(store: Store, row: dict[str, str]) -> str:
    """Return what is wrong with *row*; nothing where it is right."""
    graphs = row["graphs"].split()
    if not graphs:
        return "" if row["reason"] else "neither a graph nor a reason"
    if empty := [graph for graph in graphs if not nodes_of(store, graph)]:
        return f"holds no claims: {' '.join(empty)}"
    named = set().union(*(nodes_of(store, graph) for graph in graphs))
    absent = sorted(set(row["about"].split()) - named)
    return f"not in the graph: {' '.join(absent)}" if absent else ""


def test_every_fact_has_a_graph_that_is_about_what_it_names(records: Store) -> None:
    wrong = {(row["sheet"], row["fact"]): missing(records, row) for row in rows()}
    assert {key: text for key, text in wrong.items() if text} == {}


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"graphs": "", "about": "", "reason": ""}, "neither a graph nor a reason"),
        (
            {"graphs": "source/vm-undated/p99s1", "about": "", "reason": ""},
            "holds no claims: source/vm-undated/p99s1",
        ),
        (
            {"graphs": "source/vm-undated/p3s1", "about": "person:nobody", "reason": ""},
            "not in the graph: person:nobody",
        ),
    ],
)
def test_a_wrong_row_is_found(records: Store, row: dict[str, str], text: str) -> None:
    assert missing(records, row) == text


def test_every_record_has_rows_and_a_reason_is_that_of_its_passage(records: Store) -> None:
    within = records.quads_for_pattern(None, _IN_SOURCE, None, None)
    recorded = {
        quad.object.value.rsplit("/", 1)[1] for quad in within if isinstance(quad.object, NamedNode)
    }
    named = re.findall(
        r"(?:source/|claim/)([a-z0-9-]+?)(?:/|-p\d)", " ".join(row["graphs"] for row in rows())
    )
    silent = records.quads_for_pattern(None, _NO_CLAIM, None, None)
    reasons = {quad.object.value for quad in silent if isinstance(quad.object, Literal)}
    given = {row["reason"] for row in rows() if not row["graphs"]}
    assert (recorded - set(named), given - reasons) == (set(), set())


def test_no_fact_of_a_sheet_is_left_out() -> None:
    if not SHEETS.is_dir():
        pytest.skip("the sheets are not at hand")
    listed: dict[str, set[str]] = defaultdict(set)
    for row in rows():
        listed[row["sheet"]].add(row["fact"])
    for sheet, facts in listed.items():
        text = (SHEETS / f"{sheet}.md").read_text(encoding="utf-8").split("## Anchors")[0]
        assert set(re.findall(r"^(\d+)\. ", text, re.MULTILINE)) == facts, sheet
