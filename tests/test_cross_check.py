"""Two reasoners beside each other: owlrl infers what the rules infer, else the check tells."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scograph.build.pipeline import Checked, check_folder
from scograph.checks.cross_check import check_against_owlrl
from tests.conftest import ROOT, silent
from tests.explained import make_folder
from tests.folders import line_of, lines, opened, reasoned
from tests.test_own_rules import ABOUT, MEETS, add_rules


def cross_checked(folder: Path) -> list[str]:
    return lines(check_folder(folder, silent, cross_check=True).findings)


def count(checked: Checked) -> str:
    assert checked.manifest is not None
    return f"{checked.manifest['triples']['inferred']:,}"


def test_owlrl_infers_the_same_of_the_repository(checked: Checked) -> None:
    """Of the same inferences the rest of the build makes the same release."""
    inspection = reasoned(opened(ROOT, cross_check=True))
    message = f"owlrl infers the same {count(checked)} triples"
    assert lines(list(check_against_owlrl(inspection))) == [
        f"ontology/scograph.ttl: info cross-check {message}"
    ]


@pytest.mark.slow
def test_a_folder_with_own_rules_is_equal_too(tmp_path: Path) -> None:
    folder = add_rules(make_folder(tmp_path), ABOUT, MEETS)
    ours = check_folder(folder, silent)
    message = f"owlrl infers the same {count(ours)} triples"
    assert cross_checked(folder) == [f"ontology/scograph.ttl: info cross-check {message}"]
    by_owlrl = check_folder(folder, silent, reasoner="owlrl")
    assert (by_owlrl.files, by_owlrl.manifest) == (ours.files, ours.manifest)


KEY = """@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sco: <https://w3id.org/scograph/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
sco:State owl:hasKey ( skos:notation ) .
"""


@pytest.mark.slow
def test_where_owlrl_is_wrong_the_differences_are_warnings(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    (folder / "ontology" / "key.ttl").write_text(KEY, encoding="utf-8")
    found = cross_checked(folder)
    places = "data/reference/places.ttl"
    hint = "which no rule gives here; owlrl is known to be wrong on owl:hasKey"
    merged = [
        f"{places}:{line_of(folder, places, f'{one} a')}: warning cross-check "
        f"owlrl infers {one} owl:sameAs {other}, {hint}"
        for one, other in (("state:XA", "state:XB"), ("state:XB", "state:XA"))
    ]
    assert [line for line in found if "owl:sameAs" in line and "warning" in line] == merged
    others = [line for line in found if " warning cross-check " not in line]
    assert [line.split(" ")[:3] for line in others] == [
        ["ontology/key.ttl:4:", "error", "shape:NothingThatMerges"]
    ]
    assert all(line.endswith(hint) for line in found if line not in others)


def test_the_commands(tmp_path: Path) -> None:
    folder, out = make_folder(tmp_path / "graph"), tmp_path / "out"
    same = f"owlrl infers the same {count(check_folder(folder, silent))} triples"
    # A folder that has just been made lacks the files that are generated.
    done = run(folder, "check", "--cross-check", "--fix", "-q")
    message = f"rewrote data/forum.ttl\nontology/scograph.ttl: info cross-check {same}\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, message, "")
    done = run(folder, "build", "--reasoner", "owlrl", "-q", "--out", str(out))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{out}\n", "")


def test_an_unknown_reasoner_is_wrong_usage(tmp_path: Path) -> None:
    done = run(tmp_path, "build", "--reasoner", "other")
    last = "Error: Invalid value for '--reasoner': 'other' is not one of 'scograph', 'owlrl'."
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, last)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scograph", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
