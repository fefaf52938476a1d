"""Small graph folders for tests: a complete one, to be broken in one place at a time."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
from pathlib import Path
from typing import Any

from scograph.build.pipeline import Checked, check_folder
from scograph.checks.check import Inspection
from scograph.checks.inconsistencies import check_inconsistencies
from scograph.checks.terms import check_rules
from scograph.checks.texts import check_texts
from scograph.folder.dataset import assemble
from scograph.folder.folder import read_folder
from scograph.folder.positions import Locator
from scograph.rdf.findings import Finding
from scograph.reasoning.reason import reason
from scograph.reasoning.rules.files import load_rules
from scograph.system.files import sha256sums
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


def check_by_texts(folder: Path, texts: Path) -> list[Finding]:
    """What the source texts alone tell of a folder."""
    return sorted(check_texts(opened(folder, texts=texts)))


def check_by_rules(folder: Path) -> list[Finding]:
    """What the rules alone tell of a folder, its own among them."""
    found = reasoned(opened(folder))
    return sorted([*check_rules(found), *check_inconsistencies(found)])


def opened(root: Path, **rest: Any) -> Inspection:
    """A folder as the checks see it before anything is inferred."""
    folder, findings = read_folder(root)
    assert folder is not None, findings
    return Inspection(folder, assemble(folder), Locator(folder.documents), **rest)


def reasoned(inspection: Inspection) -> Inspection:
    """The same with what follows by all rules."""
    rules = (*load_rules(), *inspection.folder.rules)
    closure = reason(inspection.asserted.default_graph(), rules)
    return dataclasses.replace(inspection, closure=closure)


def sum_up(release: Path) -> None:
    """Write SHA256SUMS anew: what was changed by hand counts as built so."""
    names = [path.name for path in release.iterdir() if path.name != "SHA256SUMS"]
    digests = {name: hashlib.sha256((release / name).read_bytes()).hexdigest() for name in names}
    (release / "SHA256SUMS").write_bytes(sha256sums(digests))


def lines(findings: list[Finding]) -> list[str]:
    return [str(finding) for finding in findings]
