"""Large answers on their way to clients, as fast as these read them, in bounded memory.

granian takes whatever it is given and keeps it until the client has read it. What it reads from a
file it reads as the client does; so a large answer goes to it through a pipe, 64 kB at a time. A
client that stops reading is given up; how many answers are on their way, and what memory their
bodies take, is bounded for each client and in all.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scograph.http import errors
from scograph.http.messages import FileChanged, Response

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol

# What is not larger goes as it is.
SMALL = 2**16
# What is not larger goes as it is where few such answers may be unread: a pipe takes half a
# millisecond more, twice as long as the rest of an answer from the cache.
_MIDDLING = 2**19
# What a pipe is made to hold, if the kernel allows it; else 64 kB. It is always less than what goes
# through it, so that it is known to be read before the last byte is in it.
_PIPE = 2**18
_PIECE = 2**16
_MB = 10**6
_ALL = ""
_UNREAD_PER_CLIENT, _UNREAD_IN_ALL = 16 * _MB, 48 * _MB
# Answers on their way: how many, and how large those are that are in memory.
_PER_CLIENT, _IN_ALL = 64, 512
_BYTES_PER_CLIENT, _BYTES_IN_ALL = 64 * _MB, 128 * _MB
_SET_PIPE_SIZE = 1031  # <linux/fcntl.h>
# How long granian may take to open a pipe, in seconds: it does so at once, or the client is gone.
_OPENING = 5.0
# How long a descriptor stays taken whose pipe nobody has opened, in seconds.
_RESERVED = 60.0


@dataclass
class _OnTheirWay:
    """Answers that are being sent; a body that several share is counted once."""

    bodies: Counter[int] = field(default_factory=Counter)
    size: int = 0

    def fits(self, body: bytes, most: int, most_bytes: int) -> bool:
        if self.bodies.total() >= most:
            return False
        if not body or id(body) in self.bodies:
            return True
        return not self.size or self.size + len(body) <= most_bytes

    def add(self, body: bytes) -> None:
        self.size += len(body) if id(body) not in self.bodies else 0
        self.bodies[id(body)] += 1

    def remove(self, body: bytes) -> None:
        self.bodies[id(body)] -= 1
        if not self.bodies[id(body)]:
            del self.bodies[id(body)]
            self.size -= len(body)


class _Unread:
    """Answers that granian was given whole, and that may be unread.

    It does not tell when they are read. They are if the next request comes on their connection;
    else they are taken to be, or to be given up, after the time for which a client may be silent.
    """

    def __init__(self, silence: float) -> None:
        self._silence = silence
        self._given: OrderedDict[str, tuple[float, str, int]] = OrderedDict()
        self._sizes: Counter[str] = Counter()

    def forget(self, peer: str) -> None:
        """Note that what was sent to *peer*, the address of a connection, is read."""
        given = self._given.pop(peer, None)
        if given is not None:
            self._count(given[1], -given[2])

    def add(self, peer: str, client: str, size: int) -> bool:
        """Note that *size* bytes are sent; return False, and note nothing, if that is too much."""
        now = time.monotonic()
        while self._given and next(iter(self._given.values()))[0] < now:
            self.forget(next(iter(self._given)))
        of_client = self._sizes[client] + size
        if of_client > _UNREAD_PER_CLIENT or self._sizes[_ALL] + size > _UNREAD_IN_ALL:
            return False
        self._given[peer] = (now + self._silence, client, size)
        self._count(client, size)
        return True

    def _count(self, client: str, size: int) -> None:
        for name in (client, _ALL):
            self._sizes[name] += size
            if not self._sizes[name]:
                del self._sizes[name]


class Transfers:
    """The large answers that are being sent, and their bounds."""

    def __init__(self, silence: float) -> None:
        """Give up a client that reads nothing for *silence* seconds."""
        self._silence = silence
        self._all = _OnTheirWay()
        self._unread = _Unread(silence)
        self._clients: dict[str, _OnTheirWay] = {}

    def admit(self, client: str, response: Response) -> None:
        """Check that there is room to send *response* to *client*.

        Raises:
            HTTPException: 429, *client* has as many as it may; 503, there are too many in all.

        """
        if response.size <= SMALL:
            return
        own = self._clients.get(client)
        if own is not None and not own.fits(response.body, _PER_CLIENT, _BYTES_PER_CLIENT):
            raise errors.too_many_transfers()
        if not self._all.fits(response.body, _IN_ALL, _BYTES_IN_ALL):
            raise errors.transfers_exhausted()

    async def send(
        self, protocol: HTTPProtocol, peer: str, client: str, response: Response
    ) -> None:
        """Send *response*, which `admit` has admitted, for as long as the client reads.

        *peer* is the address of its connection, *client* whom that belongs to.
        """
        self._unread.forget(peer)
        size = response.size
        if size <= SMALL or (size <= _MIDDLING and self._unread.add(peer, client, size)):
            small = _without_file(response)
            protocol.response_bytes(small.status, small.headers, small.body)
            return
        with self._counted(client, response.body):
            await _send(protocol, response, self._silence)

    @contextmanager
    def _counted(self, client: str, body: bytes) -> Iterator[None]:
        own = self._clients.setdefault(client, _OnTheirWay())
        self._all.add(body)
        own.add(body)
        try:
            yield
        finally:
            self._all.remove(body)
            own.remove(body)
            if not own.bodies:
                self._clients.pop(client, None)


def _without_file(response: Response) -> Response:
    part = response.file
    if part is None:
        return response
    try:
        return replace(response, body=part.source.read(part.start, part.length), file=None)
    except FileChanged:
        return errors.plain(errors.gone("The file"))


async def _send(protocol: HTTPProtocol, response: Response, silence: float) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    if response.size > _PIPE:
        with suppress(OSError):
            fcntl.fcntl(writing, _SET_PIPE_SIZE, _PIPE)
    pipe = _Pipe(reading, writing, silence)
    try:
        protocol.response_file(response.status, response.headers, f"/dev/fd/{reading}")
        await pipe.fill(response)
    except (BrokenPipeError, TimeoutError, FileChanged):
        pass  # it ends before its declared length, which every client notices
    finally:
        pipe.close()


class _Pipe:
    """A pipe that granian opens by its path, and that is filled as it is emptied."""

    def __init__(self, reading: int, writing: int, silence: float) -> None:
        self._reading = reading
        self._writing = writing
        self._silence = silence
        self._is_opened = False

    async def fill(self, response: Response) -> None:
        """Write the content of *response*, longer than what a pipe holds.

        Raises:
            BrokenPipeError: the client is gone.
            FileChanged: the file has been written to meanwhile.
            TimeoutError: nothing was taken for too long.

        """
        sent, length = 0, response.size
        part, body = response.file, memoryview(response.body)
        while sent < length:
            most = min(_PIECE, length - sent)
            piece = body[sent : sent + most] if part is None else memoryview(
                part.source.read(part.start + sent, most)
            )  # fmt: skip
            if not piece:
                raise FileChanged
            sent += await self._write(piece)
            await asyncio.sleep(0)  # others have their turn
        self._opened()

    async def _write(self, piece: memoryview) -> int:
        while True:
            try:
                return os.write(self._writing, piece)
            except BlockingIOError:
                await self._writable()
                self._opened()

    def _opened(self) -> None:
        """Note that granian has opened the pipe: what does not fit into it has been taken."""
        if not self._is_opened:
            self._is_opened = True
            os.close(self._reading)

    async def _writable(self) -> None:
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        loop.add_writer(self._writing, ready.set)
        try:
            async with asyncio.timeout(
                self._silence if self._is_opened else min(_OPENING, self._silence)
            ):
                await ready.wait()
        finally:
            loop.remove_writer(self._writing)

    def close(self) -> None:
        """Close the pipe.

        If granian has not opened it yet, its path leads to nothing for a while: should the
        descriptor be given to another answer, a late opening would find that.
        """
        if not self._is_opened:
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, self._reading, inheritable=False)
            os.close(nothing)
            asyncio.get_running_loop().call_later(_RESERVED, os.close, self._reading)
        os.close(self._writing)
