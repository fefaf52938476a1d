"""Queries by the dice, whose answers are compared with those of two other engines.

The generator, the comparison and the table of the other engines' faults are in `tests/oracle`.
`SCOGRAPH_ORACLE_QUERIES` says how many queries, `SCOGRAPH_ORACLE_SEED` which;
``python -m tests.oracle 20000`` prints all that differs, instead of failing at the first.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from tests.oracle import constants
from tests.oracle.cases import Case, Term, iri, literal
from tests.oracle.cases import Quad as Listed
from tests.oracle.comparing import normal
from tests.oracle.dice import Dice, shrunk
from tests.oracle.engines import Engine, has_comunica
from tests.oracle.faults import ROWS, constructs
from tests.oracle.judging import differences
from tests.oracle.queries import case as made_case
from tests.oracle.shown import SHOWN, shown_case
from tests.patience import patience

SEED = int(os.environ.get("SCOGRAPH_ORACLE_SEED", "2026"))
QUERIES = os.environ.get("SCOGRAPH_ORACLE_QUERIES")
# As many as all engines have judged rightly, or as a few seconds allow.
MOST, SECONDS, FEWEST = 500, 12.0, 50


def turns() -> Iterator[int]:
    """As many as are wanted, else as many as a few seconds allow, but some in any case."""
    if QUERIES is not None:
        yield from range(int(QUERIES))
        return
    end = time.monotonic() + SECONDS
    for turn in range(MOST):
        if turn >= FEWEST and time.monotonic() > end:
            return
        yield turn


def judged(name: str) -> Counter[str]:
    """Let the engine called *name* judge; fail with the first difference."""
    counts: Counter[str] = Counter()
    found = next(differences(("product", name), SEED, turns(), counts), None)
    if found is not None:
        pytest.fail(f"SCOGRAPH_ORACLE_SEED={SEED}: {found}", pytrace=False)
    return counts


@pytest.mark.process  # engines in processes of their own, which a query may end
@pytest.mark.slow  # many queries are what this is for
def test_answers_are_those_of_rdflib() -> None:
    counts = judged("rdflib")
    assert counts["the same, by 1 engines"] > 0.8 * counts["cases"], counts


@pytest.mark.process  # as above
@pytest.mark.slow
@pytest.mark.skipif(not has_comunica(), reason="Comunica is not installed: npm is missing")
def test_answers_are_those_of_comunica() -> None:
    counts = judged("comunica")
    assert counts["the same, by 1 engines"] > 0.8 * counts["cases"], counts


@pytest.mark.process  # as above
@pytest.mark.parametrize("engine", ["rdflib", "comunica"])
def test_the_faults_of_other_engines_are_there_still(engine: str) -> None:
    if engine == "comunica" and not has_comunica():
        pytest.skip("Comunica is not installed: npm is missing")
    used = {used for row in ROWS if engine in row.engines for used in row.used}
    with Engine(engine, patience("answer")) as other, Engine("product", patience("answer")) as ours:
        for name, construct, (head, body, rows) in SHOWN:
            if name == engine:
                case = shown_case(head, body)
                right = normal({"rows": rows}, case)
                assert construct in used
                assert normal(ours.answer(case), case) == right, case.text()
                assert normal(other.answer(case), case) != right, case.text()


def cases(count: int) -> Iterator[tuple[Dice, Case]]:
    for turn in range(count):
        dice = Dice(random.Random(turn))  # noqa: S311
        yield dice, made_case(dice)


def test_choices_make_the_same_case_again() -> None:
    for dice, case in cases(50):
        assert made_case(Dice(None, dice.made)) == case


def test_a_case_is_made_small() -> None:
    dice, _ = next(pair for pair in cases(500) if "MINUS" in pair[1].used)

    def fails(choices: list[int]) -> list[int] | None:
        tried = Dice(None, choices)
        return tried.made if "MINUS" in made_case(tried).used else None

    smallest = made_case(Dice(None, shrunk(dice.made, fails, 2000)))
    assert "MINUS" in smallest.used
    assert len(smallest.body) <= 60, smallest.text()


def test_every_row_of_the_table_is_of_constructs_that_are_made() -> None:
    seen = [constructs(case) for _, case in cases(6000)]
    rows = [(row, used) for row in ROWS for used in row.used]
    dead = [used for _, used in rows if not any(set(used.split(" & ")) <= one for one in seen)]
    assert dead == []


@pytest.mark.parametrize("term", constants.STORED, ids=str)
def test_data_are_kept_by_a_store_as_they_are(term: Term) -> None:
    _, form, datatype, language = term
    kept = (
        Literal(form, language=language)
        if language
        else Literal(form, datatype=NamedNode(datatype))
    )
    store = Store()
    store.add(Quad(BlankNode(), NamedNode("http://e/p"), kept))
    assert [quad.object for quad in store] == [kept]


ONE = literal("1", "integer")
P = iri("http://e/p")
CASE = Case((), "SELECT *", "{}")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ([{"x": ONE}], [{"x": literal("01", "integer")}], True),
        ([{"x": ONE}], [{"x": literal("1.0", "decimal")}], False),
        ([{"x": ONE}], [{"x": literal("1")}], False),
        ([{"x": ONE}], [{"x": ONE}, {"x": ONE}], False),
        ([{"x": ONE}], [{"y": ONE}], False),
        ([{"x": ONE}, {"x": P}], [{"x": P}, {"x": ONE}], True),
        ([{"x": literal("a", language="en")}], [{"x": literal("a", language="EN")}], True),
        ([{"x": literal("0.1", "double")}], [{"x": literal("1.0E-1", "double")}], True),
        ([{"x": ("bnode", "a")}], [{"x": ("bnode", "b")}], True),
        (
            [{"x": ("bnode", "a"), "y": ("bnode", "a")}],
            [{"x": ("bnode", "a"), "y": ("bnode", "b")}],
            False,
        ),
        ([], [{}], False),
    ],
)
def test_answers_are_compared_by_value(
    one: list[dict[str, Term]], other: list[dict[str, Term]], same: bool
) -> None:
    assert (normal({"rows": one}, CASE) == normal({"rows": other}, CASE)) is same


def test_the_order_of_rows_counts_where_it_is_determined() -> None:
    ordered = Case((), "SELECT ?x", "{}", ordered=("x",))
    rows = [{"x": ONE}, {"x": P}]
    assert normal({"rows": rows}, ordered) != normal({"rows": rows[::-1]}, ordered)
    assert normal({"rows": rows}, CASE) == normal({"rows": rows[::-1]}, CASE)


def test_the_dataset_that_is_asked_is_merged() -> None:
    g, h = iri("http://e/g"), iri("http://e/h")
    quads: tuple[Listed, ...] = ((P, P, P, g), (P, P, P, h), (P, P, ONE, None))
    merged = Case(quads, "ASK", "{}", froms=(g[1], h[1], g[1]), named=(h[1], h[1]))
    assert merged.dataset() == [(P, P, P, None), (P, P, P, h)]
    requested = Case(quads, "ASK", "{}", froms=(g[1],), default_uris=("http://e/none",))
    assert requested.dataset() == []
    assert Case(quads, "ASK", "{}").dataset() == list(quads)
