"""The supervisor, its zygotes and workers, where what they load and run is odd."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from scograph.http.messages import Request
from scograph.server import linux
from scograph.server.lines import Lines
from scograph.server.pool import Deaths, Died, Pool, Raised
from tests.odd_supervisor import PLAN
from tests.patience import patience
from tests.processes import children

NAMES = ("small", "other", "hanging", "damaged", "large", "faulty", "unforkable", "without files")


@dataclass
class Supervised:
    """A supervisor, and what it tells its web process, which is played here."""

    folder: Path
    process: subprocess.Popen[str]
    told: list[dict[str, Any]] = field(default_factory=list)
    control: str = ""
    _lines: Lines | None = None

    @property
    def lines(self) -> Lines:
        assert self._lines is not None
        return self._lines

    def connect(self) -> None:
        assert self.process.stdout is not None
        started = json.loads(self.process.stdout.readline())
        assert "control" in started, started
        self.control = started["control"]
        self._lines = Lines(linux.connect(self.control))

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next message that is as wanted; those before it are dropped."""
        end = time.monotonic() + patience("condition")
        while True:
            while self.told:
                what = self.told.pop(0)
                if condition(what):
                    return what
            assert time.monotonic() < end, "waited in vain"
            select.select([self.lines], [], [], 1.0)
            self.told += self.lines.receive()
            assert not self.lines.closed

    def serves(self, name: str) -> str:
        """Wait until the release *name* is served; return the address of its zygote."""
        return str(self.until(lambda what: what.get("hash") == name)["address"])

    def want(self, name: str) -> None:
        (self.folder / "wanted").write_text(name, encoding="utf-8")
        self.process.send_signal(signal.SIGHUP)

    def ask(self, address: str, *paths: str) -> tuple[list[object], Deaths]:
        """What is answered to requests in turn, or how their workers died."""
        deaths = Deaths()

        async def run() -> list[object]:
            loop = asyncio.get_running_loop()
            loop.add_reader(self.lines.fileno(), self.report, deaths)
            pool = Pool(address, 1, PLAN.deadline, deaths, self.end_worker(address))
            found = [await answer(pool, path) for path in paths]
            await pool.close(lambda: None)
            loop.remove_reader(self.lines.fileno())
            return found

        return asyncio.run(run()), deaths

    def report(self, deaths: Deaths) -> None:
        for what in self.lines.receive():
            if "cause" in what:
                deaths.add(what["pid"], what["cause"])

    def end_worker(self, address: str) -> Callable[[int, str], None]:
        def end(pid: int, cause: str) -> None:
            self.lines.send(kill=pid, cause=cause, address=address)

        return end


async def answer(pool: Pool, path: str) -> object:
    try:
        return (await pool.ask(Request("GET", path, "", {}), patience("answer"))).body
    except (Died, Raised) as error:
        return str(error)


@contextmanager
def supervised(folder: Path, wanted: str = "small") -> Iterator[Supervised]:
    for name in NAMES:
        (folder / name).mkdir()
    (folder / "wanted").write_text(wanted, encoding="utf-8")
    command = [sys.executable, "-m", "tests.odd_supervisor", str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        found = Supervised(folder, process)
        try:
            yield found
        finally:
            assert process.stdin is not None
            process.stdin.close()
            if found.control:
                found.lines.close()
            process.wait(patience("stop"))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Supervised]:
    with supervised(tmp_path) as found:
        found.connect()
        yield found


RAISED = ("KeyError", "RecursionError", "UnicodeEncodeError", "TypeError", "ValueError")


def test_an_exception_in_a_worker_is_an_answer(running: Supervised) -> None:
    paths = [f"/{name}" for name in RAISED]
    (first, *found, last), deaths = running.ask(running.serves("small"), "/pid", *paths, "/pid")
    assert found == [*RAISED]
    # The worker is none the worse for it.
    assert (first == last, deaths.counts) == (True, {})
    assert deaths.exceptions == dict.fromkeys(RAISED, 1)


@pytest.mark.parametrize("name", ["Panic", "SystemExit"])
def test_a_worker_that_may_be_broken_is_replaced_after_its_answer(
    running: Supervised, name: str
) -> None:
    address = running.serves("small")
    (first, raised, last), deaths = running.ask(address, "/pid", f"/{name}", "/pid")
    assert (raised, first != last) == (name, True)
    assert (deaths.exceptions, set(deaths.counts) <= {"done"}) == ({name: 1}, True)


