"""What the tests of processes share: who runs below a server, and how it answers."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from prometheus_client.parser import text_string_to_metric_families

from tests.serving import fetch

ASK = "/sparql?query=" + quote("ASK {}")


def children(pid: int) -> list[int]:
    """The processes that *pid* has started and that are alive or not yet buried."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except FileNotFoundError:
        return []
    return [int(word) for word in text.split()]


def tree(pid: int) -> list[int]:
    """All processes below *pid*."""
    below = children(pid)
    return below + [item for child in below for item in tree(child)]


def supervisor_of(process: subprocess.Popen[str]) -> int:
    found = [pid for pid in children(process.pid) if b"scograph.server" in arguments(pid)]
    return found[0]


def arguments(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    return [worker for zygote in children(supervisor_of(process)) for worker in children(zygote)]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def eventually(what: Callable[[], bool], guard: float = 10) -> bool:
    end = time.monotonic() + guard
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def status(address: str, path: str = ASK, guard: float = 20) -> int:
    """The status of an answer; 0 for a connection that broke."""
    try:
        with urllib.request.urlopen(address + path, timeout=guard) as answer:  # noqa: S310
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def metrics(address: str) -> dict[tuple[str, ...], float]:
    """Every figure by its name and the values of its labels."""
    text = fetch(f"{address}/metrics").decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
