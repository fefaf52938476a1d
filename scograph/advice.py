"""A parser's complaint about a query, rewritten for a person: a leaf, used on both sides."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from scograph.vocab import WELL_KNOWN_PREFIXES

# Strings, IRIs, comments, variables and prefixed names are skipped; words are kept.
# No alternative gives back what it has read: the time is linear in the text. What stands
# between the terms of an expression, not between the members of a collection, is apart;
# each sign nests what follows.
_TOKENS = re.compile(
    r"(?:(?P<skip>#[^\n\r]*|\s)|(?P<open>[{(\[])|(?P<close>[})\]])|(?P<sign>!|[+-](?![\w.]))"
    r'|"""(?:[^"\\]|\\.|"(?!""))*(?:""")?|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*(?:\'\'\')?'
    r'|"(?:[^"\\\n\r]|\\.)*"?|\'(?:[^\'\\\n\r]|\\.)*\'?|(?P<iri><[^<>"{}|^`\\\s]*>)'
    r"|(?P<between>[,;*/=&|<>^])|[?$]\w+|@[A-Za-z-]+"
    r"|(?P<run>\+?[\w.-]+)(?P<local>:(?:[\w.%:-]|\\.)*)?|:(?:[\w.%:-]|\\.)*|.)\s*",
    re.DOTALL,
)
_WORD = re.compile("[A-Za-z_]+")
_CHARACTERS = re.compile(r"\[.*?\](?=,|$)", re.DOTALL)
_LONGEST_LINE, _MOST_WORDS = 300, 200
_ERROR_AT = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_PREFIXED = re.compile(r"([A-Za-z][\w-]*)?:[\w.%-]*\s*$")
_WANTED = re.compile(r'"([^"\s]+)"|\b([A-Z]{2,}(?: [A-Z]{2,})*)\b')
_UNBOUND = "variable that is unbound"
# Relative to a base, what looks like an IRI may be a comparison, which hides what follows.
_DOUBTFUL = re.compile(r"""<(?![A-Za-z][A-Za-z0-9+.-]*://)[^>]*[(\[)\]#'"]""")
_NO_LIST = 10**9

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")

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


@dataclass(frozen=True)
class Shape:
    """What a query looks like before it is parsed.

    ``words`` are its bare words in upper case: its keywords, and nothing quoted.
    ``depth`` is how deep its brackets nest; where a text can be read in two ways, all that
    it opens is counted: never too few. ``longest`` is the most terms that follow each
    other in round brackets: the members of a collection.
    """

    words: Counter[str]
    form: str | None
    depth: int
    longest: int


def shape_of(query: str) -> Shape:
    """Return the shape of *query*, found in one pass."""
    words: Counter[str] = Counter()
    form: str | None = None
    depth = longest = signs = 0
    open_: list[int] = []  # for each bracket: how many terms have followed each other in it
    for found in _TOKENS.finditer(query):
        kind = found.lastgroup
        if kind == "skip":
            continue
        signs = signs + 1 if kind == "sign" else 0
        if kind == "open":
            open_.append(0 if found["open"] == "(" else -_NO_LIST)
            depth = max(depth, len(open_))
        elif kind == "close":
            if open_:
                open_.pop()
        elif kind in ("sign", "between"):
            depth = max(depth, len(open_) + signs)
            if open_ and open_[-1] >= 0:
                open_[-1] = 0
        else:
            if open_:
                open_[-1] += 1
                longest = max(longest, open_[-1])
            if kind == "run":
                for word in _WORD.findall(found["run"].upper()):
                    words[word] += 1
                    form = form or (word if word in FORMS + UPDATES else None)
            elif kind == "iri" and _DOUBTFUL.match(found["iri"]):
                depth = max(depth, sum(query.count(mark) for mark in "{(["))
    return Shape(words, form, depth, longest)


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
    for _, (word, start) in zip(range(_MOST_WORDS), _words(query), strict=False):
        near = _near(word.upper()[:_LONGEST_LINE])
        if near is not None:
            line = query.count("\n", 0, start) + 1
            column = start - query.rfind("\n", 0, start)
            return f"line {line}, column {column}: `{word}` is no keyword; did you mean {near}?"
    return None


def _words(query: str) -> Iterator[tuple[str, int]]:
    for found in _TOKENS.finditer(query):
        if found["run"] and found["local"] is None:
            for word in _WORD.finditer(found["run"]):
                yield word[0], found.start() + word.start()


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
