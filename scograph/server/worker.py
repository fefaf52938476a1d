"""A worker: takes one request at a time from one connection, and answers it or dies."""

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

# What a worker has leaked is given back.
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
    # The stack of the first thread is as large as the shell's limit; queries nest deeper.
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
    # Anything else ends this thread with a traceback, which the zygote passes on.
    os._exit(0)
