"""Two figures of the isolation: what it costs a trivial query, and what it saves an honest one."""

from __future__ import annotations

import asyncio
import http.client
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench.endpoints import Running, running
from bench.loads import latency
from bench.section import Goal
from scograph.http.messages import Request
from scograph.server.__main__ import load
from scograph.server.pool import Deaths, Pool
from scograph.server.settings import Settings
from scograph.server.zygote import Plan, start_zygote

_TRIVIAL = Request("GET", "/sparql", "query=ASK%20%7B%7D", {"accept": "text/csv"})
_PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
_HONEST = "SELECT ?x ?l { ?x <http://www.w3.org/2004/02/skos/core#prefLabel> ?l } LIMIT 20"
_CALLS, _SECONDS = 500, 5


def overhead(release: Path) -> Goal:
    """Compare a trivial query asked of a worker with the same call in process."""
    settings = Settings()
    loaded = load(release, settings, "http://127.0.0.1/")
    here = [_timed(lambda: loaded.respond(_TRIVIAL)) for _ in range(_CALLS)]
    _, line = start_zygote(lambda: loaded, Plan(1, settings.deadline, settings.memory))
    with line, line.makefile() as lines:
        address = lines.readline().split('"')[3]
        there = asyncio.run(_asked(address, settings))
    more = (statistics.median(there) - statistics.median(here)) * 1000
    text = "isolation of a trivial query: under 0.3 ms more than the same call in process"
    return Goal(text, f"{more:.3f} ms more", more < 0.3)


async def _asked(address: str, settings: Settings) -> list[float]:
    """Return the seconds that each call of a worker took."""
    pool = Pool(address, 1, settings.deadline, Deaths())
    found = []
    for _ in range(_CALLS):
        start = time.perf_counter()
        await pool.ask(_TRIVIAL, 1)
        found.append(time.perf_counter() - start)
    await pool.close(lambda: None)
    return found


def attacked(release: Path) -> Goal:
    """Ask as an honest client, alone and beside one that sends products without end."""
    with (
        tempfile.TemporaryDirectory() as name,
        running("scograph", release, Path(name), "--workers", "2") as endpoint,
    ):
        alone = latency(endpoint, _HONEST, _SECONDS, fresh=True)
        done = threading.Event()
        attacker = threading.Thread(target=_attack, args=(endpoint, done))
        attacker.start()
        time.sleep(0.5)
        beside = latency(endpoint, _HONEST, _SECONDS * 4, fresh=True)
        done.set()
        attacker.join()
    ratio = beside.median / alone.median
    text = (
        "an honest client beside one constant attacker, two workers: every request answered, "
        "median within 3 times"
    )
    told = f"{beside.failures} failed, {beside.median:.2f} ms / {alone.median:.2f} ms = {ratio:.2f}"
    return Goal(text, told, beside.failures == 0 and ratio <= 3)


def _attack(endpoint: Running, done: threading.Event) -> None:
    """Send one product after the other, from an address of its own."""
    while not done.is_set():
        connection = http.client.HTTPConnection(
            "127.0.0.1", endpoint.port, timeout=30, source_address=("127.0.0.2", 0)
        )
        query = f"{_PRODUCT}\n#{time.monotonic()}"
        connection.request("GET", endpoint.target(query))
        connection.getresponse().read()
        connection.close()


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
