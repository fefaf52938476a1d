"""Waiting for a place, first come first served, and not for ever: a leaf."""

from __future__ import annotations

import asyncio


async def acquired(places: asyncio.Semaphore, patience: float) -> bool:
    """Take one of *places*, after at most *patience* seconds; tell whether one became free."""
    # A semaphore counts as locked while somebody waits: nobody is overtaken.
    if not places.locked():
        return await places.acquire()
    if patience <= 0:
        return False
    try:
        async with asyncio.timeout(patience):
            return await places.acquire()
    except TimeoutError:
        return False
