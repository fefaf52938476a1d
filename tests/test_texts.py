"""Verifying passages against source texts."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scograph.checks.texts import digest, normalise, paragraphs, sentences
from scograph.rdf.errors import GraphError
from tests.conftest import ROOT
from tests.folders import RECORD, check_by_texts, copy_repository, line_of, replace

SENTENCES = [
    ("Mr. Smith spoke. He left.", ["Mr. Smith spoke.", "He left."]),
    ("One. \"Two,\" he said. Three?", ["One.", "\"Two,\" he said.", "Three?"]),
    ("It grew by 3.5 percent. All agreed!", ["It grew by 3.5 percent.", "All agreed!"]),
    ("Выступил А. Текслер. Он сказал.", ["Выступил А. Текслер.", "Он сказал."]),
    ("В 2021 г. Форум прошёл. Итоги подвели.", ["В 2021 г. Форум прошёл.", "Итоги подвели."]),
    ("论坛开幕。各方发言！结束了吗？", ["论坛开幕。", "各方发言！", "结束了吗？"]),
    ("No full stop at all", ["No full stop at all"]),
    ("  Two\tspaces   here.  ", ["Two spaces here."]),
]  # fmt: skip


@pytest.mark.parametrize(("paragraph", "expected"), SENTENCES)
def test_a_paragraph_is_split_into_sentences(paragraph: str, expected: list[str]) -> None:
    assert sentences(paragraph) == expected


# The last word is longer than any abbreviation, behind which a sentence goes on.
@given(st.lists(st.from_regex(r"[A-Z][a-z]{2,8}( [a-z]{3,8}){1,5}", fullmatch=True), min_size=1))
@pytest.mark.slow
def test_plain_sentences_come_back_one_by_one(words: list[str]) -> None:
    made = [f"{text}." for text in words]
    assert sentences("  ".join(made)) == made


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(), st.sampled_from([" ", "\t", "\n ", "  "]))
def test_the_digest_does_not_see_white_space(text: str, space: str) -> None:
    assert digest(text) == digest(space + text.replace(" ", space) + space)
    assert digest("a b") == hashlib.sha256(b"a b").hexdigest()


def test_paragraphs_are_the_lines_that_are_not_empty() -> None:
    assert paragraphs("one\n\n  \ntwo\r\nthree") == ["one", "two", "three"]


def test_every_passage_of_the_first_article_verifies(sources: Path) -> None:
    assert check_by_texts(ROOT, sources) == []


def test_the_first_article_has_27_sentences_and_each_is_a_passage(sources: Path) -> None:
    text = (sources / "sectsco-2021-09-30.txt").read_text(encoding="utf-8")
    places = {
        (number, count)
        for number, line in enumerate(paragraphs(text), 1)
        for count, _ in enumerate(sentences(line), 1)
    }
    record = (ROOT / RECORD).read_text(encoding="utf-8")
    recorded = {place for place in places if f"src:p{place[0]}s{place[1]} a sco:Passage" in record}
    assert (len(places), recorded) == (27, places)


def test_no_sentence_of_a_source_stands_in_the_project(sources: Path) -> None:
    text = (sources / "sectsco-2021-09-30.txt").read_text(encoding="utf-8")
    long = [s for line in paragraphs(text) for s in sentences(line) if len(s.split()) > 9]
    files = [
        path
        for part in ("data", "ontology", "queries", "README.md", "CONTRIBUTING.md")
        for path in ([ROOT / part] if (ROOT / part).is_file() else (ROOT / part).rglob("*"))
        if path.is_file()
    ]
    found = [
        (path.name, sentence)
        for path in files
        for content in [normalise(path.read_text(encoding="utf-8"))]
        for sentence in long
        if sentence in content
    ]
    assert found == []


CHANGES = [
    (
        '"On 28-30 September,"@en', '"On 1-2 September,"@en',
        "no sentence of the text begins with the words given, 'On 1-2 September,'",
    ),
    (
        '"On 28-30 September,"@en', '"SCO Secretary-General Vladimir"@en',
        "the words 'SCO Secretary-General Vladimir' begin paragraph 2, sentence 1",
    ),
    (
        '"of Regions Forum."@en', '"of the Forum."@en',
        "the passage does not end in the words given, 'of the Forum.'",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "problem"), CHANGES)
def test_a_passage_that_is_not_in_the_text_is_reported(
    old: str, new: str, problem: str, tmp_path: Path, sources: Path
) -> None:
    folder = copy_repository(tmp_path / "graph")
    replace(folder, RECORD, old, new)
    line = line_of(folder, RECORD, "src:p1s1 a sco:Passage")
    found = check_by_texts(folder, sources)
    assert [str(f) for f in found] == [f"{RECORD}:{line}: error passage-text src:p1s1: {problem}"]


def test_a_text_that_has_changed_is_reported(tmp_path: Path, sources: Path) -> None:
    changed = tmp_path / "texts"
    changed.mkdir()
    text = (sources / "sectsco-2021-09-30.txt").read_text(encoding="utf-8")
    words = "was the venue of"
    (changed / "sectsco-2021-09-30.txt").write_text(
        text.replace(words, "was the place of", 1), encoding="utf-8"
    )
    found = check_by_texts(ROOT, changed)
    assert [f.message for f in found] == [
        "src:p1s1: the text has changed since it was encoded: its digest is another (M15)"
    ]


def test_a_folder_without_texts_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match=r"has no <source>.txt of any source"):
        check_by_texts(ROOT, tmp_path)
    with pytest.raises(GraphError, match=r"is not a folder"):
        check_by_texts(ROOT, tmp_path / "nowhere")
