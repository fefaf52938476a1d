"""Files over HTTP: those of a release, and what pages are made of.

The files of a release are opened when it begins to be served, and read by their descriptors: what
later lies at their path is nobody's answer. A file that has been written to since is gone (410).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from mimetypes import guess_type
from pathlib import Path

from scograph.http import errors
from scograph.http.encoding import tag_of
from scograph.http.headers import RESPONSE_HEADERS
from scograph.http.messages import FileChanged, FilePart, Response

_STATIC = Path(__file__).parent.parent / "web" / "static"
_TYPES = {".nq": "application/n-quads", ".ttl": "text/turtle; charset=utf-8",
          ".json": "application/json", "": "text/plain; charset=utf-8"}  # fmt: skip
# What is larger is read as it is sent, and never kept.
_WHOLE = 4 * 2**20
_PIECE = 2**20
DOWNLOAD, STATIC = "/download/", "/static/"
_SHOWN = 200  # characters of a path in a sentence


class ReleaseFile:
    """A file of a release, open for as long as it may be asked for."""

    def __init__(self, path: Path, digest: str) -> None:
        """Open *path*, whose content should have the SHA-256 *digest*."""
        self.digest = digest
        self._verified: os.stat_result | None = None
        try:
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:  # told to whoever asks for it, as 410
            self._descriptor = -1

    def __del__(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)

    @property
    def size(self) -> int:
        """The number of bytes, once `verify` has found them to be the right ones."""
        return 0 if self._verified is None else self._verified.st_size

    @property
    def is_verified(self) -> bool:
        """Whether the content has been compared with its hash since anything was done to it.

        Raises:
            FileChanged: the file could not be opened.

        """
        now, then = self._now(), self._verified
        return then is not None and _is_as_it_was(then, now) and then.st_ctime_ns == now.st_ctime_ns

    def verify(self) -> None:
        """Compare the content with its hash, which takes a second for each GB.

        Raises:
            FileChanged: it is not what the release says.

        """
        now = self._now()
        hashed = hashlib.sha256()
        for offset in range(0, now.st_size, _PIECE):
            hashed.update(os.pread(self._descriptor, _PIECE, offset))
        is_right = hashed.hexdigest() == self.digest and _is_as_it_was(now, self._now())
        self._verified = now if is_right else None
        if not is_right:
            raise FileChanged

    def read(self, offset: int, count: int) -> bytes:
        """Return *count* bytes from *offset*, fewer at the end.

        Raises:
            FileChanged: the file has been written to since it was verified.

        """
        found = os.pread(self._descriptor, count, offset)
        if self._verified is None or not _is_as_it_was(self._verified, self._now()):
            raise FileChanged
        return found

    def _now(self) -> os.stat_result:
        if self._descriptor < 0:
            raise FileChanged
        return os.fstat(self._descriptor)


def _is_as_it_was(then: os.stat_result, now: os.stat_result) -> bool:
    return (then.st_size, then.st_mtime_ns) == (now.st_size, now.st_mtime_ns)


@dataclass(frozen=True)
class _StaticFile:
    content: bytes
    digest: str


def open_files(folder: Path, published: Mapping[str, str]) -> dict[str, ReleaseFile]:
    """Open the files of the release in *folder*, *published* by name with their SHA-256."""
    return {name: ReleaseFile(folder / name, digest) for name, digest in published.items()}


def is_file(path: str) -> bool:
    """Tell whether *path* is below the places of files, whether there is one or not."""
    return path.startswith((DOWNLOAD, STATIC)) and path != DOWNLOAD


async def file_response(path: str, files: Mapping[str, ReleaseFile]) -> Response:
    """Answer with the file that *path* names, one of *files* or of those of the pages.

    Raises:
        HTTPException: 404, or 410 where the file is not what it was.

    """
    if path.startswith(STATIC):
        static = _static_files().get(path.removeprefix(STATIC))
        if static is None:
            raise errors.not_found(path[:_SHOWN])
        return Response(200, _headers(path, static.digest, len(static.content)), static.content)
    name = path.removeprefix(DOWNLOAD)
    if name not in files:
        raise errors.not_found(path[:_SHOWN])
    file = files[name]
    try:
        if not file.is_verified:
            await asyncio.to_thread(file.verify)
        headers = _headers(name, file.digest, file.size)
        if file.size > _WHOLE:
            return Response(200, headers, b"", FilePart(file, 0, file.size))
        return Response(200, headers, file.read(0, file.size))
    except (FileChanged, OSError):
        raise errors.gone(name) from None


def _headers(name: str, digest: str, size: int) -> list[tuple[str, str]]:
    suffix = Path(name).suffix
    kind = _TYPES.get(suffix) or guess_type(name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") and "charset" not in kind else ""
    return [
        ("Content-Type", kind + charset),
        ("Content-Length", str(size)),
        ("ETag", f'"{tag_of(digest)}"'),
        ("Accept-Ranges", "bytes"),
        ("Cache-Control", "no-cache"),
        *RESPONSE_HEADERS,
    ]


@cache
def _static_files() -> dict[str, _StaticFile]:
    """Return the pages' own files by name, read once: they are few and small."""
    contents = {
        path.relative_to(_STATIC).as_posix(): path.read_bytes()
        for path in _STATIC.rglob("*")
        if path.is_file()
    }
    return {
        name: _StaticFile(content, hashlib.sha256(content).hexdigest())
        for name, content in contents.items()
    }
