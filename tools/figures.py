"""Measure the README's table of figures on this machine, and print it in Markdown.

Run it with `make figures`. Each time is the median of five runs.
"""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scograph.build.pipeline import check_folder

ROOT = Path(__file__).parent.parent
_RUNS = 5
_PATIENCE = 30.0


def stages() -> dict[str, list[float]]:
    """Return the seconds of each stage of a check of this repository, one item per run."""
    taken: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        taken[name].append(time.perf_counter() - start)

    for _ in range(_RUNS):
        check_folder(ROOT, stage)
    return taken


def start_to_answer(release: Path) -> float:
    """Return the seconds from starting `scograph serve` to the answer of a first query."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/sparql?query=ASK%7B%3Fs%20a%20sco:ForumEdition%7D&format=csv"
    command = [sys.executable, "-m", "scograph", "serve", str(release), "--port", str(port)]
    start = time.perf_counter()
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - start < _PATIENCE:
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:
                    answer.read()
                return time.perf_counter() - start
            except urllib.error.URLError:
                time.sleep(0.01)
    finally:
        server.terminate()
        server.wait()
    raise TimeoutError("the server did not answer")


def main() -> None:
    """Print the table."""
    taken = stages()
    with tempfile.TemporaryDirectory() as folder:
        release = Path(folder) / "release"
        build = [sys.executable, "-m", "scograph", "build", str(ROOT), "--out", str(release), "-q"]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
        answer = statistics.median(start_to_answer(release) for _ in range(_RUNS))
    print("| figure | value |\n|---|---|")
    for name, count in manifest["triples"].items():
        print(f"| triples, {name} | {count:,} |")
    for name, seconds in taken.items():
        print(f"| {name} | {statistics.median(seconds):.2f} s |")
    print(f"| check and build, all stages | {sum(map(statistics.median, taken.values())):.1f} s |")
    print(f"| start of `scograph serve` to the answer of the first query | {answer:.2f} s |")


if __name__ == "__main__":
    main()
