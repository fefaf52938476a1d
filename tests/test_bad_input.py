# ruff: noqa: E501  (expected findings stand as they are printed)
"""Every way to break a graph folder: a clear finding, exit status 1, the last release untouched."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.folders import RECORD, check, copy_repository, line_of, lines, replace

AT = "{line}"


@dataclass(frozen=True)
class Break:
    """One fault: in *file*, *old* becomes *new*; *expected* is among the findings.

    ``{line}`` in *expected* stands for the line of *mark* after the change.
    """

    name: str
    file: str
    old: str
    new: str
    mark: str
    expected: str


VENUE = "sco:venue settlement:chelyabinsk ;"
BREAKS = [
    Break(
        "a missing dot", RECORD, "sco:readExtent sco:WholeText .", "sco:readExtent sco:WholeText",
        "src:p1s1 a sco:Passage",
        f"{RECORD}:{AT}: error syntax column 1: a dot is expected at the end of statements",
    ),
    Break(
        "an undeclared prefix that is known", "data/disputes.ttl", "# Where sources",
        "<https://example.org/a> skos:note \"x\" .\n# Where sources", "skos:note",
        "data/disputes.ttl:{line}: error undeclared-prefix column 25: prefix `skos:` is not declared; "
        "add `@prefix skos: <http://www.w3.org/2004/02/skos/core#> .`",
    ),
    Break(
        "a dangling prefix", RECORD, VENUE, "sco:venue town:chelyabinsk ;", "town:chelyabinsk",
        f"{RECORD}:{AT}: error undeclared-prefix column 19: prefix `town:` is not declared; "
        "add `@prefix town: <...> .`",
    ),
    Break(
        "a misspelt property", RECORD, VENUE, "sco:veneu settlement:chelyabinsk ;", "sco:veneu",
        f"{RECORD}:{AT}: error unknown-term the ontology declares no property sco:veneu; "
        "did you mean sco:venue?",
    ),
    Break(
        "an unknown term of our namespace", RECORD, "sco:mode sco:Video .", "sco:mode sco:Vidoe .",
        "sco:Vidoe",
        f"{RECORD}:{AT}: error unknown-term the ontology declares no term sco:Vidoe; "
        "did you mean sco:Video?",
    ),
    Break(
        "a property of a vocabulary that is not redeclared", RECORD, VENUE,
        "schema:location settlement:chelyabinsk ;", "schema:location",
        f"{RECORD}:{AT}: error unknown-term the ontology declares no property schema:location",
    ),
    Break(
        "a thing that nothing describes", RECORD, VENUE, "sco:venue settlement:chelyabinks ;",
        "settlement:chelyabinks",
        f"{RECORD}:{AT}: error undescribed-thing nothing says what settlement:chelyabinks is: "
        "no file gives it a type; did you mean settlement:chelyabinsk?",
    ),
    Break(
        "a claim without passage", RECORD, "# 1.1\n",
        "# 1.1\nevent:forum-2021 sco:mode sco:Hybrid .\n", "sco:Hybrid",
        f"{RECORD}:{AT}: error claim-without-passage event:forum-2021 is described outside any "
        "block: put what a sentence says of it into that sentence's block, `src:p1s1 { ... }`",
    ),
    Break(
        "a claim among the reference data", "data/reference/events.ttl", "event:forum-2021 a sco:ForumEdition ;",
        "event:forum-2021 a sco:ForumEdition ;\n    sco:mode sco:Hybrid ;", "sco:Hybrid",
        "data/reference/events.ttl:{line}: error claim-without-passage sco:mode is no "
        "sco:ReferenceProperty: reference data say what exists and how it is called; "
        "put this claim into the graph of the passage that makes it",
    ),
    Break(
        "a passage that the record does not describe", RECORD, "src:p1s1 {", "src:p1s9 {",
        "a sco:ForumEdition",
        f"{RECORD}:{AT}: error undescribed-graph src:p1s9 is neither "
        "described as a sco:Passage, with its sentence, nor as a sco:Claim or sco:Inference: "
        "add the description outside the block",
    ),
    Break(
        "two disjoint kinds", RECORD, "event:forum-2021 a sco:ForumEdition ;",
        "event:forum-2021 a sco:ForumEdition , sco:Document ;", "sco:Document ;",
        f"{RECORD}:{AT}: error clash Nothing belongs to two classes from a list of disjoint ones. "
        f"(cax-adc) Here: event:forum-2021 a sco:Document ({RECORD}:{AT}); event:forum-2021 a "
        "sco:Event, which follows from event:forum-2021 a sco:ForumEdition "
        "(data/inferences.trig:{event}), sco:ForumEdition rdfs:subClassOf sco:Event "
        "(ontology/scograph.ttl:{edition})",
    ),
    Break(
        "a literal that a store would rewrite", RECORD, "sco:value 70 ;",
        'sco:value "070"^^xsd:integer ;', "070",
        f'{RECORD}:{AT}: error unstable-literal a store rewrites "070"^^xsd:integer as '
        '"70"^^xsd:integer: write the latter',
    ),
    Break(
        "a language tag in upper case", RECORD, '"28-30 September"@en', '"28-30 September"@EN',
        "28-30 September\"@EN",
        f"{RECORD}:{AT}: error language-tag language tag @EN: write it in lower case, @en",
    ),
    Break(
        "a blank node", RECORD, VENUE, "sco:venue [ a sco:Settlement ] ;", "[ a sco:Settlement ]",
        f"{RECORD}:{AT}: error blank-node blank node under sco:venue: give it an IRI of its kind",
    ),
    Break(
        "a triple term", RECORD, "# 1.1\n", "# 1.1\nsrc:p1s1 sco:about <<( src:p1s1 a sco:Passage )>> .\n",
        "<<(",
        f"{RECORD}: error triple-term triple terms are not used here; who says what is told by the "
        "named graphs",
    ),
    Break(
        "an axiom that merges", "ontology/scograph.ttl", "sco:host a owl:ObjectProperty ;",
        "sco:host a owl:ObjectProperty , owl:FunctionalProperty ;", "owl:FunctionalProperty ;",
        "ontology/scograph.ttl:{line}: error shape:NothingThatMerges sco:host: no axiom that merges "
        "nodes or that reasoners get wrong (M4): not FunctionalProperty, InverseFunctionalProperty, "
        "hasKey, cardinality, sameAs, AllDifferent or AllDisjointProperties; "
        '"at most one" is sh:maxCount in shapes/data.ttl',
    ),
]  # fmt: skip


def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scograph", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=120)


# Lines of other files that a finding names: the file, a line's text, and how far below it.
ELSEWHERE = {
    "{event}": ("data/inferences.trig", "event:forum-2021 a sco:ForumEdition", 0),
    "{edition}": ("ontology/scograph.ttl", "sco:ForumEdition a owl:Class", 1),
}


@pytest.mark.parametrize("case", BREAKS, ids=lambda case: case.name)
def test_a_fault_is_a_clear_finding(case: Break, tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "graph")
    replace(folder, case.file, case.old, case.new)
    found = check(folder)
    line = line_of(folder, case.file, case.mark)
    expected = case.expected.replace(AT, str(line))
    for name, (file, mark, below) in ELSEWHERE.items():
        expected = expected.replace(name, str(line_of(folder, file, mark) + below))
    assert expected in lines(found.findings)
    assert (found.files, found.manifest) == (None, None)


def test_a_failed_build_leaves_the_last_release_as_it_is(tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "graph")
    first = run("build", "--quiet", cwd=folder)
    assert first.returncode == 0, first.stdout
    before = {
        path: path.read_bytes() for path in (folder / "releases").rglob("*") if path.is_file()
    }
    replace(folder, RECORD, VENUE, "sco:veneu settlement:chelyabinsk ;")
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


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "graph")
    path = folder / "data/record/broken-2021-01-01.trig"
    path.symlink_to(folder / "nowhere.trig")
    found = run("check", folder, "--quiet")
    assert found.returncode == 1
    assert found.stdout.splitlines() == [
        "data/record/broken-2021-01-01.trig: error unreadable cannot read this file: "
        "No such file or directory"
    ]


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "graph")
    path = folder / RECORD
    path.write_bytes(path.read_bytes().replace("Форум".encode(), "Форум".encode("cp1251"), 1))
    found = run("check", folder, "--quiet")
    line = path.read_bytes().count(b"\n", 0, path.read_bytes().index("Форум".encode("cp1251"))) + 1
    assert found.returncode == 1
    assert found.stdout.startswith(f"{RECORD}:{line}: error syntax byte ")
    assert found.stdout.endswith(" is not UTF-8; save the file in UTF-8\n")


def test_a_file_that_nothing_reads_is_reported(tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "graph")
    (folder / "data/record/notes.ttl").write_text("")
    found = run("check", folder, "--quiet")
    assert (found.returncode, found.stdout) == (
        1,
        "data/record/notes.ttl: error ignored-file nothing reads a file of this name here; "
        "records are data/record/*.trig, reference data data/reference/*.ttl, "
        "the ontology ontology/*.ttl\n",
    )


DATASETS = [
    ("a void:Dataset , dcat:Dataset", "a dcat:Dataset", "there are 0 things that are a void:Dataset, not one"),
    ('    owl:versionInfo "0.1.0" .', '    dcterms:language "tg" .', "the description of the dataset lacks owl:versionInfo"),
    ('"https://w3id.org/scograph/"', '"https://w3id.org/scograph"', "void:uriSpace is no IRI that ends in a slash: 'https://w3id.org/scograph'"),
    ('"https://w3id.org/scograph/"', '"not an iri/"', "void:uriSpace is no IRI that ends in a slash: 'not an iri/'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), DATASETS)
def test_a_dataset_that_does_not_say_what_it_is(
    old: str, new: str, sentence: str, tmp_path: Path
) -> None:
    folder = copy_repository(tmp_path / "graph")
    replace(folder, "data/dataset.ttl", old, new)
    assert lines(check(folder).findings) == [
        f"data/dataset.ttl: error dataset {sentence}; see the README, 'A graph is a folder'"
    ]


def test_a_base_that_nothing_has_is_one_finding(tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "graph")
    replace(folder, "data/dataset.ttl", '"https://w3id.org/scograph/"', '"https://example.org/"')
    assert lines(check(folder).findings) == [
        "data/dataset.ttl: error dataset void:uriSpace is https://example.org/, "
        "and no record or reference data have an IRI below it"
    ]


def test_a_byte_order_mark_is_named(tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "graph")
    path = folder / RECORD
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert lines(check(folder).findings) == [
        f"{RECORD}:1: error syntax the file begins with a byte order mark: "
        "save it as UTF-8 without one"
    ]


def test_a_folder_that_cannot_be_listed(tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "graph")
    (folder / "shapes/data.ttl").unlink()
    (folder / "shapes/terms.ttl").unlink()
    (folder / "shapes").rmdir()
    (folder / "shapes").write_text("")
    found = run("check", folder)
    assert found.returncode == 1
    assert found.stderr.splitlines()[-1] == (
        f"scograph: cannot read the folder {folder / 'shapes'}: Not a directory"
    )


def test_queries_and_answers_that_do_not_pair(tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "graph")
    (folder / "queries/001-again.rq").write_text("# Again?\nASK {}\n")
    (folder / "queries/999-lonely.tsv").write_text("?x\n")
    found = [text for text in lines(check(folder).findings) if "queries/" in text]
    assert found == [
        "queries/001-again.rq: error query-number another query has the number 001 too: "
        "take the next free one",
        "queries/001-second-forum.rq: error query-number another query has the number 001 too: "
        "take the next free one",
        "queries/999-lonely.tsv: error orphan-answer an answer without its query: "
        "remove it, or name it as its query",
    ]


def test_a_finding_stays_on_one_line_whatever_the_data_hold(tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "graph")
    long = '"""7\n' + "0" * 5000 + '"""^^xsd:integer'
    replace(folder, RECORD, "sco:value 70 ;", f"sco:value {long} ;")
    found = [text for text in lines(check(folder).findings) if "unstable-literal" in text]
    assert len(found) == 1
    assert found[0].startswith(f"{RECORD}:")
    assert "\n" not in found[0]
    assert len(found[0]) < 250


def test_all_broken_files_are_reported_at_once(tmp_path: Path) -> None:
    folder = copy_repository(tmp_path / "graph")
    replace(folder, RECORD, VENUE, "sco:venue town:a ;")
    replace(folder, "data/reference/states.ttl", "a sco:State ;", "a sco:State")
    found = run("check", folder, "--quiet")
    files = [line.split(":")[0] for line in found.stdout.splitlines()]
    assert files == [RECORD, "data/reference/states.ttl"]


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
