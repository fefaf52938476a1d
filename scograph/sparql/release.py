"""Opening a release, read-only: the manifest, and its quads in memory."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, RdfFormat, Store, parse

from scograph.rdf.errors import GraphError
from scograph.rdf.terms import Fact

_FORMAT = 1
_MANIFEST = "manifest.json"
_AGAIN = "build it again"
_KEYS = {"release": str, "versions": dict, "base": str, "prefixes": dict, "files": dict}


@dataclass(frozen=True)
class Release:
    """An opened release. ``path`` is its folder, ``manifest`` the parsed ``manifest.json``."""

    path: Path
    manifest: dict[str, Any]
    store: Store

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
    is_release = (folder / _MANIFEST).is_file()
    found = folder if is_release else folder / "releases" / "current"
    if not (found / _MANIFEST).is_file():
        raise GraphError(f"{folder} has no release yet: run `scograph build {folder}` first")
    read_manifest(found)
    return found.resolve()


def check_release(path: Path) -> dict[str, Any]:
    """Check that the release in *path* is whole, every file by its hash; return the manifest.

    Raises:
        GraphError: a file is missing, damaged, or of a format from another version.

    """
    manifest = read_manifest(path)
    files = manifest["files"].items()
    named = {name: file.get("sha256") for name, file in files if isinstance(file, dict)}
    for name, digest in {**named, "dataset.nq": manifest["release"]}.items():
        if hashlib.sha256(_read(path, name)).hexdigest() != digest:
            raise GraphError(f"the release {path} is damaged, {name} has another hash: {_AGAIN}")
    return manifest


def open_release(path: Path) -> Release:
    """Load the release in *path* into memory, after checking that it is whole.

    Raises:
        GraphError: a file is missing, damaged, or of a format from another version.

    """
    manifest = check_release(path)
    store = Store()
    # `Store.load` would relabel the blank nodes, differently each time.
    store.bulk_extend(parse(_read(path, "dataset.nq"), format=RdfFormat.N_QUADS))
    return Release(path, manifest, store)


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest of the release in *path*.

    Raises:
        GraphError: there is none, or it is damaged, or of a format from another version.

    """
    try:
        manifest = json.loads(_read(path, _MANIFEST))
    except ValueError as error:
        raise GraphError(f"the release {path} is damaged, in manifest.json: {_AGAIN}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
        raise GraphError(f"the release {path} is of another format: {_AGAIN}")
    for key, kind in _KEYS.items():
        if not isinstance(manifest.get(key), kind):
            raise GraphError(f"the release {path} is damaged, its manifest has no {key}: {_AGAIN}")
    return manifest


def published_files(path: Path) -> dict[str, str]:
    """Return the names of the files of the release in *path*, each with its SHA-256.

    Raises:
        GraphError: the manifest is missing or damaged.

    """
    named = {name: str(file["sha256"]) for name, file in read_manifest(path)["files"].items()}
    return {**named, _MANIFEST: hashlib.sha256(_read(path, _MANIFEST)).hexdigest()}


def _read(path: Path, name: str) -> bytes:
    try:
        return (path / name).read_bytes()
    except OSError as error:
        reason = error.strerror or error
        raise GraphError(f"cannot open the release {path}: {name}: {reason}") from error
