"""Saved queries: relative IRIs, and answers whose blank nodes may be called anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Store

from scograph.build.write import write_into
from scograph.checks.saved_answers import same_answer, written
from scograph.sparql.engine import Engine
from scograph.sparql.formats import named
from scograph.sparql.release import open_release
from tests.rivers import checked, fix, put, rivers

CHAIN = (
    "r:drains a owl:ObjectProperty ; rdfs:label 'drains'@en ;\n"
    "    owl:propertyChainAxiom ( r:flowsInto r:flowsInto ) .\n"
    "r:feeds a owl:ObjectProperty ; rdfs:label 'feeds'@en ;\n"
    "    owl:propertyChainAxiom ( r:flowsInto r:drains ) .\n"
)
RELATIVE = [
    ("SELECT ?l { <id/river/oka> rdfs:label ?l }", b'?l\n"Oka"@en\n'),
    ("ASK { <id/river/oka> r:flowsInto <id/river/volga> }", b"true\n"),
    ("ASK { </id/river/oka> r:flowsInto <./id/river/volga> }", b"true\n"),
    ("BASE <id/river/> ASK { <oka> r:flowsInto <volga> }", b"true\n"),
    ("BASE <https://rivers.example/id/> ASK { <river/oka> ?p ?o }", b"true\n"),
    ("PREFIX x: <id/river/> ASK { x:oka r:flowsInto x:volga }", b"true\n"),
    ("SELECT (<> AS ?b) (<#a> AS ?f) (IRI('x') AS ?i) {}",
     b"?b\t?f\t?i\n<https://rivers.example/>\t<https://rivers.example/#a>\t"
     b"<https://rivers.example/x>\n"),
    ("CONSTRUCT { <id/river/oka> a <x> } {}",
     b"<https://rivers.example/id/river/oka> "
     b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://rivers.example/x> .\n"),
    ("SELECT (COUNT(*) AS ?n) FROM <graph/reference> FROM <graph/inferred> "
     "FROM <graph/reference> { <id/river/oka> r:flowsInto|r:flowsInto ?o }", b"?n\n2\n"),
    ("ASK FROM <graph/reference> { <id/river/oka> ?p ?o }", b"true\n"),
]  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rivers(tmp_path_factory.mktemp("rivers"), ontology=CHAIN)


def test_relative_iris_are_below_the_base_as_the_server_has_them(
    root: Path, tmp_path: Path
) -> None:
    for number, (text, _) in enumerate(RELATIVE, 100):
        put(root, f"queries/{number}-it.rq", f"# What is it?\n{text}\n")
    found = checked(root)
    answers = {item.path: item.content for item in found.stale if item.path.endswith(".tsv")}
    assert (found.findings, list(answers.values())) == ([], [answer for _, answer in RELATIVE])
    assert found.files and found.manifest
    engine = Engine(open_release(write_into(tmp_path / "out", found.files, found.manifest)))
    asked = [text for text, _ in RELATIVE if text.startswith("SELECT")]
    for text in asked:
        served = engine.query(text, *named("tsv")).content
        assert served in answers.values()
    for path in (root / "queries").iterdir():
        path.unlink()


BLANK = [
    "SELECT ?l { r:drains owl:propertyChainAxiom ?l } ORDER BY ?l",
    "SELECT ?p ?l { ?p owl:propertyChainAxiom ?l } ORDER BY ?p",
    "SELECT ?p ?l { ?p owl:propertyChainAxiom ?l }",
    "SELECT ?l ?m { ?p owl:propertyChainAxiom ?l . ?l rdf:rest ?m }",
    "SELECT ?x { r:drains owl:propertyChainAxiom/rdf:rest*/rdf:first ?x }",
    "SELECT (GROUP_CONCAT(?x) AS ?all) { ?p owl:propertyChainAxiom/rdf:rest*/rdf:first ?x }",
    "DESCRIBE r:drains",
    "CONSTRUCT { ?l ?p ?o } { ?l rdf:first ?f ; ?p ?o }",
    "CONSTRUCT { [] r:note ?f } { ?l rdf:first ?f }",
    "CONSTRUCT { ?r a [ r:note ?l ] } { ?r a r:River ; rdfs:label ?l }",
]


def test_answers_with_blank_nodes_stay_the_same(root: Path) -> None:
    for number, text in enumerate(BLANK, 200):
        put(root, f"queries/{number}-it.rq", f"# What is it?\n{text}\n")
    fix(root)
    for _ in range(3):
        found = checked(root)
        assert ([item.path for item in found.stale], found.findings) == ([], [])
    # The labels that somebody else's program gives are as good.
    path = root / "queries/203-it.tsv"
    rows = path.read_text(encoding="utf-8")
    assert rows.count("_:b") == 4
    path.write_text(rows.replace("_:b", "_:node"), encoding="utf-8")
    assert checked(root).stale == []
    path.write_text(rows.replace("_:b1", "_:b0"), encoding="utf-8")
    assert [item.path for item in checked(root).stale] == ["queries/203-it.tsv"]


SAME = [
    (b"?x\n_:a\n_:b\n", b"?x\n_:b\n_:a\n", True),
    (b"?x\n_:a\n_:a\n", b"?x\n_:a\n_:b\n", False),
    (b"?x\t?y\n_:a\t_:b\n_:b\t1\n", b"?x\t?y\n_:q\t1\n_:p\t_:q\n", True),
    (b"?x\t?y\n_:a\t_:b\n_:b\t1\n", b"?x\t?y\n_:p\t_:q\n_:p\t1\n", False),
    (b"?x\t?y\n_:a\t_:a\n", b"?x\t?y\n_:a\t_:b\n", False),
    (b"?x\n_:a\n", b"?y\n_:a\n", False),
    (b"?x\n_:a\n", b"?x\n_:a\n_:b\n", False),
    (b'?x\n"_:a"\n', b'?x\n"_:b"\n', False),
    (b"_:a <http://p> _:b .\n", b"_:x <http://p> _:y .\n", True),
    (b"_:a <http://p> _:a .\n", b"_:x <http://p> _:y .\n", False),
    (b"_:a <http://p> <http://o> .\n", b"no triples", False),
    (b"true\n", b"false\n", False),
    (b"true\n", b"\xff", False),
    (b"?x\n1\n2\n", b"?x\n2\n1\n", True),
]


@pytest.mark.parametrize(("one", "other", "same"), SAME)
def test_answers_are_compared_up_to_labels(one: bytes, other: bytes, *, same: bool) -> None:
    assert same_answer(one, other, ordered=False) is same
    assert same_answer(one, one, ordered=True)


def test_the_order_of_rows_counts_where_it_is_asked_for() -> None:
    assert not same_answer(b"?x\n1\n2\n", b"?x\n2\n1\n", ordered=True)


def test_an_answer_is_written_with_labels_by_its_rows() -> None:
    store = Store()
    query = "SELECT ?x ?y { VALUES ?y { 2 1 } BIND(BNODE(STR(?y)) AS ?x) }"
    results = [written(store.query(query), ordered=False) for _ in range(3)]
    assert results == [b"?x\t?y\n_:b0\t1\n_:b1\t2\n"] * 3
