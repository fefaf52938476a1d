"""REGEX and REPLACE, whose regular expressions are XPath's (SPARQL 1.1, section 17.4.3.14).

What is constant is translated in the query; what is computed, by functions of the project's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, TypeGuard

from pyoxigraph import Literal, QuerySolutions, Store

from scograph.rdf.namespaces import XSD
from scograph.rdf.terms import AnyTerm
from scograph.sparql.edits import Edit
from scograph.sparql.syntax_tree import Node
from scograph.sparql.xpath_regex import (
    PatternError,
    Translated,
    translate_pattern,
    translate_replacement,
)

# Functions of the project's own: of a pattern and perhaps flags; of a replacement.
PATTERN: Final = "urn:scograph:function:pattern"
REPLACED: Final = "urn:scograph:function:replaced-pattern"
REPLACEMENT: Final = "urn:scograph:function:replacement"
_NAME: Final = re.compile(r"\w+")
# Of a pattern that is not known before, $12 is the first group and a 2.
_GROUPS: Final = 9
Resolve = Callable[[Node], AnyTerm]


def regex_edits(text: str, call: Node, resolve: Resolve) -> Iterator[Edit]:
    """Yield the edits of *call*, a ``BuiltInCall`` in the query *text*, if it is one of the two.

    *resolve* returns the term that a node without variables stands for.

    Raises:
        PatternError: a regular expression is none, or cannot be evaluated.

    """
    name = _NAME.match(text, call.start)
    function = name[0].upper() if name else ""
    if function not in ("REGEX", "REPLACE") or not call.children:
        return
    arguments = call.children[0].children
    replaces = function == "REPLACE"
    if len(arguments) < 2 + replaces:
        return  # it is no query
    flags = arguments[3 if replaces else 2 :][:1]
    known = _text(flags[0], resolve) if flags else ""
    if known is None:
        raise PatternError(f"the flags of {function} are to be a text that is written out")
    if flags and "x" in known:
        yield Edit(flags[0].start, flags[0].end, _quoted(known.replace("x", "")))
    pattern = _text(arguments[1], resolve)
    groups = _GROUPS
    if pattern is None:
        more = "".join(f", {text[flag.start : flag.end]}" for flag in flags)
        yield from _wrapped(arguments[1], REPLACED if replaces else PATTERN, more)
    else:
        found = translated(pattern, known, replaces=replaces)
        groups = found.groups
        if found.pattern != pattern:
            yield Edit(arguments[1].start, arguments[1].end, _quoted(found.pattern))
    if replaces:
        yield from _replacement(arguments[2], resolve, groups, literally="q" in known)


def _replacement(
    argument: Node, resolve: Resolve, groups: int, *, literally: bool
) -> Iterator[Edit]:
    replacement = _text(argument, resolve)
    if replacement is None:
        yield from _wrapped(argument, REPLACEMENT, "")
        return
    if literally:
        found = replacement.replace("$", "$$")
    else:
        found = translate_replacement(replacement, groups)
    if found != replacement:
        yield Edit(argument.start, argument.end, _quoted(found))


def _text(argument: Node, resolve: Resolve) -> str | None:
    """Return the text that *argument* is, None if it is computed."""
    if argument.rule != "RDFLiteral":
        return None
    found = resolve(argument)
    return found.value if isinstance(found, Literal) else None


def _wrapped(argument: Node, function: str, more: str) -> Iterator[Edit]:
    yield Edit(argument.start, argument.start, f"<{function}>(")
    yield Edit(argument.end, argument.end, f"{more})")


def _quoted(text: str) -> str:
    return str(Literal(text))


@lru_cache(maxsize=256)
def translated(pattern: str, flags: str = "", *, replaces: bool) -> Translated:
    """Translate *pattern*; for REPLACE it must not match the empty text (F&O, section 7.6.3).

    Raises:
        PatternError: it is none, or cannot be evaluated.

    """
    found = translate_pattern(pattern, flags)
    if replaces or found.pattern != pattern:
        matches = _matches_empty(found.pattern, flags.replace("x", ""))
        if matches is None:
            raise PatternError(f"{pattern!r} is no regular expression, or {flags!r} are no flags")
        if replaces and matches:
            raise PatternError(f"{pattern!r} matches the empty text, which REPLACE does not allow")
    return found


def _matches_empty(pattern: str, flags: str) -> bool | None:
    query = f'SELECT (REGEX("", {_quoted(pattern)}, {_quoted(flags)}) AS ?found) {{}}'
    found = Store().query(query)
    value = next(found)["found"] if isinstance(found, QuerySolutions) else None
    return None if value is None else value.value == "true"


def pattern_of(pattern: AnyTerm, flags: AnyTerm | None = None) -> AnyTerm | None:
    """Return *pattern* as the engine has it; None, an error of evaluation, if it is none."""
    return _computed(pattern, flags, replaces=False)


def replaced_pattern_of(pattern: AnyTerm, flags: AnyTerm | None = None) -> AnyTerm | None:
    """Return *pattern* as `pattern_of` does, None also where REPLACE may not have it."""
    return _computed(pattern, flags, replaces=True)


def _computed(pattern: AnyTerm, flags: AnyTerm | None, *, replaces: bool) -> AnyTerm | None:
    if not _is_plain(pattern):
        return None
    known = flags.value if isinstance(flags, Literal) else ""
    try:
        return Literal(translated(pattern.value, known, replaces=replaces).pattern)
    except PatternError:
        return None


def _is_plain(term: AnyTerm) -> TypeGuard[Literal]:
    """Tell whether *term* is a text without a language, as these arguments are to be."""
    return isinstance(term, Literal) and term.datatype.value == XSD + "string"


def replacement_of(replacement: AnyTerm) -> AnyTerm | None:
    """Return *replacement* as the engine has it; None, an error of evaluation, if it is none."""
    if not _is_plain(replacement):
        return None
    try:
        return Literal(translate_replacement(replacement.value, _GROUPS))
    except PatternError:
        return None
