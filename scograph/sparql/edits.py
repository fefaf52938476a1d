"""Edits of a query's text, and names for variables that it does not have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import count
from typing import NamedTuple

from pyoxigraph import NamedNode

from scograph.sparql.errors import RefusedError


class Edit(NamedTuple):
    """What stands in place of the text from ``start`` to ``end``."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return *text* with *edits* made; those inside of what another takes away are left out.

    Raises:
        RefusedError: one is inside of what another replaces.

    """
    parts: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit[:2]):
        if edit.start < position:
            if parts[-1]:
                raise RefusedError("two things in it have to be rewritten at one place")
            continue
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:]])


# A stem that is not in the text is found so soon, unless somebody has put them all there.
_STEMS = 8


def _unlikely(text: str) -> str:
    return f"_{hashlib.sha256(text.encode(errors='replace')).hexdigest()}_"


class Names:
    """Variables that a query does not have; ``used`` tells whether any was asked for.

    ``graphs`` are the named graphs of its dataset, None where nobody has chosen them.
    """

    def __init__(self, text: str) -> None:
        """Give variables for the query *text*."""
        stems = (f"_{n}_" for n in range(_STEMS))
        self._stem = next((stem for stem in stems if stem not in text), _unlikely(text))
        self._numbers = count()
        self.used = False
        self.graphs: tuple[NamedNode, ...] | None = None

    def fresh(self) -> str:
        """Return the next variable."""
        self.used = True
        return f"?{self._stem}{next(self._numbers)}"

    def every_graph(self, variable: str) -> str:
        """Return a pattern that binds *variable* to the name of each graph."""
        if self.graphs is not None:
            return f"VALUES {variable} {{ {' '.join(map(str, self.graphs))} }}"
        s, p, o = (f"?{self._stem}{end}" for end in "spo")
        return f"{{ SELECT DISTINCT {variable} {{ GRAPH {variable} {{ {s} {p} {o} }} }} }}"
