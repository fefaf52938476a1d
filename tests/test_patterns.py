"""Patterns: a valid example of everything, and each mistake with the message that its author gets.

The files below ``tests/patterns`` are documentation as much as tests; see the
README there.
"""

from __future__ import annotations

import ast
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from scograph.build.pipeline import check_folder
from scograph.rdf.findings import Finding
from scograph.rdf.namespaces import OWL, RDFS, SCO, SH
from scograph.rdf.vocabulary import TYPE
from tests.conftest import ROOT, silent

PATTERNS = Path(__file__).parent / "patterns"
TEXTS = PATTERNS / "texts"
SUITES = ("valid", "terms/valid", "invalid", "terms/invalid", "syntax")

# Files of which a folder has one: patterns are appended to it.
APPENDED = {
    ".dataset.ttl": "data/dataset.ttl",
    ".inferences.trig": "data/inferences.trig",
    ".disputes.ttl": "data/disputes.ttl",
    ".topics.ttl": "ontology/topics.ttl",
}
# What no pattern can show: abstract kinds, terms of the shapes, terms that the build derives.
NOT_SHOWN = {
    *("AdoptedShape", "ClosureShape", "ReferenceProperty"),
    *("statedIn", "concludedIn", "takesPlaceIn", "onBehalfOf", "involvedIn", "takesPartIn"),
}


def files_of(suite: str) -> list[str]:
    return [path.relative_to(PATTERNS).as_posix() for path in sorted((PATTERNS / suite).iterdir())]


VALID = files_of("valid") + files_of("terms/valid")
INVALID = files_of("invalid") + files_of("terms/invalid") + files_of("syntax")


def marked(names: Iterable[str]) -> list[object]:
    """Mark the valid ones: that the checks find nothing wrong in them takes seconds."""
    return [
        pytest.param(name, marks=pytest.mark.slow)
        if name.startswith(("valid", "terms/valid"))
        else name
        for name in names
    ]


@dataclass
class Outcome:
    """The findings of one run, by pattern; ``elsewhere`` are those in no pattern."""

    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    elsewhere: list[Finding] = field(default_factory=list)


def new_folder(root: Path) -> None:
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copytree(PATTERNS / "base", root / "data")


def place(root: Path, suite: str, pattern: Path) -> tuple[str, int]:
    """Put *pattern* into the graph folder; return its file there and the lines above it."""
    for suffix, name in APPENDED.items():
        if pattern.name.endswith(suffix):
            target = root / name
            above = target.read_text(encoding="utf-8") if target.exists() else ""
            target.write_text(above + pattern.read_text(encoding="utf-8"), encoding="utf-8")
            return name, above.count("\n")
    if pattern.suffix == ".trig":
        day = "" if pattern.stem.endswith("-undated") else "-2021-01-01"
        name = f"data/record/{pattern.stem}{day}.trig"
    else:
        name = f"{'ontology' if suite.startswith('terms') else 'data/reference'}/{pattern.name}"
    shutil.copy(pattern, root / name)
    return name, 0


def run(root: Path, suite: str) -> Outcome:
    """Check one folder with all patterns of *suite*."""
    new_folder(root)
    places: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for pattern in sorted((PATTERNS / suite).iterdir()):
        name, above = place(root, suite, pattern)
        places[name].append((above, pattern.relative_to(PATTERNS).as_posix()))
    texts = TEXTS if suite in ("valid", "invalid") else None
    outcome = Outcome()
    for finding in check_folder(root, silent, texts).findings:
        above, pattern_name = max(
            (item for item in places[finding.file] if item[0] < max(finding.line, 1)),
            default=(0, ""),
        )
        if not pattern_name:
            outcome.elsewhere.append(finding)
            continue
        line = finding.line - above if finding.line else 0
        text = f"{line}: {finding.severity} {finding.rule} {finding.message}"
        outcome.lines[pattern_name].append(text)
    return outcome


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Outcome]:
    done: dict[str, Outcome] = {}

    def outcome_of(suite: str) -> Outcome:
        if suite not in done:
            done[suite] = run(tmp_path_factory.mktemp("graph") / "folder", suite)
        return done[suite]

    return outcome_of


def expected(name: str) -> list[str]:
    text = (PATTERNS / name).read_text(encoding="utf-8")
    return re.findall(r"^# Expect: (.*)$", text, re.MULTILINE)


def suite_of(name: str) -> str:
    return name.rsplit("/", 1)[0]


# What each pattern gives


@pytest.mark.parametrize("name", marked(VALID))
def test_a_valid_pattern_gives_no_finding(name: str, outcome: Callable[[str], Outcome]) -> None:
    assert outcome(suite_of(name)).lines[name] == []


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_pattern_gives_what_it_says(
    name: str, outcome: Callable[[str], Outcome]
) -> None:
    found = outcome(suite_of(name)).lines[name]
    paste = "\n".join(f"# Expect: {line}" for line in found)
    assert found == expected(name), f"{name} gives\n{paste}"


