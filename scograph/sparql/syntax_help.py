"""Syntax errors of queries, explained: where, what stands there, what could."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

from scograph.rdf.namespaces import WELL_KNOWN_PREFIXES
from scograph.sparql.tokens import words_of

_CHARACTERS = re.compile(r"\[.*?\](?=,|$)", re.DOTALL)
_LONGEST_LINE, _MOST_WORDS = 300, 200
_ERROR_AT = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_PREFIXED = re.compile(r"([A-Za-z][\w-]*)?:[\w.%-]*\s*$")
_WANTED = re.compile(r'"([^"\s]+)"|\b([A-Z]{2,}(?: [A-Z]{2,})*)\b')
_UNBOUND = "variable that is unbound"

# SPARQL 1.1 Query Language, section 19.8: the keywords of a query.
_KEYWORDS = frozenset(
    """A ABS AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL COALESCE CONCAT CONSTRUCT CONTAINS COUNT
    DATATYPE DAY DESC DESCRIBE DISTINCT ENCODE_FOR_URI EXISTS FALSE FILTER FLOOR FROM GRAPH GROUP
    GROUP_CONCAT HAVING HOURS IF IN IRI ISBLANK ISIRI ISLITERAL ISNUMERIC ISURI LANG LANGMATCHES
    LCASE LIMIT MAX MD MIN MINUS MINUTES MONTH NAMED NOT NOW OFFSET OPTIONAL ORDER PREFIX RAND
    REDUCED REGEX REPLACE ROUND SAMETERM SAMPLE SECONDS SELECT SEPARATOR SERVICE SHA SILENT STR
    STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS STRUUID SUBSTR SUM TIMEZONE TRUE TZ
    UCASE UNDEF UNION URI UUID VALUES WHERE YEAR""".split()
)


def explain_syntax(complaint: str, query: str) -> str:
    """Say in one line where *query* went wrong, what stands there, and what could.

    *complaint* is the text of pyoxigraph's SyntaxError. A prefix that is not
    declared comes back with the line that declares it.
    """
    found = _ERROR_AT.search(complaint)
    if found is None:
        return " ".join(complaint.split())
    line, column, wanted = int(found[1]), int(found[2]), found[3]
    lines = query.split("\n")
    text = lines[line - 1] if line <= len(lines) else ""
    place = f"line {line}, column {column}"
    if "Prefix not found" in wanted:
        return f"line {line}, {_prefix(text[: column - 1])}"
    if _UNBOUND in wanted:
        return f"{place}: SELECT has a variable that is neither grouped by nor aggregated"
    slip = misspelt(query)
    if slip is not None:
        return slip
    rest = text[column - 1 :].split()
    seen = f"`{rest[0][:40]}` is not expected here" if rest else "the query ends too early"
    if not rest and line < len(lines):
        seen = "the line ends too early"
    names = sorted({a or b for a, b in _WANTED.findall(_CHARACTERS.sub("", wanted))})
    names = [name for name in names if name not in ("LATERAL", "SERVICE", "{|", "~", "U")]
    return f"{place}: {seen}" + (f"; expected one of: {'  '.join(names[:12])}" if names else "")


def misspelt(query: str) -> str | None:
    """Name the first of the words of *query* that is nearly a keyword, if there is one."""
    for _, (word, start) in zip(range(_MOST_WORDS), words_of(query), strict=False):
        near = _near(word.upper()[:_LONGEST_LINE])
        if near is not None:
            line = query.count("\n", 0, start) + 1
            column = start - query.rfind("\n", 0, start)
            return f"line {line}, column {column}: `{word}` is no keyword; did you mean {near}?"
    return None


@lru_cache(maxsize=1024)
def _near(word: str) -> str | None:
    if word in _KEYWORDS:
        return None
    found = difflib.get_close_matches(word, sorted(_KEYWORDS), n=1, cutoff=0.75)
    return found[0] if found else None


def _prefix(before: str) -> str:
    end = before[-_LONGEST_LINE:]
    found = _PREFIXED.search(end)
    name = (found[1] or "") if found else ""
    column = len(before) - len(end) + (found.start() if found else 0) + 1
    namespace = WELL_KNOWN_PREFIXES.get(name, "...")
    return f"column {column}: prefix `{name}:` is not declared: add `PREFIX {name}: <{namespace}>`"
