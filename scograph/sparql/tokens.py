"""The tokens of a query, read before it is parsed: its form, its keywords, how deep it nests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

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
# Relative to a base, what looks like an IRI may be a comparison, which hides what follows.
_DOUBTFUL = re.compile(r"""<(?![A-Za-z][A-Za-z0-9+.-]*://)[^>]*[(\[)\]#'"]""")
_NO_LIST = 10**9

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")


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
    open_: list[int] = []  # for each open bracket: how many terms stand in it in a row
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


def words_of(query: str) -> Iterator[tuple[str, int]]:
    """Yield the bare words of *query*, each with the position at which it begins."""
    for found in _TOKENS.finditer(query):
        if found["run"] and found["local"] is None:
            for word in _WORD.finditer(found["run"]):
                yield word[0], found.start() + word.start()


# A code point escape, unless it stands in a string, an IRI or a comment: the parser reads those.
_ESCAPES = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*(?:""")?|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*(?:\'\'\')?'
    r'|"(?:[^"\\\n\r]|\\.)*"?|\'(?:[^\'\\\n\r]|\\.)*\'?|<[^<>"{}|^`\\\s]*|#[^\n\r]*'
    r"|\\(?:u(?P<short>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8}))",
    re.DOTALL,
)

_COMMENT_IN_NIL = re.compile(r"\(\s*#")


def unescaped(query: str) -> str:
    """Return *query* without a byte order mark, and with its code point escapes replaced.

    They may stand anywhere, and are replaced before anything is parsed (SPARQL 1.1, section 19.2).
    Comments are blank where one stands in an empty collection, which the parser does not read.
    """
    query = query.removeprefix("\ufeff")
    if _COMMENT_IN_NIL.search(query):
        query = _ESCAPES.sub(lambda found: _blank(found[0]), query)
    return _ESCAPES.sub(_character, query) if "\\u" in query or "\\U" in query else query


def _blank(text: str) -> str:
    return " " * len(text) if text.startswith("#") else text


def _character(found: re.Match[str]) -> str:
    digits = found["short"] or found["long"]
    code = int(digits, 16) if digits else -1
    is_character = 0 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else found[0]
