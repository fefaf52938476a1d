"""Fairness: how many workers one client may hold at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TooMany(Exception):  # noqa: N818 - what it says
    """The client already has as many queries running as it may, and more waiting."""


class Clients:
    """Counts the queries of each client; those over the limit wait, a few of them."""

    def __init__(self, limit: int, queue: int = 8) -> None:
        """Allow each client *limit* queries at once, and *queue* times as many that wait."""
        self._limit = limit
        self._most = limit * (1 + queue)
        self._changed = threading.Condition()
        self._running: dict[str, int] = {}
        self._present: dict[str, int] = {}

    @contextmanager
    def turn(self, client: str, patience: float) -> Iterator[None]:
        """Hold a place of *client*, after waiting for at most *patience* seconds.

        Raises:
            TooMany: none became free in time, or too many wait already.

        """
        self._enter(client)
        try:
            with self._changed:
                if not self._changed.wait_for(lambda: self._is_free(client), patience):
                    raise TooMany
                self._running[client] = self._running.get(client, 0) + 1
            try:
                yield
            finally:
                self._leave(self._running, client)
        finally:
            self._leave(self._present, client)

    def _is_free(self, client: str) -> bool:
        return self._running.get(client, 0) < self._limit

    def _enter(self, client: str) -> None:
        with self._changed:
            count = self._present.get(client, 0) + 1
            if count > self._most:
                raise TooMany
            self._present[client] = count

    def _leave(self, counts: dict[str, int], client: str) -> None:
        with self._changed:
            counts[client] -= 1
            if not counts[client]:
                del counts[client]
            self._changed.notify_all()
