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

from scograph.store import Release
from tests.conftest import ROOT
from tests.folders import check, copy_repository
from tools.commands import TARGET, reference

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


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.command[:60])
def test_a_command_prints_what_the_page_says(example: Example, clone: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", example.command], cwd=clone, capture_output=True, text=True,
        env={"COLUMNS": "100", "PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "ignore"}, timeout=120,
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
        [sys.executable, "-c", code], cwd=clone, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.returncode) == (output, 0), done.stderr


def test_the_readme_counts_the_triples_of_today(release: Release) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| triples, (\w+) \| ([\d,]+) \|$", text, re.MULTILINE))
    told = {name: int(count.replace(",", "")) for name, count in rows.items()}
    assert told == release.manifest["triples"]


def test_the_record_of_the_recipe_is_sound(tmp_path: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```trig\n(.*?)```", text, re.DOTALL)
    folder = copy_repository(tmp_path / "graph")
    record = (folder / "data/record/sectsco-2021-09-30.trig").read_text(encoding="utf-8")
    prefixes = "\n".join(line for line in record.splitlines() if line.startswith("@prefix"))
    prefixes = prefixes.replace("id/source/sectsco-2021-09-30/", "id/source/example-2021-01-01/")
    body = "\n".join(line.removeprefix("   ") for line in block.splitlines())
    (folder / "data/record/example-2021-01-01.trig").write_text(prefixes + "\n" + body)
    assert [str(finding) for finding in check(folder).findings] == []


def test_the_reference_of_the_command_line_is_current() -> None:
    assert TARGET.read_text(encoding="utf-8") == reference()


@pytest.mark.parametrize("page", [*PAGES, "ontology/STYLE.md", "CHANGELOG.md", "NOTICE.md"])
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
