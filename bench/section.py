"""What a section of `RESULTS.md` is. A section is a module with a function `rows`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

SIZES = (10_000, 35_000, 100_000, 350_000, 700_000, 1_000_000)


@dataclass(frozen=True)
class Settings:
    """What to measure: sizes in triples, and how often (None: as often as a section likes)."""

    sizes: Sequence[int]
    tell: Callable[[str], None]
    runs: int | None = None


@dataclass(frozen=True)
class Goal:
    """A goal, what was measured, and whether that meets it; None: it was not measured."""

    text: str
    measured: str
    met: bool | None


@dataclass(frozen=True)
class Section:
    """A heading, paragraphs on what is counted, a table, and goals."""

    title: str
    paragraphs: Sequence[str]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    goals: Sequence[Goal] = field(default=())

    def markdown(self) -> str:
        """Return the paragraphs and the table in Markdown."""
        return "\n\n".join((*self.paragraphs, table(self.head, self.rows)))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def goals(items: Sequence[Goal]) -> str:
    """Return the table of goals in Markdown."""
    words = {True: "met", False: "**not met**", None: "not measured"}
    rows = [(goal.text, goal.measured, words[goal.met]) for goal in items]
    return table(("goal", "measured", ""), rows)
