"""What a server counts, in the text format of Prometheus, and the access log."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TextIO

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from scograph.cache import Cache
from scograph.workers.pool import Deaths

ROUTES = ("sparql", "explain", "id", "page", "data", "graph", "ontology", "queries", "rules",
          "search", "download", "static", "dataset", "health", "metrics")  # fmt: skip
_BUCKETS = (0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)


@dataclass(frozen=True)
class Visit:
    """A request that was answered, as the log tells of it."""

    method: str
    path: str
    query: str
    status: int
    seconds: float
    size: int
    rows: int | None
    cached: bool
    client: str


class Metrics:
    """Counters of one server."""

    def __init__(self, deaths: Deaths) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "scograph_requests", "Requests, by route and status.", ["route", "status"],
            registry=self._registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "scograph_request_seconds", "Time from request to answer, by route.", ["route"],
            buckets=_BUCKETS, registry=self._registry,
        )  # fmt: skip
        self._deaths = deaths
        # Looking a child up by its labels takes longer than counting.
        self._requests_of = lru_cache(maxsize=1024)(
            lambda route, status: self._requests.labels(route, str(status))
        )
        self._seconds_of = lru_cache(maxsize=64)(self._seconds.labels)

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._requests_of(route, status).inc()
        self._seconds_of(route).observe(seconds)

    def text(self, cache: Cache, release: str) -> bytes:
        """Return all figures, those of *cache* and *release* among them."""
        registry = CollectorRegistry()
        registry.register(_Now(cache, release, self._deaths))
        return generate_latest(self._registry) + generate_latest(registry)


@dataclass(frozen=True)
class _Now:
    cache: Cache
    release: str
    deaths: Deaths

    def collect(self) -> Iterator[Metric]:
        """Yield what is known from elsewhere (prometheus_client's Collector)."""
        hits, misses, answers, size = self.cache.counts()
        yield CounterMetricFamily("scograph_cache_hits", "Answers from the cache.", value=hits)
        yield CounterMetricFamily("scograph_cache_misses", "Answers that were not.", value=misses)
        yield GaugeMetricFamily("scograph_cache_answers", "Answers that are kept.", value=answers)
        yield GaugeMetricFamily("scograph_cache_bytes", "What they take.", value=size)
        dead = CounterMetricFamily(
            "scograph_worker_deaths", "Workers that ended, by cause.", labels=["cause"]
        )
        causes = dict.fromkeys(("deadline", "memory", "crash", "killed", "done"), 0)
        for cause, count in {**causes, **self.deaths.counts}.items():
            dead.add_metric([cause], count)
        yield dead
        info = GaugeMetricFamily("scograph_release", "The release served.", labels=["hash"])
        info.add_metric([self.release], 1)
        yield info


def route_of(path: str) -> str:
    """Return the first step of *path* where it is one of ours: a bounded set of labels."""
    first = path[1:].partition("/")[0].partition(".")[0]
    if not first:
        return "home"
    return first if first in ROUTES else "other"


class AccessLog:
    """Writes a line of JSON for each request; addresses only where asked for."""

    def __init__(self, file: TextIO, *, addresses: bool) -> None:
        self._file = file
        self._addresses = addresses

    def write(self, visit: Visit) -> None:
        """Log *visit*: a query by its hash, which tells equal ones without telling what."""
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "method": visit.method,
            "path": visit.path,
            "status": visit.status,
            "ms": round(visit.seconds * 1000, 2),
            "bytes": visit.size,
            "cached": visit.cached,
        }
        if visit.query:
            line["query"] = hashlib.sha256(visit.query.encode()).hexdigest()[:16]
        if visit.rows is not None:
            line["rows"] = visit.rows
        if self._addresses:
            line["client"] = visit.client
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
