"""Progress reports of long computations."""

from __future__ import annotations

import time
from collections.abc import Callable

# Receives a short text that says how far the work is.
ProgressCallback = Callable[[str], None]
# Seconds before the first report, and between one report and the next.
_DELAY, _INTERVAL = 2.0, 0.2


class ProgressReporter:
    """Calls *on_progress* from time to time, once the work takes longer than two seconds."""

    def __init__(self, on_progress: ProgressCallback | None) -> None:
        self._on_progress = on_progress
        self._next_report = time.monotonic() + _DELAY

    def report(self, number: int, total: int, count: int) -> None:
        """Report that rule *number* of *total* has run and *count* triples are derived so far.

        Does nothing where the next report is not due.
        """
        now = time.monotonic()
        if self._on_progress is not None and now > self._next_report:
            self._next_report = now + _INTERVAL
            self._on_progress(f"rule {number + 1:,} of {total:,}, {count:,} new triples")
