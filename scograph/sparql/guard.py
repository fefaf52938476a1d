"""What is refused before a query is evaluated: SERVICE, however it is written."""

from __future__ import annotations

import re

from pyoxigraph import Store

from scograph.sparql.tokens import Shape

# The keyword, and letters of the same number that are none.
_SERVICE, _NO_KEYWORD = re.compile("service", re.IGNORECASE), "sxrvxcx"
# Functions with another value at each call (SPARQL 1.1, section 17.4).
UNSTABLE = frozenset(("RAND", "NOW", "UUID", "STRUUID"))


def is_stable(shape: Shape) -> bool:
    """Tell whether the same query over the same data has the same answer."""
    return not any(shape.words[word] for word in UNSTABLE)


def asks_service(text: str, shape: Shape, prefixes: dict[str, str], base: str) -> bool:
    """Tell whether the parser reads a SERVICE in the query *text*, wherever that hides.

    The parser needs no space around a keyword: with ``PREFIX x: <...>`` it reads
    ``SERVICEx:y { ... }`` as one. So the parser itself is asked, with other letters
    in the place of these, over no data: only where they stand in strings,
    comments and names does the text remain a query.

    Raises:
        SyntaxError: the text is no query.

    """
    if not _SERVICE.search(text):
        return False
    if shape.words["SERVICE"]:
        return True
    plain = {_SERVICE.sub(_NO_KEYWORD, name): iri for name, iri in prefixes.items()}
    try:
        Store().query(_SERVICE.sub(_NO_KEYWORD, text), base_iri=base, prefixes=plain)
    except SyntaxError:
        if any("SERVICE" in word for word in shape.words):
            return True
        raise
    except RuntimeError:
        pass  # it is a query; other faults are reported when it is evaluated
    return False
