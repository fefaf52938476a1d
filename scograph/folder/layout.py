"""The files of a graph folder and their roles (see the README, 'A graph is a folder')."""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from scograph.folder.document import MAX_BYTES, Role
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import Finding, Severity
from scograph.system.files import read_inside

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
# What an IRI cannot hold (RFC 3987), or what ends its path.
_NOT_IN_IRIS = re.compile(r'[\s<>"{}|^`\\#?%]')
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
        for path in _below(root / folder):
            name = path.relative_to(root).as_posix()
            if path.suffix.lower() in _RDF_SUFFIXES and name not in known:
                yield Finding(
                    name, 0, Severity.ERROR, "ignored-file",
                    "nothing reads a file of this name here; records are data/record/*.trig, "
                    "reference data data/reference/*.ttl, the ontology ontology/*.ttl",
                )  # fmt: skip


def _below(folder: Path) -> list[Path]:
    """Return what lies below *folder* at any depth, links not followed, sorted."""
    found: list[Path] = []
    todo = [folder]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    found.append(Path(entry.path))
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(found[-1])
        except OSError:
            continue  # what has to be read of it is reported by `files`
    return sorted(found)


def odd_names(root: Path) -> Iterator[Finding]:
    """Report file names that no IRI can have, and names that some systems take for one."""
    by_folded: dict[str, list[str]] = defaultdict(list)
    for name in _read_names(root):
        by_folded[name.casefold()].append(name)
        if not name.isprintable() or _NOT_IN_IRIS.search(name):
            message = "name the file in letters, digits and `.-_`: IRIs are made of its name"
            yield Finding(name, 0, Severity.ERROR, "file-name", message)
    for first, *others in by_folded.values():
        for other in others:
            message = f"{first} differs from it in case only: some systems keep one of the two"
            yield Finding(other, 0, Severity.ERROR, "file-name", message)


def _read_names(root: Path) -> list[str]:
    """Return the names of all files that a release is built from, relative to *root*."""
    names = [path for path, _ in layout(root)]
    for folder in ("queries", "rules"):
        names += [path.relative_to(root).as_posix() for path in files(root / folder, ".rq")]
    return names


def folder_digest(root: Path) -> str:
    """Return a SHA-256 of the names and contents of all files that a release is built from.

    It is stored beside the release, so that a server can report that the folder has changed
    since. Files that cannot be read count as empty.
    """
    total = hashlib.sha256()
    for name in _read_names(root):
        try:
            content = read_inside(root, name, MAX_BYTES)
        except OSError:
            content = b""
        line = f"{name}\0{hashlib.sha256(content).hexdigest()}\n"
        total.update(line.encode(errors="surrogateescape"))
    return total.hexdigest()
