"""What of the sources is recorded: the table of noted facts, texts, and the command that tells."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from scograph.checks.coverage import TABLE, coverage_findings, read_rows
from scograph.folder.dataset import Asserted, assemble
from scograph.folder.folder import Folder, read_folder
from scograph.rdf.errors import GraphError
from scograph.rdf.vocabulary import CARRIES_NO_CLAIM, IN_SOURCE
from scograph.recording.coverage import Coverage, cover
from scograph.recording.sheets import read_sheets
from scograph.recording.table import table_problems
from tests.conftest import ROOT, SHARED
from tests.folders import check, lines
from tests.patience import patience
from tests.test_patterns import new_folder

SOURCE = "alderport-news-2021-01-01"
PASSAGE = f"source/{SOURCE}/p1s1"
HEAD = "sheet\tfact\tgraphs\tabout\treason\n"
SHEET = "---\nurl: https://example.org/news\n---\n\n## Facts\n\n{facts}\n## Anchors\n\n9. no fact\n"
SILENT = """
src:p2s1 a sco:Passage ;
    sco:inSource source:alderport-news-2021-01-01 ;
    sco:paragraph 2 ;
    sco:sentence 1 ;
    sco:lastSentence 2 ;
    sco:firstWords "Photo:"@en ;
    sco:lastWords "Ada Alder."@en ;
    dcterms:description "A caption."@en .
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A made-up graph with one record of one passage."""
    new_folder(tmp_path / "graph")
    return tmp_path / "graph"


def opened(root: Path) -> tuple[Folder, Asserted]:
    folder, findings = read_folder(root)
    assert folder is not None, findings
    return folder, assemble(folder)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def record(root: Path, more: str) -> None:
    path = root / f"data/record/{SOURCE}.trig"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")


def sheets(root: Path, **facts: int) -> Path:
    for name, count in facts.items():
        numbered = "".join(f"{n}. A fact.\n   - where: 1 s1\n" for n in range(1, count + 1))
        write(root.parent / f"sheets/{name}.md", SHEET.format(facts=numbered))
    write(root.parent / "sheets/INDEX.md", "# An index is no sheet\n")
    return root.parent / "sheets"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scograph", "coverage", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, timeout=patience("command")
    )


# The table of this repository


def test_every_fact_of_the_repository_has_a_graph_that_names_what_it_names() -> None:
    assert lines(list(coverage_findings(*opened(ROOT)))) == []


def test_every_record_has_rows_and_a_reason_is_that_of_its_passage() -> None:
    folder, asserted = opened(ROOT)
    rows, _ = read_rows(folder)
    recorded = {
        triple.object.value.rsplit("/", 1)[1]
        for triple in asserted.graph("sources")
        if triple.predicate.value == IN_SOURCE and isinstance(triple.object, NamedNode)
    }
    graphs = " ".join(graph for row in rows for graph in row.graphs)
    named = set(re.findall(r"(?:source/|claim/)([a-z0-9-]+?)(?:/|-p\d)", graphs))
    reasons = {
        triple.object.value
        for triple in asserted.graph("sources")
        if triple.predicate.value == CARRIES_NO_CLAIM and isinstance(triple.object, Literal)
    }
    given = {row.reason for row in rows if not row.graphs}
    assert (recorded - named, given - reasons) == (set(), set())


def test_no_fact_of_a_recorded_sheet_is_left_out() -> None:
    if not (SHARED / "facts").is_dir():
        pytest.skip("the sheets are not at hand")
    folder, asserted = opened(ROOT)
    listed = {row.sheet for row in read_rows(folder)[0]}
    recorded = [sheet for sheet in read_sheets(SHARED / "facts") if sheet.name in listed]
    assert list(table_problems(folder, asserted, recorded, ())) == []


# Rows that are wrong

KINDS = "name one as source/<source>/p1s1, claim/... or inference/..."
ROWS = [
    (f"a\t1\t{PASSAGE}\tevent:meeting-2021\t", None),
    ("a\t1\t\t\tA caption.", None),
    ("", None),
    ("a\t1\t\t\t",
     "a, fact 1: neither a graph nor a reason: name the graphs that hold it, or say why none does"),
    (f"a\t1\t{PASSAGE}\t\tA caption.",
     "a, fact 1: a graph and a reason why there is none: remove one of the two"),
    ("a\t1\t\tstate:XA\tA caption.",
     "a, fact 1: a fact that no graph holds is about nothing: leave `about` empty"),
    (f"a\t1\tsource/{SOURCE}/p9s9\t\t",
     f"a, fact 1: there is no graph source/{SOURCE}/p9s9: {KINDS}"),
    (f"a\t1\tsource/{SOURCE}/p2s1\t\t",
     f"a, fact 1: source/{SOURCE}/p2s1 is described and holds no triple: "
     "add its block, or name another graph"),
    (f"a\t1\t{PASSAGE}\tstate:XA\t",
     f"a, fact 1: state:XA is not in {PASSAGE}: encode it there, or mend the row"),
    (f"a\t1\t{PASSAGE}\ttown:x\t",
     "a, fact 1: town:x is no prefixed name with a prefix of data/dataset.ttl"),
    (f"a\tone\t{PASSAGE}\t\t", "a fact is told by its number in the sheet, not 'one'"),
    (f"\t1\t{PASSAGE}\t\t", "the row names no sheet: give the file's name without .md"),
    (f"a\t1\t{PASSAGE}", "the row has 3 columns, not 5"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "message"), ROWS)
def test_a_wrong_row_is_found(row: str, message: str | None, root: Path) -> None:
    record(root, SILENT)
    write(root / TABLE, HEAD + "b\t1\t\t\tA caption.\n" + row + "\n")
    found = [] if message is None else [f"{TABLE}:3: error coverage {message}"]
    assert lines(list(coverage_findings(*opened(root)))) == found


def test_two_rows_of_one_fact_are_found(root: Path) -> None:
    write(root / TABLE, HEAD + "b\t1\t\t\tA caption.\n" * 2)
    text = "b, fact 1: two rows are about this fact: make one of them, with the graphs of both"
    assert lines(list(coverage_findings(*opened(root)))) == [
        f"{TABLE}:{number}: error coverage {text}" for number in (2, 3)
    ]


def test_a_file_that_is_no_such_table_is_found(root: Path) -> None:
    write(root / TABLE, "sheet,fact\n")
    assert lines(list(coverage_findings(*opened(root)))) == [
        f"{TABLE}:1: error coverage the first line names the columns, with a tab between: "
        "sheet, fact, graphs, about, reason"
    ]
    (root / TABLE).write_bytes("Ольхия".encode("cp1251"))
    assert lines(list(coverage_findings(*opened(root)))) == [
        f"{TABLE}: error coverage not UTF-8: save the file in UTF-8"
    ]
    (root / TABLE).unlink()
    (root / TABLE).mkdir()
    with pytest.raises(GraphError, match=r"^cannot read .*coverage.tsv: it is not a regular file$"):
        read_rows(opened(root)[0])


@pytest.mark.slow
def test_check_reports_a_wrong_row(root: Path) -> None:
    write(root / TABLE, HEAD + "a\t1\t\t\t\n")
    assert lines(check(root).findings) == [
        f"{TABLE}:2: error coverage a, fact 1: neither a graph nor a reason: "
        "name the graphs that hold it, or say why none does"
    ]


# What is counted


def test_a_source_is_counted(root: Path) -> None:
    record(root, SILENT + 'src:p2s1 sco:carriesNoClaim "A caption."@en .\n')
    found = cover(*opened(root))
    (row,) = found.sources
    assert found == Coverage([row], [])
    assert vars(row) == {
        "source": SOURCE, "passages": 2, "speaking": 1, "silent": 1, "open": 0, "claims": 0,
        "inferences": 0, "extent": "WholeText",
    }  # fmt: skip
    assert vars(found.total) == vars(row) | {"source": "1 source", "extent": ""}


def test_claims_and_inferences_are_counted(root: Path) -> None:
    record(
        root,
        "@prefix claim: <https://example.org/rivers/id/claim/> .\n"
        f"claim:{SOURCE}-p1s1-1 a sco:Claim ; sco:inPassage src:p1s1 .\n"
        f"claim:{SOURCE}-p1s1-1 {{ event:meeting-2021 sco:ordinal 1 . }}\n",
    )
    write(
        root / "data/inferences.trig",
        "@prefix i: <https://example.org/rivers/id/inference/> .\n"
        "@prefix sco: <https://w3id.org/scograph/ontology#> .\n"
        "@prefix prov: <http://www.w3.org/ns/prov#> .\n"
        f"i:a a sco:Inference ; prov:wasDerivedFrom <https://example.org/rivers/id/{PASSAGE}> .\n"
        "i:b a sco:Inference ; prov:wasDerivedFrom i:a , "
        f"<https://example.org/rivers/id/claim/{SOURCE}-p1s1-1> .\n",
    )
    (row,) = cover(*opened(root)).sources
    assert (row.claims, row.inferences) == (1, 2)


def test_a_passage_without_claims_and_reason_is_unaccounted_for(root: Path) -> None:
    record(root, SILENT)
    found = cover(*opened(root))
    assert found.sources[0].open == 1
    assert found.problems == [
        f"{SOURCE}: p2s1 has no claims: add its block, or say why it has none"
    ]


def test_sentences_without_a_passage_are_unaccounted_for(root: Path) -> None:
    record(root, SILENT + 'src:p2s1 sco:carriesNoClaim "A caption."@en .\n')
    texts = root.parent / "texts"
    long = "Everybody praised the river and both its ferries."
    text = f"The meeting took place. {long}\n\nPhoto: T. Ada Alder.\nEnd.\n"
    write(texts / f"{SOURCE}.txt", text)
    write(texts / "birchford-post-undated.txt", "A text.\n")
    write(texts / "README.txt", "No text of a source.\n")
    unrecorded = "birchford-post-undated: the text has no record: `scograph new source` makes one"
    missing = [
        f"{SOURCE}: no passage for paragraph 1, sentence 2: {long[:39]}…",
        f"{SOURCE}: no passage for paragraph 3, sentence 1: End.",
    ]
    folder = opened(root)
    assert cover(*folder, texts).problems == [*missing, unrecorded]
    assert cover(*folder, texts, only=[SOURCE]).problems == missing


def test_facts_without_a_row_are_unaccounted_for(root: Path) -> None:
    notes = sheets(root, a=3, b=2, c=0)
    rows = f"a\t1\t{PASSAGE}\t\t\na\t4\t\t\tA caption.\nd\t1\t\t\tA caption.\n"
    write(root / TABLE, HEAD + rows)
    of_a = [
        "a: no row for 2, 3 (of 3 facts)",
        "a: rows of facts that the sheet does not list: 4",
    ]
    folder = opened(root)
    assert cover(*folder, sheets=notes).problems == [
        *of_a,
        "b: no row for 1, 2 (of 2 facts)",
        "c: the sheet has no numbered facts below a heading `## Facts`",
        "d: the table has rows of it, and there is no such sheet",
    ]
    assert cover(*folder, sheets=notes, only=[SOURCE]).problems == of_a


def test_wrong_rows_are_unaccounted_for_where_they_concern_the_source(root: Path) -> None:
    rows = f"a\t1\t{PASSAGE}\tstate:XA\t\nb\t1\t\t\t\n"
    write(root / TABLE, HEAD + rows)
    problems = [
        f"{TABLE}:2: a, fact 1: state:XA is not in {PASSAGE}: encode it there, or mend the row",
        f"{TABLE}:3: b, fact 1: neither a graph nor a reason: "
        "name the graphs that hold it, or say why none does",
    ]
    folder = opened(root)
    assert cover(*folder).problems == problems
    assert cover(*folder, only=[SOURCE]).problems == problems[:1]


# What cannot be told


def test_folders_that_hold_nothing_are_told_apart(root: Path, tmp_path: Path) -> None:
    folder = opened(root)
    (tmp_path / "empty").mkdir()
    with pytest.raises(GraphError, match=r"^--texts: \S+/nowhere is not a folder$"):
        cover(*folder, texts=tmp_path / "nowhere")
    with pytest.raises(GraphError, match=r"^--texts: \S+/empty has no <source>.txt of any source"):
        cover(*folder, texts=tmp_path / "empty")
    with pytest.raises(GraphError, match=r"^--sheets: \S+/nowhere is not a folder$"):
        cover(*folder, sheets=tmp_path / "nowhere")
    with pytest.raises(GraphError, match=r"^--sheets: \S+/empty has no sheets: files .md"):
        cover(*folder, sheets=tmp_path / "empty")
    (tmp_path / "empty/a.md").write_bytes("Ольхия".encode("cp1251"))
    with pytest.raises(GraphError, match=r"^--sheets: \S+/a.md is not UTF-8: save it in UTF-8$"):
        cover(*folder, sheets=tmp_path / "empty")
    with pytest.raises(GraphError) as error:
        cover(*folder, only=["alderport-news"])
    assert str(error.value) == (f"no source alderport-news is recorded; did you mean {SOURCE}?")


# The command


def test_the_command_prints_a_table(root: Path) -> None:
    done = run(root)
    assert [line.rstrip() for line in done.stdout.splitlines()] == [
        "source                     passages  claims  none  open  disputed  used  read",
        "─" * 78,
        "alderport-news-2021-01-01         1       1     0     0         0     0  whole",
        "",
        "1 source                          1       1     0     0         0     0",
    ]
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_prints_tsv_and_fails_where_something_is_unaccounted_for(root: Path) -> None:
    record(root, SILENT)
    done = run(root, "--format", "tsv", "--source", SOURCE)
    assert done.stdout == (
        "source\tpassages\tspeaking\tsilent\topen\tclaims\tinferences\textent\n"
        f"{SOURCE}\t2\t1\t0\t1\t0\t0\tWholeText\n"
    )
    assert done.stderr == (f"{SOURCE}: p2s1 has no claims: add its block, or say why it has none\n")
    assert done.returncode == 1


def test_the_command_tells_of_a_folder_without_records(root: Path) -> None:
    (root / f"data/record/{SOURCE}.trig").unlink()
    done = run(root)
    assert (done.returncode, done.stdout, done.stderr) == (
        0, "no source is recorded yet: `scograph new source` begins a record\n", "",
    )  # fmt: skip


def test_the_command_tells_of_a_folder_that_cannot_be_read(root: Path) -> None:
    record(root, "src:p3s1 a sco:Passage\n")
    done = run(root)
    assert (done.returncode, done.stderr) == (
        1, f"scograph: {root} cannot be read: mend this first\n",
    )  # fmt: skip
    assert done.stdout.startswith(f"data/record/{SOURCE}.trig:")
