"""Casts, which collapse the white space of a text first.

SPARQL 1.1 (section 17.5) takes them from XPath and XQuery Functions and Operators, section 17.1.1.
The engine casts no text that begins or ends with white space.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode

from scograph.rdf.namespaces import XSD
from scograph.rdf.terms import AnyTerm
from scograph.sparql.edits import Edit
from scograph.sparql.syntax_tree import Node

# The function of the project's own that does what the cast of another expression should.
COLLAPSE: Final = "urn:scograph:function:collapse"
_CASTS: Final = frozenset(
    "integer decimal float double boolean dateTime date time duration dayTimeDuration "
    "yearMonthDuration gYear gYearMonth gMonth gMonthDay gDay".split()
)
_LAST_WORD: Final = re.compile(r"(\w+)>?$")
_AROUND: Final = r'"^[ \t\r\n]+|[ \t\r\n]+$"'.replace("\\", "\\\\")
_SPACES: Final = " \t\r\n"


def cast_edits(text: str, call: Node, resolve: Callable[[Node], AnyTerm]) -> Iterator[Edit]:
    """Yield the edits of *call*, a ``FunctionCall`` in the query *text*, if it is a cast.

    *resolve* returns the term that a node without variables stands for.
    """
    name, arguments = call.children
    last = _LAST_WORD.search(text[name.start : name.end])
    if last is None or last[1] not in _CASTS or len(arguments.children) != 1:
        return
    argument = arguments.children[0]
    written = text[argument.start : argument.end]
    if argument.rule in ("NumericLiteral", "BooleanLiteral", "iri") or _is_trimmed(argument, text):
        return
    if not _is_of_xsd(resolve(name)):
        return
    if argument.rule == "Var":
        # The engine does all by itself, and looks for white space only where the cast failed.
        cast = text[name.start : name.end]
        trimmed = f'{cast}(REPLACE({written}, {_AROUND}, ""))'
        yield Edit(call.start, call.end, f"COALESCE({cast}({written}), {trimmed})")
        return
    yield Edit(argument.start, argument.start, f"<{COLLAPSE}>(")
    yield Edit(argument.end, argument.end, ")")


def collapse(term: AnyTerm) -> AnyTerm:
    """Return *term* without the white space around it, if it is a text without a language."""
    if isinstance(term, Literal) and term.datatype.value == XSD + "string":
        return Literal(term.value.strip(_SPACES))
    return term


def _is_trimmed(argument: Node, text: str) -> bool:
    if argument.rule != "RDFLiteral":
        return False
    written = text[argument.start : argument.end]
    inner = written.strip("\"'")
    return "\\" not in written and inner == inner.strip(_SPACES)


def _is_of_xsd(term: AnyTerm) -> bool:
    return isinstance(term, NamedNode) and term.value.startswith(XSD)
