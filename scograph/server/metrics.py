"""What a server counts, in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from scograph.server.cache import Cache
from scograph.server.pool import Deaths

ROUTES = ("sparql", "explain", "id", "page", "data", "graph", "ontology", "queries", "rules",
          "search", "download", "static", "dataset", "health", "metrics")  # fmt: skip
OTHER = "other"
_BUCKETS = (0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)


class Metrics:
    """Counters of one server."""

    def __init__(self, deaths: Deaths, dropped: Callable[[], int]) -> None:
        """Count, beside what is given, *deaths* of workers and *dropped* lines of the log."""
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
        self._dropped = dropped
        # Memoised, as `labels` takes longer than the counting itself.
        self._requests_of = lru_cache(maxsize=1024)(
            lambda route, status: self._requests.labels(route, str(status))
        )
        self._seconds_of = lru_cache(maxsize=64)(self._seconds.labels)

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count a response."""
        self._requests_of(route, status).inc()
        self._seconds_of(route).observe(seconds)

    def text(self, cache: Cache, release: str) -> bytes:
        """Return all figures, those of *cache* and *release* among them."""
        registry = CollectorRegistry()
        registry.register(_Now(cache, release, self._deaths, self._dropped()))
        return generate_latest(self._registry) + generate_latest(registry)


@dataclass(frozen=True)
class _Now:
    cache: Cache
    release: str
    deaths: Deaths
    dropped: int

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of cache, workers and release (prometheus_client's Collector)."""
        hits, misses, answers, size = self.cache.counts()
        yield CounterMetricFamily("scograph_cache_hits", "Answers from the cache.", value=hits)
        yield CounterMetricFamily("scograph_cache_misses", "Answers that were not.", value=misses)
        yield GaugeMetricFamily("scograph_cache_answers", "Answers that are kept.", value=answers)
        yield GaugeMetricFamily("scograph_cache_bytes", "What they take.", value=size)
        dead = CounterMetricFamily(
            "scograph_worker_deaths", "Workers that ended, by cause.", labels=["cause"]
        )
        causes = dict.fromkeys(
            ("deadline", "memory", "sort", "crash", "killed", "stopped", "done"), 0
        )
        for cause, count in {**causes, **self.deaths.counts}.items():
            dead.add_metric([cause], count)
        yield dead
        yield CounterMetricFamily(
            "scograph_log_lines_dropped", "Lines of the access log that could not be written.",
            value=self.dropped,
        )  # fmt: skip
        raised = CounterMetricFamily(
            "scograph_worker_exceptions", "Answers that an exception prevented, by its type.",
            labels=["type"],
        )  # fmt: skip
        for kind, count in self.deaths.exceptions.items():
            raised.add_metric([kind], count)
        yield raised
        info = GaugeMetricFamily("scograph_release", "The release served.", labels=["hash"])
        info.add_metric([self.release], 1)
        yield info


def route_of(path: str) -> str:
    """Return the first segment of *path* if it is a known route: the labels stay few."""
    first = path[1:].partition("/")[0].partition(".")[0]
    if not first:
        return "home"
    return first if first in ROUTES else OTHER
