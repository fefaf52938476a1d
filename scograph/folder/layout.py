"""The files of a graph folder and their roles (see the README, 'A graph is a folder')."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from scograph.folder.document import Role
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import Finding, Severity

FORUM_FILE = "data/forum.ttl"

_SINGLE_FILES = (
    ("data/dataset.ttl", Role.DATASET),
    ("data/inferences.trig", Role.INFERENCES),
    ("data/disputes.ttl", Role.DISPUTES),
)
_FOLDERS = (
    ("data/reference", ".ttl", Role.REFERENCE),
    ("data/record", ".trig", Role.RECORD),
    ("shapes", ".ttl", Role.SHAPES),
)
_RDF_SUFFIXES = frozenset([".ttl", ".trig", ".nt", ".nq", ".rdf", ".jsonld"])


def files(folder: Path, suffix: str) -> list[Path]:
    """Return the files of *folder* whose names end in *suffix*, sorted; none if it does not exist.

    Raises:
        GraphError: the folder cannot be listed.
    """
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208  (glob ignores folders that it may not read)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise GraphError(f"cannot read the folder {folder}: {error.strerror}") from error
    return [folder / name for name in names if name.endswith(suffix) and not name.startswith(".")]


def layout(root: Path) -> Iterator[tuple[str, Role]]:
    """Yield the path of each RDF file that is read, relative to *root*, and its role."""
    for path in files(root / "ontology", ".ttl"):
        role = Role.TOPICS if path.name == "topics.ttl" else Role.ONTOLOGY
        yield path.relative_to(root).as_posix(), role
    present = {path.relative_to(root).as_posix() for path in files(root / "data", "")}
    for name, role in _SINGLE_FILES:
        if name in present:
            yield name, role
    for folder, suffix, role in _FOLDERS:
        for path in files(root / folder, suffix):
            yield path.relative_to(root).as_posix(), role


def strays(root: Path) -> Iterator[Finding]:
    """Report RDF files in places where none is read: their triples would be missing silently."""
    known = {path for path, _ in layout(root)} | {FORUM_FILE}
    for folder in ("ontology", "data", "shapes"):
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.suffix.lower() in _RDF_SUFFIXES and name not in known:
                yield Finding(
                    name, 0, Severity.ERROR, "ignored-file",
                    "nothing reads a file of this name here; records are data/record/*.trig, "
                    "reference data data/reference/*.ttl, the ontology ontology/*.ttl",
                )  # fmt: skip


def folder_digest(root: Path) -> str:
    """Return a SHA-256 of the names and contents of all files that a release is built from.

    It is stored beside the release, so that a server can report that the folder has changed
    since. Files that cannot be read count as empty.
    """
    names = [path for path, _ in layout(root)]
    for folder in ("queries", "rules"):
        names += [path.relative_to(root).as_posix() for path in files(root / folder, ".rq")]
    total = hashlib.sha256()
    for name in names:
        try:
            content = (root / name).read_bytes()
        except OSError:
            content = b""
        total.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()
