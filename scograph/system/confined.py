"""What a process may be denied: to outlive its parent, memory without bound, new files."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

# <linux/prctl.h>
_PR_SET_PDEATHSIG = 1
_STATM = Path("/proc/self/statm")


def die_with(parent: int) -> None:
    """Have the kernel kill this process when *parent*, which started it, ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


def bound_memory(memory: int, stack: int) -> None:
    """Bound the memory of this process to *memory* bytes more than it has, besides a *stack*.

    An address space cannot be told apart into what is needed and what is reserved, so the
    bound is generous by the stack. Where the kernel is not Linux there is none.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not _STATM.exists():
        return
    pages = int(_STATM.read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + stack + memory
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def open_nothing() -> None:
    """Forbid this process new files and sockets: what it does, it does with what it has."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
