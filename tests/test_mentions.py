"""What a new record is told of its sentences: names, languages, quotes, signs of patterns."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scograph.checks.texts import sentences
from scograph.folder.dataset import assemble
from scograph.folder.folder import read_folder
from scograph.recording.hints import PATTERNS, hints
from scograph.recording.mentions import Known, known_names
from scograph.recording.quoting import MOST_CHARACTERS, quote
from scograph.recording.stems import language_of, stem, words
from tests.conftest import ROOT
from tests.test_patterns import new_folder

# Names

NAMED = {
    "person:alexei-teksler": ["Alexei Teksler", "Алексей Текслер"],
    "person:vladimir-norov": ["Vladimir Norov", "Владимир Норов"],
    "settlement:chelyabinsk": ["Chelyabinsk", "Челябинск", "车里雅宾斯克"],
    "region:RU-CHE": ["Chelyabinsk Region", "Челябинская область"],
    "post:governor": ["Governor of the Chelyabinsk Region", "Губернатор Челябинской области"],
    "state:US": ["US"],
    "state:OM": ["Oman"],
    "organisation:sco": ["SCO", "ШОС", "上合组织"],
    "event:forum": ["上合组织论坛"],
}
SENTENCES = [
    ("О Текслере и Норовым говорили в Челябинске.",
     ["person:alexei-teksler", "person:vladimir-norov", "settlement:chelyabinsk"]),
    ("Алексею Текслеру, губернатору Челябинской области",
     ["person:alexei-teksler", "post:governor"]),
    ("Жители Челябинской области", ["region:RU-CHE"]),
    ("The Chelyabinsk Region's trade; Mr. Norov's word",
     ["region:RU-CHE", "person:vladimir-norov"]),
    ("It told us of woman, not of the US or Omani", ["state:US"]),
    ("Romania and SCOs", []),
    ("上合组织论坛在车里雅宾斯克举行，上合组织",
     ["event:forum", "settlement:chelyabinsk", "organisation:sco"]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES)
def test_names_are_found_in_all_their_forms(sentence: str, expected: list[str]) -> None:
    known = Known()
    for thing, names in NAMED.items():
        for name in names:
            known.add(name, thing)
            if thing.startswith("person:"):
                known.add(name.split()[-1], thing)
    assert [mention.things for mention in known.mentions(sentence)] == [(iri,) for iri in expected]


def test_one_name_may_stand_for_several_things() -> None:
    known = Known()
    known.add("Chongqing", "region:CN-CQ")
    known.add("Chongqing", "settlement:chongqing")
    (mention,) = known.mentions("In Chongqing")
    assert (mention.start, mention.end) == (3, 12)
    assert mention.things == ("region:CN-CQ", "settlement:chongqing")


def test_names_come_from_labels_in_all_languages_and_from_what_passages_print(
    tmp_path: Path,
) -> None:
    new_folder(tmp_path / "graph")
    folder, findings = read_folder(tmp_path / "graph")
    assert folder is not None, findings
    known = known_names(assemble(folder))
    found = known.mentions(
        "Берёзии и Аде Ольхе: the meeting of 2021, Secretariats of the River League"
    )
    home = "https://example.org/rivers/id/"
    assert [thing.removeprefix(home) for mention in found for thing in mention.things] == [
        "state/XB", "person/ada-alder", "event/meeting-2021",
        "organisation/river-league-secretariat",
    ]  # fmt: skip
    assert known.labels[f"{home}state/XB"] == "Birchland"


@pytest.mark.parametrize(
    "forms",
    [
        "Норов Норова Норову Норовым Норове", "Россия России Россию Россией",
        "область области областью", "Королёв Королева", "region regions",
    ],
)  # fmt: skip
def test_the_forms_of_a_word_have_one_stem(forms: str) -> None:
    first, *others = words(forms)
    assert [word.text for word in others if not word.same_as(first)] == []


def test_a_stem_alone_makes_no_two_words_one() -> None:
    shortest, other = words("Хакасия Хакимов")
    assert stem("Хакимов") == stem("Хак")
    assert not shortest.same_as(other)


LANGUAGES = [
    ("The forum", "en", "en"), ("The forum", "uz", "uz"), ("The forum", "ru", "en"),
    ("Форум B2E", "ru", "ru"), ("Форум", "ky", "ky"), ("Форум", "zh", "ru"),
    ("论坛 B2E", "zh", "zh"), ("论坛", "ru", "zh"), ("2021", "ru", "ru"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "usual", "expected"), LANGUAGES)
def test_a_sentence_in_another_script_is_of_another_language(
    text: str, usual: str, expected: str
) -> None:
    assert language_of(text, usual) == expected


# Words and signs

QUOTES = [
    ("One two three four five six seven eight nine.", "One two three", "seven eight nine."),
    ("One two three four.", "One", "four."),
    ("Word", "Word", "Word"),
    ("上合组织成员国地方领导人论坛在车里雅宾斯克举行。", "上合组织成员", "宾斯克举行。"),
    ("a" * 100, "a" * 60, "a" * 60),
]


@pytest.mark.parametrize(("sentence", "first", "last"), QUOTES)
def test_a_sentence_is_quoted_by_few_words(sentence: str, first: str, last: str) -> None:
    found = quote(sentence, [sentence, "Something else."])
    assert (found.first, found.last) == (first, last)


def test_words_that_begin_another_sentence_too_are_not_enough() -> None:
    sentence = "We met on the river in May and had our dinner there on board."
    others = ["We met on the river in June.", "They all had dinner there on board."]
    found = quote(sentence, [sentence, *others])
    assert (found.first, found.last) == ("We met on the river in May", "our dinner there on board.")


@given(st.lists(st.text(), min_size=1))
def test_quotes_are_within_the_limit_and_of_the_sentence(texts: list[str]) -> None:
    for sentence in [item for text in texts for item in sentences(text)]:
        found = quote(sentence, texts)
        assert 0 < len(found.first) <= MOST_CHARACTERS
        assert 0 < len(found.last) <= MOST_CHARACTERS
        assert sentence.startswith(found.first)
        assert sentence.endswith(found.last)


SIGNS = [
    ("Trade grew by 7 percent.", ["m10-figures"]),
    ("Более 30 регионов одобрили его 5 мая 2023 года.",
     ["m09-precision", "m10-figures", "adoption-and-provision"]),
    ("В 2023 году", ["m09-precision"]),
    ("On 28-30 September 2021", ["m09-precision"]),
    ("по словам губернатора", ["m06-speech"]),
    ("The forum will be held", ["m07-plan"]),
    ("论坛将于2024年举行", ["m07-plan", "m09-precision"]),
    ("他表示，30个地区签署了协议", ["m06-speech", "m10-figures", "adoption-and-provision"]),
    ("The parties signed a road map.", ["adoption-and-provision"]),
    ("A caption of the B2E events", []),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), SIGNS)
def test_a_sentence_shows_which_patterns_it_needs(sentence: str, expected: list[str]) -> None:
    assert [hint.pattern for hint in hints(sentence)] == [f"{name}.trig" for name in expected]


def test_every_pattern_that_is_named_is_there() -> None:
    named = {hint.pattern for sentence, _ in SIGNS for hint in hints(sentence)}
    assert len(named) == 5
    assert {name for name in named if not (ROOT / PATTERNS / name).is_file()} == set()
