"""``python -m tests.oracle QUERIES [SEED] [FIRST]``: judge many cases, and print what differs."""

from __future__ import annotations

import sys
import time
from collections import Counter

from tests.oracle.engines import COMMANDS, has_comunica
from tests.oracle.judging import differences


def main(queries: int, seed: int = 1, first: int = 0) -> None:
    names = tuple(name for name in COMMANDS if name != "comunica" or has_comunica())
    counts: Counter[str] = Counter()
    start = time.monotonic()
    for found in differences(names, seed, iter(range(first, first + queries)), counts):
        sys.stdout.write(f"{found}\n\n")
        sys.stdout.flush()
    for name, number in sorted(counts.items()):
        sys.stdout.write(f"{number:7,} {name}\n")
    took = time.monotonic() - start
    sys.stdout.write(f"{counts['cases'] / took:.0f} cases a second, in {took:.0f} s\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
