"""A supervisor whose releases load and answer oddly: ``python -m tests.odd_supervisor FOLDER``.

The file ``wanted`` in the folder names a folder beside it, by which it is known how that release
loads; the path of a request tells what its worker does.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from pathlib import Path
from typing import NoReturn

from scograph.http.messages import Request, Response
from scograph.rdf.errors import GraphError
from scograph.server import linux, supervisor
from scograph.server.supervisor import Supervisor
from scograph.server.zygote import Loaded, Plan

PLAN = Plan(workers=2, deadline=5.0, memory=1024)


class Panic(BaseException):
    """What native code raises, derives from BaseException alone."""


def deep(depth: int) -> int:
    return 1 + deep(depth + 1)


def respond(request: Request) -> Response:
    body, headers = b"", [("Content-Type", "text/plain")]
    match request.path:
        case "/pid":
            body = str(os.getpid()).encode()
        case "/KeyError":
            body = dict[str, bytes]()["the key"]
        case "/RecursionError":
            body = bytes(deep(0))
        case "/UnicodeEncodeError":
            body = "\ud800".encode()
        case "/TypeError":
            headers = [("Content-Type", object())]  # type: ignore[list-item]
        case "/ValueError":
            body = bytes(2**29 + 1)
        case "/SystemExit":
            sys.exit(3)
        case "/Panic":
            raise Panic
        case "/MemoryError":
            body = bytes(2**40)
        case "/words":
            with contextlib.suppress(OSError):
                while True:
                    os.write(2, b"memory allocation " * 1000)
        case "/sort":
            os.write(2, b"user-provided comparison does not implement a total order\n")
            os.abort()
        case "/abort":
            os.abort()
    return Response(200, headers, body)


def failing(times: int) -> None:
    """Have the next forks of this process fail."""
    fork = os.fork
    left = [times]

    def fork_or_fail() -> int:
        left[0] -= 1
        if left[0] >= 0:
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return fork()

    os.fork = fork_or_fail


def load(path: Path) -> Loaded:
    match path.name:
        case "hanging":
            time.sleep(10_000)
        case "damaged":
            raise GraphError("the release is damaged")
        case "large":
            raise MemoryError
        case "faulty":
            raise KeyError("a fault of ours")
        case "unforkable":
            failing(2)
        case "without files":
            memfd_create = os.memfd_create

            def fail(_: str) -> NoReturn:
                os.memfd_create = memfd_create
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

            os.memfd_create = fail  # type: ignore[assignment]
    return Loaded(respond, path.name, {})


def find(folder: Path) -> Path:
    return folder / (folder / "wanted").read_text(encoding="utf-8")


if __name__ == "__main__":
    linux.ignore_terminal()
    supervisor._ASK_INTERVAL, supervisor._SILENCE = 0.2, 1.0
    given = Path(sys.argv[1])
    Supervisor(lambda: find(given), load, PLAN, load_seconds=2.0).run()
