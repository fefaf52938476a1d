"""A line ends where the format says; Python's own idea of lines knows nine more ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from scograph.build.adopted_facts import adopted_facts
from scograph.checks.terms import check_rules
from scograph.folder.dataset import assemble
from scograph.folder.folder import read_folder
from scograph.folder.queries import SavedQuery
from tests.folders import opened
from tests.test_patterns import new_folder

SEPARATORS = ["\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    new_folder(tmp_path)
    return tmp_path


def test_the_adopted_facts_are_turtle_whatever_the_literals_hold(folder: Path) -> None:
    path = folder / "data/reference/places.ttl"
    texts = [f"see{separator}@prefix rdfs: below" for separator in [*SEPARATORS, "\r", "\n"]]
    written = " , ".join(
        '"' + text.replace("\r", "\\r").replace("\n", "\\n") + '"@en' for text in texts
    )
    path.write_text(
        f"{path.read_text(encoding='utf-8')}\n"
        f"<https://example.org/alder/id/settlement/x> "
        f"<http://www.w3.org/2000/01/rdf-schema#comment> {written} .\n",
        encoding="utf-8",
    )
    read, _ = read_folder(folder)
    assert read is not None
    content = adopted_facts(assemble(read), read.metadata)
    found = {quad.object.value for quad in parse(content, format=RdfFormat.TURTLE)
             if quad.predicate.value.endswith("#comment")}  # fmt: skip
    assert found >= set(texts)


@pytest.mark.parametrize("separator", SEPARATORS, ids=ascii)
def test_a_question_is_read_to_the_end_of_its_comment(separator: str) -> None:
    query = SavedQuery("001-x", "", f"# Which{separator}ferries?\n# keywords: a\nASK {{}}", None)
    assert query.question == f"Which{separator}ferries?"


def test_the_line_of_an_unknown_term_in_a_rule_is_counted_as_editors_do(folder: Path) -> None:
    rules = folder / "rules"
    rules.mkdir()
    (rules / "own.rq").write_text(
        "# own (made up)\n# en: one\u2028two\x85three\n"
        "CONSTRUCT { ?x sco:nothing ?y }\nWHERE { ?x sco:venue ?y }\n",
        encoding="utf-8",
    )
    found = [(finding.file, finding.line) for finding in check_rules(opened(folder))]
    assert found == [("rules/own.rq", 3)]
