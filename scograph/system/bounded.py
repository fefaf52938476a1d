"""Work in processes of its own, which the kernel ends at a deadline or a bound of memory.

What a graph folder says is worked on so: a query, an expression or a chain of rules that never
ends ends a process, and its parent tells which it was. A fork shares what is in memory, so
nothing is loaded again. Where the kernel is not Linux, the deadline holds, the memory is not
bounded, and a process may outlive its parent until its deadline.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import signal
import struct
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn, TypeVar

from scograph.system.confined import bound_memory, die_with

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
# Sends a message, which is pickled, from a process to its parent.
Tell = Callable[[Any], None]

_LENGTH = struct.Struct("!Q")
# The exit status of a process in which Python raised MemoryError.
_OUT_OF_MEMORY = 78
# What Rust says before it aborts for want of memory.
_NO_MEMORY = b"memory allocation of"
# Nested queries and graphs need more stack than a shell may give a main thread.
_STACK = 64 * 2**20
_MB = 10**6


@dataclass(frozen=True)
class Bounds:
    """How long a piece of work may take, in seconds, and how many MB it may need besides."""

    deadline: float
    memory: int


class Ending(Enum):
    """Why a process ended before its work was done."""

    DEADLINE = "deadline"
    MEMORY = "memory"
    CRASH = "crash"


class Child:
    """A process that does *work*, a function that is given what tells its parent something.

    ``ending`` says, when `told` is exhausted, why the work was not done; None where it was.
    """

    def __init__(self, work: Callable[[Tell], None], memory: int) -> None:
        self.ending: Ending | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - `end` closes it
        reader, writer = os.pipe()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # it was closed at the start
                stream.flush()
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            _run(work, writer, self._errors.fileno(), memory, parent)
        os.close(writer)
        self._messages = os.fdopen(reader, "rb")

    def told(self) -> Iterator[Any]:
        """Yield what the process tells, until it ends."""
        while len(head := self._messages.read(_LENGTH.size)) == _LENGTH.size:
            (length,) = _LENGTH.unpack(head)
            body = self._messages.read(length)
            if len(body) < length:
                break
            yield pickle.loads(body)  # noqa: S301 - a fork of this process has written it
        self.ending = self._ended()

    def _ended(self) -> Ending | None:
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        self._errors.seek(0)
        said = self._errors.read()
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0
        if number == signal.SIGALRM:
            return Ending.DEADLINE
        # A process that is killed by somebody else is killed for want of memory.
        if code == _OUT_OF_MEMORY or number == signal.SIGKILL or _NO_MEMORY in said:
            return Ending.MEMORY
        sys.stderr.write(said.decode(errors="replace"))
        return Ending.CRASH if number or code else None

    def end(self) -> None:
        """Have the process end, where it has not."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = 0
        self._messages.close()
        self._errors.close()


@contextmanager
def child(work: Callable[[Tell], None], memory: int) -> Iterator[Child]:
    """Start a `Child`, and end it with the block."""
    process = Child(work, memory)
    try:
        yield process
    finally:
        process.end()


@contextmanager
def within(deadline: float) -> Iterator[None]:
    """Have the kernel end this process, a child, where the block takes more than *deadline* s."""
    signal.setitimer(signal.ITIMER_REAL, deadline)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def results(
    work: Callable[[_Item], _Result], items: Sequence[_Item], bounds: Bounds
) -> Iterator[_Result | Ending]:
    """Yield what *work* returns for each of *items*, or why there is no result.

    One process does them all; where an item ends it, another goes on with the next. The
    deadline is that of each item. An exception of *work* counts as a crash.
    """

    def do(rest: Sequence[_Item], tell: Tell) -> None:
        for item in rest:
            with within(bounds.deadline):
                result = work(item)
            tell(result)

    done = 0
    while done < len(items):
        rest = items[done:]
        with child(lambda tell, rest=rest: do(rest, tell), bounds.memory) as process:  # type: ignore[misc]
            for result in process.told():
                done += 1
                yield result
        if process.ending is not None:
            done += 1
            yield process.ending


def _run(
    work: Callable[[Tell], None], writer: int, errors: int, memory: int, parent: int
) -> NoReturn:
    """Do *work* in this process, a fork, in a thread with a large stack; end the process."""
    try:
        os.dup2(errors, 2)
        faulthandler.disable()  # whoever has it on hears from the parent how this process ended
        sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False, errors="replace")
        for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        die_with(parent)
        bound_memory(memory * _MB, _STACK)
        threading.excepthook = threading.__excepthook__  # a traceback goes to the parent
        threading.stack_size(_STACK)
        thread = threading.Thread(target=_work, args=(work, writer))
        thread.start()
        thread.join()
    finally:
        # Reached after an exception, whose traceback is written.
        os._exit(1)


def _work(work: Callable[[Tell], None], writer: int) -> None:
    def tell(message: object) -> None:
        content = pickle.dumps(message)
        with os.fdopen(writer, "wb", closefd=False) as pipe:
            pipe.write(_LENGTH.pack(len(content)) + content)

    try:
        work(tell)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    os._exit(0)
