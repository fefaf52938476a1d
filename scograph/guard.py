"""What must not reach the evaluator, whoever asks: a leaf, used on both sides."""

from __future__ import annotations

import re

from pyoxigraph import Store

from scograph.advice import words

# Letters of the same number that are no keyword.
_SERVICE, _NO_KEYWORD = re.compile("service", re.IGNORECASE), "sxrvxcx"


def asks_service(text: str, prefixes: dict[str, str]) -> bool:
    """Tell whether the parser reads a SERVICE in the query *text*, wherever that hides.

    The parser needs no space around a keyword: with ``PREFIX x: <...>`` it reads
    ``SERVICEx:y { ... }`` as one. So the parser itself is asked, with other letters
    in the place of these, over no data: only where they stand in strings,
    comments and names does the text remain a query.

    Raises:
        SyntaxError: the text is no query.

    """
    found = words(text)
    if "SERVICE" in found:
        return True
    if not _SERVICE.search(text):
        return False
    plain = {_SERVICE.sub(_NO_KEYWORD, name): iri for name, iri in prefixes.items()}
    try:
        Store().query(_SERVICE.sub(_NO_KEYWORD, text), prefixes=plain)
    except SyntaxError:
        if any("SERVICE" in word for word in found):
            return True
        raise
    except RuntimeError:
        pass  # it is a query; what it lacks is said when it is run
    return False
