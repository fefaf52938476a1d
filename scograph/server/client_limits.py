"""Limits per client: queries that run at once, and bodies of requests that are being read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

# What the bodies that are being read may take, in bytes: of one client, and in all.
_READ_PER_CLIENT, _READ_IN_ALL = 16 * 10**6, 64 * 10**6


class TooManyQueries(Exception):  # noqa: N818 - what it says
    """The client already has as many queries running as it may, and more waiting."""


@dataclass
class _Client:
    places: asyncio.Semaphore
    present: int = 0


class ClientLimits:
    """Bounds the queries that each client runs at once, and those that wait for their turn."""

    def __init__(self, limit: int, queue: int = 8) -> None:
        """Allow each client *limit* queries at once, and *queue* times as many that wait."""
        self._limit = limit
        self._most = limit * (1 + queue)
        self._present: dict[str, _Client] = {}

    @asynccontextmanager
    async def turn(self, name: str, patience: float) -> AsyncIterator[None]:
        """Enter when the client *name* may run a query, after at most *patience* seconds.

        Raises:
            TooManyQueries: none became free in time, or too many wait already.

        """
        client = self._present.setdefault(name, _Client(asyncio.Semaphore(self._limit)))
        if client.present >= self._most:
            raise TooManyQueries
        client.present += 1
        try:
            if not await acquired(client.places, patience):
                raise TooManyQueries
            try:
                yield
            finally:
                client.places.release()
        finally:
            client.present -= 1
            if not client.present:
                del self._present[name]


class BodyLimits:
    """Bounds the memory that bodies take while they come in, before their queries have a turn."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}
        self._in_all = 0

    @contextmanager
    def reading(self, name: str) -> Iterator[Callable[[int], bool]]:
        """Give the client *name* a function that takes bytes, or tells that it may not.

        All that was taken is given back in the end.
        """
        mine = 0

        def take(count: int) -> bool:
            nonlocal mine
            taken = self._taken.get(name, 0) + count
            if taken > _READ_PER_CLIENT or self._in_all + count > _READ_IN_ALL:
                return False
            self._taken[name] = taken
            self._in_all += count
            mine += count
            return True

        try:
            yield take
        finally:
            self._in_all -= mine
            if mine:
                self._taken[name] -= mine
                if not self._taken[name]:
                    del self._taken[name]


async def acquired(places: asyncio.Semaphore, patience: float) -> bool:
    """Acquire *places* within *patience* seconds, first come first served; tell whether it was."""
    # A semaphore is locked while there are waiters, so that no request overtakes another.
    if not places.locked():
        return await places.acquire()
    if patience <= 0:
        return False
    try:
        async with asyncio.timeout(patience):
            return await places.acquire()
    except TimeoutError:
        return False
