"""A worker: takes one request at a time from one connection, and answers it or dies."""

from __future__ import annotations

import io
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from scograph.headers import FAILURE
from scograph.workers import linux
from scograph.workers.wire import PID, Reply, Request, receive_request, reply_frame

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# What a worker has leaked is given back.
_REQUESTS = 5_000
_MB = 10**6


def run(listener: socket.socket, app: WSGIApplication, *, deadline: float, memory: int) -> None:
    """Answer the requests of the first connection to *listener* with *app*; never return.

    A request that takes longer than *deadline* seconds, or *memory* MB more than the
    release, ends the process: the kernel's alarm also reaches native code.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    connection, _ = listener.accept()
    if not linux.own(connection):
        os._exit(0)
    listener.close()
    connection.sendall(PID.pack(os.getpid()))
    linux.confine(memory * _MB)
    # The stack of the first thread is as large as the shell's limit; queries nest deeper.
    threading.stack_size(linux.STACK)
    thread = threading.Thread(target=_serve, args=(connection, app, deadline))
    thread.start()
    thread.join()
    os._exit(1)


def answer(app: WSGIApplication, request: Request) -> Reply:
    """Return what *app* answers to *request*, whole."""
    started: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        started[:] = [int(status[:3]), headers]

    chunks: Iterable[bytes] = app(environment(request), start)
    body = b"".join(chunks)
    close = getattr(chunks, "close", None)
    if close is not None:
        close()
    return Reply(started[0], started[1], body)


def environment(request: Request) -> dict[str, Any]:
    """Return WSGI's environment of *request* (PEP 3333)."""
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path,
        "QUERY_STRING": request.query,
        # Never what the client calls us: no answer depends on it.
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        FAILURE: request.failure,
        **request.headers,
    }


def _serve(connection: socket.socket, app: WSGIApplication, deadline: float) -> None:
    try:
        for number in range(1, _REQUESTS + 1):
            request = receive_request(connection)
            signal.setitimer(signal.ITIMER_REAL, deadline)
            found = answer(app, request)
            signal.setitimer(signal.ITIMER_REAL, 0)
            reply = Reply(found.status, found.headers, found.body, number == _REQUESTS)
            connection.sendall(reply_frame(reply))
    except ConnectionError:
        os._exit(0)
    except MemoryError:
        os._exit(linux.OUT_OF_MEMORY)
    # Anything else ends this thread with a traceback, which the zygote passes on.
    os._exit(0)
