"""Writing a release atomically: canonical N-Quads, Turtle, and a manifest with their SHA-256.

The files of a release, which are all that the build and the server share:

- ``dataset.nq``: all quads in canonical N-Quads (RDFC-1.0), sorted;
- ``forum.ttl``: the adopted facts in plain Turtle;
- ``manifest.json``: versions, counts, sizes and hashes. It has no timestamps, so that two
  builds of one commit give the same bytes.
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
# Hexadecimal digits of the dataset's SHA-256 in the name of a release's folder.
_NAME_DIGITS = 16


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
    """Return the manifest of a release, which is identified by the SHA-256 of its dataset.

    *versions* are those of the ontology and the data; that of the software is added.
    *facts* are further entries, taken as they are.
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

    Readers never see an incomplete release: the files are written and synced in a temporary
    folder, which is then renamed; ``current`` is replaced atomically. A release that exists
    already is not written again, unless its files differ.

    Raises:
        GraphError: the release cannot be written; ``current`` stays as it was.

    """
    releases = root / RELEASES
    target = releases / str(description["release"])[:_NAME_DIGITS]
    with _graph_errors(releases):
        releases.mkdir(exist_ok=True)
        _place(target, files, description)
        _replace(_digest_file(target), lambda path: path.write_text(folder_digest(root)))
        _replace(releases / CURRENT, lambda path: path.symlink_to(target.name))
    return target


def is_current(root: Path, release: Path) -> bool:
    """Return whether *root* is unchanged since *release*, below it, was last built.

    The digest of the folder is stored beside the release, not in it, since a change of a
    comment alters the folder but not the release. True where no digest is stored.
    """
    digest_file = _digest_file(release)
    return not digest_file.is_file() or digest_file.read_text() == folder_digest(root)


def _digest_file(release: Path) -> Path:
    return release.parent / f".{release.name}.folder"


def _replace(path: Path, make: Callable[[Path], object]) -> None:
    """Replace *path* atomically by the file or link that *make* makes at the path it is given."""
    temporary = path.parent / f".{path.name}-{os.getpid()}"
    temporary.unlink(missing_ok=True)
    try:
        make(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_into(folder: Path, files: dict[str, bytes], description: dict[str, Any]) -> Path:
    """Write a release into *folder* itself, which must be absent, empty or a release.

    Raises:
        GraphError: *folder* is the current folder, holds something else, or cannot be written.

    """
    if folder.resolve() == Path.cwd():
        raise GraphError("--out cannot be the current folder: name one inside it")
    is_release = (folder / MANIFEST_FILE).is_file()
    if folder.exists() and not is_release and (not folder.is_dir() or any(folder.iterdir())):
        raise GraphError(f"{folder} is neither empty nor a release: name another --out")
    with _graph_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        _place(folder, files, description)
    return folder


def _place(target: Path, files: dict[str, bytes], description: dict[str, Any]) -> None:
    """Make the folder *target* with *files* and the manifest, unless it has them already."""
    text = json.dumps(description, indent=2, ensure_ascii=False, sort_keys=False) + "\n"
    contents = {**files, MANIFEST_FILE: text.encode()}
    if _has_files(target, contents):
        return
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        temporary.chmod(0o755)
        for name, content in contents.items():
            with (temporary / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        if target.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
            target.replace(old / "release")
            temporary.replace(target)
            shutil.rmtree(old)
        else:
            temporary.replace(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _has_files(target: Path, files: dict[str, bytes]) -> bool:
    return target.is_dir() and all(
        (target / name).is_file() and (target / name).read_bytes() == content
        for name, content in files.items()
    )


@contextmanager
def _graph_errors(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise GraphError(f"cannot write the release in {place}: {reason}") from error
