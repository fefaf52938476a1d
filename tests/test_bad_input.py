"""Broken graph folders: a clear finding, exit status 1, the last release untouched.

What a single mistake in a file gives is in `tests/patterns`; here is what no pattern can show.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.folders import check, lines, replace
from tests.patience import patience
from tests.test_patterns import new_folder

RECORD = "data/record/alderport-news-2021-01-01.trig"
EVENT = "event:meeting-2021 a sco:Event ;"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small graph folder in which nothing is wrong."""
    new_folder(tmp_path / "graph")
    return tmp_path / "graph"


def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scograph", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, timeout=patience("command")
    )


def test_a_failed_build_leaves_the_last_release_as_it_is(folder: Path) -> None:
    assert run("check", "--fix", "--quiet", cwd=folder).returncode == 0
    first = run("build", "--quiet", cwd=folder)
    assert first.returncode == 0, first.stdout
    before = {
        path: path.read_bytes() for path in (folder / "releases").rglob("*") if path.is_file()
    }
    replace(folder, RECORD, EVENT, "event:meeting-2021 a sco:Event")
    second = run("build", "--quiet", cwd=folder)
    assert second.returncode == 1
    assert second.stderr == "scograph: no release was built; the last one stays as it is\n"
    after = {path: path.read_bytes() for path in (folder / "releases").rglob("*") if path.is_file()}
    assert before == after
    name = Path(first.stdout.strip()).name
    assert {path.name for path in (folder / "releases").iterdir()} == {
        name, "current", f".{name}.folder",
    }  # fmt: skip


def test_an_empty_folder_is_told_apart(tmp_path: Path) -> None:
    found = run("check", tmp_path)
    assert found.returncode == 1
    assert found.stderr.splitlines()[-1] == (
        f"scograph: {tmp_path} is not a graph folder: data/dataset.ttl is missing "
        "(see the README, 'A graph is a folder')"
    )


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    found = run("build", tmp_path / "nowhere")
    assert found.returncode == 1
    assert found.stderr.splitlines()[-1] == f"scograph: {tmp_path / 'nowhere'} is not a folder"


def test_a_file_that_cannot_be_read(folder: Path) -> None:
    path = folder / "data/record/broken-2021-01-01.trig"
    path.symlink_to(folder / "nowhere.trig")
    found = run("check", folder, "--quiet")
    assert found.returncode == 1
    assert found.stdout.splitlines() == [
        "data/record/broken-2021-01-01.trig: error unreadable cannot read this file: "
        "No such file or directory"
    ]


@pytest.mark.slow
def test_a_file_that_nothing_reads_is_reported(folder: Path) -> None:
    (folder / "data/record/notes.ttl").write_text("")
    assert lines(check(folder).findings) == [
        "data/record/notes.ttl: error ignored-file nothing reads a file of this name here; "
        "records are data/record/*.trig, reference data data/reference/*.ttl, "
        "the ontology ontology/*.ttl"
    ]


BASE = '"https://example.org/rivers/"'
NO_SPACE = "void:uriSpace is no IRI that ends in a slash: "
DATASETS = [
    ("a void:Dataset", "a void:Linkset", "there are 0 things that are a void:Dataset, not one"),
    ("owl:versionInfo", "owl:priorVersion", "the description of the dataset lacks owl:versionInfo"),
    (BASE, '"https://example.org/rivers"', f"{NO_SPACE}'https://example.org/rivers'"),
    (BASE, '"not an iri/"', f"{NO_SPACE}'not an iri/'"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), DATASETS)
def test_a_dataset_that_does_not_say_what_it_is(
    old: str, new: str, sentence: str, folder: Path
) -> None:
    replace(folder, "data/dataset.ttl", old, new)
    assert lines(check(folder).findings) == [
        f"data/dataset.ttl: error dataset {sentence}; see the README, 'A graph is a folder'"
    ]


