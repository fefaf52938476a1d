"""Choices that are recorded, so that a case can be made again, and made smaller.

A generator asks for all its choices by `Dice`. The list of numbers that it was given makes the
same case again; a shorter list, or one of lower numbers, makes a simpler one, since generators put
the simplest alternative first and a list that has ended goes on with zeros.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Choices by chance, or those of *played*; ``made`` are the choices so far."""

    def __init__(self, source: random.Random | None, played: Sequence[int] = ()) -> None:
        self.made: list[int] = []
        self.used: set[str] = set()
        self._source = source
        self._played = iter(played)

    def below(self, end: int) -> int:
        """A number from 0 to *end* - 1."""
        if self._source is not None:
            number = self._source.randrange(end)
        else:
            number = next(self._played, 0) % end
        self.made.append(number)
        return number

    def pick(self, among: Sequence[T]) -> T:
        return among[self.below(len(among))]

    def chance(self, percent: int) -> bool:
        """True in *percent* of 100; the simpler choice is False."""
        return self.below(100) >= 100 - percent

    def some(self, least: int, most: int) -> range:
        """A range of *least* to *most* turns."""
        return range(least + self.below(most - least + 1))

    def uses(self, *constructs: str) -> None:
        """Note that the case has *constructs*."""
        self.used.update(constructs)


Fails = Callable[[list[int]], "list[int] | None"]


def shrunk(choices: Sequence[int], fails: Fails, turns: int) -> list[int]:
    """Return the simplest list found in *turns* tries for which *fails* gives what it made.

    First parts are left out, halves before single choices, then numbers are lowered; again, until
    nothing helps any more.
    """
    best, before = list(choices), None
    left = iter(range(turns))

    def is_better(tried: list[int]) -> bool:
        nonlocal best
        if next(left, None) is None:
            return False
        made = fails(tried)
        if made is None or (len(made), made) >= (len(best), best):
            return False
        best = made
        return True

    while before != best:
        before = best
        length = len(best)
        while length := length // 2:
            at = len(best) - length
            while at >= 0:
                is_better([*best[:at], *best[at + length :]])
                at = min(at - length, len(best) - length)
        for at in range(len(best)):
            for lower in (0, 1):
                if at < len(best) and best[at] > lower:
                    is_better([*best[:at], lower, *best[at + 1 :]])
    return best
