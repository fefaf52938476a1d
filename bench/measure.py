"""Measure one run of one reasoner in a process of its own.

`python -m bench.measure REASONER GRAPH.nt [INFERRED.nt]` prints a line of JSON;
`measure` starts that and reads it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from pyoxigraph import Triple, parse

from bench.reasoners import REASONERS


@dataclass(frozen=True)
class Measured:
    """Times in seconds, memory in MB: peaks of the process after loading and at the end."""

    steps: dict[str, float]
    loading: float
    loaded_memory: float
    memory: float
    inferred: int

    @property
    def seconds(self) -> float:
        """The time from parsed triples to informative triples."""
        return sum(self.steps.values())


def measure(
    reasoner: str, graph: Path, patience: float, inferred: Path | None = None
) -> Measured | None:
    """Measure a run in a new process; None: it was stopped after *patience* seconds."""
    command = [sys.executable, "-m", "bench.measure", reasoner, str(graph)]
    command += [str(inferred)] if inferred else []
    root = Path(__file__).parent.parent
    try:
        done = subprocess.run(
            command, cwd=root, check=True, stdout=subprocess.PIPE, timeout=patience
        )
    except subprocess.TimeoutExpired:
        return None
    return Measured(**json.loads(done.stdout))


def _run(reasoner: str, graph: Path, inferred: Path | None) -> Measured:
    start = time.perf_counter()
    asserted = {Triple(q.subject, q.predicate, q.object) for q in parse(path=str(graph))}
    loading, loaded_memory = time.perf_counter() - start, _peak()
    steps: dict[str, float] = {}
    found: frozenset[Triple] = frozenset()
    start = time.perf_counter()
    for step, result in REASONERS[reasoner](asserted):
        now = time.perf_counter()
        steps[step], start = now - start, now
        found = result or found
    # Importing a library is no part of reasoning; it takes the same for every size.
    del steps["import"]
    measured = Measured(steps, loading, loaded_memory, _peak(), len(found))
    if inferred:
        inferred.write_text("".join(f"{triple} .\n" for triple in found), encoding="utf-8")
    return measured


def _peak() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    result = _run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]) if sys.argv[3:] else None)
    print(json.dumps(asdict(result)))
