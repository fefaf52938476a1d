"""The supervisor: starts and ends zygotes as `LoadSchedule` decides, by events and by the clock.

It has no release in memory, so that what it forks begins small. The web process connects to
it, is told which zygote to use and which workers died, and reports when an old zygote is idle.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scograph.rdf.errors import GraphError
from scograph.server import linux
from scograph.server.lines import Lines
from scograph.server.load_schedule import Attempt, LoadSchedule, Target
from scograph.server.stderr import tell
from scograph.server.zygote import Loaded, Plan, start_zygote

_WATCH_INTERVAL = 1.0  # seconds between two looks at releases/current
# Seconds between two questions to zygote and web process whether they live, and until they have
# to answer.
_ASK_INTERVAL, _SILENCE = 2.5, 10.0
# Seconds after the deadline of the last query at which an old zygote is ended in any case.
_GRACE = 10.0
Find = Callable[[], Path]
Load = Callable[[Path], Loaded]


@dataclass(eq=False)
class _Zygote:
    pid: int
    line: Lines
    attempt: Attempt
    about: dict[str, Any] = field(default_factory=dict)  # what the web process is told of it
    asked: float | None = None  # when it was asked whether it lives, while it has not answered
    ends_at: float | None = None  # when it is ended, if another has taken its place

    @property
    def address(self) -> str:
        return str(self.about.get("address", ""))


@dataclass(eq=False)
class _FrontEnd:
    line: Lines
    pid: int | None  # of the web process, if `scograph serve` has started it
    asked: float | None = None

    def fileno(self) -> int:
        return self.line.fileno()


@dataclass
class Supervisor:
    """Runs a zygote for the release that *find* returns, loaded by *load*; see `run`.

    With *watch* it looks once a second whether there is another release. *load_seconds* is what
    a load may take, besides what its size allows.
    """

    find: Find
    load: Load
    plan: Plan
    watch: bool = False
    load_seconds: float = 60.0
    _zygotes: list[_Zygote] = field(default_factory=list)
    _loading: _Zygote | None = None
    _current: _Zygote | None = None
    _front_ends: list[_FrontEnd] = field(default_factory=list)
    _dying: set[int] = field(default_factory=set)
    _next_look: float = 0.0
    _next_question: float = 0.0
    _seen: Target | None = None
    _unfound: str = ""

    def run(self) -> None:
        """Run until standard input ends; report the outcome of the start on standard output.

        That is one line of JSON: ``{"control": name}`` once a worker can be reached, or
        ``{"failed": sentence}``.
        """
        listener, name = linux.listen()
        woken, wake = socket.socketpair()
        for end in (woken, wake, listener):
            end.setblocking(False)
        signal.signal(signal.SIGHUP, lambda *_: None)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        try:
            self._serve(listener, name, woken)
        finally:
            signal.set_wakeup_fd(-1)

    def _serve(self, listener: socket.socket, name: str, woken: socket.socket) -> None:
        try:
            target = look_at(self.find())
        except GraphError as error:
            _answer_parent(failed=str(error))
            return
        self._schedule = LoadSchedule(target, time.monotonic(), self.load_seconds)
        self._follow_schedule()
        reported = False
        while not self._schedule.ended:
            if not reported and self._current is not None:
                _answer_parent(control=name)
                reported = True
            lines = [zygote.line for zygote in self._zygotes]
            sources = [sys.stdin, woken, listener, *lines, *self._front_ends]
            readable, _, _ = select.select(sources, [], [], self._timeout())
            if sys.stdin in readable and not os.read(0, 64):
                return
            if woken in readable and signal.SIGHUP in woken.recv(4096):
                self._look(asked=True)
            if listener in readable:
                self._accept(listener)
            self._receive()
            self._look_at_clock(time.monotonic())
            self._follow_schedule()
            self._bury()
        _answer_parent(failed=self._schedule.why)

    def _timeout(self) -> float:
        if self._schedule.attempt is not None and self._loading is None:
            return 0.0
        times = [zygote.ends_at for zygote in self._zygotes if zygote.ends_at is not None]
        times += [self._next_question]
        times += [self._next_look] if self.watch else []
        times += [time for time in (self._schedule.next_time,) if time is not None]
        waiting = any(item.line.pending for item in self._front_ends) or bool(self._dying)
        return max(0.0, min([*times, time.monotonic() + (0.1 if waiting else 60.0)])
                   - time.monotonic())  # fmt: skip

    def _look_at_clock(self, now: float) -> None:
        retries = self._schedule.retry_at is not None and now >= self._schedule.retry_at
        if (self.watch and now >= self._next_look) or (retries and self._current is None):
            self._next_look = now + _WATCH_INTERVAL
            self._look(asked=False)
        self._tell(self._schedule.passed(now))
        if now >= self._next_question:
            self._next_question = now + _ASK_INTERVAL
            self._ask_whether_they_live(now)
        for zygote in list(self._zygotes):
            if zygote.ends_at is not None and now >= zygote.ends_at:
                self._stop(zygote)
        for front_end in self._front_ends:
            front_end.line.flush()

    def _ask_whether_they_live(self, now: float) -> None:
        zygotes = [self._current] if self._current is not None else []
        everyone: list[_FrontEnd | _Zygote] = [*self._front_ends, *zygotes]
        for asked in everyone:
            if asked.asked is None:
                asked.asked = now
                asked.line.send(lives="?")
            elif now - asked.asked < _SILENCE:
                continue
            elif isinstance(asked, _Zygote):
                self._lose(asked, "does not answer")
            elif asked.pid is not None:
                tell("the web process does not answer; another is started")
                os.kill(asked.pid, signal.SIGKILL)
                asked.pid = None

    def _look(self, *, asked: bool) -> None:
        """See which release there is to serve now."""
        try:
            target = look_at(self.find())
        except (GraphError, OSError) as error:
            kept = "the old release is served on" if self._current else "it is tried again"
            if asked or str(error) != self._unfound:
                tell(f"{'asked for a new release, but ' if asked else ''}{error}; {kept}")
            self._unfound = str(error)
            return
        self._unfound = ""
        seen, self._seen = self._seen, target
        # What is being written in place is left alone until it is done.
        if asked or target.path != self._schedule.wanted.path or target == seen:
            self._schedule.want(target, time.monotonic(), asked=asked)

    def _follow_schedule(self) -> None:
        """Stop a load that is no longer at work, and start the one that is to be."""
        attempt = self._schedule.attempt
        if self._loading is not None and self._loading.attempt is not attempt:
            self._stop(self._loading)
        if attempt is None or self._loading is not None:
            return
        try:
            pid, connection = start_zygote(lambda: self.load(attempt.target.path), self.plan)
        except OSError as error:
            self._fail(f"no process can be started ({error.strerror})", refused=False)
            return
        self._loading = _Zygote(pid, Lines(connection), attempt)
        self._zygotes.append(self._loading)

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            time.sleep(0.1)  # it is still there to be accepted
            return
        if not linux.own(connection):
            connection.close()
            return
        front_end = _FrontEnd(Lines(connection), linux.sibling(connection))
        self._front_ends.append(front_end)
        if self._current is not None:
            front_end.line.send(**self._current.about)

    def _receive(self) -> None:
        for front_end in list(self._front_ends):
            for what in front_end.line.receive():
                self._handle_front_end(front_end, what)
            if front_end.line.closed:
                self._front_ends.remove(front_end)
                front_end.line.close()
        for zygote in list(self._zygotes):
            for what in zygote.line.receive():
                self._handle(zygote, what)
            if zygote.line.closed and zygote in self._zygotes:
                self._lose(zygote, "")

    def _handle_front_end(self, front_end: _FrontEnd, what: dict[str, Any]) -> None:
        if "alive" in what:
            front_end.asked = None
        for zygote in [item for item in self._zygotes if item.address == what.get("address")]:
            if "kill" in what:
                zygote.line.send(kill=what["kill"], cause=what["cause"])
            elif zygote is not self._current:
                self._stop(zygote)

    def _handle(self, zygote: _Zygote, what: dict[str, Any]) -> None:
        if "ready" in what:
            self._switch_to(zygote, what)
        elif "failed" in what:
            if zygote is self._loading:
                self._stop(zygote)
                self._fail(str(what["failed"]), refused=True)
        elif "alive" in what:
            zygote.asked = None
        else:
            self._broadcast(pid=what["pid"], cause=what["cause"])
            if what["cause"] in ("crash", "sort"):
                tell(f"a worker crashed: {what['words']}")

    def _switch_to(self, zygote: _Zygote, what: dict[str, Any]) -> None:
        if zygote.attempt is not self._schedule.attempt:
            return  # it is no longer wanted
        now = time.monotonic()
        self._schedule.ready(now)
        path = str(zygote.attempt.target.path)
        zygote.about = {"address": what["ready"], "release": path,
                        "hash": what["hash"], "files": what["files"]}  # fmt: skip
        old, self._current, self._loading = self._current, zygote, None
        self._broadcast(**zygote.about)
        if old is not None:
            old.ends_at = now + (self.plan.deadline + _GRACE if self._front_ends else 0)

    def _broadcast(self, **what: object) -> None:
        """Tell every front end; one that reads nothing connects again when it does."""
        for front_end in self._front_ends:
            if not front_end.line.send(**what):
                front_end.line.closed = True

    def _lose(self, zygote: _Zygote, why: str) -> None:
        """End a zygote that has ended, or does not answer."""
        was_current, was_loading = zygote is self._current, zygote is self._loading
        self._stop(zygote)
        if was_current:
            self._broadcast(lost=zygote.address)
        if not was_current and not was_loading:
            return
        self._dying.discard(zygote.pid)
        _, status = os.waitpid(zygote.pid, 0)
        why = why or linux.how_it_ended(status)
        if was_current:
            why = f"the process that held the release {why}"
            self._tell(self._schedule.lost(why, time.monotonic()))
        else:
            self._fail(f"the process that loaded {zygote.attempt.target.path} {why}", refused=False)

    def _fail(self, why: str, *, refused: bool) -> None:
        self._tell(self._schedule.failed(why, time.monotonic(), refused=refused))

    def _stop(self, zygote: _Zygote) -> None:
        """End a zygote, even one that is stopped; the kernel ends its workers with it."""
        if zygote not in self._zygotes:
            return
        self._zygotes.remove(zygote)
        self._loading = None if zygote is self._loading else self._loading
        self._current = None if zygote is self._current else self._current
        zygote.line.close()
        os.kill(zygote.pid, signal.SIGKILL)
        self._dying.add(zygote.pid)

    def _bury(self) -> None:
        self._dying -= {pid for pid in self._dying if os.waitpid(pid, os.WNOHANG)[0]}

    def _tell(self, sentence: str | None) -> None:
        if sentence is not None:
            tell(sentence)


def look_at(path: Path) -> Target:
    """Return what is in the folder of a release now; a change of any file makes it another.

    Raises:
        OSError: the folder cannot be read.

    """
    with os.scandir(path) as entries:
        found = [(entry.name, entry.stat()) for entry in entries]
    stamp = tuple(sorted((name, stat.st_ctime_ns, stat.st_ino, stat.st_size)
                         for name, stat in found))  # fmt: skip
    return Target(path, stamp, sum(stat.st_size for _, stat in found))


def _answer_parent(**what: object) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201 - the line that the server waits for