def test_a_base_that_nothing_has_is_one_finding(folder: Path) -> None:
    replace(folder, "data/dataset.ttl", BASE, '"https://example.org/lakes/"')
    assert lines(check(folder).findings) == [
        "data/dataset.ttl: error dataset void:uriSpace is https://example.org/lakes/, "
        "and no record or reference data have an IRI below it"
    ]


@pytest.mark.slow
def test_a_block_without_a_name_is_a_finding_of_its_file(folder: Path) -> None:
    with (folder / RECORD).open("a", encoding="utf-8") as file:
        file.write("[] { event:meeting-2021 a sco:Event . }\n")
    found = [str(finding) for finding in check(folder).findings]
    # The label of a blank node is another in each parse, so no line can be told.
    told = [text for text in found if "undescribed-graph" in text]
    assert [text.partition(" error ")[0] for text in told] == [f"{RECORD}:"]


def test_a_byte_order_mark_is_named(folder: Path) -> None:
    path = folder / RECORD
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert lines(check(folder).findings) == [
        f"{RECORD}:1: error syntax the file begins with a byte order mark: "
        "save it as UTF-8 without one"
    ]


def test_a_folder_that_cannot_be_listed(folder: Path) -> None:
    (folder / "shapes/data.ttl").unlink()
    (folder / "shapes/terms.ttl").unlink()
    (folder / "shapes").rmdir()
    (folder / "shapes").write_text("")
    found = run("check", folder)
    assert found.returncode == 1
    assert found.stderr.splitlines()[-1] == (
        f"scograph: cannot read the folder {folder / 'shapes'}: Not a directory"
    )


@pytest.mark.slow
def test_queries_and_answers_that_do_not_pair(folder: Path) -> None:
    (folder / "queries").mkdir()
    for name in ("001-again.rq", "001-first.rq"):
        (folder / "queries" / name).write_text("# Is it so?\nASK {}\n")
    (folder / "queries/999-lonely.tsv").write_text("?x\n")
    found = [text for text in lines(check(folder).findings) if "queries/" in text]
    assert found == [
        "queries/001-again.rq: error query-number another query has the number 001 too: "
        "take the next free one",
        "queries/001-first.rq: error query-number another query has the number 001 too: "
        "take the next free one",
        "queries/999-lonely.tsv: error orphan-answer an answer without its query: "
        "remove it, or name it as its query",
    ]


@pytest.mark.slow
def test_a_finding_stays_on_one_line_whatever_the_data_hold(folder: Path) -> None:
    long = '"""7\n' + "0" * 5000 + '"""^^xsd:integer'
    replace(folder, RECORD, "sco:sentence 1 ;", f"sco:sentence {long} ;")
    checked = check(folder)
    found = [text for text in lines(checked.findings) if "unstable-literal" in text]
    assert (len(found), checked.files, checked.manifest) == (1, None, None)
    assert found[0].startswith(f"{RECORD}:")
    assert "\n" not in found[0]
    assert len(found[0]) < 250


def test_all_broken_files_are_reported_at_once(folder: Path) -> None:
    replace(folder, RECORD, EVENT, "event:meeting-2021 a town:a ;")
    replace(folder, "data/reference/places.ttl", "a sco:State ;", "a sco:State")
    found = run("check", folder, "--quiet")
    files = [line.split(":")[0] for line in found.stdout.splitlines()]
    assert files == [RECORD, "data/reference/places.ttl"]


@pytest.mark.parametrize(
    ("arguments", "last"),
    [
        (["frob"], "Error: No such command 'frob'."),
        (["query"], "Error: give one of TEXT, --file and --name"),
        (["query", "--name", "001", "ASK {}"], "Error: give one of TEXT, --file and --name"),
        (["serve", "--port", "0"], "Error: Invalid value for '--port': 0 is not in the range"),
    ],
)
def test_wrong_usage_is_exit_status_2(arguments: list[str], last: str) -> None:
    found = run(*arguments)
    assert found.returncode == 2
    assert found.stderr.splitlines()[-1].startswith(last)
    assert "Traceback" not in found.stderr
