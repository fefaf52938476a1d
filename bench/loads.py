"""The same requests to every endpoint: their latency one by one, and as many as wrk can send."""

from __future__ import annotations

import http.client
import re
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bench.endpoints import JSON, Running

_CONNECTIONS = 16
# Another comment makes another query of it for every cache, and the same for every engine.
_SCRIPT = """\
wrk.headers["Accept"] = "{accept}"
local path, n = "{path}", {first}
request = function()
  n = n + 1
  return wrk.format("GET", path .. ({fresh} and "%0A%23" .. n or ""))
end
"""
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_ERRORS = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_fresh = count(1)


@dataclass(frozen=True)
class Latency:
    """Milliseconds: the median and the 99th percentile; ``failures`` are answers but 200."""

    median: float
    worst: float
    failures: int


def latency(endpoint: Running, query: str, seconds: float, *, fresh: bool) -> Latency:
    """Ask *query* again and again for some *seconds*; *fresh*: as another query each time."""
    found: list[float] = []
    failures = 0
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=120)
    end = time.monotonic() + seconds
    while len(found) < 3 or (time.monotonic() < end and len(found) < 500):
        text = f"{query}\n#{next(_fresh)}" if fresh else query
        start = time.perf_counter()
        connection.request("GET", endpoint.target(text), headers={"Accept": JSON})
        answer = connection.getresponse()
        answer.read()
        found.append((time.perf_counter() - start) * 1000)
        failures += answer.status != 200
    connection.close()
    found.sort()
    return Latency(statistics.median(found), found[int(len(found) * 0.99)], failures)


def rate(
    endpoint: Running, query: str, seconds: int, folder: Path, *, fresh: bool
) -> tuple[float, int]:
    """Return requests per second that wrk gets answered, and how many were not."""
    script = folder / "wrk.lua"
    text = _SCRIPT.format(
        accept=JSON,
        path=endpoint.target(query),
        first=next(_fresh) * 10**6,
        fresh=str(fresh).lower(),
    )
    script.write_text(text, encoding="utf-8")
    command = [shutil.which("wrk") or "wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{seconds}s",
               "-s", str(script), f"http://127.0.0.1:{endpoint.port}/"]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found, errors = _RATE.search(done.stdout), _ERRORS.search(done.stdout)
    return float(found[1]) if found else 0.0, int(errors[1]) if errors else 0
