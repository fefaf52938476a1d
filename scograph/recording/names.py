"""Names of sources, and names that are nearly right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection

_NAME = re.compile(
    r"[a-z0-9]+(?:-[a-z0-9]+)*?-(?:(?P<day>\d{4}-\d{2}-\d{2})|undated)(?:-[1-9]\d*)?"
)


def is_source_name(text: str) -> bool:
    """Tell whether *text* is ``<publisher>-<yyyy-mm-dd>`` or ``-undated``, perhaps numbered."""
    return _NAME.fullmatch(text) is not None


def day_of(name: str) -> str | None:
    """Return the day that the name of a source ends in, None where it is undated."""
    found = _NAME.fullmatch(name)
    return found["day"] if found else None


def near(name: str, known: Collection[str]) -> str:
    """Return the end of a message that names what *name* may stand for; may be empty."""
    found = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(found)}?" if found else ""