def test_what_the_kernel_or_memory_ends_is_a_death(running: Supervised) -> None:
    address = running.serves("small")
    found, deaths = running.ask(address, "/MemoryError", "/abort", "/sort", "/pid")
    assert (found[:3], deaths.exceptions) == (["memory", "crash", "sort"], {})


def test_what_a_worker_writes_is_bounded_and_forgotten(running: Supervised) -> None:
    """Else it fills the memory, and is taken for the cause of another request's death."""
    address = running.serves("small")
    (pid, written), _ = running.ask(address, "/pid", "/words")
    assert isinstance(pid, bytes)
    assert written == b""
    found, _ = running.ask(address, "/words", "/pid", "/abort")
    assert found[2] == "crash"


def test_a_stopped_worker_is_replaced(running: Supervised) -> None:
    """Whether it has a connection or has not: the two here have none."""
    (zygote,) = children(running.process.pid)
    address = running.serves("small")
    stopped = children(zygote)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    told = [running.until(lambda what: what.get("cause") == "stopped") for _ in stopped]
    assert {what["pid"] for what in told} == {*stopped}
    found, _ = running.ask(address, "/pid")
    assert found[0] not in [str(pid).encode() for pid in stopped]


def test_only_a_zygotes_own_workers_are_ended(running: Supervised) -> None:
    address = running.serves("small")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        for pid in (bystander.pid, running.process.pid, 0, -1, "1", None):
            running.lines.send(kill=pid, cause="stopped", address=address)
        found, deaths = running.ask(address, "/pid")
        assert (bystander.poll(), len(found), deaths.counts) == (None, 1, {})
        bystander.communicate(b"\n")


def test_a_zygote_that_is_stopped_is_replaced(running: Supervised) -> None:
    first = running.serves("small")
    (zygote,) = children(running.process.pid)
    os.kill(zygote, signal.SIGSTOP)
    assert running.until(lambda what: "lost" in what) == {"lost": first}
    assert running.serves("small") != first


def test_a_load_that_hangs_is_given_up_and_another_wanted_in_its_place(
    running: Supervised,
) -> None:
    running.serves("small")
    running.want("hanging")
    assert running.process.stderr is not None
    told = running.process.stderr.readline()
    assert told.endswith("/hanging is not loaded in time; the old release is served on\n")
    running.want("other")
    running.serves("other")


@pytest.mark.parametrize("first", [True, False], ids=["starting", "running"])
@pytest.mark.parametrize("name", ["unforkable", "without files"])
def test_where_no_worker_can_be_started_it_is_tried_again(
    tmp_path: Path, name: str, first: bool
) -> None:
    with supervised(tmp_path, name if first else "small") as found:
        found.connect()
        if not first:
            found.serves("small")
            found.want(name)
        found.ask(found.serves(name), "/pid")
        assert found.process.stderr is not None
        told = found.process.stderr.readline()
    assert told.startswith("scograph: a worker cannot be started (")


FAULTS = [
    ("damaged", "the release is damaged"),
    ("large", "the memory of this machine is too small for the release"),
    ("faulty", "the process that loaded {} ended with status 1"),
    ("hanging", "{} is not loaded in time"),
]


@pytest.mark.parametrize(("name", "sentence"), FAULTS)
def test_a_start_that_fails_is_told_to_who_waits(tmp_path: Path, name: str, sentence: str) -> None:
    with supervised(tmp_path, name) as found:
        assert found.process.stdout is not None
        told = json.loads(found.process.stdout.readline())
    assert told == {"failed": sentence.format(tmp_path / name)}


@pytest.mark.parametrize(("name", "sentence"), FAULTS[:3])
def test_what_cannot_be_loaded_leaves_the_old_release_served(
    running: Supervised, name: str, sentence: str
) -> None:
    address = running.serves("small")
    running.want(name)
    assert running.process.stderr is not None
    told = running.process.stderr.readline()
    while not told.startswith("scograph: "):  # the traceback of a fault of ours
        told = running.process.stderr.readline()
    what = sentence.format(running.folder / name)
    assert told == f"scograph: {what}; the old release is served on\n"
    assert len(running.ask(address, "/pid")[0][0]) > 0  # type: ignore[arg-type]


def test_a_web_process_that_reads_nothing_holds_nobody_up(running: Supervised) -> None:
    """It is stopped, say, while workers die by the thousand."""
    address = running.serves("small")
    deaf = Lines(linux.connect(running.control))
    found, _ = running.ask(address, *["/abort"] * 20)
    assert found == ["crash"] * 20
    deaf.close()
    assert len(running.ask(address, "/pid")[0]) == 1
