r"""Text of the graph for a terminal: what would control the terminal is shown as an escape.

The escapes are those of Turtle, SPARQL and JSON (``\u001B``), so that what a terminal shows of
these can be read by programs, too.
"""

from __future__ import annotations

import re

# C0 but for tab and line feed, DEL and C1; separators of lines and paragraphs; embedded, overriding
# and isolating directions (UAX 9), which show a text in another order; halves of surrogate pairs,
# which stand for bytes of file names that are no UTF-8.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str) -> str:
    """Return *text* with its control characters as escapes, all but tabs and line feeds."""
    return _CONTROLS.sub(_escape, text)


def one_line(text: str) -> str:
    """Return *text* with every character that cannot be printed as an escape of Python's."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04X}"
