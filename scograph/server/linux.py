"""What Linux offers to confine a process, and to find out why it ended."""

from __future__ import annotations

import ctypes
import os
import resource
import secrets
import signal
import socket
import struct
from pathlib import Path

from scograph.system.confined import bound_memory, open_nothing

# <linux/prctl.h>
_PR_SET_NO_NEW_PRIVS = 38
_CREDENTIALS = struct.Struct("3i")
# The exit status of a worker in which Python raised MemoryError.
OUT_OF_MEMORY = 78
STACK = 512 * 2**20
# Bytes: what a worker may write to stderr, a file in memory, in one request.
_STDERR_SIZE = 2**20


def close_all_but(kept: int) -> None:
    """Close every file but the three standard ones and *kept*."""
    os.closerange(3, kept)
    os.closerange(kept + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def ignore_terminal() -> None:
    """Ignore signals from the terminal: the parent process decides when this one ends."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def confine(memory: int) -> None:
    """Bound the memory of this process to *memory* bytes more than it has; forbid new files.

    Without a new file descriptor there is no socket: nothing that a query says makes this
    process call anybody.
    """
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    bound_memory(memory, STACK)
    open_nothing()
    # Python ignores SIGXFSZ: what is written beyond is an error.
    resource.setrlimit(resource.RLIMIT_FSIZE, (_STDERR_SIZE, _STDERR_SIZE))


def is_stopped(pid: int) -> bool:
    """Tell whether a signal has stopped the process *pid*."""
    return _stat(pid)[:1] == ["T"]


def how_it_ended(status: int) -> str:
    """Say in words how a process ended, by what `os.waitpid` gave."""
    if os.WIFEXITED(status):
        return f"ended with status {os.WEXITSTATUS(status)}"
    number = os.WTERMSIG(status)
    names = {item.value: item.name for item in signal.Signals}
    return f"was ended by {names.get(number, f'signal {number}')}"


def cause(status: int, words: str) -> str:
    """Say why a worker ended: `deadline`, `memory`, `sort`, `crash`, `killed` or `done`.

    *status* is what `os.waitpid` gave, *words* what it wrote to stderr. `sort` is the engine's
    panic at values of several types that have no total order.
    """
    if os.WIFEXITED(status):
        code = os.WEXITSTATUS(status)
        return {0: "done", OUT_OF_MEMORY: "memory"}.get(code, "crash")
    number = os.WTERMSIG(status)
    if number == signal.SIGALRM:
        return "deadline"
    if "memory allocation" in words:
        return "memory"
    if "total order" in words:
        return "sort"
    return "killed" if number in (signal.SIGKILL, signal.SIGTERM) else "crash"


def listen() -> tuple[socket.socket, str]:
    """Return a listening socket and its name, in the abstract namespace: no file is left behind.

    The name cannot be guessed, and `own` refuses whoever is not this user.
    """
    name = f"scograph-{secrets.token_hex(16)}"
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    found.bind("\0" + name)
    found.listen(256)
    return found, name


def connect(name: str) -> socket.socket:
    """Connect to a socket that `listen` made.

    Raises:
        OSError: nobody listens there any more.

    """
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        found.connect("\0" + name)
    except OSError:
        found.close()
        raise
    return found


def own(connection: socket.socket) -> bool:
    """Tell whether the process at the other end runs as this user."""
    _, user = _peer(connection)
    return user == os.getuid()


def sibling(connection: socket.socket) -> int | None:
    """Return the process at the other end if the one that started it has started us, too."""
    pid, _ = _peer(connection)
    fields = _stat(pid)
    return pid if fields and fields[1] == str(os.getppid()) else None


def _peer(connection: socket.socket) -> tuple[int, int]:
    """Return the process and the user at the other end."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, user, _ = _CREDENTIALS.unpack(raw)
    return pid, user


def _stat(pid: int) -> list[str]:
    """Return state, parent and so on of the process *pid* (proc(5)), none where it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
