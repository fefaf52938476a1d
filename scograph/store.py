"""Opening a release, read-only: the manifest, and its quads in memory."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat, Store

from scograph.findings import GraphError

_FORMAT = 1


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


def find_release(folder: Path) -> Path:
    """Return the release that serves *folder*: itself, or what ``releases/current`` points to.

    Raises:
        GraphError: there is none yet.

    """
    if (folder / "manifest.json").is_file():
        return folder
    current = folder / "releases" / "current"
    if not (current / "manifest.json").is_file():
        raise GraphError(f"{folder} has no release yet: run `scograph build {folder}` first")
    return current.resolve()


def open_release(path: Path) -> Release:
    """Load the release in *path* into memory, after checking that it is whole.

    Raises:
        GraphError: a file is missing, damaged, or of a format from another version.

    """
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        content = (path / "dataset.nq").read_bytes()
    except (OSError, ValueError) as error:
        raise GraphError(f"cannot open the release {path}: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
        raise GraphError(f"the release {path} is of another format: build it again")
    if hashlib.sha256(content).hexdigest() != manifest.get("release"):
        raise GraphError(f"the release {path} is damaged, its hash does not fit: build it again")
    store = Store()
    store.bulk_load(content, format=RdfFormat.N_QUADS)
    return Release(path, manifest, store)
