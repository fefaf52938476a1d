"""Casts, which collapse the white space of a text first.

SPARQL 1.1 (section 17.5) takes them from XPath and XQuery Functions and Operators, section 17.1.1.
The engine casts no text that begins or ends with white space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode

from scograph.rdf.datatypes import collapsed, is_well_typed
from scograph.rdf.namespaces import XSD
from scograph.rdf.terms import AnyTerm, text_of
from scograph.sparql.edits import Edit
from scograph.sparql.syntax_tree import Node

# The functions of the project's own that do what the cast of an expression should.
COLLAPSE: Final = "urn:scograph:function:collapse"
FLOATING: Final = "urn:scograph:function:floating"
CASTS: Final = frozenset(
    "integer decimal float double boolean dateTime date time duration dayTimeDuration "
    "yearMonthDuration gYear gYearMonth gMonth gMonthDay gDay".split()
)
_AROUND: Final = r'"^[ \t\r\n]+|[ \t\r\n]+$"'.replace("\\", "\\\\")


def cast_edits(text: str, call: Node, resolve: Callable[[Node], AnyTerm]) -> Iterator[Edit]:
    """Yield the edits of *call*, a ``FunctionCall`` in the query *text*, if it is a cast.

    *resolve* returns the term that a node without variables stands for.
    """
    name, arguments = call.children
    if len(arguments.children) != 1:
        return
    argument = arguments.children[0]
    written = text[argument.start : argument.end]
    if argument.rule in ("NumericLiteral", "BooleanLiteral", "iri") or _is_trimmed(argument, text):
        return
    kind = _cast_of(resolve(name))
    if kind is None:
        return
    floating = kind in ("float", "double")
    if argument.rule == "Var" and not floating:
        # The engine does all by itself, and looks for white space only where the cast failed.
        cast = text[name.start : name.end]
        trimmed = f'{cast}(REPLACE({written}, {_AROUND}, ""))'
        yield Edit(call.start, call.end, f"COALESCE({cast}({written}), {trimmed})")
        return
    yield Edit(argument.start, argument.start, f"<{FLOATING if floating else COLLAPSE}>(")
    yield Edit(argument.end, argument.end, ")")


def collapse(term: AnyTerm) -> AnyTerm:
    """Return *term* with its white space collapsed, if it is a text without a language."""
    if isinstance(term, Literal) and term.datatype.value == XSD + "string":
        return Literal(collapsed(term.value))
    return term


def floating(term: AnyTerm) -> AnyTerm | None:
    """Return *term* as `collapse` does; None, an error, for a text that is no number of XSD's.

    The engine takes ``nan`` and ``infinity``, in any case, where XSD 1.1 (section 3.3.5) has NaN
    and INF.
    """
    found = collapse(term)
    is_text = isinstance(found, Literal) and found.datatype.value == XSD + "string"
    return found if not is_text or is_well_typed(XSD + "double", text_of(found)) else None


def _is_trimmed(argument: Node, text: str) -> bool:
    if argument.rule != "RDFLiteral":
        return False
    written = text[argument.start : argument.end]
    inner = written.strip("\"'")
    is_plain = "\\" not in written and inner == collapsed(inner)
    return is_plain and not inner.lstrip("+-")[:1].isalpha()


def _cast_of(term: AnyTerm) -> str | None:
    """Return the name of the datatype that the function *term* casts to, None if it is no cast."""
    if not isinstance(term, NamedNode) or not term.value.startswith(XSD):
        return None
    name = term.value.removeprefix(XSD)
    return name if name in CASTS else None
