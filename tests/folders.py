"""Small graph folders for tests: a complete one, to be broken in one place at a time."""

from __future__ import annotations

import shutil
from pathlib import Path

from scograph.build.pipeline import Checked, check_folder
from scograph.rdf.findings import Finding
from tests.conftest import ROOT, silent

RECORD = "data/record/sectsco-2021-09-30.trig"


def copy_repository(target: Path) -> Path:
    """Copy the repository's graph, without its releases, to *target*."""
    for part in ("ontology", "data", "shapes", "queries"):
        if (ROOT / part).exists():
            shutil.copytree(ROOT / part, target / part)
    return target


def replace(folder: Path, name: str, old: str, new: str) -> None:
    """Replace *old*, which must be there, once by *new* in a file of *folder*."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(folder: Path, name: str, text: str) -> int:
    """Return the number, from 1, of the first line of a file that contains *text*."""
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def check(folder: Path, texts: Path | None = None) -> Checked:
    return check_folder(folder, silent, texts)


def lines(findings: list[Finding]) -> list[str]:
    return [str(finding) for finding in findings]
