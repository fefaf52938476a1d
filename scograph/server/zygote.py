"""The zygote: a process that has loaded one release, and forks the workers from itself."""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scograph.server import linux, worker

if TYPE_CHECKING:
    from scograph.web.dispatch import Respond

_TAIL = 4096
# Seconds: a worker that died sooner answered nothing, so the next fork is delayed.
_TOO_SOON = 0.05


@dataclass(frozen=True)
class Plan:
    """What a zygote runs: how many workers, and the bounds of each (seconds, MB)."""

    workers: int
    deadline: float
    memory: int


@dataclass(frozen=True)
class _Child:
    started: float
    words: int  # a file in memory that is its stderr


class Zygote:
    """Forks workers that answer with *respond*; tells *supervisor* of each death, ends with it."""

    def __init__(self, respond: Respond, plan: Plan, supervisor: socket.socket) -> None:
        self._respond = respond
        self._plan = plan
        self._supervisor = supervisor
        self._listener, self.address = linux.listen()
        self._children: dict[int, _Child] = {}

    def run(self) -> None:
        """Keep the workers alive until the supervisor closes its end; kill them then."""
        woken, wake = socket.socketpair()
        for end in (woken, wake):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        # Frozen objects are not touched by the collector, so their pages stay shared after a fork.
        gc.collect()
        gc.freeze()
        self._fill()
        send_line(self._supervisor, ready=self.address)
        while True:
            readable, _, _ = select.select([self._supervisor, woken], [], [])
            if self._supervisor in readable and not receive(self._supervisor):
                break
            if woken in readable:
                woken.recv(4096)
            self._reap()
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)

    def _fill(self) -> None:
        while len(self._children) < self._plan.workers:
            words = os.memfd_create("stderr")
            parent = os.getpid()
            pid = os.fork()
            if pid == 0:
                self._become_worker(parent, words)
            self._children[pid] = _Child(time.monotonic(), words)

    def _become_worker(self, parent: int, words: int) -> None:
        linux.die_with(parent)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(words, 2)
        self._supervisor.close()
        plan = self._plan
        worker.run(self._listener, self._respond, deadline=plan.deadline, memory=plan.memory)

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            child = self._children.pop(pid)
            words = os.pread(child.words, os.fstat(child.words).st_size, 0)[-_TAIL:]
            os.close(child.words)
            text = words.decode(errors="replace").strip()
            cause = linux.cause(status, text)
            send_line(self._supervisor, pid=pid, cause=cause, words=text.splitlines()[-1:] or [""])
            if time.monotonic() - child.started < _TOO_SOON and cause != "done":
                time.sleep(_TOO_SOON)
        self._fill()


def send_line(connection: socket.socket, **what: object) -> None:
    """Send one line of JSON; a peer that has closed the connection is ignored."""
    try:
        connection.sendall(json.dumps(what).encode() + b"\n")
    except OSError:
        return


def receive(connection: socket.socket) -> bytes:
    """Return the next bytes from *connection*, none where the peer has closed it."""
    try:
        return connection.recv(65536)
    except ConnectionError:  # closed before it had read all that was sent
        return b""


def start_zygote(load: Callable[[], Respond], plan: Plan) -> tuple[int, socket.socket]:
    """Fork a zygote that serves what *load* returns; return its process and its line to us.

    It first says ``{"ready": address}``, or ``{"failed": sentence}`` where *load* raises an
    `scograph.rdf.errors.GraphError`; then ``{"pid", "cause", "words"}`` for each worker that
    died. It ends when the connection is closed.
    """
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        theirs.close()
        return pid, ours
    linux.die_with(parent)
    signal.set_wakeup_fd(-1)
    # An inherited copy of another zygote's connection would keep that from being closed.
    linux.close_all_but(theirs.fileno())
    _become_zygote(load, plan, theirs)
    os._exit(0)


def _become_zygote(load: Callable[[], Respond], plan: Plan, supervisor: socket.socket) -> None:
    from scograph.rdf.errors import GraphError

    try:
        respond = load()
    except GraphError as error:
        send_line(supervisor, failed=str(error))
        return
    Zygote(respond, plan, supervisor).run()
