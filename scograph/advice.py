"""A parser's complaint about a query, rewritten for a person."""

from __future__ import annotations

import difflib
import re

from scograph.vocab import WELL_KNOWN_PREFIXES

# Strings, IRIs, comments, variables and prefixed names are skipped; words are kept.
_TOKENS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\'|<[^<>"{}|^`\\\s]*>|#[^\n\r]*'
    r"|[?$]\w+|[\w.-]*:[\w.%:-]*|@[A-Za-z-]+|(?P<word>[A-Za-z_]+)|.",
    re.DOTALL,
)
_ERROR_AT = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_PREFIXED = re.compile(r"([A-Za-z][\w-]*)?:[\w.%-]*\s*$")
_WANTED = re.compile(r'"([^"\s]+)"|\b([A-Z]{2,}(?: [A-Z]{2,})*)\b')
_UNBOUND = "variable that is unbound"

# SPARQL 1.1 Query Language, section 19.8: the keywords of a query.
_KEYWORDS = frozenset(
    [
        "A",
        "ABS",
        "AS",
        "ASC",
        "ASK",
        "AVG",
        "BASE",
        "BIND",
        "BNODE",
        "BOUND",
        "BY",
        "CEIL",
        "COALESCE",
        "CONCAT",
        "CONSTRUCT",
        "CONTAINS",
        "COUNT",
        "DATATYPE",
        "DAY",
        "DESC",
        "DESCRIBE",
        "DISTINCT",
        "ENCODE_FOR_URI",
        "EXISTS",
        "FALSE",
        "FILTER",
        "FLOOR",
        "FROM",
        "GRAPH",
        "GROUP",
        "GROUP_CONCAT",
        "HAVING",
        "HOURS",
        "IF",
        "IN",
        "IRI",
        "ISBLANK",
        "ISIRI",
        "ISLITERAL",
        "ISNUMERIC",
        "ISURI",
        "LANG",
        "LANGMATCHES",
        "LCASE",
        "LIMIT",
        "MAX",
        "MD",
        "MIN",
        "MINUS",
        "MINUTES",
        "MONTH",
        "NAMED",
        "NOT",
        "NOW",
        "OFFSET",
        "OPTIONAL",
        "ORDER",
        "PREFIX",
        "RAND",
        "REDUCED",
        "REGEX",
        "REPLACE",
        "ROUND",
        "SAMETERM",
        "SAMPLE",
        "SECONDS",
        "SELECT",
        "SEPARATOR",
        "SERVICE",
        "SHA",
        "SILENT",
        "STR",
        "STRAFTER",
        "STRBEFORE",
        "STRDT",
        "STRENDS",
        "STRLANG",
        "STRLEN",
        "STRSTARTS",
        "STRUUID",
        "SUBSTR",
        "SUM",
        "TIMEZONE",
        "TRUE",
        "TZ",
        "UCASE",
        "UNDEF",
        "UNION",
        "URI",
        "UUID",
        "VALUES",
        "WHERE",
        "YEAR",
    ]
)


def words(query: str) -> list[str]:
    """Return the bare words of *query* in upper case: its keywords, and nothing quoted."""
    return [found["word"].upper() for found in _TOKENS.finditer(query) if found["word"]]


def explain_syntax(complaint: str, query: str) -> str:
    """Say in one line where *query* went wrong, what stands there, and what could.

    *complaint* is the text of pyoxigraph's SyntaxError. A prefix that is not
    declared comes back with the line that declares it.
    """
    found = _ERROR_AT.search(complaint)
    if found is None:
        return " ".join(complaint.split())
    line, column, wanted = int(found[1]), int(found[2]), found[3]
    lines = query.splitlines() or [""]
    text = lines[line - 1] if line <= len(lines) else ""
    place = f"line {line}, column {column}"
    if "Prefix not found" in wanted:
        return f"{place}: {_prefix(text[: column - 1])}"
    if _UNBOUND in wanted:
        return f"{place}: SELECT has a variable that is neither grouped by nor aggregated"
    slip = _misspelt(query)
    if slip is not None:
        return slip
    rest = text[column - 1 :].split()
    seen = f"`{rest[0][:40]}` is not expected here" if rest else "the query ends too early"
    if not rest and line < len(lines):
        seen = "the line ends too early"
    names = sorted({quoted or word for quoted, word in _WANTED.findall(wanted)})
    names = [name for name in names if name not in ("LATERAL", "SERVICE", "{|", "~", "U")]
    return f"{place}: {seen}" + (f"; expected one of: {'  '.join(names[:12])}" if names else "")


def _misspelt(query: str) -> str | None:
    for found in _TOKENS.finditer(query):
        word = (found["word"] or "").upper()
        near = difflib.get_close_matches(word, sorted(_KEYWORDS), n=1, cutoff=0.75)
        if word and word not in _KEYWORDS and near:
            line = query.count("\n", 0, found.start()) + 1
            column = found.start() - query.rfind("\n", 0, found.start())
            return (
                f"line {line}, column {column}: `{found[0]}` is no keyword; did you mean {near[0]}?"
            )
    return None


def _prefix(before: str) -> str:
    found = _PREFIXED.search(before)
    name = (found[1] or "") if found else ""
    namespace = WELL_KNOWN_PREFIXES.get(name, "...")
    return f"prefix `{name}:` is not declared: add `PREFIX {name}: <{namespace}>`"
