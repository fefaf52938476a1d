"""Turns between the processes of one run: a test that measures time runs while no other does."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import pytest


class Turns:
    """A plugin of each process: tests share the room, but those marked `alone` have it alone.

    Both locks are on files that are there anyway, so that nothing is left behind.
    """

    def __init__(self, root: Path) -> None:
        self._files = ExitStack()
        self._gate = self._files.enter_context((root / "Makefile").open())
        self._room = self._files.enter_context((root / "pyproject.toml").open())
        self._has_room = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Iterator[None]:
        with self._turn(is_alone(item), again=is_alone(nextitem)):
            return (yield)

    def pytest_unconfigure(self) -> None:
        self._files.close()

    @contextmanager
    def _turn(self, alone: bool, *, again: bool) -> Iterator[None]:
        if not self._has_room:
            # Who waits for the room holds the gate: nobody overtakes.
            with locked(self._gate, fcntl.LOCK_EX):
                fcntl.flock(self._room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
        self._has_room = alone and again
        if not self._has_room:
            fcntl.flock(self._room, fcntl.LOCK_UN)


def is_alone(item: pytest.Item | None) -> bool:
    return item is not None and item.get_closest_marker("alone") is not None


@contextmanager
def locked(file: IO[str], how: int) -> Iterator[None]:
    """Hold a lock on *file*, which the other processes of this run may want, too."""
    fcntl.flock(file, how)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)
