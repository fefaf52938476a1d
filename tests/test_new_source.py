"""The skeleton of a record: it parses, holds no text, and the checks find what is left to do."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from scograph.build.pipeline import check_folder
from scograph.checks.texts import digest, paragraphs, sentences
from scograph.folder.dataset import Asserted, assemble
from scograph.folder.folder import Folder, read_folder
from scograph.rdf.errors import GraphError
from scograph.recording.hints import PATTERNS
from scograph.recording.skeleton import Made, write_skeleton
from scograph.recording.source import SourceDetails, check_name, describe_source
from tests.conftest import ROOT, silent
from tests.folders import check, lines
from tests.patience import patience
from tests.test_patterns import new_folder

NAME = "alderport-news-2024-05-06"
GIVEN = SourceDetails(
    NAME, "https://example.org/a?b=c", 'Ferries, "fast" ones', "alderport-news", "ru",
    date_basis="printed on the page", read_on="2024-06-07",
)  # fmt: skip
TEXT = """\
Аду Ольху видели в Ольхии. Ada Alder said that trade grew by 7 percent in 2023.

Фото: Бен.
"""
SKELETON = """\
source:alderport-news-2024-05-06 a sco:Source ;
    dcterms:title "Ferries, \\"fast\\" ones"@en ;
    schema:url <https://example.org/a?b=c> ;
    dcterms:publisher organisation:alderport-news ;
    dcterms:issued "2024-05-06"^^xsd:date ;
    sco:dateBasis "printed on the page"@en ;
    dcterms:language "ru" ;
    sco:readOn "2024-06-07"^^xsd:date ;
    sco:readExtent sco:WholeText .

# 1.1
# names person:ada-alder (Ada Alder)
# names state:XA (Alderland)
src:p1s1 a sco:Passage ;
    sco:inSource source:alderport-news-2024-05-06 ;
    sco:paragraph 1 ;
    sco:sentence 1 ;
    sco:firstWords "Аду"@ru ;
    sco:lastWords "Ольхии."@ru ;
    # TODO dcterms:description "what it says, in our own words"@en ;
    # TODO the block below, or: sco:carriesNoClaim "why it has none"@en ;
    sco:sha256 "{0}" .
# src:p1s1 {{
# }}

# 1.2
# names person:ada-alder (Ada Alder)
src:p1s2 a sco:Passage ;
    sco:inSource source:alderport-news-2024-05-06 ;
    sco:paragraph 1 ;
    sco:sentence 2 ;
    sco:firstWords "Ada Alder said"@en ;
    sco:lastWords "percent in 2023."@en ;
    # TODO dcterms:description "what it says, in our own words"@en ;
    # TODO the block below, or: sco:carriesNoClaim "why it has none"@en ;
    sco:sha256 "{1}" .
# src:p1s2 {{
#     # like tests/patterns/valid/m06-speech.trig
#     statement:alderport-news-2024-05-06-p1s2 a sco:Statement ;
#         sco:accordingTo person:... .
#     # like tests/patterns/valid/m09-precision.trig
#     # like tests/patterns/valid/m10-figures.trig
#     observation:alderport-news-2024-05-06-p1s2 a sco:Observation ;
#         sco:measure topic:... ;
#         sco:value ... ;
#         sco:bound ... ;
#         sco:unit ... .
# }}

# 2.1
src:p2s1 a sco:Passage ;
    sco:inSource source:alderport-news-2024-05-06 ;
    sco:paragraph 2 ;
    sco:sentence 1 ;
    sco:firstWords "Фото:"@ru ;
    sco:lastWords "Бен."@ru ;
    # TODO dcterms:description "what it says, in our own words"@en ;
    # TODO the block below, or: sco:carriesNoClaim "why it has none"@en ;
    sco:sha256 "{2}" .
# src:p2s1 {{
# }}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A made-up graph with one record."""
    new_folder(tmp_path / "graph")
    (tmp_path / "graph" / "tests").symlink_to(ROOT / "tests")
    return tmp_path / "graph"


