"""The web process's side: who asks which worker, and what became of those that died."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from scograph.workers import linux
from scograph.workers.wire import Reply, Request, receive_pid, receive_reply, send_request

# After the deadline the kernel ends the worker; a worker that is stopped is given up.
_GRACE = 5.0
_REMEMBERED = 1_000


class Busy(Exception):  # noqa: N818 - what it says, not an error of ours
    """No worker was free in time."""


class Died(Exception):  # noqa: N818
    """The worker died before it had answered. ``cause`` is that of `linux.cause`."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Deaths:
    """What the keeper tells of workers that died, by process, and counted by cause."""

    def __init__(self) -> None:
        self._known = threading.Condition()
        self._causes: OrderedDict[int, str] = OrderedDict()
        self._counts: dict[str, int] = {}

    def add(self, pid: int, cause: str) -> None:
        """Note that the worker *pid* died of *cause*."""
        with self._known:
            self._causes[pid] = cause
            self._counts[cause] = self._counts.get(cause, 0) + 1
            if len(self._causes) > _REMEMBERED:
                self._causes.popitem(last=False)
            self._known.notify_all()

    def cause(self, pid: int, patience: float = 1.0) -> str:
        """Return the cause of *pid*'s death, ``crash`` where nobody tells it in time."""
        with self._known:
            self._known.wait_for(lambda: pid in self._causes, patience)
            return self._causes.get(pid, "crash")

    def knows(self, pid: int) -> bool:
        """Tell whether the worker *pid* is known to have died."""
        return pid in self._causes

    @property
    def counts(self) -> dict[str, int]:
        """How many died of each cause."""
        with self._known:
            return dict(self._counts)


@dataclass(frozen=True)
class _Line:
    socket: socket.socket
    worker: int


class Pool:
    """Connections to the workers of one zygote, one for each worker, opened when needed."""

    def __init__(self, address: str, size: int, deadline: float, deaths: Deaths) -> None:
        self.address = address
        self._size = size
        self._timeout = deadline + _GRACE
        self._deaths = deaths
        self._free: queue.SimpleQueue[_Line | None] = queue.SimpleQueue()
        for _ in range(size):
            self._free.put(None)

    def ask(self, request: Request, patience: float) -> Reply:
        """Have a worker answer *request*, after at most *patience* seconds of waiting for one.

        Raises:
            Busy: all workers were busy for so long.
            Died: the worker died; nothing of what it may have sent is used.

        """
        try:
            line = self._free.get(timeout=patience) if patience > 0 else self._free.get_nowait()
        except queue.Empty:
            raise Busy from None
        kept = None
        try:
            line = self._alive(line)
            reply = self._exchange(line, request)
            kept = None if reply.last else line
            return reply
        finally:
            if kept is None and line is not None:
                line.socket.close()
            self._free.put(kept)

    def close(self, then: Callable[[], None]) -> None:
        """Close each connection once it is idle, and call *then* when all are."""
        for _ in range(self._size):
            line = self._free.get()
            if line is not None:
                line.socket.close()
        then()

    def _alive(self, line: _Line | None) -> _Line:
        """Return *line*, or a new one where there is none or its worker is gone."""
        if line is not None:
            if not self._deaths.knows(line.worker):
                return line
            line.socket.close()
        try:
            found = linux.connect(self.address)
            linux.patient(found, self._timeout)
            return _Line(found, receive_pid(found))
        except OSError:
            time.sleep(0.05)  # the keeper is about to tell where to ask instead
            raise Died("killed") from None

    def _exchange(self, line: _Line, request: Request) -> Reply:
        try:
            send_request(line.socket, request)
            return receive_reply(line.socket)
        except BlockingIOError as error:
            raise Died("deadline") from error
        except (OSError, ValueError) as error:
            raise Died(self._deaths.cause(line.worker)) from error
