"""Lexical treatment of rule files: masking, finding filters, and coding filter expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scograph.rdf.namespaces import expand
from scograph.reasoning.rules.values import TERM

_FILTER = re.compile(r"\bFILTER\s*\(", re.IGNORECASE)
# A string, an IRI or a comment, which is opaque; or a variable.
TOKEN = re.compile(
    r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>"{}|^`\\\s]*>|#[^\n]*|[?$](?P<name>\w+)'
)
# The local part of a prefixed name (SPARQL 1.1, PN_LOCAL): with escaped characters, and with
# dots except at the end.
_LOCAL = r"(?:[\w:-]|\\.|%[0-9A-Fa-f]{2}|\.(?=[\w\\%:-]))+"
_TOKEN_OR_NAME = re.compile(
    rf"{TOKEN.pattern}|(?<![\w-])(?P<prefix>[A-Za-z][\w-]*|):(?P<local>{_LOCAL})"
)
_TERMS_ONLY = re.compile(r"\(\s*!?\s*sameTerm\s*\(\s*\?\w+\s*,\s*\?\w+\s*\)\s*\)", re.IGNORECASE)


def masked(text: str) -> str:
    """Return *text* with strings, IRIs and comments replaced by as many spaces."""

    def blank(match: re.Match[str]) -> str:
        return match.group() if match.group("name") else " " * len(match.group())

    return TOKEN.sub(blank, text)


def filters_in(masked_text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each FILTER between the positions *start* and *end*."""
    match = _FILTER.search(masked_text, start, end)
    while match:
        depth, position = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(masked_text[position], 0)
            position += 1
        yield match.start(), position
        match = _FILTER.search(masked_text, position, end)


def coded(expression: str, prefixes: dict[str, str]) -> str:
    """Return the SPARQL expression over terms as one over codes, with prefixed names expanded.

    Each variable is decoded by a function call, except in a plain sameTerm: equal terms have
    equal codes.
    """
    if _TERMS_ONLY.fullmatch(expression):
        return expression

    def wrap(match: re.Match[str]) -> str:
        if match.group("name"):
            return f"{TERM}(?{match.group('name')})"
        if match.group("local"):
            return f"<{expand(match.group(), prefixes)}>"
        return match.group()

    return _TOKEN_OR_NAME.sub(wrap, expression)


def line_of(text: str, position: int) -> int:
    """Return the line of *position*, counted from 1."""
    return text.count("\n", 0, position) + 1