@pytest.mark.parametrize("suite", marked(SUITES))
def test_nothing_is_found_outside_the_patterns(
    suite: str, outcome: Callable[[str], Outcome]
) -> None:
    strays = [str(finding) for finding in outcome(suite).elsewhere]
    assert strays == []


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    new_folder(tmp_path)
    content = '@prefix : <https://example.org/> .\n:a :b "Ольхия" .\n'.encode("cp1251")
    (tmp_path / "data/reference/old.ttl").write_bytes(content)
    assert [str(finding) for finding in check_folder(tmp_path, silent).findings] == [
        "data/reference/old.ttl:2: error syntax byte 42 is not UTF-8; save the file in UTF-8"
    ]


QUERIES = {
    "001-stale.rq": "# Which states are there?\nSELECT ?state WHERE { ?state a sco:State }\n",
    "002-no-question.rq": "ASK { ?state a sco:State }\n",
    "003-broken.rq": "# Which states are there?\nSELECT ?state WHERE { ?state a sco:State\n",
    "006-fails.rq": "# What does it give?\nSELECT (<http://example.org/f>(1) AS ?y) {}\n",
    "007-unstable.rq": "# Which number?\nSELECT (RAND() AS ?y) {}\n",
    "008-deep.rq": "# How deep?\nASK " + "{" * 300 + "}" * 300 + "\n",
    "005-service.rq": "# Who else?\nASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }\n",
    "004.rq": "# A name without words.\nASK { ?state a sco:State }\n",
}


@pytest.mark.slow
def test_saved_queries_and_generated_files(tmp_path: Path) -> None:
    new_folder(tmp_path)
    (tmp_path / "queries").mkdir()
    for name, text in QUERIES.items():
        (tmp_path / "queries" / name).write_text(text, encoding="utf-8")
    (tmp_path / "queries/001-stale.tsv").write_text("?state\n", encoding="utf-8")
    (tmp_path / "queries/002-no-question.tsv").write_text("true\n", encoding="utf-8")
    checked = check_folder(tmp_path, silent)
    # A name that is no name stops the check before the queries are asked.
    assert [str(finding) for finding in checked.findings] == [
        "queries/004.rq: error query-name "
        "name the file NNN-slug.rq: three digits, then words in a-z and 0-9"
    ]
    (tmp_path / "queries/004.rq").unlink()
    checked = check_folder(tmp_path, silent)
    lines = [str(finding) for finding in checked.findings]
    lines += [str(stale.finding) for stale in checked.stale]
    assert sorted(lines) == [
        "data/forum.ttl: error stale-forum "
        "is missing: run `scograph check --fix` and review the diff",
        "queries/001-stale.tsv: error stale-answer 001-stale answers otherwise than committed "
        "(now 2 rows): run `scograph check --fix`, review the diff",
        "queries/002-no-question.rq:1: error query-question "
        "begin the file with its question in words, as a comment",
        "queries/003-broken.rq:3: error query-syntax column 1: the query ends too early; "
        "expected one of: ,  .  ;  {  }",
        "queries/005-service.rq: error query-service "
        "SERVICE asks another host: nothing leaves the machine",
        "queries/006-fails.rq: error query-fails the query cannot be answered: "
        "The custom function <http://example.org/f> is not supported",
        "queries/007-unstable.rq: error query-unstable "
        "RAND answers otherwise each time: no answer can be committed",
        "queries/008-deep.rq: error query-fails its brackets nest deeper than 200",
    ]


SELECT = "sh:prefixes <https://w3id.org/scograph/shapes> ; sh:select"
BAD_SHAPES = {
    f'sh:sparql [ {SELECT} "SELECT $this {{ $this scoo:a ?b }}" ]': (
        "sh:select: line 1, column 22: prefix `scoo:` is not declared: add `PREFIX scoo: <...>`"
    ),
    f'sh:sparql [ {SELECT} "SELECT $this {{ $this sco:date" ]': (
        "sh:select: line 1, column 30: the query ends too early; expected one of: "
        "$  '  '''  (  *  +  -  .  /  :  <  <<"
    ),
    f'sh:sparql [ {SELECT} "SELECT $this {{ $this a ?b MINUS {{ ?b a ?c }} }}" ]': (
        "Validation Failure - A SPARQL Constraint must not contain a MINUS clause."
    ),
    'sh:sparql [ sh:message "no query" ]': (
        "SPARQLConstraintComponent value for sh:select must have at least one sh:select predicate."
    ),
    'sh:pattern "("': (
        "sh:pattern: no regular expression: missing ), unterminated subpattern at position 0"
    ),
    "sh:property [ sh:minCount 1 ]": (
        "a blank node exists but is not a well-formed SHACL PropertyShape. Ensure it has the "
        "correct type (sh:PropertyShape) and all required properties."
    ),
}


