"""What a reader can run is run: the commands of README and CONTRIBUTING print what they print."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from scograph.sparql.release import Release
from tests.conftest import ROOT
from tests.folders import check, copy_repository
from tests.patience import patience
from tools.docs import ARCHITECTURE, LIMITS, TARGET, architecture, limits, reference

PAGES = ("README.md", "CONTRIBUTING.md")


@dataclass(frozen=True)
class Example:
    """A command of a page, and what the page says that it prints."""

    page: str
    command: str
    output: str


def examples(page: str) -> list[Example]:
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```console\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    found = []
    for block in blocks:
        lines = [
            line.removeprefix("   ") if page == "CONTRIBUTING.md" else line
            for line in block.splitlines()
        ]
        # A command ends where all quotes are closed.
        end = next(n for n in range(len(lines)) if not "".join(lines[: n + 1]).count("'") % 2)
        command = "\n".join(lines[: end + 1]).removeprefix("$ ")
        found.append(Example(page, command, "\n".join(lines[end + 1 :])))
    return found


EXAMPLES = [example for page in PAGES for example in examples(page)]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, release_path: Path) -> Path:
    """The repository with a release, and a .venv that is this one."""
    folder = copy_repository(tmp_path_factory.mktemp("clone") / "a clone")
    shutil.copytree(release_path, folder / "releases/current")
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def kind_of(command: str) -> str:
    """By which guard of `tests.patience` a command is waited for."""
    if "pyshacl" in command:
        return "pyshacl"
    return "build" if re.search(r"scograph (build|check)", command) else "command"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.command[:60])
def test_a_command_prints_what_the_page_says(example: Example, clone: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", example.command], cwd=clone, capture_output=True, text=True,
        env={"COLUMNS": "100", "PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "ignore"},
        timeout=patience(kind_of(example.command)),
    )  # fmt: skip
    assert [line.rstrip() for line in done.stdout.splitlines()] == example.output.splitlines()
    assert done.returncode == 0, done.stderr


PYTHON = re.findall(
    r"```python\n(.*?)```\n\nprints\n\n```text\n(.*?)```",
    (ROOT / "README.md").read_text(encoding="utf-8"),
    re.DOTALL,
)


@pytest.mark.parametrize(("code", "output"), PYTHON)
def test_the_python_of_the_readme_prints_what_it_says(code: str, output: str, clone: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=clone,
        capture_output=True,
        text=True,
        timeout=patience("command"),
    )
    assert (done.stdout, done.returncode) == (output, 0), done.stderr


def test_the_readme_counts_the_triples_of_today(release: Release) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| triples, (\w+) \| ([\d,]+) \|$", text, re.MULTILINE))
    told = {name: int(count.replace(",", "")) for name, count in rows.items()}
    assert told == release.manifest["triples"]


def test_the_record_of_the_recipe_is_sound(tmp_path: Path) -> None:
    """Follow CONTRIBUTING's recipe: its commands, its block, and what it says of the rest."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```trig\n(.*?)```", text, re.DOTALL)
    folder = copy_repository(tmp_path / "graph")
    (folder / ".venv").symlink_to(sys.prefix)
    for example in examples("CONTRIBUTING.md")[1:3]:
        subprocess.run(
            ["bash", "-c", example.command], cwd=folder, check=True, timeout=patience("command")
        )
    path = folder / "data/record/omsk-news-2024-10-03.trig"
    done = "\n".join(line.removeprefix("   ") for line in block.splitlines())
    path.write_text(filled(path.read_text(encoding="utf-8"), done), encoding="utf-8")
    with (folder / "data/reference/events.ttl").open("a", encoding="utf-8") as events:
        events.write(
            'event:meeting-omsk-2024 a sco:Meeting ; skos:prefLabel "Meeting in Omsk"@en , '
            '"Встреча в Омске"@ru , "鄂木斯克会晤"@zh .\n'
        )
    found = check(folder, folder / "texts")
    assert [str(finding) for finding in found.findings if "stale" not in finding.rule] == []


def filled(record: str, block: str) -> str:
    """Return a skeleton with *block* in its second passage, and reasons in the others."""
    first, second, third = re.split(r"(?<=\n)(?=# \d+\.\d+\n)", record)[1:]
    head = record[: record.index(first)]
    description = '    dcterms:description "What the passage says."@en ;\n'
    silent = description + '    sco:carriesNoClaim "no matter of the record"@en ;\n'
    todo = re.compile(r"    # TODO dcterms:description.*\n    # TODO the block.*\n")
    digest = re.findall(r'sco:sha256 "(\w+)"', second)[0]
    # The block begins with the end of the passage's description.
    second = todo.split(second)[0] + block.replace('"..."', f'"{digest}"') + "\n\n"
    return head + todo.sub(silent, first) + second + todo.sub(silent, third)


def test_the_reference_of_the_command_line_is_current() -> None:
    assert TARGET.read_text(encoding="utf-8") == reference()
    assert LIMITS.read_text(encoding="utf-8") == limits()
    assert ARCHITECTURE.read_text(encoding="utf-8") == architecture()


def test_every_test_that_the_threat_model_names_is_there() -> None:
    text = (ROOT / "THREAT_MODEL.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:tests|scograph|bench)/[\w./]+)`", text)
    assert len(named) > 15
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    "page",
    [
        *PAGES,
        "ontology/STYLE.md",
        "CHANGELOG.md",
        "NOTICE.md",
        "docs/serving.md",
        "THREAT_MODEL.md",
    ],
)
def test_every_local_link_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_every_reference_file_is_in_the_notice() -> None:
    notice = (ROOT / "NOTICE.md").read_text(encoding="utf-8")
    names = [path.name for path in (ROOT / "data/reference").glob("*.ttl")]
    assert [name for name in names if name not in notice] == []


def test_the_style_guide_names_every_rule_once() -> None:
    text = (ROOT / "ontology/STYLE.md").read_text(encoding="utf-8")
    assert {f"M{n}" for n in range(1, 18)} == set(re.findall(r"\bM\d+\b", text))


def test_every_example_of_the_ontology_that_is_turtle_parses() -> None:
    prefixes = (
        "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in _prefixes().items())
        + "@prefix src: <https://example.org/> .\n"
    )
    ontology = parse(path=str(ROOT / "ontology/scograph.ttl"))
    examples = [
        getattr(quad.object, "value", "")
        for quad in ontology
        if quad.predicate.value.endswith("#example")
        and getattr(quad.object, "language", None) is None
    ]
    assert len(examples) > 50
    for example in examples:
        assert list(parse((prefixes + example).encode(), format=RdfFormat.TURTLE)), example


def _prefixes() -> dict[str, str]:
    parser = parse((ROOT / "data/dataset.ttl").read_bytes(), format=RdfFormat.TURTLE)
    list(parser)
    return dict(parser.prefixes)
