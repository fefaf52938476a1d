"""Schedules of kills, stops, reloads, slow and damaged releases, by the dice, on a real server.

After each the newest good release answers, or the server has ended loudly; and no answer on the
way is wrong or older than one before. `SCOGRAPH_SCHEDULE_SECONDS` says how long, and
`SCOGRAPH_SCHEDULE_SEED` by which dice; the suite takes a short while.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from scograph.build.pipeline import Checked
from tests.numbered import LARGE, NUMBER, NumberedReleases, asked
from tests.patience import eventually, patience
from tests.processes import arguments, children, is_running, supervisor_of, tree, workers_of
from tests.serving import command, fetch, free_port

SECONDS = float(os.environ.get("SCOGRAPH_SCHEDULE_SECONDS", "12"))
SEED = int(os.environ.get("SCOGRAPH_SCHEDULE_SEED", "14"))
PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
# What may become of an honest query while its worker, zygote or web process is killed: an answer
# (200), a worker's crash (500), a stop (503), a queue (429), or no connection at all (0).
ALLOWED = {0, 200, 429, 500, 503}


class Asker(threading.Thread):
    """Asks for the number of the release, again and again, and sees that it never goes back."""

    def __init__(self, address: str, releases: NumberedReleases) -> None:
        super().__init__()
        self.address, self.releases = address, releases
        self.statuses: Counter[int] = Counter()
        self.seen = 0
        self.wrong: list[str] = []
        self.done = threading.Event()

    def run(self) -> None:
        count = 0
        while not self.done.wait(0.02):
            count += 1
            # Some answers are from the cache.
            self.ask(NUMBER + (str(count) if count % 3 else ""))

    def ask(self, query: str) -> None:
        status, content = asked(self.address, query)
        self.statuses[status] += 1
        if status not in ALLOWED:
            self.wrong.append(f"{status} {content!r}")
        if status == 200:
            (number,) = [int(line) for line in content.decode().splitlines()[1:]]
            if not self.seen <= number <= self.releases.newest:
                self.wrong.append(f"release {number} after {self.seen}")
            self.seen = max(self.seen, number)


class Schedule:
    """A server, the dice, and what they have done to it."""

    def __init__(self, releases: NumberedReleases, dice: random.Random, watch: bool) -> None:
        self.releases, self.dice, self.watch = releases, dice, watch
        self.log: list[str] = []
        self.errors: list[str] = []
        port = free_port()
        options = "--deadline 2 --workers 2 --parallel 64 --cache 1".split()
        options += ["--watch"] if watch else []
        self.process = command("serve", releases.folder, "--port", str(port), *options)
        assert self.process.stderr is not None
        self._reader = threading.Thread(target=self.errors.extend, args=(self.process.stderr,))
        self._reader.start()
        self.address = f"http://127.0.0.1:{port}"
        fetch(f"{self.address}/health")
        self.asker = Asker(self.address, releases)
        self.asker.start()

    @contextmanager
    def ending(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.asker.done.set()
            below = tree(self.process.pid)
            with self.process:
                self.process.terminate()
                self.process.wait(patience("stop"))
                self._reader.join()
            self.asker.join()
        eventually(lambda: not any(map(is_running, below)), "no process is left", "stop")

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def zygotes(self) -> list[int]:
        return children(supervisor_of(self.process))

    def step(self) -> None:
        """Do one thing to the server or its releases."""
        steps: dict[str, tuple[Callable[[], object], float]] = {
            "point to a small release": (self.releases.make, 3),
            "point to a large one": (lambda: self.releases.make(LARGE), 2),
            "point to a damaged one": (self.releases.damage, 2),
            "take the newest away": (self.releases.lose, 1),
            "mend the newest": (self.releases.mend, 2),
            "hang up": (lambda: self.signal([self.process.pid], signal.SIGHUP), 4),
            "hang up often": (self.hang_up_often, 1),
            "kill a worker": (lambda: self.signal(workers_of(self.process), signal.SIGKILL), 2),
            "crash a worker": (lambda: self.signal(workers_of(self.process), signal.SIGSEGV), 1),
            "stop a worker": (lambda: self.signal(workers_of(self.process), signal.SIGSTOP), 1),
            "kill a zygote": (lambda: self.signal(self.zygotes(), signal.SIGKILL), 3),
            "kill the youngest zygote": (
                lambda: self.signal(self.zygotes()[-1:], signal.SIGKILL), 3),
            "stop a zygote": (lambda: self.signal(self.zygotes(), signal.SIGSTOP), SECONDS > 60),
            "kill the web process": (lambda: self.signal(self.web_process(), signal.SIGKILL), 0.3),
            "kill the supervisor": (
                lambda: self.signal([supervisor_of(self.process)], signal.SIGKILL), 0.2),
            "run a slow query": (self.run_slowly, 2),
            "wait": (lambda: time.sleep(self.dice.random() * 2), 4),
        }  # fmt: skip
        weights = [float(weight) for _, weight in steps.values()]
        (name,) = self.dice.choices(list(steps), weights)
        self.log.append(name)
        with suppress(IndexError, ProcessLookupError):  # who is to be killed is gone already
            steps[name][0]()
        time.sleep(self.dice.random() * 0.2)

    def signal(self, processes: list[int], number: signal.Signals) -> None:
        os.kill(self.dice.choice(processes), number)

    def hang_up_often(self) -> None:
        for _ in range(self.dice.randint(5, 15)):
            self.process.send_signal(signal.SIGHUP)
            time.sleep(0.01)

    def web_process(self) -> list[int]:
        found = children(self.process.pid)
        return [pid for pid in found if b"scograph.server" not in arguments(pid)]

    def run_slowly(self) -> None:
        threading.Thread(target=asked, args=(self.address, PRODUCT), daemon=True).start()

    def settle(self) -> None:
        """See that the newest good release answers, without doing more than to ask for it."""
        if not self.watch and not self.ended:
            self.process.send_signal(signal.SIGHUP)
        newest = self.releases.newest
        if self.asker.seen == newest:
            self.releases.mend()  # if it is lost, there is none left that could be loaded
        # One that is away now may have been loaded before.
        most = newest + self.releases.away.exists()
        expected = {newest} if newest in self.releases.good else set(range(self.asker.seen, most))

        def settled() -> bool:
            status, content = asked(self.address, f"{NUMBER}{time.monotonic()}")
            return self.ended or (status == 200 and int(content.split()[1]) in expected)

        if self.releases.away.exists():
            # What is away may have been served last, and then nothing else may be: it comes back.
            end = time.monotonic() + patience("condition")
            while not settled() and time.monotonic() < end:
                time.sleep(0.05)
            if not settled():
                self.releases.mend()
                expected = {newest}
        eventually(settled, f"one of {expected} answers", "start")
        if self.ended:
            self.has_ended_loudly()

    def has_ended_loudly(self) -> None:
        self._reader.join()
        assert self.process.returncode == 1
        told = [line for line in self.errors if line.startswith("scograph: ")]
        assert told[-1].endswith("and so has the server\n")


@pytest.mark.slow  # what is random takes time to find anything
def test_after_any_schedule_the_newest_good_release_answers(small: Checked, tmp_path: Path) -> None:
    dice = random.Random(SEED)  # noqa: S311 - a test is to be repeated
    end, rounds = time.monotonic() + SECONDS, 0
    statuses: Counter[int] = Counter()
    while time.monotonic() < end:
        rounds += 1
        releases = NumberedReleases(tmp_path / str(rounds), small)
        releases.make()
        schedule = Schedule(releases, dice, watch=rounds % 2 == 0)
        try:
            with schedule.ending():
                steps = 0
                while time.monotonic() < end and not schedule.ended and steps < 60:
                    for _ in range(dice.randint(1, 8)):
                        schedule.step()
                    steps += 1
                    schedule.settle()
            assert schedule.asker.wrong == []
            # An error of the program's own would show.
            assert not any("Traceback" in line for line in schedule.errors)
        finally:
            (tmp_path / f"{rounds}.log").write_text("\n".join([*schedule.log, *schedule.errors]))
        statuses += schedule.asker.statuses
    (tmp_path / "answers").write_text(str(dict(statuses)))
    assert statuses[200] > SECONDS
