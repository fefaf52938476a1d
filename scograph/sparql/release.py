"""Opening a release, read-only: its files, each checked by its hash, and its quads in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, RdfFormat, Store, parse

from scograph.rdf.errors import GraphError
from scograph.rdf.terms import Fact
from scograph.sparql.manifest import DATASET, MANIFEST, SUMS, ManifestError, parse_manifest
from scograph.system.files import read, sha256sums

_AGAIN = "build it again"


@dataclass(frozen=True)
class Release:
    """An opened release. ``path`` is its folder, ``manifest`` the parsed ``manifest.json``.

    ``files`` are the names of its files, each with its SHA-256 when it was opened.
    """

    path: Path
    manifest: dict[str, Any]
    store: Store
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical N-Quads: the release's name."""
        return str(self.manifest["release"])

    @property
    def base(self) -> str:
        """The base IRI; things are ``<base>id/...``."""
        return str(self.manifest["base"])

    @property
    def prefixes(self) -> dict[str, str]:
        """The dataset's prefixes, which queries may leave out."""
        return dict(self.manifest["prefixes"])

    def about(self, node: BlankNode) -> list[Fact]:
        """Return what the adopted graph says of a blank node: a list or a class."""
        found = self.store.quads_for_pattern(node, None, None, DefaultGraph())
        return [Fact(quad.subject, quad.predicate, quad.object) for quad in found]  # type: ignore[arg-type]


def find_release(folder: Path) -> Path:
    """Return the release that serves *folder*: itself, or what ``releases/current`` points to.

    Raises:
        GraphError: there is none yet, or its manifest is damaged.

    """
    is_release = (folder / MANIFEST).is_file()
    found = folder if is_release else folder / "releases" / "current"
    if not (found / MANIFEST).is_file():
        raise GraphError(f"{folder} has no release yet: run `scograph build {folder}` first")
    read_manifest(found)
    return found.resolve()


def open_release(path: Path) -> Release:
    """Load the release in *path* into memory, after checking that it is whole.

    Each file is read once: what is parsed are the bytes that were hashed.

    Raises:
        GraphError: a file is missing, damaged, or of a format from another version.

    """
    manifest, files = _read_manifest(path)
    for name in manifest["files"]:
        content = _read(path, name)
        if hashlib.sha256(content).hexdigest() != files[name]:
            raise _refused(path, f"is damaged, {name} has another hash")
        if len(content) != manifest["files"][name]["bytes"]:
            raise _refused(path, f"is damaged, {name} has another size")
        if name == DATASET:
            dataset = content
    store = Store()
    try:
        # `Store.load` would relabel the blank nodes, differently each time.
        store.bulk_extend(parse(dataset, format=RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise _refused(path, f"is damaged, {DATASET} is not N-Quads") from error
    return Release(path, manifest, store, files)


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest of the release in *path*, checked by its hash.

    Raises:
        GraphError: there is none, or it is damaged, or of a format from another version.

    """
    return _read_manifest(path)[0]


def published_files(path: Path) -> dict[str, str]:
    """Return the names of the files of the release in *path*, each with the SHA-256 it must have.

    Raises:
        GraphError: the manifest is missing or damaged.

    """
    return _read_manifest(path)[1]


def _read_manifest(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the manifest, and all files with their SHA-256; SHA256SUMS must name just these.

    A byte of SHA256SUMS that differs from what follows from the manifest is damage, too.
    """
    content = _read(path, MANIFEST)
    try:
        manifest = parse_manifest(content)
    except ManifestError as error:
        raise _refused(path, str(error)) from error
    files = {name: str(file["sha256"]) for name, file in manifest["files"].items()}
    files[MANIFEST] = hashlib.sha256(content).hexdigest()
    sums = sha256sums(files)
    if _read(path, SUMS) != sums:
        raise _refused(path, f"is damaged, {SUMS} and {MANIFEST} do not fit")
    return manifest, {**files, SUMS: hashlib.sha256(sums).hexdigest()}


def _refused(path: Path, reason: str) -> GraphError:
    return GraphError(f"the release {path} {reason}: {_AGAIN}")


def _read(path: Path, name: str) -> bytes:
    try:
        return read(path / name)
    except OSError as error:
        reason = error.strerror or error
        raise GraphError(f"cannot open the release {path}: {name}: {reason}") from error
