"""A worker: answers requests one at a time, within its limits, until it is replaced."""

from __future__ import annotations

import os
import signal
import socket
import threading
from typing import TYPE_CHECKING

from scograph.server import linux
from scograph.server.frames import PID, Reply, receive_request, reply_frame

if TYPE_CHECKING:
    from scograph.web.dispatch import Respond

# A worker is replaced after so many requests, which frees whatever has leaked.
_REQUESTS = 5_000
_MB = 10**6


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
            signal.setitimer(signal.ITIMER_REAL, deadline)
            response = respond(request)
            signal.setitimer(signal.ITIMER_REAL, 0)
            connection.sendall(reply_frame(Reply(response, number == _REQUESTS)))
    except ConnectionError:
        os._exit(0)
    except MemoryError:
        os._exit(linux.OUT_OF_MEMORY)
    # Any other exception ends this thread with a traceback, whose last line the zygote reports.
    os._exit(0)
