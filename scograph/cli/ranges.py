"""Types of options: numbers in a range that the kernel can take, and that are numbers."""

from __future__ import annotations

import math
from typing import Any

import click

# A day in seconds, or a terabyte in MB: more means that somebody has slipped.
_MOST_SECONDS, _MOST = 86_400.0, 10**6


class Seconds(click.FloatRange):
    """A finite number of seconds from *least* to a day."""

    def __init__(self, least: float) -> None:
        super().__init__(min=least, max=_MOST_SECONDS)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return *value* as a number; NaN is none."""
        found = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"{value!r} is not a number", param, ctx)
        return found


def whole(least: int) -> click.IntRange:
    """Return the type of a whole number from *least* to a million."""
    return click.IntRange(min=least, max=_MOST)
