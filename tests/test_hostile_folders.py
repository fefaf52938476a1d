"""Graph folders that are made to hang, to fill the memory, or to crash whoever checks them."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scograph.system.bounded import Bounds
from tests.folders import line_of
from tests.patience import patience
from tests.rivers import PREFIXES, fix, put, rivers, told

QUERY = Bounds(1.0, 200)
MANY = " . ".join(f"?s{n} ?p{n} ?o{n}" for n in range(8))
_SLOW = "takes more than 1 s: make it simpler, or raise --deadline"
_LARGE = "takes more than 200 MB: make it simpler, or raise --memory"
_DOUBLED = "".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1}) " for n in range(60))
QUERIES = [
    ("count", f"SELECT (COUNT(*) AS ?n) {{ {MANY} }}", _SLOW),
    ("order", f"SELECT * {{ {MANY} }} ORDER BY ?s0", "takes more than "),
    ("doubled", f'SELECT (STRLEN(?x60) AS ?n) {{ BIND("ab" AS ?x0) {_DOUBLED} }}', _LARGE),
    ("ask", f'ASK {{ {MANY} FILTER(CONCAT(STR(?s0), STR(?s7)) = "x") }}', _SLOW),
    ("construct", f"CONSTRUCT {{ ?s0 ?p1 ?o2 }} {{ {MANY} }}", "takes more than "),
    ("optimiser", "ASK { ?s ?p (" + "1 " * 99 + ") }", ""),
]


@pytest.mark.parametrize(
    ("text", "sentence"), [item[1:] for item in QUERIES], ids=[q[0] for q in QUERIES]
)
def test_a_saved_query_that_never_ends_is_a_finding_and_the_others_are_answered(
    tmp_path: Path, text: str, sentence: str
) -> None:
    root = rivers(tmp_path)
    put(root, "queries/001-before.rq", "# Before?\nASK {}\n")
    put(root, "queries/003-after.rq", "# After?\nASK { rv:oka ?p ?o }\n")
    fix(root)
    put(root, "queries/002-it.rq", f"# What is it?\n{text}\n")
    patient = sentence == _LARGE
    found = told(root, query=Bounds(30.0, 200) if patient else QUERY)
    if sentence:
        begin = "queries/002-it.rq: error limit to answer this query "
        assert [(line.startswith(begin), sentence in line) for line in found] == [(True, True)]
    else:
        assert all("002-it" in line for line in found)


def test_many_endless_queries_end_with_the_deadline_of_the_check(tmp_path: Path) -> None:
    root = rivers(tmp_path)
    for number in range(1, 9):
        put(root, f"queries/00{number}-it.rq", f"# What is it?\n{QUERIES[0][1]}\n")
    found = told(root, seconds=1.5, query=Bounds(0.5, 200))
    assert "queries: error limit to answer all of these takes more than 1.5 s" in found[0]
    assert 3 <= len(found) < 8


RULE = """\
# it (our own)
# en: All follows from all.
PREFIX r: <https://rivers.example/ontology#>
CONSTRUCT { ?a r:flowsInto ?f } WHERE { %s }
"""
_PRODUCT = " . ".join(
    f"?{x} r:flowsInto ?{y}" for x, y in (("a", "b"), ("c", "d"), ("e", "f"), ("g", "h"))
)
SHORT = Bounds(2.0, 512)


def chain(length: int) -> str:
    return "".join(f"rv:n{n} a r:River ; r:flowsInto rv:n{n + 1} .\n" for n in range(length))


def test_own_rules_that_never_end_are_named_and_all_else_is_checked(tmp_path: Path) -> None:
    root = rivers(tmp_path, data=chain(200) + "rv:bad a r:Unknown .\n")
    put(root, "rules/it.rq", RULE % _PRODUCT)
    put(root, "rules/good.rq", (RULE % "?a r:flowsInto ?f").replace("# it", "# good"))
    found = told(root, seconds=4, query=SHORT)
    rules = [line for line in found if line.startswith("rules/")]
    work = "rules/it.rq: error limit to apply this rule till nothing follows takes more than "
    assert [line.startswith(work) for line in rules] == [True], found
    assert any("r:Unknown" in line for line in found)


def test_axioms_from_which_too_much_follows_are_a_finding(tmp_path: Path) -> None:
    same = "".join(f"rv:n{n} owl:sameAs rv:n{n + 1} .\n" for n in range(4000))
    root = rivers(tmp_path, ontology="owl:sameAs a owl:ObjectProperty .\n", data=same)
    found = told(root, seconds=2, query=SHORT)
    work = "ontology: error limit to infer what follows by the rules of OWL 2 RL takes more than "
    assert [line.startswith(work) for line in found if " limit " in line] == [True]


def pattern(text: str) -> str:
    return (
        "r:S a sh:NodeShape ; sh:targetClass r:River ;\n"
        f"    sh:property [ sh:path r:note ; sh:pattern {text} ] .\n"
    )


_SELECT = (
    "r:S a sh:NodeShape ; sh:targetClass r:River ; sh:sparql [ a sh:SPARQLConstraint ;\n"
    f'    sh:message "no" ; sh:select "SELECT $this {{ {MANY} FILTER(?o7 = 1) }}" ] .\n'
)
_NESTED = "(" * 20_000 + ")" * 20_000
SHAPES = [
    ("pattern", pattern('"^(a+)+$"'), "limit r:S: to validate this shape"),
    ("alternatives", pattern('"^(a|aa)+$"'), "limit r:S: to validate this shape"),
    ("query", _SELECT, "limit r:S: to validate this shape"),
    ("nested pattern", pattern(f'"{_NESTED}"'), "bad-shape sh:pattern: no regular expression: "),
    ("huge number", pattern('"a{99999999999999999999}"'),
     "bad-shape sh:pattern: no regular expression: "),
    ("nested query", _SELECT.replace(MANY, "{" * 5000 + "}" * 5000),
     "bad-shape sh:select: its brackets nest deeper than 200"),
    ("service", _SELECT.replace(MANY, "SERVICE <http://127.0.0.1:9/> { ?a ?b ?o7 }"),
     "bad-shape sh:select: SERVICE asks another host: nothing leaves the machine"),
    ("from", _SELECT.replace("{ ?s0", "FROM <http://127.0.0.1:9/> { ?s0"),
     "bad-shape sh:select: FROM: a shape asks the data that are validated, and no other graph"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "sentence"), [s[1:] for s in SHAPES], ids=[s[0] for s in SHAPES])
def test_a_shape_that_never_ends_is_named_with_its_line(
    tmp_path: Path, shape: str, sentence: str
) -> None:
    root = rivers(tmp_path, shapes=shape, data=f'rv:oka r:note "{"a" * 40}!" .\n')
    found = told(root, seconds=3, query=Bounds(2.0, 512))
    line = line_of(root, "shapes/data.ttl", "r:S a sh:NodeShape")
    assert found[0].startswith("shapes/data.ttl:"), found
    assert int(found[0].split(":")[1]) in (line, line + 1)
    assert f"error {sentence}" in found[0]
    assert len({text.partition(": error ")[2] for text in found}) == 1


def test_blank_nodes_that_take_for_ever_to_label_are_a_finding(tmp_path: Path) -> None:
    nodes = [f"_:n{n}" for n in range(60)]
    lists = "".join(f"{one} owl:disjointWith {two} .\n" for one in nodes for two in nodes)
    types = "".join(f"{node} a owl:Class .\n" for node in nodes)
    root = rivers(tmp_path, ontology=types + lists)
    found = told(root, seconds=5)
    assert any(" limit to label the blank nodes of the dataset in canonical order " in line
               or " blank-node" in line for line in found), found  # fmt: skip


NAMES = "a:x\\# ", "a:x\\' ", "a:x\\( ", '"""x\\"""" '


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bracket", ["[ a:b ", "( ", "<<( a:a a:b ", "{| a:b "])
def test_brackets_behind_escaped_names_count(tmp_path: Path, name: str, bracket: str) -> None:
    root = rivers(tmp_path)
    head = "@prefix a: <http://a.example/> . "
    put(root, "data/record/deep.trig", f"{head}a:a a:b {name}, {bracket * 100_000}")
    assert told(root) == [
        "data/record/deep.trig:1: error syntax brackets nest deeper than 100 here: "
        "no record is written so"
    ]


def piped(path: Path) -> None:
    os.mkfifo(path)


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as found:
        here = Path.cwd()
        os.chdir(path.parent)  # the address of a socket is short
        try:
            found.bind(path.name)
        finally:
            os.chdir(here)


def linked(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "pipe": (piped, "it is not a regular file"),
    "socket": (bound, "it is not a regular file"),
    "folder": (lambda path: path.mkdir(), "it is not a regular file"),
    "zero": (linked("/dev/zero"), "a link leads out of the folder"),
    "secret": (linked("/etc/passwd"), "a link leads out of the folder"),
    "relative": (linked("../../../../../etc/passwd"), "a link leads out of the folder"),
    "nowhere": (linked("nowhere"), "No such file or directory"),
    "itself": (lambda path: path.symlink_to(path.name), "Too many levels of symbolic links"),
}
PLACES = {
    "data/record/x.trig": "{name}: error unreadable cannot read this file: {why}",
    "data/reference/x.ttl": "{name}: error unreadable cannot read this file: {why}",
    "data/disputes.ttl": "{name}: error unreadable cannot read this file: {why}",
    "ontology/x.ttl": "{name}: error unreadable cannot read this file: {why}",
    "shapes/x.ttl": "{name}: error unreadable cannot read this file: {why}",
    "queries/001-x.rq": "{name}: error unreadable cannot read this query or its answer: {why}",
    "queries/002-y.tsv": "queries/002-y.rq: error unreadable cannot read this query or its answer: "
                         "{why}",
    "rules/x.rq": "{name}: error unreadable cannot read this rule: {why}",
    "data/forum.ttl": "scograph: cannot read {root}/{name}: {why}",
    "data/coverage.tsv": "scograph: cannot read {root}/{name}: {why}",
}  # fmt: skip


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = rivers(tmp_path_factory.mktemp("prepared") / "graph")
    put(root, "queries/002-y.rq", "# Is it?\nASK {}\n")
    (root / "rules").mkdir()
    (root / "data/record").mkdir()
    return root


@pytest.mark.parametrize("kind", KINDS)
def test_only_regular_files_inside_the_folder_are_read(prepared: Path, kind: str) -> None:
    from scograph.rdf.errors import GraphError

    make, why = KINDS[kind]
    for name, sentence in PLACES.items():
        path = prepared / name
        make(path)
        try:
            found = [line for line in told(prepared) if "forum" not in line]
        except GraphError as error:
            found = [f"scograph: {error}"]
        finally:
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        nothing = kind == "nowhere" and name in ("data/forum.ttl", "data/coverage.tsv")
        expected = [] if nothing else [sentence.format(name=name, why=why, root=prepared)]
        assert found == expected, name


def test_links_inside_the_folder_are_followed(tmp_path: Path) -> None:
    root = rivers(tmp_path / "graph")
    (root / "data/reference/rivers.ttl").rename(root / "data/kept")
    (root / "data/reference/rivers.ttl").symlink_to("../kept")
    assert told(root) == []


ODD = [b"a\nb", b"a\x1b[2Jb", b"\xff", b"a b", b"a#b", b"a<b", b"\xe2\x80\xae"]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_of_files_are_findings_of_one_line(tmp_path: Path, name: bytes) -> None:
    root = rivers(tmp_path)
    for folder, text in (("data/reference", b""), ("rules", b""), ("queries", b"# Is it?\nASK {}")):
        suffix = b".ttl" if folder == "data/reference" else b".rq"
        (root / folder).mkdir(exist_ok=True)
        Path(os.fsdecode(os.fsencode(root / folder) + b"/" + name + suffix)).write_bytes(text)
    found = told(root)
    assert sum(" file-name name the file in letters" in line for line in found) == 3
    assert all(line.isprintable() for line in found)


def test_names_that_differ_in_case_only_are_told(tmp_path: Path) -> None:
    root = rivers(tmp_path)
    put(root, "data/reference/Rivers.ttl", PREFIXES)
    assert [line for line in told(root) if "file-name" in line] == [
        "data/reference/rivers.ttl: error file-name data/reference/Rivers.ttl differs from it "
        "in case only: some systems keep one of the two"
    ]


CONTENTS = [
    *(b"", b"\0", "é".encode("utf-16"), b"\xff\xfe", b"\xef\xbb\xbf", b"\r\r\r", b"\xed\xa0\x80"),
    *(b"<a\nb> <c> <d> .", b"@prefix : <x> .", b"@base <javascript:> . <a> <b> <c> ."),
]
EVERYWHERE = (*PLACES, "data/dataset.ttl", "ontology/rivers.ttl", "shapes/data.ttl")


@pytest.mark.parametrize("content", CONTENTS)
def test_any_bytes_in_any_file_are_findings_or_one_sentence(tmp_path: Path, content: bytes) -> None:
    from scograph.rdf.errors import GraphError

    root = rivers(tmp_path)
    put(root, "queries/002-y.rq", "# Is it?\nASK {}\n")
    for name in EVERYWHERE:
        path = root / name
        path.parent.mkdir(exist_ok=True)
        old = path.read_bytes() if path.exists() else None
        path.write_bytes(content)
        try:
            found = told(root)
        except GraphError as error:
            found = [str(error)]
        assert all(line.isprintable() and " ends the process" not in line for line in found)
        path.write_bytes(old) if old is not None else path.unlink()


def command(*arguments: str | Path, **rest: object) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "scograph", *map(str, arguments)]
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        run, capture_output=True, text=True, timeout=patience("command"), **rest
    )


def test_fix_writes_nothing_outside_the_folder(tmp_path: Path) -> None:
    mine = put(tmp_path, "mine.txt", "mine")
    root = rivers(tmp_path / "graph")
    put(root, "queries/001-y.rq", "# Is it?\nASK {}\n")
    (root / "queries/001-y.tsv").symlink_to(tmp_path / "new.txt")
    done = command("check", "--fix", "--quiet", root)
    assert (done.returncode, "a link leads out of the folder" in done.stdout) == (1, True)
    (root / "queries/001-y.tsv").unlink()
    (root / "data/forum.ttl").symlink_to(mine)
    done = command("check", "--fix", "--quiet", root)
    sentence = f"scograph: cannot read {root}/data/forum.ttl: a link leads out of the folder\n"
    assert (done.returncode, done.stderr) == (1, sentence)
    assert (mine.read_text(encoding="utf-8"), (tmp_path / "new.txt").exists()) == ("mine", False)


def test_fix_on_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    root = fix(rivers(tmp_path))
    forum = root / "data/forum.ttl"
    old = b"# old\n"
    forum.write_bytes(old)
    many = "".join(f'rv:n{n} a r:River ; rdfs:label "n{n}"@en .\n' for n in range(500))
    with (root / "data/reference/rivers.ttl").open("a") as file:
        file.write(many)

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    done = command("check", "--fix", "--quiet", root, preexec_fn=little)
    assert (done.returncode, done.stderr) == (
        1,
        f"scograph: cannot write {forum}: File too large\n",
    )
    assert forum.read_bytes() == old
    assert [path.name for path in forum.parent.iterdir() if path.name.startswith(".")] == []


def test_fix_keeps_permissions_and_links(tmp_path: Path) -> None:
    root = rivers(tmp_path)
    kept = put(root, "kept/forum.ttl", "old")
    kept.chmod(0o640)
    (root / "data/forum.ttl").symlink_to("../kept/forum.ttl")
    assert command("check", "--fix", "--quiet", root).returncode == 0
    assert (root / "data/forum.ttl").readlink() == Path("../kept/forum.ttl")
    assert kept.stat().st_mode & 0o777 == 0o640
    assert told(root) == []
    assert command("check", "--quiet", root).stdout == ""
