"""The section on `explain`: how long the proof of a triple of this repository takes."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from pyoxigraph import NamedNode

from bench.section import Goal, Section, Settings
from scograph.engine import Engine
from scograph.release.write import write_into
from scograph.rules.coding import Fact
from scograph.store import open_release
from scograph.telling.told import Told
from scograph.vocab import graph_iri

_ROOT = Path(__file__).parent.parent
_LIMIT = 100.0
_COUNTED = (
    "Every triple of this repository's graph `inferred`, one after the other, in one process "
    "with an opened release. *Cold* is the first explanation: it closes the graph once more, "
    "for the proofs. *Warm* are all others: finding the proof of least height with the "
    "passages below it; and telling it, as text."
)


def rows(settings: Settings) -> Section:
    """Explain every inferred triple, and tell how long that takes."""
    settings.tell("explain: building this repository's graph")
    with tempfile.TemporaryDirectory() as name:
        engine = _engine(Path(name) / "release")
        explainer = Explainer(engine.release)
        inferred = NamedNode(graph_iri(engine.release.base, "inferred"))
        quads = engine.release.store.quads_for_pattern(None, None, None, inferred)
        facts = sorted((Fact(q.subject, q.predicate, q.object) for q in quads), key=str)  # type: ignore[arg-type]
        settings.tell(f"explain: {len(facts):,} triples")
        cold, *found = [_timed(engine, explainer, fact) for fact in facts]
    proofs = [proof for proof, _ in found]
    told = [telling for _, telling in found]
    table = [
        _row("cold, the first", [cold[0]]),
        _row("warm, the proof", proofs),
        _row("warm, telling it", told),
    ]
    slowest = max(proof + telling for proof, telling in found)
    goal = Goal(
        "explain any triple of this repository, warm: under 100 ms",
        f"slowest of {len(found):,}: {slowest:.1f} ms with its text",
        slowest < _LIMIT,
    )
    return Section("explain", (_COUNTED,), ("what", "triples", "median ms", "slowest ms"),
                   table, (goal,))  # fmt: skip


def _engine(folder: Path) -> Engine:
    # What builds and what serves meet only here, and in the command line.
    from contextlib import nullcontext

    from scograph.pipeline import check_folder

    checked = check_folder(_ROOT, nullcontext)
    if checked.files is None or checked.manifest is None:
        raise SystemExit("this repository's graph has errors: run `scograph check`")
    return Engine(open_release(write_into(folder, checked.files, checked.manifest)))


def _timed(engine: Engine, explainer: Explainer, fact: Fact) -> tuple[float, float]:
    """Return the milliseconds for finding an explanation, and for telling it."""
    start = time.perf_counter()
    explanation = explainer.explain(fact)
    found = time.perf_counter()
    Told(engine, explanation).text()
    return (found - start) * 1000, (time.perf_counter() - found) * 1000


def _row(name: str, times: list[float]) -> tuple[str, str, str, str]:
    return (name, f"{len(times):,}", f"{statistics.median(times):.2f}", f"{max(times):.2f}")
