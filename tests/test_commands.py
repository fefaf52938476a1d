"""The command line in this process: what it prints, on which stream, with which status."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scograph.cli.main import main
from scograph.graph import Graph

Done = tuple[int, str, str]
Run = Callable[..., Done]
VENUE = "SELECT ?e ?v { ?e sco:venue ?v FILTER (?e = event:forum-2021) }"
EVENT = "https://example.org/rivers/id/event/forum-2021"
HALL = "https://example.org/rivers/id/building/alderport-town-hall"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["scograph", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        status = ended.value.code
        assert isinstance(status, int)
        return status, *capfd.readouterr()

    return run


ANSWERS = [
    ([VENUE], "e                  v\n" + "─" * 47 + "\n"
              "event:forum-2021   building:alderport-town-hall\n"),
    ([VENUE, "--format", "csv"], f"e,v\r\n{EVENT},{HALL}\r\n"),
    ([VENUE, "--format", "tsv"], f"?e\t?v\n<{EVENT}>\t<{HALL}>\n"),
    ([VENUE + " LIMIT 0"], "no rows: nothing in the graph fits\n"),
    (["ASK {}"], "yes\n"),
    (["ASK { FILTER (1 = 2) }"], "no\n"),
    (["ASK {}", "--format", "json"], '{"head":{},"boolean":true}'),
    (["CONSTRUCT WHERE { event:forum-2021 sco:venue ?v }", "--format", "nt"],
     f"<{EVENT}> <https://w3id.org/scograph/ontology#venue> <{HALL}> .\n"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "expected"), ANSWERS)
def test_a_query_is_answered(
    run: Run, small_path: Path, arguments: list[str], expected: str
) -> None:
    status, out, err = run("query", *arguments, "--folder", small_path)
    lines = [line.rstrip(" ") for line in out.split("\n")]
    assert (status, "\n".join(lines)) == (0, expected)
    counts = {"e  ": "1 row\n", "no rows": "0 rows\n"}
    assert err == next((told for start, told in counts.items() if expected.startswith(start)), "")


ERRORS = [
    (["query", "SELEC"], 1,
     "scograph: line 1, column 1: `SELEC` is no keyword; did you mean SELECT?"),
    (["query", "DELETE WHERE { ?s ?p ?o }"], 1,
     "scograph: DELETE is an update: this endpoint is read-only"),
    (["query", "--name", "999"], 1, "scograph: there is no saved query 999; there are: none"),
    (["query"], 2, "Error: give one of TEXT, --file and --name"),
    (["explain", "event:forum-2021", "sco:venue", "state:XA"], 1,
     "scograph: no graph says that event:forum-2021 sco:venue state:XA; "
     "of event:forum-2021 sco:venue it says building:alderport-town-hall"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "status", "last"), ERRORS)
def test_an_error_is_one_sentence(
    run: Run, small_path: Path, arguments: list[str], status: int, last: str
) -> None:
    found, out, err = run(*arguments, "--folder", small_path)
    assert (found, out) == (status, "")
    assert err.splitlines()[-1] == last


def test_a_folder_without_release_says_what_to_do(run: Run, tmp_path: Path) -> None:
    sentence = f"{tmp_path} has no release yet: run `scograph build {tmp_path}` first"
    for command in (["query", "ASK {}", "--folder"], ["serve"]):
        assert run(*command, tmp_path) == (1, "", f"scograph: {sentence}\n")


def test_a_triple_is_explained(run: Run, explained: Graph, small_path: Path) -> None:
    names = ("event:forum-2021", "sco:takesPlaceIn", "state:XA")
    told = explained.explain(*names)
    assert run("explain", *names, "--folder", small_path) == (0, told.text(width=100), "")
    as_json = run("explain", *names, "--folder", small_path, "--format", "json")
    assert as_json == (0, told.json(), "")


def test_what_is_no_graph_is_told_apart(run: Run, tmp_path: Path) -> None:
    sentence = (
        f"scograph: {tmp_path} is not a graph folder: data/dataset.ttl is missing "
        "(see the README, 'A graph is a folder')\n"
    )
    for command in ("check", "build", "coverage"):
        status, out, err = run(command, tmp_path)
        assert (status, out, err.endswith(sentence)) == (1, "", True)
