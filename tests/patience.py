"""How long a test waits before it calls something hung: the one place that says so.

These are guards, not promises of speed. Each is at least ten times what the thing takes on a fast
machine, since machines differ fourfold and may have other things to do; whoever has a slower one
sets SCOGRAPH_TEST_PATIENCE=4 and has all of them multiplied.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest

FACTOR = "SCOGRAPH_TEST_PATIENCE"
SECONDS = {
    "answer": 60.0,  # one answer of a server, at most after its deadline of some seconds
    "browser": 120.0,  # one page or one step in a browser
    "build": 900.0,  # checking or releasing this repository
    "command": 300.0,  # one command on a release or a small folder
    "condition": 60.0,  # what comes about by itself: a worker is replaced, a figure is counted
    "linear": 10.0,  # what takes tenths of a second of the processor, and hours if not linear
    "proofs": 300.0,  # the proofs of one small ontology
    "pyshacl": 1500.0,  # plain pySHACL, without anything of ours, over the whole graph
    "setup": 1800.0,  # a fresh clone's own environment, with packages from a registry
    "soon": 2.0,  # an answer of milliseconds, beside somebody whose query takes many seconds
    "start": 120.0,  # a server until its first answer
    "stop": 120.0,  # a server that is told to end until it has ended
}


def patience(name: str) -> float:
    """Return the seconds that *name*, one of the table, may take."""
    return SECONDS[name] * float(os.environ.get(FACTOR, "1"))


def is_soon(took: float, calm: float) -> bool:
    """Tell whether an answer under attack came as soon as a *calm* one of the same run.

    No promise of speed but one that nobody has to wait for somebody else's query to end: hence
    the generous factor, and a floor under what one pause of the machine could make of it.
    """
    return took < max(50 * calm, patience("soon"))


def eventually(condition: Callable[[], bool], what: str, within: str = "condition") -> None:
    """Wait until *condition* holds; fail with a sentence on *what* if it never does."""
    guard = patience(within)
    end = time.monotonic() + guard
    while not condition():
        if time.monotonic() > end:
            words = f"Waited {guard:.0f} s in vain: {what}."
            pytest.fail(f"{words} ({FACTOR} makes tests wait longer.)")
        time.sleep(0.02)
