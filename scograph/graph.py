"""A release for Python: open a graph folder, ask it, and ask it why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scograph.engine import Engine
from scograph.store import find_release, open_release
from scograph.telling.told import Told, explain


@dataclass(frozen=True)
class Graph:
    """The current release of a graph folder.

    >>> graph = Graph.open(".")
    >>> print(graph.explain("settlement:chelyabinsk", "sco:locatedIn", "state:RU").text())
    """

    engine: Engine

    @classmethod
    def open(cls, folder: str | Path = ".") -> Graph:
        """Open the release of *folder*: itself, or what ``releases/current`` points to.

        Raises:
            GraphError: there is none, or it is damaged.

        """
        return cls(Engine(open_release(find_release(Path(folder)))))

    def explain(self, subject: str, predicate: str, value: str) -> Told:
        """Explain why the graph holds a triple.

        Each part is an IRI, a prefixed name or a label; *value* may be a literal.

        Raises:
            GraphError: no graph holds such a triple, or the names fit several.

        """
        return explain(self.engine, subject, predicate, value)
