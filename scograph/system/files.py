"""Files: only regular ones are read, and what is written is whole or the old file stays."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_NEW_FILE = 0o666


def read(path: Path, most: int | None = None) -> bytes:
    """Return the content of the regular file at *path*, of no more than *most* bytes.

    Pipes, sockets, devices and folders are refused: a read of them may never end.

    Raises:
        OSError: there is none, it is another kind of file or larger, or cannot be read.

    """
    _expect_regular(path.stat())  # before it is opened: to open a device may do something
    with os.fdopen(os.open(path, _READ), "rb") as file:
        status = os.fstat(file.fileno())
        _expect_regular(status)
        if most is None:
            return file.read()
        content = b"" if status.st_size > most else file.read(most + 1)
        if status.st_size > most or len(content) > most:
            raise OSError(errno.EFBIG, f"it is larger than {most / 10**6:g} MB: divide it")
        return content


def read_inside(root: Path, name: str, most: int | None = None) -> bytes:
    """Return the content of the regular file *name* below *root*; links may not lead out of it.

    Raises:
        OSError: as by `read`, or a link leads out of *root*.

    """
    expect_inside(root, name)
    return read(root / name, most)


def expect_inside(root: Path, name: str) -> None:
    """Check that *name* below *root* is, after all links, below *root*.

    Raises:
        OSError: it is not.

    """
    top, real = os.path.realpath(root), os.path.realpath(root / name)
    if os.path.commonpath([top, real]) != top:
        raise OSError(errno.EPERM, "a link leads out of the folder")


def write(path: Path, content: bytes) -> None:
    """Replace the file at *path* by *content*, or leave it as it is.

    A link stays a link, and its target is replaced; permissions stay.

    Raises:
        OSError: it cannot be written; nothing has changed then.

    """
    target = Path(os.path.realpath(path))
    mode = _mode(target)
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:100]}-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in *folder* on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256sums(digests: Mapping[str, str]) -> bytes:
    """Return the content of a file SHA256SUMS, as `sha256sum` writes and checks it, by name."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def _mode(target: Path) -> int:
    """Return the permissions that *target* has, or that a new file gets."""
    try:
        status = target.stat()
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return _NEW_FILE & ~mask
    _expect_regular(status)
    return stat.S_IMODE(status.st_mode)


def _expect_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
