"""The tokens of Turtle and TriG that are looked at before, or beside, the parser.

Brackets, since deep nesting overflows the parser's stack; language tags, since the parser
changes them to lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Strings, IRIs, comments, and names with their escapes, in which neither brackets nor tags
# count. The possessive quantifiers prevent backtracking: the time is linear in the text.
_TOKENS = re.compile(
    rb'(?P<string>"""(?:[^"\\]+|\\.|"(?!""))*+(?:""")?|\'\'\'(?:[^\'\\]+|\\.|\'(?!\'\'))*+(?:\'\'\')?'
    rb'|"(?:[^"\\\n\r]+|\\.)*+"?|\'(?:[^\'\\\n\r]+|\\.)*+\'?)'
    rb'|(?P<iri><(?:[^<>"{}|^`\\\s]+|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)'
    rb"|(?P<blank>#[^\n\r]*+|[ \t\r\n]++)"
    rb"|(?P<open><<|[\[({])|(?P<close>>>|[\])}])"
    rb"|@(?P<tag>[A-Za-z]+(?:-[A-Za-z0-9]+)*+)"
    rb"|(?P<other>(?:[^\s\"'<>#@\\\[\](){}]+|\\.)++)",
    re.DOTALL,
)


def too_deep(content: bytes, most: int) -> int | None:
    """Return the line on which brackets nest deeper than *most*, None if none do."""
    depth = 0
    for found in _TOKENS.finditer(content):
        depth += (found.lastgroup == "open") - (found.lastgroup == "close")
        if depth > most:
            return content.count(b"\n", 0, found.start()) + 1
    return None


def language_tags(content: bytes) -> Iterator[tuple[int, str]]:
    """Yield each language tag, as it is written, with its line; *content* has been parsed."""
    after_string, line, counted = False, 1, 0
    for found in _TOKENS.finditer(content):
        kind = found.lastgroup
        if kind == "tag" and after_string:
            line += content.count(b"\n", counted, found.start())
            counted = found.start()
            yield line, found["tag"].decode()
        if kind != "blank":
            after_string = kind == "string"
