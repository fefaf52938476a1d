"""The section on serving: this endpoint beside others, over the same data and the same requests."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.attack import attacked, overhead
from bench.endpoints import Running, available, running
from bench.generate import generate
from bench.loads import Latency, latency, rate
from bench.section import Goal, Section, Settings
from scograph.sparql.engine import Engine
from scograph.sparql.formats import RESULTS
from scograph.sparql.release import open_release

SIZES = (100_000, 1_000_000)
_SECONDS = 2
_FOLDER = "https://w3id.org/scograph/"
_ENGINE = "engine, in process"
_PREFIXES = """\
PREFIX sco: <https://w3id.org/scograph/ontology#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX id: <https://w3id.org/scograph/id/>
"""
# Questions of researchers, in the forms of queries/: who held what, who spoke where, on what.
LIGHT = {
    "label": "SELECT ?l { <https://w3id.org/scograph/id/event/forum-0-0> skos:prefLabel ?l }",
    "posts of a person": "SELECT ?post { ?t sco:holder <https://w3id.org/scograph/id/person/"
    "person-0-0> ; sco:post ?post }",
    "who took part": "SELECT ?who ?name { ?p sco:event <https://w3id.org/scograph/id/event/"
    "forum-0-0> ; sco:agent ?who . ?who skos:prefLabel ?name } LIMIT 50",
}
HEAVY = {
    "speakers by topic": "SELECT ?topic (COUNT(DISTINCT ?who) AS ?n) { ?s a sco:Statement ; "
    "sco:accordingTo ?who ; sco:field ?topic ; sco:statedIn ?p . ?p sco:inSource ?source } "
    "GROUP BY ?topic ORDER BY DESC(?n) ?topic",
    "last tenures": "SELECT ?t ?day { ?t a sco:Tenure ; sco:holder ?who ; sco:earliest ?day } "
    "ORDER BY DESC(?day) ?t LIMIT 20",
    "bodies of bodies": "SELECT (COUNT(*) AS ?n) { ?x org:subOrganizationOf+ ?y }",
    "names by pattern": "SELECT (COUNT(*) AS ?n) { ?x skos:prefLabel ?l FILTER REGEX(?l, "
    '"council.*forum", "i") }',
    "passages by source": "SELECT ?source (COUNT(?p) AS ?n) { ?p sco:inSource ?source . "
    "?s sco:statedIn ?p } GROUP BY ?source ORDER BY DESC(?n) ?source LIMIT 10",
    "tenures without end": "SELECT (COUNT(?t) AS ?n) { ?t a sco:Tenure ; sco:holder ?who "
    "FILTER NOT EXISTS { ?t sco:endDate ?d } }",
}
SHAPES = {
    "as asked": HEAVY["speakers by topic"],
    "the passage first": "SELECT ?topic (COUNT(DISTINCT ?who) AS ?n) { ?p sco:inSource ?source . "
    "?s sco:statedIn ?p ; sco:accordingTo ?who ; sco:field ?topic ; a sco:Statement } "
    "GROUP BY ?topic ORDER BY DESC(?n) ?topic",
    "the pairs first, then counted": "SELECT ?topic (COUNT(?who) AS ?n) { "
    "{ SELECT DISTINCT ?topic ?who { ?s a sco:Statement ; sco:accordingTo ?who ; "
    "sco:field ?topic ; sco:statedIn ?p . ?p sco:inSource ?source } } } "
    "GROUP BY ?topic ORDER BY DESC(?n) ?topic",
}
_HEAVY_MS = 50.0
_HEAD = ("quads", "query", "endpoint", "first: median ms", "first: 99th", "again: median ms",
         "again: 99th", "first: requests/s", "again: requests/s")  # fmt: skip
_COUNTED = (
    "Every endpoint serves the same quads on this machine in one run. *First*: each request has "
    "another comment at its end, so that no cache knows it; *again*: the same request each time. "
    "Latencies are of one client that asks one at a time over a connection that stays open; "
    "requests per second are wrk's, with 16 connections. nginx caches in front of oxigraph's "
    "server. The endpoints take turns query by query. scograph runs with `--parallel 64`, as all "
    "requests come from one address, and with the two workers of a machine of two cores. The row "
    "*engine, in process* is the engine alone, in memory: what is left of a first latency is what "
    "serving adds. A query is *heavy* where the engine alone takes more than 50 ms.",
    "Where Virtuoso is ahead first time, the engine is the limit: its column-wise joins group and "
    "order what pyoxigraph walks row by row; oxigraph's server, the same engine over files, takes "
    "longer still. Other shapes of such queries were timed in process:",
)

Measured = dict[tuple[int, str, str], tuple[Latency, Latency, float, float]]


def rows(settings: Settings) -> Section:
    """Measure all endpoints at all sizes.

    Raises:
        SystemExit: wrk, which sends the requests, is not installed.

    """
    if shutil.which("wrk") is None:
        raise SystemExit("bench: wrk is missing; install Debian's package wrk")
    found: Measured = {}
    starts: list[str] = []
    shapes: list[str] = []
    goals: list[Goal] = []
    with tempfile.TemporaryDirectory() as name:
        for size in [size for size in SIZES if size <= max(settings.sizes)]:
            folder = Path(name) / str(size)
            release = write_release(folder / "release", size)
            told = _measure(size, release, folder, found, settings)
            starts += [f"{size:,} quads: {told}."]
            if size == SIZES[-1]:
                goals += [_start_goal(told)]
            if size == SIZES[-1]:
                shapes = [_shapes(release, size)]
        release = Path(name) / str(SIZES[0]) / "release"
        goals += [overhead(release), attacked(release)]
    return Section(
        "Serving",
        (*_COUNTED, *shapes, *starts),
        _HEAD,
        [_row(key, value) for key, value in found.items()],
        (*_goals(found), *goals),
    )


def write_release(folder: Path, size: int) -> Path:
    """Write *size* generated triples as a release, in its default graph."""
    folder.mkdir(parents=True)
    digest = hashlib.sha256()
    with (folder / "dataset.nq").open("wb") as file:
        for line in generate(size):
            digest.update(line.encode())
            file.write(line.encode())
    prefixes = dict(
        line.removeprefix("PREFIX ").rstrip(">").split(": <") for line in _PREFIXES.splitlines()
    )
    manifest = {
        "format": 1,
        "release": digest.hexdigest(),
        "versions": {"software": "0", "ontology": "0", "data": "0"},
        "base": _FOLDER,
        "prefixes": prefixes,
        "files": {"dataset.nq": {"sha256": digest.hexdigest()}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _measure(size: int, release: Path, folder: Path, found: Measured, settings: Settings) -> str:
    """Measure all endpoints over *release*; return how they started, and their memory."""
    with ExitStack() as stack:
        endpoints: dict[str, Running] = {}
        for name in available():
            settings.tell(f"{size:,} quads: starting {name}")
            behind = endpoints["oxigraph"].port if name == "nginx" else 0
            options = ("--parallel", "64", "--workers", "2") if name == "scograph" else ()
            started = running(name, release, folder / name, *options, behind=behind)
            endpoints[name] = stack.enter_context(started)
        engine = Engine(open_release(release))
        for title, query in {**LIGHT, **HEAVY}.items():
            found[size, title, _ENGINE] = in_process(engine, _PREFIXES + query)
            for name, endpoint in endpoints.items():
                settings.tell(f"{size:,} quads: {title}: {name}")
                found[size, title, name] = _all(endpoint, _PREFIXES + query, folder)
        return ", ".join(_told(endpoint) for endpoint in endpoints.values())


def in_process(engine: Engine, query: str) -> tuple[Latency, Latency, float, float]:
    """Time *query* in this process, parsing and writing included: what serving adds to."""
    times: list[float] = []
    end = time.monotonic() + _SECONDS / 2
    while len(times) < 3 or (time.monotonic() < end and len(times) < 500):
        start = time.perf_counter()
        engine.query(query, RESULTS[0], None)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    found = Latency(statistics.median(times), times[int(len(times) * 0.99)], 0)
    return found, found, 1000 / found.median, 1000 / found.median


def _shapes(release: Path, size: int) -> str:
    """Time other ways to write a heavy query; return them as a sentence."""
    engine = Engine(open_release(release))
    told = [
        f"{name} {in_process(engine, _PREFIXES + query)[0].median:,.1f} ms"
        for name, query in SHAPES.items()
    ]
    return f"Speakers by topic over {size:,} quads: {'; '.join(told)}."


def _told(endpoint: Running) -> str:
    memory = f"{endpoint.memory():,.0f} MB"
    if math.isnan(endpoint.seconds):
        return f"{endpoint.name} {memory}"
    return f"{endpoint.name} first answer after {endpoint.seconds:.2f} s, {memory}"


def _all(endpoint: Running, query: str, folder: Path) -> tuple[Latency, Latency, float, float]:
    first = latency(endpoint, query, _SECONDS, fresh=True)
    again = latency(endpoint, query, _SECONDS / 2, fresh=False)
    light = first.median < _HEAVY_MS
    many = rate(endpoint, query, _SECONDS, folder, fresh=True)[0] if light else 1000 / first.median
    return first, again, many, rate(endpoint, query, _SECONDS, folder, fresh=False)[0]


def _row(
    key: tuple[int, str, str], value: tuple[Latency, Latency, float, float]
) -> tuple[str, ...]:
    size, title, name = key
    first, again, many, more = value
    figures = (first.median, first.worst, again.median, again.worst)
    failed = " (fails)" if first.failures else ""
    return (f"{size:,}", title, name + failed, *(f"{figure:,.2f}" for figure in figures),
            f"{many:,.0f}", f"{more:,.0f}")  # fmt: skip


def _goals(found: Measured) -> Iterator[Goal]:
    heavy = {key[:2] for key, value in found.items()
             if key[2] == _ENGINE and value[0].median > _HEAVY_MS}  # fmt: skip
    light = {key[:2] for key in found if key[1] in LIGHT}
    every = {key[:2] for key in found}
    yield ratio("repeated, requests/s, against oxigraph's server", found, every, "oxigraph", 3, 4)
    yield ratio("repeated, requests/s, against nginx caching", found, every, "nginx", 3, 0.5)
    yield ratio("heavy first time, latency, against oxigraph's server (its time / ours)", found,
                 heavy, "oxigraph", 0, 1 / 1.1)  # fmt: skip
    yield ratio("light first time, requests/s, against oxigraph's server", found, light,
                 "oxigraph", 2, 0.5)  # fmt: skip
    yield ratio("repeated, requests/s, against rdflib-endpoint", found, every,
                 "rdflib-endpoint", 3, 30)  # fmt: skip
    yield ratio("heavy first time, latency, against rdflib-endpoint", found,
                 heavy, "rdflib-endpoint", 0, 20)  # fmt: skip
    yield ratio("light first time, requests/s, against rdflib-endpoint", found, light,
                 "rdflib-endpoint", 2, 3)  # fmt: skip


def ratio(
    text: str, found: Measured, keys: set[tuple[int, str]], other: str, column: int, least: float
) -> Goal:
    """Compare with *other* over *keys*: the median of the ratios, the least and the largest.

    *column* is 0 for the latency of first requests (theirs by ours), 2 and 3 for first and
    repeated requests per second (ours by theirs).
    """
    ratios = []
    for size, title in keys:
        ours, theirs = found.get((size, title, "scograph")), found.get((size, title, other))
        if ours is None or theirs is None:
            continue
        if column == 0:
            ratios.append(theirs[0].median / ours[0].median)
        else:
            more, less = ours[2:][column - 2], theirs[2:][column - 2]
            ratios.append(more / less if less else math.inf)
    if not ratios:
        return Goal(f"{text}: at least {least:.2g}", "", None)
    middle = statistics.median(ratios)
    low, high = _figure(min(ratios)), _figure(max(ratios))
    told = f"median {_figure(middle)}, {low} to {high}, {len(ratios)} queries"
    return Goal(f"{text}: at least {least:.2g}", told, middle >= least)


def _figure(value: float) -> str:
    if math.isinf(value):
        return "no answer of the other in its time"
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def _start_goal(told: str) -> Goal:
    seconds = float(told.split("first answer after ")[1].split(" ")[0])
    text = "start to first answer, 1,000,000 quads: under 6 s"
    return Goal(text, f"{seconds:.2f} s", seconds < 6)
