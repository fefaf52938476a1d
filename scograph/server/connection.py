"""A connection to a worker, as the web process's event loop sees it."""

from __future__ import annotations

import asyncio
import time
from typing import cast

from scograph.http.messages import Request
from scograph.server import linux
from scograph.server.frames import PID, Reply, read_reply, request_frame


class WorkerConnection(asyncio.Protocol):
    """A connection to one worker, which sends its process id, then a reply to each request.

    ``began`` is when we connected to it.
    """

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.began = time.monotonic()
        self.closed = False
        self._is_asked = False
        self._received = bytearray()
        self._process: asyncio.Future[int] = loop.create_future()
        self._reply: asyncio.Future[Reply] = loop.create_future()

    @property
    def worker(self) -> int:
        """The process id of the worker."""
        return self._process.result()

    async def greeted(self) -> None:
        """Wait until a worker has accepted the connection.

        Raises:
            ConnectionError: the connection was closed before.

        """
        await self._process

    async def exchange(self, request: Request, patience: float) -> Reply:
        """Send *request* and return the reply, once its last byte is here.

        Raises:
            ConnectionError: the worker is gone.
            TimeoutError: it has not replied in *patience* seconds.

        """
        self._reply = asyncio.get_running_loop().create_future()
        if self.closed:
            raise ConnectionError("the worker is gone")
        self._is_asked = True
        self._transport.write(request_frame(request))
        async with asyncio.timeout(patience):
            return await self._reply

    def close(self) -> None:
        """Close the connection, which ends the worker once it is idle."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Store *transport* (asyncio calls this method and the two below)."""
        # uvloop's transports have the methods of asyncio.Transport, but do not inherit from it.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Receive bytes from the worker."""
        self._received += data
        if not self._process.done():
            if len(self._received) < PID.size:
                return
            self._process.set_result(PID.unpack_from(self._received)[0])
            del self._received[: PID.size]
        if not self._received:
            return
        # What nobody has asked for must not become the answer to what is asked next.
        reply = self._read() if self._is_asked else None
        if reply is not None:
            self._received = bytearray()
            self._is_asked = False
            if not self._reply.done():
                self._reply.set_result(reply)
        elif not self._is_asked:
            self._transport.abort()

    def _read(self) -> Reply | None:
        try:
            return read_reply(self._received)
        except ConnectionError:
            self._is_asked = False
            return None

    def connection_lost(self, _: Exception | None) -> None:
        """Fail the pending requests; a reply of which a part is missing is discarded."""
        self.closed = True
        for awaited in (self._process, self._reply):
            if not awaited.done():
                awaited.set_exception(ConnectionError("the worker is gone"))
                awaited.exception()  # marks it as retrieved, as nobody may be waiting for it


async def connect_to_worker(address: str, patience: float) -> WorkerConnection:
    """Connect to the next worker that is free at *address*.

    Raises:
        OSError: nobody listens there any more, or none was free in *patience* seconds.

    """
    opened = linux.connect(address)
    opened.setblocking(False)
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_unix_connection(WorkerConnection, sock=opened)
    try:
        async with asyncio.timeout(patience):
            await connection.greeted()
    except OSError:
        connection.close()
        raise
    return connection
