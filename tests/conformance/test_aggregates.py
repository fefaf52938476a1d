"""Aggregates: SPARQL 1.1, section 11, each over all, by group, and as a condition of groups."""

from __future__ import annotations

import pytest

from scograph.sparql.engine import Engine
from tests.conformance.world import asked, made_up

ROWS = "{ VALUES (?g ?v) { (:a 1) (:a 3) (:a 3) (:a 5) (:b 8) } }"
# The aggregate; its value over all rows, over those of :a, and over those of :b.
AGGREGATES = [
    ("COUNT(*)", "5", "4", "1"),
    ("COUNT(?v)", "5", "4", "1"),
    ("COUNT(DISTINCT *)", "4", "3", "1"),
    ("COUNT(DISTINCT ?v)", "4", "3", "1"),
    ("SUM(?v)", "20", "12", "8"),
    ("SUM(DISTINCT ?v)", "17", "9", "8"),
    ("AVG(?v)", "4.0", "3.0", "8.0"),
    ("AVG(DISTINCT ?v)", "4.25", "3.0", "8.0"),
    ("MIN(?v)", "1", "1", "8"),
    ("MAX(-?v)", "-1", "-1", "-8"),
    ('GROUP_CONCAT(DISTINCT IF(?v > 0, "x", "y"))', '"x"', '"x"', '"x"'),
    ('GROUP_CONCAT("x")', '"x x x x x"', '"x x x x"', '"x"'),
    ('GROUP_CONCAT("x"; SEPARATOR="+")', '"x+x+x+x+x"', '"x+x+x+x"', '"x"'),
    ("SAMPLE(?v - ?v)", "0", "0", "0"),
]
CASES = [
    ("what is unbound is not counted",
     "SELECT (COUNT(?l) AS ?n) { ?x :berth ?b OPTIONAL { ?x :length ?l } }", ["2"]),
    ("an error of one row is the group's",
     'SELECT ?g (SUM(?v) AS ?n) { VALUES (?g ?v) { (:a 1) (:b 2) (:b "x") } } GROUP BY ?g',
     [":a 1", ":b -"]),
    ("an aggregate in an expression", "SELECT (MAX(?l) - MIN(?l) AS ?n) { ?x :length ?l }",
     ["14.5"]),
    ("an aggregate of an expression", "SELECT (SUM(?l * 2) AS ?n) { ?x :length ?l }", ["131.0"]),
    ("groups of an expression",
     "SELECT ?long (COUNT(*) AS ?n) { ?x :length ?l } GROUP BY (?l > 30 AS ?long)",
     ["false 1", "true 1"]),
    ("groups of a function",
     "SELECT (COUNT(*) AS ?n) { ?x :name ?name } GROUP BY LANG(?name)", ["1", "2", "3"]),
    ("groups of two variables",
     "SELECT ?b ?t (COUNT(*) AS ?n) { ?x :berth ?b ; a ?t } GROUP BY ?b ?t",
     [":north :Ferry 1", ":south :Barge 1", ":south :Ferry 1"]),
    ("a group of what is unbound",
     "SELECT ?l (COUNT(*) AS ?n) { ?x :berth :south OPTIONAL { ?x :length ?l } } GROUP BY ?l",
     ["- 1", "25.5 1"]),
    ("HAVING of what is not shown",
     "SELECT ?b { ?x :berth ?b } GROUP BY ?b HAVING (COUNT(*) > 1)", [":south"]),
    ("two HAVING",
     "SELECT ?b { ?x :berth ?b } GROUP BY ?b HAVING (COUNT(*) > 0) (COUNT(*) < 2)", [":north"]),
    ("order by an aggregate",
     "SELECT ?b { ?x :berth ?b } GROUP BY ?b ORDER BY DESC(COUNT(*))", [":south", ":north"]),
    ("no rows are no groups",
     "SELECT ?x (COUNT(*) AS ?n) { ?x a :Raft } GROUP BY ?x", []),
    ("no rows, not grouped, are one group",
     "SELECT (COUNT(*) AS ?a) (SUM(?x) AS ?b) (AVG(?x) AS ?c) (MIN(?x) AS ?d) (MAX(?x) AS ?e) "
     "(SAMPLE(?x) AS ?f) (GROUP_CONCAT(?x) AS ?g) { ?x a :Raft }", ['0 0 0 - - - ""']),
]  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(made_up())


@pytest.mark.parametrize(("aggregate", "all_", "a", "b"), AGGREGATES)
def test_an_aggregate_has_its_values(
    engine: Engine, aggregate: str, all_: str, a: str, b: str
) -> None:
    shown = f"({aggregate} AS ?found) {ROWS}"
    assert asked(engine, f"SELECT {shown}") == [all_]
    groups = f"SELECT ?g {shown} GROUP BY ?g"
    assert asked(engine, f"{groups} ORDER BY ?g") == [f":a {a}", f":b {b}"]
    those = [f":{g} {value}" for g, value in (("a", a), ("b", b)) if value == a]
    assert asked(engine, f"{groups} HAVING ({aggregate} = {a}) ORDER BY ?g") == those


@pytest.mark.parametrize(("query", "rows"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_groups_give_their_rows(engine: Engine, query: str, rows: list[str]) -> None:
    found = asked(engine, query)
    assert isinstance(found, list)
    assert (found if "ORDER BY" in query else sorted(found)) == rows
