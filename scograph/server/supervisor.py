"""The supervisor: starts and restarts zygotes, looks for a new release and switches to it.

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
from typing import TYPE_CHECKING

from scograph.rdf.errors import GraphError
from scograph.rdf.visible import visible
from scograph.server import linux
from scograph.server.zygote import Plan, receive, send_line, start_zygote

if TYPE_CHECKING:
    from scograph.web.dispatch import Respond

_WATCH_INTERVAL = 1.0  # seconds between two looks at releases/current
Find = Callable[[], Path]
Load = Callable[[Path], "Respond"]


@dataclass
class _Zygote:
    pid: int
    line: socket.socket
    release: Path
    address: str = ""
    unread: bytes = b""


@dataclass
class Supervisor:
    """Runs a zygote for the release that *find* returns, loaded by *load*; see `run`."""

    find: Find
    load: Load
    plan: Plan
    watch: bool = False
    _zygotes: list[_Zygote] = field(default_factory=list)
    _current: _Zygote | None = None
    _front_ends: dict[socket.socket, bytes] = field(default_factory=dict)
    _wanted: Path | None = None

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
            self._start(self.find())
        except GraphError as error:
            _answer_parent(failed=str(error))
            return
        reported = False
        while True:
            lines = [zygote.line for zygote in self._zygotes]
            sources = [sys.stdin, woken, listener, *lines, *self._front_ends]
            readable, _, _ = select.select(sources, [], [], _WATCH_INTERVAL if self.watch else None)
            if sys.stdin in readable and not os.read(0, 64):
                return
            if woken in readable and signal.SIGHUP in woken.recv(4096):
                self._reload("asked to")
            if listener in readable:
                self._accept(listener)
            for connection in readable:
                self._receive(connection)
            self._reap_children()
            if not reported and not self._report_start(name):
                return
            reported = self._current is not None or reported
            if self.watch and not readable:
                self._reload("releases/current has changed", only_if_changed=True)

    def _report_start(self, name: str) -> bool:
        """Report the outcome of the start once there is one; return whether to go on."""
        if self._current is not None:
            _answer_parent(control=name)
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
                _warn(f"{why}, but {error}; the old release is served on")
            return
        if only_if_changed and release == self._wanted:
            return
        self._start(release)

    def _accept(self, listener: socket.socket) -> None:
        front_end, _ = listener.accept()
        if not linux.own(front_end):
            front_end.close()
            return
        self._front_ends[front_end] = b""
        if self._current is not None:
            _send_address(front_end, self._current)

    def _receive(self, connection: socket.socket | object) -> None:
        for zygote in self._zygotes:
            if zygote.line is connection:
                self._receive_from_zygote(zygote)
                return
        if isinstance(connection, socket.socket) and connection in self._front_ends:
            self._receive_from_front_end(connection)

    def _receive_from_front_end(self, front_end: socket.socket) -> None:
        found = receive(front_end)
        *lines, self._front_ends[front_end] = (self._front_ends[front_end] + found).split(b"\n")
        if not found:
            del self._front_ends[front_end]
            front_end.close()
        for line in lines:
            idle = json.loads(line)["idle"]
            for zygote in [item for item in self._zygotes if item.address == idle]:
                if zygote is not self._current:
                    self._stop(zygote)

    def _receive_from_zygote(self, zygote: _Zygote) -> None:
        found = receive(zygote.line)
        if not found:
            self._restart(zygote)
            return
        *lines, zygote.unread = (zygote.unread + found).split(b"\n")
        for line in lines:
            self._handle(zygote, json.loads(line))

    def _handle(self, zygote: _Zygote, what: dict[str, object]) -> None:
        if "ready" in what:
            self._switch_to(zygote, str(what["ready"]))
        elif "failed" in what:
            self._stop(zygote)
            if self._current is None:
                _answer_parent(failed=what["failed"])
            else:
                _warn(f"{what['failed']}; the old release is served on")
        else:
            for front_end in self._front_ends:
                send_line(front_end, pid=what["pid"], cause=what["cause"])
            if what["cause"] == "crash":
                _warn(f"a worker crashed: {what['words']}")

    def _switch_to(self, zygote: _Zygote, address: str) -> None:
        zygote.address = address
        old, self._current = self._current, zygote
        for front_end in self._front_ends:
            _send_address(front_end, zygote)
        if old is not None and not self._front_ends:
            self._stop(old)

    def _stop(self, zygote: _Zygote) -> None:
        """End a zygote: it kills its workers when its line is closed."""
        if zygote in self._zygotes:
            self._zygotes.remove(zygote)
        zygote.line.close()

    def _restart(self, zygote: _Zygote) -> None:
        self._stop(zygote)
        if zygote is self._current:
            _warn("the process that held the release has ended; it is loaded again")
            time.sleep(0.1)  # what ended it may end the next one as well
            self._start(zygote.release)

    def _reap_children(self) -> None:
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return


def _send_address(front_end: socket.socket, zygote: _Zygote) -> None:
    send_line(front_end, address=zygote.address, release=str(zygote.release))


def _answer_parent(**what: object) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201 - the line that the server waits for


def _warn(sentence: str) -> None:
    print(f"scograph: {visible(sentence)}", file=sys.stderr, flush=True)  # noqa: T201
