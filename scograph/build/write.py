"""Writing a release: canonical N-Quads, their SHA-256, a manifest, atomically.

Layout of a release, the only meeting point of build and serve:

- ``dataset.nq``: all quads, RDFC-1.0 labels for blank nodes, lines sorted;
- ``forum.ttl``: the adopted facts in plain Turtle;
- ``manifest.json``: versions, counts, sizes and hashes. No times: two builds of
  one commit are the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    Quad,
    RdfFormat,
    serialize,
)

from scograph import __version__
from scograph.folder.layout import folder_digest
from scograph.rdf.errors import GraphError

DATASET_FILE = "dataset.nq"
FORUM_FILE = "forum.ttl"
MANIFEST_FILE = "manifest.json"
RELEASES = "releases"
CURRENT = "current"
_SHORT = 16


def canonical_nquads(quads: Iterable[Quad]) -> bytes:
    """Return the dataset in canonical N-Quads (RDFC-1.0), lines sorted by code point."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    text = serialize(dataset, format=RdfFormat.N_QUADS)
    if text is None:
        raise TypeError("the serialiser returned nothing")
    return b"".join(sorted(text.splitlines(keepends=True)))


def manifest(
    files: dict[str, bytes], versions: dict[str, str], facts: dict[str, Any]
) -> dict[str, Any]:
    """Return the manifest of a release: its hash names it, and *facts* are added as they are.

    *versions* are those of the ontology and the data; the software adds its own.
    """
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return {
        "format": 1,
        "release": digests[DATASET_FILE],
        "versions": {"software": __version__, **versions},
        **facts,
        "files": {
            name: {"sha256": digests[name], "bytes": len(content)}
            for name, content in sorted(files.items())
        },
    }


def write_release(root: Path, files: dict[str, bytes], description: dict[str, Any]) -> Path:
    """Write a release below ``<root>/releases`` and point ``current`` to it; return its folder.

    Nobody ever sees half a release: the files are written and synced in a folder
    of another name, which is then renamed; ``current`` is replaced in one step. A
    release that is there already is left alone, unless it is damaged.

    Raises:
        GraphError: the disk refuses; the last release stays as it was.

    """
    releases = root / RELEASES
    target = releases / str(description["release"])[:_SHORT]
    with _explained(releases):
        releases.mkdir(exist_ok=True)
        _place(target, files, description)
        _replace(_origin(target), lambda path: path.write_text(folder_digest(root)))
        _replace(releases / CURRENT, lambda path: path.symlink_to(target.name))
    return target


def is_current(root: Path, release: Path) -> bool:
    """Tell whether *root* is still what the release below it was last built from.

    The digest of the folder stands beside the release, not in it: a comment more
    changes the folder and leaves the release as it is. True where none is known.
    """
    origin = _origin(release)
    return not origin.is_file() or origin.read_text() == folder_digest(root)


def _origin(release: Path) -> Path:
    return release.parent / f".{release.name}.folder"


def _replace(path: Path, make: Callable[[Path], object]) -> None:
    fresh = path.parent / f".{path.name}-{os.getpid()}"
    fresh.unlink(missing_ok=True)
    try:
        make(fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def write_into(folder: Path, files: dict[str, bytes], description: dict[str, Any]) -> Path:
    """Write a release straight into *folder*, which must be absent, empty or a release.

    Raises:
        GraphError: *folder* is the current one or holds something else, or the disk refuses.

    """
    if folder.resolve() == Path.cwd():
        raise GraphError("--out cannot be the current folder: name one inside it")
    is_release = (folder / MANIFEST_FILE).is_file()
    if folder.exists() and not is_release and (not folder.is_dir() or any(folder.iterdir())):
        raise GraphError(f"{folder} is neither empty nor a release: name another --out")
    with _explained(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        _place(folder, files, description)
    return folder


def _place(target: Path, files: dict[str, bytes], description: dict[str, Any]) -> None:
    text = json.dumps(description, indent=2, ensure_ascii=False, sort_keys=False) + "\n"
    everything = {**files, MANIFEST_FILE: text.encode()}
    if _same(target, everything):
        return
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        fresh.chmod(0o755)
        for name, content in everything.items():
            with (fresh / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        if target.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
            target.replace(old / "release")
            fresh.replace(target)
            shutil.rmtree(old)
        else:
            fresh.replace(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _same(target: Path, files: dict[str, bytes]) -> bool:
    return target.is_dir() and all(
        (target / name).is_file() and (target / name).read_bytes() == content
        for name, content in files.items()
    )


@contextmanager
def _explained(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise GraphError(f"cannot write the release in {place}: {reason}") from error
