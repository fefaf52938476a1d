"""Whatever the graph holds, nothing in it controls the terminal on which it is shown."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, Quad, RdfFormat, Store, parse

from scograph.cli.main import main
from scograph.explanations.explained import explain
from scograph.explanations.explainer import Explainer
from scograph.graph import Graph
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.namespaces import DCTERMS
from scograph.rdf.visible import one_line, visible
from scograph.sparql.engine import Engine
from scograph.sparql.release import Release
from tests.patience import patience
from tests.readers import canonical
from tests.test_patterns import new_folder

SHOWN = [
    ("nothing to show: é 日本 😀 שלום", "nothing to show: é 日本 😀 שלום"),
    ("a\tb\nc", "a\tb\nc"),
    ("\x1b[2J\x1b]0;title\x07", r"\u001B[2J\u001B]0;title\u0007"),
    ("\x00\r\b\x7f", r"\u0000\u000D\u0008\u007F"),
    ("\x9b31m\x85\x90", r"\u009B31m\u0085\u0090"),
    ("\u202eevil\u202c \u2066x\u2069", r"\u202Eevil\u202C \u2066x\u2069"),
    ("one\u2028two\u2029three", r"one\u2028two\u2029three"),
    (os.fsdecode(b"na\xefve"), r"na\uDCEFve"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SHOWN)
def test_control_characters_are_shown_as_escapes(text: str, expected: str) -> None:
    assert visible(text) == expected


def test_every_control_character_there_is_is_shown_as_an_escape() -> None:
    controls = {
        chr(code) for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(chr(code)) in
        ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    } - {"\t", "\n"}  # fmt: skip
    escaped = {chr(code) for code in range(sys.maxunicode + 1) if visible(chr(code)) != chr(code)}
    assert escaped == controls


@given(st.text())
def test_a_line_is_a_line(text: str) -> None:
    finding = str(Finding("a", 1, Severity.ERROR, "rule", text))
    assert finding == f"a:1: error rule {one_line(text)}"
    assert finding.isprintable()


@dataclass(frozen=True)
class Done:
    status: object
    out: bytes
    err: bytes


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """The command line in this process: what it writes, and its exit status."""

    def run_it(*arguments: str | Path, columns: int = 200) -> Done:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys, "argv", ["scograph", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return Done(ended.value.code, *capsysbinary.readouterr())

    return run_it


SELECT = r'SELECT ("\u001B[2J\u001B[31mred\u009B" AS ?x) (<urn:x:\u202E> AS ?y) {}'
CONSTRUCT = r'CONSTRUCT { <urn:s> <urn:p> "\u001B[2J\u009B\u2028" , <urn:x:\u202E> } {}'


def test_a_table_shows_escapes(run: Run, small_path: Path) -> None:
    wide = run("query", SELECT, "--folder", small_path).out.decode().splitlines()
    assert wide[2].split() == [r"\u001B[2J\u001B[31mred\u009B", r"<urn:x:\u202E>"]
    narrow = run("query", SELECT, "--folder", small_path, columns=30).out.decode()
    assert "".join(narrow.split()) == r"x\u001B[2J\u001B[31mred\u009By<urn:x:\u202E>"


def test_turtle_in_place_of_a_table_shows_escapes_and_is_turtle(run: Run, small_path: Path) -> None:
    shown = run("query", CONSTRUCT, "--folder", small_path).out.decode()
    assert visible(shown) == shown
    exact = run("query", CONSTRUCT, "--folder", small_path, "--format", "nt").out
    found = canonical(quad.triple for quad in parse(shown, format=RdfFormat.TURTLE))
    assert found == canonical(quad.triple for quad in parse(exact, format=RdfFormat.N_TRIPLES))


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_data_are_exact_in_a_file_and_shown_on_a_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch, small_path: Path, form: str
) -> None:
    query = r'SELECT ("\u009B\u202E\u2028x" AS ?x) {}'
    arguments = ["query", query, "--folder", small_path, "--format", form]
    exact = run(*arguments).out.decode()
    assert "\x9b\u202e\u2028x" in exact
    terminal, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as stdout, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stdout)
        run(*arguments)
        shown = os.read(terminal, 65536).decode()
    os.close(terminal)
    # A terminal returns the carriage at each line feed.
    assert shown.replace("\r\n", "\n") == visible(exact.replace("\r\n", "\n"))


ERRORS = [
    (["query", "SELECT * { ?s \x1b[31mx ?o }"], 1),
    (["query", "ASK {}", "--folder", "a\x1b[2J\x9b\u202e"], 1),
    (["check", "a\x1b[2J\x9b\u202e"], 1),
    (["query", "--\x1b[2J"], 2),
    (["query", "ASK {}", "--format", "\x1b[2J"], 2),
    (["query", "ASK {}", "--endpoint", "http://127.0.0.1:9/\x1b[2J"], 1),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "status"), ERRORS)
def test_an_error_shows_escapes(run: Run, arguments: list[str], status: int) -> None:
    done = run(*arguments)
    told = (done.out + done.err).decode()
    assert (done.status, visible(told)) == (status, told)
    assert told.endswith("\n")


def test_an_explanation_shows_escapes(explained: Graph) -> None:
    known = explained.engine.release
    store = Store()
    store.extend(
        Quad(quad.subject, quad.predicate, Literal("\x1b[2J\u202e\x9b"), quad.graph_name)
        if quad.predicate.value in (f"{DCTERMS}description", f"{DCTERMS}title")
        else quad
        for quad in known.store
    )
    release = Release(known.path, known.manifest, store)
    names = ("event:forum-2021", "sco:venue", "building:alderport-town-hall")
    told = explain(Engine(release), Explainer(release), *names).text()
    assert (visible(told), told.count(r"\u001B[2J\u202E\u009B")) == (told, 4)


@pytest.mark.parametrize("command", ["check", "coverage"])
def test_findings_show_escapes(run: Run, tmp_path: Path, command: str) -> None:
    folder = tmp_path / "graph"
    new_folder(folder)
    (folder / "data/coverage.tsv").write_text(
        "sheet\tfact\tgraphs\tabout\treason\n\x1b[2J\x9b\u2028\t1\t\t\t\n", encoding="utf-8"
    )
    (folder / "data/\x1b[2J.txt").touch()
    done = run(command, folder)
    told = (done.out + done.err).decode()
    assert (done.status, visible(told)) == (1, told)
    assert "1B[2J" in told.upper()


def test_what_the_encoding_of_the_output_has_not_is_an_escape_and_no_error(
    small_path: Path,
) -> None:
    query = 'SELECT ("Форум" AS ?x) {}'
    command = [sys.executable, "-W", "ignore", "-m", "scograph", "query", query, "--folder"]
    done = subprocess.run(
        [*command, small_path], capture_output=True, timeout=patience("command"),
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.stdout.splitlines()[2].strip() == rb"\u0424\u043e\u0440\u0443\u043c"
    assert (done.returncode, done.stderr) == (0, b"1 row\n")
