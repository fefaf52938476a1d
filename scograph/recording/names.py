"""Names of sources, and suggestions for misspelt names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection

_NAME = re.compile(
    r"[a-z0-9]+(?:-[a-z0-9]+)*?-(?:(?P<day>\d{4}-\d{2}-\d{2})|undated)(?:-[1-9]\d*)?"
)


def is_source_name(text: str) -> bool:
    """Return whether *text* is a name such as ``<publisher>-<yyyy-mm-dd>``.

    Instead of the day it may have ``undated``; a number may follow, as in ``-2``.
    """
    return _NAME.fullmatch(text) is not None


def day_of(name: str) -> str | None:
    """Return the day in the name of a source, None where it is undated."""
    match = _NAME.fullmatch(name)
    return match["day"] if match else None


def near(name: str, known: Collection[str]) -> str:
    """Return the end of a message that suggests names similar to *name*; may be empty."""
    matches = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(matches)}?" if matches else ""