def opened(root: Path) -> tuple[Folder, Asserted]:
    folder, findings = read_folder(root)
    assert folder is not None, findings
    return folder, assemble(folder)


def make(root: Path, given: SourceDetails = GIVEN, text: str | None = TEXT) -> Made:
    folder, asserted = opened(root)
    described = describe_source(folder, asserted, given, has_text=text is not None)
    return write_skeleton(folder, asserted, described, text)


def body(path: Path) -> str:
    """The file without its prefixes and the empty line behind them."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"\A(@prefix .*\n)+\n", "", text)


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scograph", "new", "source", *map(str, arguments)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=patience("command"),
        stdin=subprocess.DEVNULL,
    )


# The record


def test_the_skeleton_of_a_text(root: Path) -> None:
    made = make(root)
    path = root / f"data/record/{NAME}.trig"
    every = [sentence for line in paragraphs(TEXT) for sentence in sentences(line)]
    assert made == Made(path, passages=3, mentions=3, things=2)
    assert body(path) == SKELETON.format(*map(digest, every))
    assert [entry.name for entry in path.parent.iterdir() if NAME in entry.name] == [path.name]


def test_a_folder_without_patterns_is_pointed_to_none(root: Path) -> None:
    (root / "tests").unlink()
    text = make(root).path.read_text(encoding="utf-8")
    expected = re.sub(r"like tests/patterns/valid/(\S+)\.trig", _need, SKELETON)
    assert [line for line in text.splitlines() if line.startswith("#     # ")] == [
        line for line in expected.splitlines() if line.startswith("#     # ")
    ]
    bare = make(root, SourceDetails("alderport-news-undated", *GIVEN_REST), None)
    assert "# For each sentence that is encoded:\n" in bare.path.read_text(encoding="utf-8")


def _need(found: re.Match[str]) -> str:
    needs = {
        "m06-speech": "speech",
        "m07-plan": "a plan",
        "m09-precision": "a date, with its bounds",
        "m10-figures": "a figure",
        "adoption-and-provision": "an adoption",
    }
    return f"perhaps {needs[found[1]]}"


@pytest.mark.slow
def test_check_tells_what_is_left_to_do_and_nothing_else(root: Path) -> None:
    path = make(root).path
    places = re.findall(r"^(src:\w+) a sco:Passage", path.read_text(encoding="utf-8"), re.MULTILINE)
    file = f"data/record/{NAME}.trig"
    found = [re.sub(r":\d+: ", ": ", line) for line in lines(check(root).findings)]
    assert sorted(found) == sorted(
        f"{file}: error {text}"
        for name in places
        for text in (
            f"empty-passage {name} has no claims: add its block, or say why by sco:carriesNoClaim",
            f"shape:Passage {name}: say what the passage says in our own words, in English: "
            "one dcterms:description with @en",
        )
    )


@pytest.mark.slow
def test_a_skeleton_is_sound_once_its_todos_are_done(root: Path) -> None:
    path = make(root).path
    text = path.read_text(encoding="utf-8")
    done = text.replace("# TODO the block below, or: ", "").replace("# TODO ", "")
    path.write_text(done, encoding="utf-8")
    texts = root.parent / "texts"
    texts.mkdir()
    (texts / f"{NAME}.txt").write_text(TEXT, encoding="utf-8")
    assert lines(check_folder(root, silent, texts).findings) == []


def test_a_skeleton_without_text_has_an_example(root: Path) -> None:
    made = make(root, SourceDetails("alderport-news-undated", *GIVEN_REST), None)
    assert (made.passages, made.mentions, made.things) == (0, 0, 0)
    today = date.today().isoformat()
    assert body(made.path) == (
        "source:alderport-news-undated a sco:Source ;\n"
        '    # TODO sco:dateBasis "what the date rests on, or why there is none"@en ;\n'
        '    dcterms:title "T"@en ;\n'
        "    schema:url <http://example.org/> ;\n"
        "    dcterms:publisher organisation:alderport-news ;\n"
        '    dcterms:language "zh" ;\n'
        f'    sco:readOn "{today}"^^xsd:date ;\n'
        "    sco:readExtent sco:Notes .\n"
        "\n"
        f"# For each sentence that is encoded (more of them in {PATTERNS}):\n"
        "#\n"
        "# src:p1s1 a sco:Passage ;\n"
        "#     sco:inSource source:alderport-news-undated ;\n"
        "#     sco:paragraph 1 ;\n"
        "#     sco:sentence 1 ;\n"
        '#     sco:firstWords "..."@zh ;\n'
        '#     sco:lastWords "..."@zh ;\n'
        '#     dcterms:description "..."@en .\n'
        "# src:p1s1 {\n"
        "#     event:... a sco:Event ;\n"
        "#         sco:venue settlement:... .\n"
        "# }\n"
    )


GIVEN_REST = ("http://example.org/", "T", "organisation:alderport-news", "zh")


@settings(max_examples=25)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1))
@pytest.mark.slow
def test_every_skeleton_parses(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    root = tmp_path_factory.mktemp("any") / "graph"
    new_folder(root)
    text = "\n".join(["Начало.", *texts])
    made = make(root, text=text)
    assert len(list(parse(path=str(made.path), format=RdfFormat.TRIG))) == 9 + 7 * made.passages


# What is wrong with what is given

NO_NAME = (
    " is no name of a source: <publisher>-<yyyy-mm-dd> after the day of publication, or "
    "<publisher>-undated, in a-z and 0-9; a number behind it where two share a name"
)


@pytest.mark.parametrize(
    "name", ["Alder-2024-05-06", "alder", "2024-05-06", "alder-2024-13-01", "../alder-undated"]
)
def test_a_name_that_is_none(name: str, root: Path) -> None:
    with pytest.raises(GraphError) as error:
        check_name(opened(root)[0], name)
    assert str(error.value) == f"{name!r}{NO_NAME}"


def test_a_record_is_never_overwritten(root: Path) -> None:
    made = make(root)
    (root / f"data/record/{NAME}-2.trig").touch()
    before = made.path.read_bytes()
    done = run(NAME, "--folder", root)
    assert (done.returncode, done.stdout, done.stderr) == (
        1, "", f"scograph: data/record/{NAME}.trig exists and stays as it is; another source of "
        f"that day is called {NAME}-3\n",
    )  # fmt: skip
    assert made.path.read_bytes() == before


WRONG = [
    ({"url": "example.org"}, "--url is the http(s) address of the page, not 'example.org'"),
    ({"url": "https://a b/"}, "--url is the http(s) address of the page, not 'https://a b/'"),
    ({"title": " "}, "--title is empty: say it in a few words of our own, in English"),
    ({"date_basis": "\t"}, "--date-basis is empty: say it in a few words of our own, in English"),
    (
        {"language": "Russian"},
        "--language: 'Russian' is no code of a language: two or three small letters, as in en, "
        "ru, zh",
    ),
    (
        {"publisher": "alderport-new"},
        "--publisher: no organisation:alderport-new in the reference data; did you mean "
        "alderport-news? To add one, write into data/reference/organisations.ttl: "
        'organisation:alderport-new a org:Organization ; skos:prefLabel "..."@en .',
    ),
    (
        {"publisher": "zzz"},
        "--publisher: no organisation:zzz in the reference data. To add one, write into "
        "data/reference/organisations.ttl: "
        'organisation:zzz a org:Organization ; skos:prefLabel "..."@en .',
    ),
    (
        {"issued": "2024-05-07"},
        "--issued: the name says 2024-05-06, not 2024-05-07: mend one of them",
    ),
    (
        {"name": "alder-undated", "issued": "2024-05-07"},
        "--issued: name the source after its day, 2024-05-07, not -undated",
    ),
    (
        {"name": "alder-undated", "issued": "2024-13"},
        "--issued is a day, a month or a year, as in 2021-09-30, 2021-09 or 2021, not '2024-13'",
    ),
    ({"read_on": "today"}, "--read-on is a day, as in 2021-09-30, not 'today'"),
    (
        {"extent": "unread"},
        "--extent unread: with --text the source was read, whole or as notes",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_a_part_that_is_wrong(change: dict[str, str], message: str, root: Path) -> None:
    with pytest.raises(GraphError) as error:
        make(root, SourceDetails(**(vars(GIVEN) | change)))
    assert str(error.value) == message
    assert not (root / f"data/record/{NAME}.trig").exists()


def test_a_month_of_publication_and_an_extent(root: Path) -> None:
    more = {"name": "alder-undated", "issued": "2024-05", "extent": "notes"}
    text = make(root, SourceDetails(**(vars(GIVEN) | more))).path.read_text(encoding="utf-8")
    assert '    dcterms:issued "2024-05"^^xsd:gYearMonth ;\n' in text
    assert "    sco:readExtent sco:Notes .\n" in text


def test_a_file_that_cannot_be_written_leaves_nothing(root: Path) -> None:
    records = root / "data/record"
    for path in records.iterdir():
        path.unlink()
    folder, asserted = opened(root)
    described = describe_source(folder, asserted, GIVEN, has_text=False)
    records.rmdir()
    records.touch()
    with pytest.raises(GraphError, match=rf"^cannot write \S+/{NAME}.trig: "):
        write_skeleton(folder, asserted, described, None)
    assert [path.name for path in (root / "data").iterdir() if NAME in path.name] == []


# The command


def options(root: Path, *more: str | Path) -> list[str | Path]:
    return [
        NAME, "--folder", root, "--url", "https://example.org/", "--title", "T",
        "--publisher", "alderport-news", "--language", "ru", *more,
    ]  # fmt: skip


def test_the_command_says_what_it_made(root: Path, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("\ufeff" + TEXT, encoding="utf-8")
    done = run(*options(root, "--text", tmp_path / "text.txt"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"{root}/data/record/{NAME}.trig: 3 passages, 3 mentions of 2 known things\n"
        f"next: fill in what is marked TODO; `scograph check {root}` says what is left\n"
    )
    assert 'firstWords "Аду"@ru' in (root / f"data/record/{NAME}.trig").read_text(encoding="utf-8")


def test_the_command_says_what_is_missing(root: Path) -> None:
    done = run(NAME, "--folder", root, "--title", "T")
    assert (done.returncode, done.stdout, done.stderr) == (
        1, "", "scograph: what is needed is not given: --url, --publisher, --language "
        "(on a terminal it is asked for)\n",
    )  # fmt: skip


def test_a_text_that_is_none(root: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    done = run(*options(root, "--text", text))
    assert done.stderr == f"scograph: --text: cannot read {text}: No such file or directory\n"
    text.write_bytes("Ольхия".encode("cp1251"))
    done = run(*options(root, "--text", text))
    assert done.stderr == f"scograph: --text: {text} is not UTF-8: save it in UTF-8\n"
    text.write_text(" \n\n", encoding="utf-8")
    done = run(*options(root, "--text", text))
    assert done.stderr == "scograph: --text: the file has no sentence: one line is one paragraph\n"
    assert done.returncode == 1
    assert not (root / f"data/record/{NAME}.trig").exists()


def test_on_a_terminal_what_is_missing_is_asked_for(root: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "scograph", "new", "source", NAME, "--folder", str(root)]
    os.write(ours, b"https://example.org/\nT\nalderport-news\nru\nprinted on the page\n")
    done = subprocess.run(
        command, stdin=theirs, capture_output=True, text=True, cwd=ROOT, timeout=patience("command")
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{root}/data/record/{NAME}.trig: 0 passages")
    text = body(root / f"data/record/{NAME}.trig")
    assert text.splitlines()[1:6] == [
        '    dcterms:title "T"@en ;',
        "    schema:url <https://example.org/> ;",
        "    dcterms:publisher organisation:alderport-news ;",
        '    dcterms:issued "2024-05-06"^^xsd:date ;',
        '    sco:dateBasis "printed on the page"@en ;',
    ]
