"""Progress of long work, told to whoever waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable

Tell = Callable[[str], None]
# Progress is told of work that takes longer than this, in seconds, and not more often than that.
_PATIENCE, _INTERVAL = 2.0, 0.2


class Clock:
    """Tells how far the work is, once it takes long."""

    def __init__(self, tell: Tell | None) -> None:
        self._tell = tell
        self._due = time.monotonic() + _PATIENCE

    def tick(self, number: int, total: int, count: int) -> None:
        """Tell that rule *number* of *total* is done, and *count* triples are new."""
        now = time.monotonic()
        if self._tell is not None and now > self._due:
            self._due = now + _INTERVAL
            self._tell(f"rule {number + 1:,} of {total:,}, {count:,} new triples")
