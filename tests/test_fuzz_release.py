"""Releases whose files are damaged by the dice: none opens unless it is byte for byte the same.

`SCOGRAPH_FUZZ_SECONDS` says how long; the suite takes a short while.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from scograph.rdf.errors import GraphError
from scograph.sparql.release import open_release

SECONDS = float(os.environ.get("SCOGRAPH_FUZZ_SECONDS", "4"))


def damaged(content: bytes, others: list[bytes], dice: random.Random) -> bytes:
    """Return *content* with bits flipped, or parts left out, doubled, moved or foreign."""
    at, length = dice.randrange(len(content)), dice.randint(1, 40)
    match dice.randrange(6):
        case 0:
            flipped = content[at] ^ (1 << dice.randrange(8))
            return content[:at] + bytes([flipped]) + content[at + 1 :]
        case 1:
            return content[:at] + content[at + length :]
        case 2:
            return content[:at] + content[at : at + length] + content[at:]
        case 3:
            return content[:at] + dice.randbytes(length) + content[at:]
        case 4:
            return content[:at]
        case _:
            other = dice.choice(others)
            return content[:at] + other[dice.randrange(len(other)) :]


def test_a_release_of_other_bytes_is_never_opened(tiny: Path) -> None:
    dice = random.Random(1848)  # noqa: S311 - to be the same each time
    files = {path: path.read_bytes() for path in tiny.iterdir()}
    open_release(tiny)
    tried, end = 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        changed = dice.sample(sorted(files), dice.choice((1, 1, 1, 2)))
        contents = {path: damaged(files[path], list(files.values()), dice) for path in changed}
        if contents.items() <= files.items():
            continue
        for path, content in contents.items():
            path.write_bytes(content)
        with pytest.raises(GraphError):
            open_release(tiny)
        for path in changed:
            path.write_bytes(files[path])
        tried += 1
    assert tried > 0
    open_release(tiny)
