"""What is refused before a query is evaluated: SERVICE, however it is written."""

from __future__ import annotations

import re
from contextlib import suppress

from pyoxigraph import Store

from scograph.sparql.tokens import Shape

_SERVICE = re.compile("service", re.IGNORECASE)
# Functions with another value at each call (SPARQL 1.1, section 17.4).
UNSTABLE = frozenset(("RAND", "NOW", "UUID", "STRUUID"))
_UNSTABLE = re.compile("|".join(sorted(UNSTABLE)), re.IGNORECASE)


def is_stable(text: str, shape: Shape, prefixes: dict[str, str], base: str) -> bool:
    """Tell whether the query *text* has the same answer each time over the same data.

    It is a query that the parser has read, of that *shape*.
    """
    upper = text.upper()
    if not any(word in upper for word in UNSTABLE):
        return True
    if any(shape.words[word] for word in UNSTABLE):
        return False
    return _is_query_without(_UNSTABLE, text, prefixes, base)


def asks_service(text: str, shape: Shape, prefixes: dict[str, str], base: str) -> bool:
    """Tell whether the parser reads a SERVICE in the query *text*, wherever that hides.

    Raises:
        SyntaxError: the text is no query.

    """
    if not _SERVICE.search(text):
        return False
    if shape.words["SERVICE"]:
        return True
    try:
        _parse_without(_SERVICE, text, prefixes, base)
    except SyntaxError:
        if any("SERVICE" in word for word in shape.words):
            return True
        raise
    return False


def _is_query_without(
    words: re.Pattern[str], text: str, prefixes: dict[str, str], base: str
) -> bool:
    try:
        _parse_without(words, text, prefixes, base)
    except SyntaxError:
        return False
    return True


def _parse_without(words: re.Pattern[str], text: str, prefixes: dict[str, str], base: str) -> None:
    """Parse the query *text* with other letters in the place of *words*.

    The parser needs no space around a keyword: with ``PREFIX x: <...>`` it reads
    ``SERVICEx:y { ... }`` as one; and what looks like an IRI may be a comparison. So the parser
    itself is asked, over no data: only where the words stand in strings, comments and names does
    the text remain a query.

    Raises:
        SyntaxError: it does not remain one, so that one of the words is a keyword in it.

    """
    plain = {_no_keyword(words, name): iri for name, iri in prefixes.items()}
    with suppress(RuntimeError):  # it is a query; other faults are told when it is evaluated
        Store().query(_no_keyword(words, text), base_iri=base, prefixes=plain)


def _no_keyword(words: re.Pattern[str], text: str) -> str:
    return words.sub(lambda found: "x" * len(found[0]), text)
