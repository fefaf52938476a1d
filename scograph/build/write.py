"""Writing a release atomically: canonical N-Quads, Turtle, a manifest, and SHA-256 of them all.

The files of a release, which are all that the build and the server share:

- ``dataset.nq``: all quads in canonical N-Quads (RDFC-1.0), sorted;
- ``forum.ttl``: the adopted facts in plain Turtle;
- ``manifest.json``: versions, counts, sizes and hashes. It has no timestamps, so that two
  builds of one commit give the same bytes;
- ``SHA256SUMS``: the hashes of these files, the manifest's too, for ``sha256sum -c``.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
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
from scograph.system.files import expect_inside, read, sha256sums, sync_folder, write

DATASET_FILE = "dataset.nq"
FORUM_FILE = "forum.ttl"
MANIFEST_FILE = "manifest.json"
SUMS_FILE = "SHA256SUMS"
FORMAT = 2
RELEASES = "releases"
CURRENT = "current"
# Hexadecimal digits of the dataset's SHA-256 in the name of a release's folder.
_NAME_DIGITS = 16
# What `tempfile` puts at the end of a name.
_RANDOM = "[a-z0-9_]{8}"
# What a build that was killed leaves among the releases.
_LEFT_OVER = re.compile(
    rf"\.(scograph-)?[0-9a-f]{{16}}-(old-)?{_RANDOM}"
    rf"|\.(\.[0-9a-f]{{16}}\.folder|{CURRENT})-[a-z0-9_]+"
)


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
        "format": FORMAT,
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
    already is not written again, unless its files differ. Of several builds, one writes at a
    time; what a build that was killed has left is removed.

    Raises:
        GraphError: the release cannot be written; ``current`` stays as it was.

    """
    releases = root / RELEASES
    target = releases / str(description["release"])[:_NAME_DIGITS]
    with _graph_errors(releases):
        expect_inside(root, RELEASES)
        releases.mkdir(exist_ok=True)
        with _alone_in(releases):
            _remove_leftovers(releases, _LEFT_OVER)
            _place(target, files, description)
            write(_digest_file(target), folder_digest(root).encode())
            _point(releases / CURRENT, target.name)
            sync_folder(releases)
    return target


def is_current(root: Path, release: Path) -> bool:
    """Return whether *root* is unchanged since *release*, below it, was last built.

    The digest of the folder is stored beside the release, not in it, since a change of a
    comment alters the folder but not the release. True where no digest is stored.
    """
    digest_file = _digest_file(release)
    return not digest_file.is_file() or read(digest_file) == folder_digest(root).encode()


def _digest_file(release: Path) -> Path:
    return release.parent / f".{release.name}.folder"


def _point(link: Path, name: str) -> None:
    """Have *link* point to *name*, at once."""
    temporary = link.with_name(f".{link.name}-new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(name)
    temporary.replace(link)


def write_into(folder: Path, files: dict[str, bytes], description: dict[str, Any]) -> Path:
    """Write a release into *folder* itself, which must be absent, empty or a release.

    Raises:
        GraphError: *folder* is the current folder, holds something else, or cannot be written.

    """
    if folder.resolve() == Path.cwd():
        raise GraphError("--out cannot be the current folder: name one inside it")
    with _graph_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(folder.parent):
            is_release = (folder / MANIFEST_FILE).is_file()
            is_free = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
            if not is_release and not is_free:
                raise GraphError(f"{folder} is neither empty nor a release: name another --out")
            left_over = re.escape(_temporary(folder.name)) + _RANDOM
            _remove_leftovers(folder.parent, re.compile(left_over))
            _place(folder, files, description)
            sync_folder(folder.parent)
    return folder


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other build writes in *folder*, and keep others waiting.

    The kernel gives the lock back when a build is killed, and no file is left behind.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _remove_leftovers(folder: Path, names: re.Pattern[str]) -> None:
    """Remove what builds that were killed have left in *folder*; no living one writes there."""
    for path in folder.iterdir():
        if names.fullmatch(path.name):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def _temporary(name: str) -> str:
    return f".scograph-{name}-"


def _place(target: Path, files: dict[str, bytes], description: dict[str, Any]) -> None:
    """Make the folder *target* with *files*, manifest and sums, unless it has them already."""
    text = json.dumps(description, indent=2, ensure_ascii=False, sort_keys=False) + "\n"
    contents = {**files, MANIFEST_FILE: text.encode()}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    contents[SUMS_FILE] = sha256sums(digests)
    if _has_files(target, contents):
        return
    place = Path(tempfile.mkdtemp(prefix=_temporary(target.name), dir=target.parent))
    made, old = place / "new", place / "old"
    try:
        made.mkdir()
        for name, content in contents.items():
            with (made / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(made)
        if target.exists():
            target.replace(old)
        made.replace(target)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _has_files(target: Path, files: dict[str, bytes]) -> bool:
    return target.is_dir() and all(
        (target / name).is_file() and read(target / name) == content
        for name, content in files.items()
    )


@contextmanager
def _graph_errors(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise GraphError(f"cannot write the release in {place}: {reason}") from error
