"""The section on the closure: this project's reasoner beside owlrl and reasonable."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.generate import write
from bench.measure import Measured, measure
from bench.reasoners import OUT, REASON, available
from bench.section import Goal, Section, Settings

_PATIENCE = 600.0
# Runs: the size up to which a number holds. Few where one run takes long.
_RUNS = ((35_000, 5), (100_000, 3), (sys.maxsize, 2))
_OURS, _REFERENCE, _RIVAL = "scograph", "owlrl", "reasonable"
_HEAD = ("triples", "reasoner", "s", "s, reasoning alone", "MB", "MB, loaded", "inferred", "runs")

Results = dict[tuple[int, str], list[Measured]]

_COUNTED = (
    "Every run is a process of its own. It parses the graph into a set of triples, which is not "
    "counted (the column *MB, loaded* is the peak of memory until then), and ends with a set of "
    "the informative triples that follow. What lies between is counted for each reasoner alike: "
    "into the form that it reads, reasoning, back out of that form, leaving out what is asserted "
    "or not informative. reasonable's native form, in memory, is a list of tuples of rdflib's "
    "terms; *reasoning alone* is the time of its call `reason()`, which includes making the list "
    "that it returns. Importing libraries is not counted. Times are medians of the runs, memory "
    "the largest of them; the reasoners take turns.",
    "A reasoner is stopped after ten minutes (*over 600*), and gets no graph that would take it "
    "longer at its pace with the graph before.",
)


def rows(settings: Settings) -> Section:
    """Measure all reasoners at all sizes, and put the results beside each other."""
    results: Results = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in sorted(settings.sizes):
            graph = folder / "graph.nt"
            settings.tell(f"{size:,} triples: generating")
            write(graph, size)
            able = [name for name in available() if _in_time(name, size, results)]
            for reasoner, runs in _measure(graph, size, able, settings).items():
                results[size, reasoner] = runs
            if size == min(settings.sizes):
                settings.tell(f"{size:,} triples: comparing what is inferred")
                compared = _compare(graph, size, folder)
    return Section(
        "The closure",
        (*_COUNTED, *compared),
        _HEAD,
        [_row(size, reasoner, runs) for (size, reasoner), runs in results.items()],
        _goals(results),
    )


def _in_time(reasoner: str, size: int, results: Results) -> bool:
    """Tell whether *reasoner* can be expected to finish at *size*, at its last pace."""
    before = max((done for done, name in results if name == reasoner), default=None)
    if before is None:
        return True
    runs = results[before, reasoner]
    return bool(runs) and _median(runs) * size / before <= _PATIENCE


def _measure(
    graph: Path, size: int, reasoners: Sequence[str], settings: Settings
) -> dict[str, list[Measured]]:
    """Measure *reasoners* in turns; one that was stopped has no runs."""
    results: dict[str, list[Measured]] = {reasoner: [] for reasoner in reasoners}
    usual = next(runs for largest, runs in _RUNS if size <= largest)
    for turn in range(settings.runs or usual):
        for reasoner in reasoners:
            # A second run of the reference at the larger sizes would say nothing new.
            stopped = turn > 0 and not results[reasoner]
            if stopped or (turn > 0 and reasoner == _REFERENCE and size > _RUNS[0][0]):
                continue
            run = measure(reasoner, graph, _PATIENCE)
            taken = f"{run.seconds:.2f} s, {run.memory:.0f} MB" if run else "stopped"
            settings.tell(f"{size:,} triples: {reasoner}, run {turn + 1}: {taken}")
            results[reasoner] += [run] if run else []
    return results


def _row(size: int, reasoner: str, runs: Sequence[Measured]) -> Sequence[str]:
    if not runs:
        return (f"{size:,}", reasoner, "over 600", "", "", "", "", "1")
    alone = [run.steps[REASON] for run in runs if REASON in run.steps]
    return (
        f"{size:,}",
        reasoner,
        f"{_median(runs):.2f}",
        f"{statistics.median(alone):.2f}" if alone else "",
        f"{max(run.memory for run in runs):,.0f}",
        f"{max(run.loaded_memory for run in runs):,.0f}",
        f"{runs[0].inferred:,}",
        str(len(runs)),
    )


def _compare(graph: Path, size: int, folder: Path) -> list[str]:
    """Say what the other reasoners infer less and more than ours."""
    found: dict[str, set[str]] = {}
    for reasoner in available():
        file = folder / f"{reasoner}.nt"
        if measure(reasoner, graph, _PATIENCE, file):
            found[reasoner] = set(file.read_text(encoding="utf-8").splitlines())
    ours = found.pop(_OURS)
    return [
        f"At {size:,} triples {reasoner} infers {len(theirs):,}. Of the {len(ours):,} that "
        f"scograph infers it lacks {_by_predicate(ours - theirs)}; "
        f"it has {_by_predicate(theirs - ours)} that scograph has not."
        for reasoner, theirs in found.items()
    ]


def _by_predicate(lines: set[str]) -> str:
    """Count *lines* of N-Triples, and name the predicates that most of them have."""
    counts = Counter(line.split()[1].strip("<>") for line in lines)
    names = [f"{iri.replace('#', '/').rsplit('/', 1)[1]} {n:,}" for iri, n in counts.most_common(4)]
    return f"{len(lines):,}" + (f" ({', '.join(names)})" if names else "")


def _goals(results: Results) -> list[Goal]:
    median = {key: _median(runs) for key, runs in results.items() if runs}
    return [_against_reference(median), _against_rival(median, results), _growth(median)]


def _against_reference(median: dict[tuple[int, str], float]) -> Goal:
    text = "35,000 triples: at least 100 times as fast as owlrl"
    ours, theirs = median.get((35_000, _OURS)), median.get((35_000, _REFERENCE))
    if not ours or not theirs:
        return Goal(text, "", None)
    return Goal(text, f"{theirs:.2f} s / {ours:.2f} s = {theirs / ours:.0f}", theirs / ours >= 100)


def _against_rival(median: dict[tuple[int, str], float], results: Results) -> Goal:
    text = "700,000 triples: no slower than reasonable"
    ours, theirs = median.get((700_000, _OURS)), median.get((700_000, _RIVAL))
    if not ours or not theirs:
        return Goal(text, "", None)
    runs = results[700_000, _RIVAL]
    alone = statistics.median(run.steps[REASON] for run in runs)
    filtering = statistics.median(run.steps[OUT] for run in runs)
    measured = (
        f"{ours:.2f} s; reasonable {theirs:.2f} s (reasoning alone {alone:.2f} s, "
        f"back out {filtering:.2f} s)"
    )
    return Goal(text, measured, ours <= theirs)


def _growth(median: dict[tuple[int, str], float]) -> Goal:
    text = "time per triple at 1,000,000: at most 1.5 times that at 10,000"
    small, large = median.get((10_000, _OURS)), median.get((1_000_000, _OURS))
    if not small or not large:
        return Goal(text, "", None)
    measured = f"{large:.2f} µs / {small * 100:.2f} µs = {large / (small * 100):.2f}"
    return Goal(text, measured, large / (small * 100) <= 1.5)


def _median(runs: Sequence[Measured]) -> float:
    return statistics.median(run.seconds for run in runs)
