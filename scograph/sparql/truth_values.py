"""Effective boolean values (SPARQL 1.1, section 17.2.2), and IN without members.

The engine has none of an ill-typed literal of a boolean or numeric type, which is false, nor of a
literal with a language, which is that of its text. Where a condition is a term, and not a
comparison or the like, a function of the project's own says what it is worth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from pyoxigraph import Literal, Store

from scograph.rdf.datatypes import INTEGERS
from scograph.rdf.namespaces import RDF, XSD
from scograph.rdf.terms import AnyTerm
from scograph.sparql.edits import Edit
from scograph.sparql.syntax_tree import Node, Parts

# The function of the project's own that returns the effective boolean value of a term.
TRUTH: Final = "urn:scograph:function:truth"
_NAME: Final = re.compile(r"\w+")
# What returns a boolean, or an error, whatever it is given.
_BOOLEAN: Final = frozenset(
    "BOUND ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC ISTRIPLE REGEX CONTAINS STRSTARTS STRENDS "
    "LANGMATCHES SAMETERM EXISTS NOT HASLANG HASLANGDIR".split()
)
_STRINGS: Final = (XSD + "string", RDF + "langString", RDF + "dirLangString")
_NUMERIC: Final = frozenset(XSD + name for name in ("decimal", "float", "double", *INTEGERS))


def truth_edits(text: str, parts: Parts) -> Iterator[Edit]:
    """Yield the edits of all conditions in the query *text* that are terms, and of ``IN ()``."""
    for filter_ in parts["Filter"] + parts["HavingClause"]:
        for condition in filter_.children:
            yield from _condition(text, condition)
    for call in parts["BuiltInCall"]:
        if _name(text, call) == "IF":
            for arguments in call.children:
                yield from _condition(text, arguments)
    for expression in parts["Expression"]:
        operands = expression.children
        for index, part in enumerate(operands):
            if part.rule not in ("Operator", "Sign") and _is_condition(text, operands, index):
                yield from _condition(text, part)
            yield from _empty_in(text, operands, index)


def _is_condition(text: str, parts: list[Node], index: int) -> bool:
    """Tell whether an operand is negated, or joined by ``&&`` and ``||`` alone."""
    around = [part for part in parts[max(index - 1, 0) : index + 2] if part is not parts[index]]
    signs = [text[part.start : part.end] for part in around]
    return (index > 0 and signs[0] == "!") or all(sign in ("&&", "||") for sign in signs)


def _condition(text: str, node: Node) -> Iterator[Edit]:
    """Yield the edits of *node*, whose effective boolean value is asked for, if it is a term."""
    if node.rule in ("BrackettedExpression", "Condition", "ArgList"):
        for inner in node.children[:1]:
            yield from _condition(text, inner)
    elif node.rule in ("Var", "RDFLiteral", "FunctionCall") or (
        node.rule == "BuiltInCall" and _name(text, node) not in _BOOLEAN
    ):
        yield Edit(node.start, node.start, f"<{TRUTH}>(")
        yield Edit(node.end, node.end, ")")


def _empty_in(text: str, parts: list[Node], index: int) -> Iterator[Edit]:
    """Write ``x IN ()``: false, unless x is an error (section 17.4.1.9)."""
    operator = text[parts[index].start : parts[index].end].upper()
    members = parts[index + 1] if index + 1 < len(parts) else None
    if not operator.endswith("IN") or parts[index].rule != "Operator" or members is None:
        return
    before = parts[index - 2] if index > 1 else None
    joined = before is None or text[before.start : before.end] in ("&&", "||")
    if members.rule == "ArgList" and not members.children and joined:
        word = "true" if operator.startswith("NOT") else "false"
        yield Edit(parts[index - 1].start, parts[index - 1].start, "IF(isIRI(")
        yield Edit(parts[index].start, members.end, f"), {word}, {word})")


def _name(text: str, call: Node) -> str:
    found = _NAME.match(text, call.start)
    return found[0].upper() if found else ""


def truth_of(term: AnyTerm) -> AnyTerm | None:
    """Return the effective boolean value of *term*; None, an error, if it has none."""
    if not isinstance(term, Literal):
        return None
    datatype = term.datatype.value
    if datatype in _STRINGS:
        return Literal(bool(term.value))
    if datatype != XSD + "boolean" and datatype not in _NUMERIC:
        return None
    return Literal(_is_true(term))


@lru_cache(maxsize=1024)
def _is_true(term: Literal) -> bool:
    # A valid literal has a value for the engine; an ill-typed one is false.
    return bool(Store().query(f"ASK {{ FILTER({term}) }}"))
