"""The keeper: starts zygotes, replaces what died, changes to a new release on request.

It holds nothing itself, so that what it forks begins small. Whoever serves connects to
it, hears which zygote to ask and which workers died, and says when an old one is idle.
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
from typing import TYPE_CHECKING

from scograph.findings import GraphError
from scograph.workers import linux
from scograph.workers.zygote import Plan, hear, start_zygote, tell

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LOOK = 1.0  # seconds between two looks at releases/current
Find = Callable[[], Path]
Load = Callable[[Path], "WSGIApplication"]


@dataclass
class _Zygote:
    pid: int
    line: socket.socket
    release: Path
    address: str = ""
    unread: bytes = b""


@dataclass
class Keeper:
    """Keeps a zygote for the release that *find* names, made by *load*; see `run`."""

    find: Find
    load: Load
    plan: Plan
    watch: bool = False
    _zygotes: list[_Zygote] = field(default_factory=list)
    _current: _Zygote | None = None
    _fronts: dict[socket.socket, bytes] = field(default_factory=dict)
    _wanted: Path | None = None

    def run(self) -> None:
        """Serve until standard input ends; say on standard output how the start went.

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
            self._start(self.find())
        except GraphError as error:
            _say(failed=str(error))
            return
        announced = False
        while True:
            lines = [zygote.line for zygote in self._zygotes]
            sources = [sys.stdin, woken, listener, *lines, *self._fronts]
            readable, _, _ = select.select(sources, [], [], _LOOK if self.watch else None)
            if sys.stdin in readable and not os.read(0, 64):
                return
            if woken in readable and signal.SIGHUP in woken.recv(4096):
                self._reload("asked to")
            if listener in readable:
                self._welcome(listener)
            for connection in readable:
                self._hear(connection)
            self._bury()
            if not announced and not self._announce(name):
                return
            announced = self._current is not None or announced
            if self.watch and not readable:
                self._reload("releases/current has changed", only_if_changed=True)

    def _announce(self, name: str) -> bool:
        """Tell the outcome of the start once there is one; return whether to go on."""
        if self._current is not None:
            _say(control=name)
        return self._current is not None or bool(self._zygotes)

    def _start(self, release: Path) -> None:
        self._wanted = release
        pid, line = start_zygote(lambda: self.load(release), self.plan)
        self._zygotes.append(_Zygote(pid, line, release))

    def _reload(self, why: str, *, only_if_changed: bool = False) -> None:
        try:
            release = self.find()
        except GraphError as error:
            if not only_if_changed:
                _complain(f"{why}, but {error}; the old release is served on")
            return
        if only_if_changed and release == self._wanted:
            return
        self._start(release)

    def _welcome(self, listener: socket.socket) -> None:
        front, _ = listener.accept()
        if not linux.own(front):
            front.close()
            return
        self._fronts[front] = b""
        if self._current is not None:
            _introduce(front, self._current)

    def _hear(self, connection: socket.socket | object) -> None:
        for zygote in self._zygotes:
            if zygote.line is connection:
                self._hear_zygote(zygote)
                return
        if isinstance(connection, socket.socket) and connection in self._fronts:
            self._hear_front(connection)

    def _hear_front(self, front: socket.socket) -> None:
        found = hear(front)
        *lines, self._fronts[front] = (self._fronts[front] + found).split(b"\n")
        if not found:
            del self._fronts[front]
            front.close()
        for line in lines:
            idle = json.loads(line)["idle"]
            for zygote in [item for item in self._zygotes if item.address == idle]:
                if zygote is not self._current:
                    self._drop(zygote)

    def _hear_zygote(self, zygote: _Zygote) -> None:
        found = hear(zygote.line)
        if not found:
            self._lost(zygote)
            return
        *lines, zygote.unread = (zygote.unread + found).split(b"\n")
        for line in lines:
            self._told(zygote, json.loads(line))

    def _told(self, zygote: _Zygote, what: dict[str, object]) -> None:
        if "ready" in what:
            self._change_to(zygote, str(what["ready"]))
        elif "failed" in what:
            self._drop(zygote)
            if self._current is None:
                _say(failed=what["failed"])
            else:
                _complain(f"{what['failed']}; the old release is served on")
        else:
            for front in self._fronts:
                tell(front, pid=what["pid"], cause=what["cause"])
            if what["cause"] == "crash":
                _complain(f"a worker crashed: {what['words']}")

    def _change_to(self, zygote: _Zygote, address: str) -> None:
        zygote.address = address
        old, self._current = self._current, zygote
        for front in self._fronts:
            _introduce(front, zygote)
        if old is not None and not self._fronts:
            self._drop(old)

    def _drop(self, zygote: _Zygote) -> None:
        """End a zygote: it kills its workers when its line is closed."""
        if zygote in self._zygotes:
            self._zygotes.remove(zygote)
        zygote.line.close()

    def _lost(self, zygote: _Zygote) -> None:
        self._drop(zygote)
        if zygote is self._current:
            _complain("the process that held the release has ended; it is loaded again")
            time.sleep(0.1)  # whatever ended it may end the next one, too
            self._start(zygote.release)

    def _bury(self) -> None:
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return


def _introduce(front: socket.socket, zygote: _Zygote) -> None:
    tell(front, address=zygote.address, release=str(zygote.release))


def _say(**what: object) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201 - the line that the server waits for


def _complain(sentence: str) -> None:
    print(f"scograph: {sentence}", file=sys.stderr, flush=True)  # noqa: T201
