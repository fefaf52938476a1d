"""The pool of connections to workers, and the causes of death of those that died."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from scograph.http.messages import Request, Response
from scograph.server.client_limits import acquired
from scograph.server.connection import WorkerConnection, connect_to_worker
from scograph.server.frames import Failure, Reply
from scograph.server.stderr import tell

# Seconds after the deadline at which a worker that the kernel has not ended is given up.
_GRACE = 5.0
_REMEMBERED = 1_000
_REPORT_TIMEOUT = 5.0  # seconds in which the supervisor reports a death
_SILENCE = 10.0  # seconds between two tracebacks of workers on standard error
LOST = "lost"  # the cause of a worker's death with its zygote


class Busy(Exception):  # noqa: N818 - what it says, not an error of ours
    """No worker was free in time."""


class Gone(Exception):  # noqa: N818
    """The zygote has ended, and all its workers with it."""


class Raised(Exception):  # noqa: N818
    """The worker answered by an exception of the type that the message names."""


class Died(Exception):  # noqa: N818
    """The worker died before it had answered.

    ``cause`` is that of `linux.cause`; ``stopped`` where we ended it, as it was stopped;
    ``unknown`` where nobody has reported it.
    """

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Deaths:
    """The causes of death of workers, as the supervisor reports them: by process, and counted.

    ``exceptions`` counts what workers have answered by an exception, by its type.
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.exceptions: dict[str, int] = {}
        self._next_trace = 0.0
        self._causes: OrderedDict[int, tuple[str, float]] = OrderedDict()
        self._awaited: dict[int, asyncio.Event] = {}

    def add(self, pid: int, cause: str) -> None:
        """Note that the worker *pid* died of *cause*."""
        self.counts[cause] = self.counts.get(cause, 0) + 1
        self.note(pid, cause)

    def raised(self, failure: Failure) -> None:
        """Count an exception of a worker, and show its traceback, if not too many were shown."""
        self.exceptions[failure.kind] = self.exceptions.get(failure.kind, 0) + 1
        now = time.monotonic()
        if now >= self._next_trace:
            self._next_trace = now + _SILENCE
            tell(f"a worker answered by an exception\n{failure.trace.rstrip()}")

    def note(self, pid: int, cause: str) -> None:
        """Remember the *cause* of a death, which is not counted."""
        self._causes[pid] = cause, time.monotonic()
        if len(self._causes) > _REMEMBERED:
            self._causes.popitem(last=False)
        if pid in self._awaited:
            self._awaited[pid].set()

    async def cause(self, pid: int, since: float) -> str:
        """Return the cause of *pid*'s death, ``unknown`` where none is reported in time.

        What was reported before the time *since* was another process of that number.
        """
        if self._causes.get(pid, ("", since - 1))[1] < since:
            self._causes.pop(pid, None)
            told = self._awaited.setdefault(pid, asyncio.Event())
            try:
                async with asyncio.timeout(_REPORT_TIMEOUT):
                    await told.wait()
            except TimeoutError:
                pass
            finally:
                self._awaited.pop(pid, None)
        return self._causes.get(pid, ("unknown", since))[0]


class Pool:
    """Connections to the workers of one zygote, one for each worker, opened when needed.

    A worker that does not answer is reported to *end*, with the cause, so that it is replaced.
    """

    def __init__(
        self, address: str, size: int, deadline: float, deaths: Deaths,
        end: Callable[[int, str], None] = lambda *_: None,
    ) -> None:  # fmt: skip
        self.address = address
        self._end = end
        self._is_lost = False
        self._asked: set[int] = set()
        self._size = size
        self._patience = deadline + _GRACE
        self._deaths = deaths
        self._places = asyncio.Semaphore(size)
        self._idle: list[WorkerConnection] = []

    async def ask(self, request: Request, patience: float) -> Response:
        """Have a worker answer *request*, after at most *patience* seconds of waiting for one.

        Raises:
            Busy: all workers were busy for so long.
            Died: the worker died; nothing of what it may have sent is used.
            Gone: there are no workers any more.
            Raised: the worker raised an exception.

        """
        if not await acquired(self._places, patience):
            raise Gone if self._is_lost else Busy
        try:
            connection = await self._connection()
            kept = False
            try:
                reply = await self._exchange(connection, request)
                kept = not reply.last
                if reply.failure is not None:
                    self._deaths.raised(reply.failure)
                    raise Raised(reply.failure.kind)
                return reply.response
            finally:
                if kept:
                    self._idle.append(connection)
                else:
                    connection.close()
        finally:
            self._places.release()

    def lose(self) -> None:
        """Note that the zygote has ended: whoever is being asked, or is to be, is gone."""
        self._is_lost = True
        for pid in self._asked:
            self._deaths.note(pid, LOST)

    async def close(self, then: Callable[[], None]) -> None:
        """Wait until nothing is being answered any more, close all connections, and call *then*."""
        for _ in range(self._size):
            await self._places.acquire()
        for connection in self._idle:
            connection.close()
        then()

    async def _connection(self) -> WorkerConnection:
        """Return a connection to a living worker: the one used last, or a new one."""
        if self._is_lost:
            raise Gone
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed:
                return connection
        try:
            return await connect_to_worker(self.address, self._patience)
        except TimeoutError:
            raise Busy from None
        except ConnectionRefusedError:  # nobody listens
            raise Gone from None
        except ConnectionError:
            raise Gone if self._is_lost else Died("killed") from None
        except OSError as error:  # this process has no file descriptor left, say
            raise Busy from error

    async def _exchange(self, connection: WorkerConnection, request: Request) -> Reply:
        worker = connection.worker
        self._asked.add(worker)
        try:
            return await connection.exchange(request, self._patience)
        except TimeoutError as error:  # the kernel's alarm has not ended it: it is stopped
            self._end(worker, "stopped")
            raise Died("stopped") from error
        except ConnectionError as error:
            if self._is_lost:
                raise Gone from error
            cause = await self._deaths.cause(worker, connection.began)
            if cause == LOST:
                raise Gone from error
            if cause == "unknown":
                self._end(worker, cause)
            raise Died(cause) from error
        finally:
            self._asked.discard(worker)
