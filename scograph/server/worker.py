"""A worker: answers requests one at a time, within its limits, until it is replaced."""

from __future__ import annotations

import os
import signal
import socket
import threading
import traceback
from typing import TYPE_CHECKING

from scograph.http.messages import Request, Response
from scograph.server import linux
from scograph.server.frames import PID, Failure, Reply, receive_request, reply_frame

if TYPE_CHECKING:
    from scograph.web.dispatch import Respond

# A worker is replaced after so many requests, which frees whatever has leaked.
_REQUESTS = 5_000
_MB = 10**6
_STDERR = 2
# Of an exception's traceback so many frames and characters are reported.
_FRAMES, _TRACE = 12, 2_000
_NOTHING = Response(500, [], b"")


def run(listener: socket.socket, respond: Respond, *, deadline: float, memory: int) -> None:
    """Answer the requests of the first connection to *listener* with *respond*; never return.

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
    # Deeply nested queries need more stack than the main thread has (the shell's limit).
    threading.stack_size(linux.STACK)
    thread = threading.Thread(target=_serve, args=(connection, respond, deadline))
    thread.start()
    thread.join()
    os._exit(1)


def _serve(connection: socket.socket, respond: Respond, deadline: float) -> None:
    try:
        for number in range(1, _REQUESTS + 1):
            request = receive_request(connection)
            _forget_words()
            signal.setitimer(signal.ITIMER_REAL, deadline)
            frame, last = _answer(respond, request, last=number == _REQUESTS)
            signal.setitimer(signal.ITIMER_REAL, 0)
            connection.sendall(frame)
            if last:
                break
    except ConnectionError:
        os._exit(0)
    except MemoryError:
        os._exit(linux.OUT_OF_MEMORY)
    os._exit(0)


def _answer(respond: Respond, request: Request, *, last: bool) -> tuple[bytes, bool]:
    """Return the frame of the answer to *request*, and whether it is the *last*.

    Whatever is raised is an answer, too, unless memory is short: an exception leaves nothing
    behind, since there is no state but the release. What derives from BaseException alone (a
    panic of native code, an exit) promises no such thing, so that it is the last.
    """
    try:
        return reply_frame(Reply(respond(request), last)), last
    except MemoryError:
        raise
    except BaseException as error:  # noqa: BLE001 - the one place, see above
        trace = traceback.format_exc(limit=-_FRAMES)[-_TRACE:]
        failure = Failure(type(error).__name__, trace)
        last = last or not isinstance(error, Exception)
        return reply_frame(Reply(_NOTHING, last, failure)), last


def _forget_words() -> None:
    """Empty stderr, a file in memory: what it says in the end is about the last request."""
    if os.lseek(_STDERR, 0, os.SEEK_CUR):
        os.ftruncate(_STDERR, 0)
        os.lseek(_STDERR, 0, os.SEEK_SET)
