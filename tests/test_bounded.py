"""Work in processes that the kernel ends: each item alone, whatever it does."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scograph.system.bounded import Bounds, Ending, Tell, child, results
from tests.patience import eventually

BOUNDS = Bounds(0.5, 200)


def work(what: str) -> object:
    """Do what *what* says."""
    if what == "loop":
        while True:
            pass
    if what == "memory":
        return "x" * 10**10
    if what == "crash":
        return ctypes.string_at(0)
    if what == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "raise":
        raise ZeroDivisionError
    return b"x" * 10**7 if what == "large" else what


@pytest.mark.parametrize(
    ("what", "ending"),
    [("loop", Ending.DEADLINE), ("memory", Ending.MEMORY), ("killed", Ending.MEMORY),
     ("crash", Ending.CRASH), ("raise", Ending.CRASH)],
)  # fmt: skip
def test_an_item_that_ends_its_process_costs_no_other(
    what: str, ending: Ending, capsys: pytest.CaptureFixture[str]
) -> None:
    items = ["a", what, "b", what, what, "c"]
    assert list(results(work, items, BOUNDS)) == ["a", ending, "b", ending, ending, "c"]
    assert ("ZeroDivisionError" in capsys.readouterr().err) == (what == "raise")


def test_one_process_does_all_and_its_results_are_whole() -> None:
    pids = set(results(lambda _: os.getpid(), [1, 2, 3], BOUNDS))
    assert len(pids) == 1
    assert os.getpid() not in pids
    assert list(results(work, ["large", "large"], BOUNDS)) == [b"x" * 10**7] * 2
    assert list(results(work, [], BOUNDS)) == []


def test_whoever_stops_listening_leaves_no_process() -> None:
    def endless(tell: Tell) -> None:
        tell(os.getpid())
        work("loop")

    with child(endless, 200) as process:
        pid = next(process.told())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_process_ends_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys\n"
        "from scograph.system.bounded import Bounds, results\n"
        "def work(item):\n"
        "    pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))\n"
        "    while True: pass\n"
        "list(results(work, [1], Bounds(600, 100)))\n"
    )
    place = tmp_path / "pid"
    process = subprocess.Popen([sys.executable, "-c", code, str(place)])
    eventually(lambda: place.exists() and place.read_text() != "", "the work has begun")
    process.kill()
    process.wait()
    pid = int(place.read_text())
    eventually(lambda: not Path(f"/proc/{pid}").exists(), "the work has ended")