@pytest.mark.parametrize("constraint", BAD_SHAPES)
@pytest.mark.slow
def test_a_shape_that_is_ill_formed(constraint: str, tmp_path: Path) -> None:
    new_folder(tmp_path)
    file = tmp_path / "shapes/data.ttl"
    text = file.read_text(encoding="utf-8")
    shape = f":Bad a sh:NodeShape ; sh:targetClass sco:Event ; {constraint} .\n"
    file.write_text(text + shape, encoding="utf-8")
    line = text.count("\n") + 1
    assert [str(finding) for finding in check_folder(tmp_path, silent).findings] == [
        f"shapes/data.ttl:{line}: error bad-shape {BAD_SHAPES[constraint]}"
    ]


@pytest.mark.slow
def test_a_folder_without_shapes_of_data_is_told_so(tmp_path: Path) -> None:
    new_folder(tmp_path)
    (tmp_path / "shapes/data.ttl").unlink()
    assert [str(finding) for finding in check_folder(tmp_path, silent).findings] == [
        "shapes/data.ttl: warning no-shapes "
        "no shape has a target: nothing says what sound data look like"
    ]


# What the patterns cover


def quads(*folders: Path) -> Iterator[Quad]:
    for folder in folders:
        for path in sorted(folder.rglob("*.t*")):
            if path.suffix in {".ttl", ".trig"}:
                form = RdfFormat.TRIG if path.suffix == ".trig" else RdfFormat.TURTLE
                yield from parse(path.read_bytes(), format=form)


def expectations() -> list[str]:
    return [line for name in INVALID for line in expected(name)]


def objects(triples: list[Quad], predicate: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for quad in triples:
        if quad.predicate.value == predicate and isinstance(quad.subject, NamedNode):
            found[quad.subject.value].add(getattr(quad.object, "value", ""))
    return found


def test_every_invalid_pattern_says_what_is_wrong_and_what_is_expected() -> None:
    for name in INVALID:
        text = (PATTERNS / name).read_text(encoding="utf-8")
        assert re.match(r"# Wrong: .+[.?]\n# Expect: ", text), name


def test_patterns_are_short() -> None:
    for name in VALID + INVALID:
        text = (PATTERNS / name).read_text(encoding="utf-8")
        body = [line for line in text.splitlines() if not line.startswith(("# Expect", "@prefix"))]
        assert len(body) <= 45, name


def test_every_shape_has_a_counter_example() -> None:
    shown = {rule for line in expectations() for rule in re.findall(r" shape:(\w+) ", line)}
    kinds = objects(list(quads(ROOT / "shapes")), TYPE)
    shapes = {iri.rsplit("#", 1)[-1] for iri, types in kinds.items() if SH + "NodeShape" in types}
    assert shapes - shown == set()


def test_every_message_of_a_shape_has_a_counter_example() -> None:
    lines = expectations()
    messages = {
        getattr(quad.object, "value", "")
        for quad in quads(ROOT / "shapes")
        if quad.predicate.value == SH + "message"
    }

    def is_shown(message: str) -> bool:
        parts = [re.escape(part) for part in re.split(r"\{\?\w+\}", message)]
        return any(re.search(": " + ".+".join(parts) + "$", line) for line in lines)

    assert {message for message in messages if not is_shown(message)} == set()


def test_every_rule_of_the_checks_has_a_counter_example() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    shown = {line.split(" ", 3)[2] for line in expectations()}
    rules = {
        node.value
        for path in (ROOT / "scograph/checks").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z]+(-[a-z]+)+", node.value)
    }
    shown.add("cross-check")  # tests/test_cross_check.py: it needs two reasoners that differ
    assert {
        rule for rule in rules - shown if f"{rule} " not in here and f'{rule}"' not in here
    } == set()


@pytest.mark.parametrize("number", range(1, 18))
def test_every_rule_for_encoding_has_patterns(number: int) -> None:
    for names in (VALID, INVALID):
        assert any(Path(name).name.startswith(f"m{number:02}-") for name in names)


def test_every_class_and_property_is_shown_in_use() -> None:
    ontology = list(quads(ROOT / "ontology"))
    used = list(quads(PATTERNS / "base", PATTERNS / "valid"))
    kinds, parents = objects(ontology, TYPE), objects(ontology, RDFS + "subClassOf")
    abstract = {parent for found in parents.values() for parent in found}
    individuals = {iri: types for iri, types in kinds.items() if OWL + "Class" not in types}
    shown = {quad.predicate.value for quad in used}
    for quad in used:
        if isinstance(quad.object, NamedNode):
            shown |= {quad.object.value} | individuals.get(quad.object.value, set())
    terms = {
        iri.removeprefix(SCO)
        for iri, types in kinds.items()
        if iri.startswith(SCO)
        and types & {OWL + "Class", OWL + "ObjectProperty", OWL + "DatatypeProperty"}
    }
    missing = {name for name in terms if SCO + name not in shown | abstract}
    assert missing - NOT_SHOWN == set(), "write a pattern in tests/patterns/valid for each"
