"""The pool of connections to workers, and the causes of death of those that died."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from scograph.http.messages import Request, Response
from scograph.server.client_limits import acquired
from scograph.server.connection import WorkerConnection, connect_to_worker
from scograph.server.frames import Reply

# Seconds after the deadline at which a worker that the kernel has not ended is given up.
_GRACE = 5.0
_REMEMBERED = 1_000
_REPORT_TIMEOUT = 1.0  # seconds in which the supervisor reports a death
_SWITCH_DELAY = 0.05  # seconds in which it announces the next zygote


class Busy(Exception):  # noqa: N818 - what it says, not an error of ours
    """No worker was free in time."""


class Died(Exception):  # noqa: N818
    """The worker died before it had answered. ``cause`` is that of `linux.cause`."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Deaths:
    """The causes of death of workers, as the supervisor reports them: by process, and counted."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._causes: OrderedDict[int, str] = OrderedDict()
        self._awaited: dict[int, asyncio.Event] = {}

    def add(self, pid: int, cause: str) -> None:
        """Note that the worker *pid* died of *cause*."""
        self._causes[pid] = cause
        self.counts[cause] = self.counts.get(cause, 0) + 1
        if len(self._causes) > _REMEMBERED:
            self._causes.popitem(last=False)
        if pid in self._awaited:
            self._awaited[pid].set()

    async def cause(self, pid: int) -> str:
        """Return the cause of *pid*'s death, ``crash`` where none is reported in time."""
        if pid not in self._causes:
            told = self._awaited.setdefault(pid, asyncio.Event())
            try:
                async with asyncio.timeout(_REPORT_TIMEOUT):
                    await told.wait()
            except TimeoutError:
                pass
            finally:
                self._awaited.pop(pid, None)
        return self._causes.get(pid, "crash")


class Pool:
    """Connections to the workers of one zygote, one for each worker, opened when needed."""

    def __init__(self, address: str, size: int, deadline: float, deaths: Deaths) -> None:
        self.address = address
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

        """
        if not await acquired(self._places, patience):
            raise Busy
        try:
            connection = await self._connection()
            kept = False
            try:
                reply = await self._exchange(connection, request)
                kept = not reply.last
                return reply.response
            finally:
                if kept:
                    self._idle.append(connection)
                else:
                    connection.close()
        finally:
            self._places.release()

    async def close(self, then: Callable[[], None]) -> None:
        """Wait until nothing is being answered any more, close all connections, and call *then*."""
        for _ in range(self._size):
            await self._places.acquire()
        for connection in self._idle:
            connection.close()
        then()

    async def _connection(self) -> WorkerConnection:
        """Return a connection to a living worker: the one used last, or a new one."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed:
                return connection
        try:
            return await connect_to_worker(self.address, self._patience)
        except OSError:
            await asyncio.sleep(_SWITCH_DELAY)
            raise Died("killed") from None

    async def _exchange(self, connection: WorkerConnection, request: Request) -> Reply:
        try:
            return await connection.exchange(request, self._patience)
        except TimeoutError as error:
            raise Died("deadline") from error
        except ConnectionError as error:
            raise Died(await self._deaths.cause(connection.worker)) from error
