"""What is told to the operator, on standard error: never waits, never fails."""

from __future__ import annotations

import os
import select

from scograph.rdf.visible import visible

_STDERR = 2
# A pipe that select calls writable takes so many bytes at once (PIPE_BUF).
_MOST = 4096


def tell(sentence: str) -> None:
    """Write *sentence*, as one line of `scograph`; it is lost where nobody reads."""
    write(f"scograph: {visible(sentence)}\n")


def write(text: str) -> None:
    """Write *text*, as much of its end as a pipe takes at once, without control characters."""
    try:
        if select.select([], [_STDERR], [], 0)[1]:
            os.write(_STDERR, visible(text).encode(errors="replace")[-_MOST:])
    except (OSError, ValueError):
        return
