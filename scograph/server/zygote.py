"""The zygote: a process that has loaded one release, and forks the workers from itself."""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from scograph.rdf.errors import GraphError
from scograph.server import linux, worker
from scograph.server.lines import Lines
from scograph.server.stderr import tell
from scograph.system.confined import die_with

if TYPE_CHECKING:
    from scograph.web.dispatch import Respond

_TAIL = 4096
# Seconds: a worker that died sooner answered nothing, so the next fork is delayed.
_TOO_SOON = 0.05
# Seconds between two looks at the workers. One that is stopped at two of them is replaced.
_INTERVAL = 1.0


@dataclass(frozen=True)
class Plan:
    """What a zygote runs: how many workers, and the bounds of each (seconds, MB)."""

    workers: int
    deadline: float
    memory: int


class Loaded(NamedTuple):
    """A release in memory: what answers over it, its hash, its files with their SHA-256."""

    respond: Respond
    hash: str
    files: dict[str, str]


@dataclass
class _Child:
    started: float
    words: int  # a file in memory that is its stderr
    stopped: bool = False  # whether it was at the last look
    end: str = ""  # why it was killed by us


class Zygote:
    """Forks workers that answer as *loaded*; tells *supervisor* of each death, ends with it."""

    def __init__(self, loaded: Loaded, plan: Plan, supervisor: socket.socket) -> None:
        self._loaded = loaded
        self._plan = plan
        self._line = Lines(supervisor)
        self._listener, self.address = linux.listen()
        self._children: dict[int, _Child] = {}
        self._next_look = 0.0
        self._short = False  # whether the last fork failed

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
        _, found, files = self._loaded
        self._line.send(ready=self.address, hash=found, files=files)
        while True:
            sources: list[Lines | socket.socket] = [self._line, woken]
            readable, _, _ = select.select(sources, [], [], _INTERVAL)
            if self._line in readable:
                self._listen()
            if self._line.closed:
                break
            if woken in readable:
                woken.recv(4096)
            self._line.flush()
            self._reap()
            self._look()
            self._fill()
        signal.set_wakeup_fd(-1)  # it is closed with this function
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)

    def _listen(self) -> None:
        for what in self._line.receive():
            if "kill" in what:
                self._kill(what["kill"], str(what["cause"]))
            else:
                self._line.send(alive=True)

    def _fill(self) -> None:
        """Fork the workers that are missing; what cannot be forked now is at the next look."""
        try:
            while len(self._children) < self._plan.workers:
                self._fork()
        except OSError as error:
            if not self._short:
                tell(f"a worker cannot be started ({error.strerror}); it is tried again")
            self._short = True
        else:
            self._short = False

    def _fork(self) -> None:
        words = os.memfd_create("stderr")
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError:
            os.close(words)
            raise
        if pid == 0:
            self._become_worker(parent, words)
        self._children[pid] = _Child(time.monotonic(), words)

    def _become_worker(self, parent: int, words: int) -> None:
        die_with(parent)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(words, 2)
        self._line.close()
        plan = self._plan
        respond = self._loaded.respond
        worker.run(self._listener, respond, deadline=plan.deadline, memory=plan.memory)

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            child = self._children.pop(pid)
            size = os.fstat(child.words).st_size
            words = os.pread(child.words, _TAIL, max(0, size - _TAIL))
            os.close(child.words)
            text = words.decode(errors="replace").strip()
            cause = child.end or linux.cause(status, text)
            self._line.send(pid=pid, cause=cause, words="".join(text.splitlines()[-1:]))
            if time.monotonic() - child.started < _TOO_SOON and cause != "done":
                time.sleep(_TOO_SOON)

    def _look(self) -> None:
        """Kill the workers that somebody has stopped: who has asked them would wait in vain."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + _INTERVAL
        for pid, child in self._children.items():
            stopped = linux.is_stopped(pid)
            if stopped and child.stopped:
                self._kill(pid, "stopped")
            child.stopped = stopped

    def _kill(self, pid: object, cause: str) -> None:
        """End a worker, which nobody may wait for any more, even where it is stopped."""
        if isinstance(pid, int) and pid in self._children:
            self._children[pid].end = cause
            os.kill(pid, signal.SIGKILL)


def start_zygote(load: Callable[[], Loaded], plan: Plan) -> tuple[int, socket.socket]:
    """Fork a zygote that serves what *load* returns; return its process and its line to us.

    It first says ``{"ready": address, "hash", "files"}``, or ``{"failed": sentence}`` where
    *load* raises a `GraphError`; then ``{"pid", "cause", "words"}`` for each worker that died.
    Told ``{"kill": pid, "cause"}`` it ends that worker; to anything else it answers
    ``{"alive": true}``. It ends when the connection is closed.

    Raises:
        OSError: no further process can be started.

    """
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    try:
        pid = os.fork()
    except OSError:
        ours.close()
        theirs.close()
        raise
    if pid:
        theirs.close()
        return pid, ours
    die_with(parent)
    signal.set_wakeup_fd(-1)
    # An inherited copy of another zygote's connection would keep that from being closed.
    linux.close_all_but(theirs.fileno())
    try:
        _become_zygote(load, plan, theirs)
    finally:  # never back into the supervisor's code
        if sys.exc_info()[0] is not None:
            traceback.print_exc()
        os._exit(0 if sys.exc_info()[0] is None else 1)


def _become_zygote(load: Callable[[], Loaded], plan: Plan, supervisor: socket.socket) -> None:
    try:
        loaded = load()
    except GraphError as error:
        Lines(supervisor).send(failed=str(error))
        return
    except MemoryError:
        Lines(supervisor).send(failed="the memory of this machine is too small for the release")
        return
    Zygote(loaded, plan, supervisor).run()
