"""BNODE of a text: the same blank node for equal texts in one solution, others in each other.

SPARQL 1.1, section 17.4.2.9. The engine gives equal texts the same blank node in all solutions. So
each solution gets a name of its own, and the blank node is made of that and of the text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from pyoxigraph import BlankNode, Literal

from scograph.rdf.namespaces import XSD
from scograph.rdf.terms import AnyTerm
from scograph.sparql.edits import Edit, Names
from scograph.sparql.errors import RefusedError
from scograph.sparql.graph_names import AGGREGATES
from scograph.sparql.syntax_tree import Node, Parts

# The function of the project's own that makes a blank node of a text and of a solution's name.
BNODE: Final = "urn:scograph:function:bnode"
_NAME: Final = re.compile(r"BNODE\b", re.IGNORECASE)


def bnode_edits(text: str, form: Node, parts: Parts, names: Names) -> Iterator[Edit]:
    """Yield the edits of all BNODE with an argument in the query *text*.

    *form* is the query without its prologue, *parts* are its parts by rule.

    Raises:
        RefusedError: one stands in a filter, beside a group or in an order.

    """
    if not any(_NAME.match(text, call.start) for call in parts["BuiltInCall"]):
        return
    for select in [form, *parts["SubSelect"]]:
        calls = [
            call
            for clause in select.of("SelectClause")
            for call in _calls(text, clause)
        ]  # fmt: skip
        if not select.of("WhereClause"):
            continue  # it is no query, or has no expressions
        if calls and _may_name(text, select):
            yield from _named(select.of("WhereClause")[0].children[0], None, calls, names)
        elif calls:
            raise RefusedError(_REFUSAL)
    for group in parts["GroupGraphPattern"]:
        binds = [(bind, calls) for bind in group.of("Bind") if (calls := _calls(text, bind))]
        if binds:
            inside = [call for _, calls in binds for call in calls]
            yield from _named(group, binds[0][0].start, inside, names)
    elsewhere = ("Filter", "OrderClause", "GroupClause", "HavingClause")
    if any(_calls(text, part) for rule in elsewhere for part in parts[rule]):
        raise RefusedError(_REFUSAL)


_REFUSAL: Final = (
    "BNODE of a text is evaluated in BIND, and in SELECT without GROUP BY: elsewhere write "
    "BNODE() or IRI(...)"
)


def _may_name(text: str, select: Node) -> bool:
    """Tell whether the rows of *select* are the solutions of its pattern, named nowhere else."""
    if select.of("GroupClause", "InlineData"):
        return False
    calls = [call for clause in select.of("SelectClause") for call in clause.every("BuiltInCall")]
    grouped = any(text[call.start : call.end].upper().startswith(AGGREGATES) for call in calls)
    named = any(_calls(text, bind) for bind in select.of("WhereClause")[0].every("Bind"))
    return not grouped and not named


def _calls(text: str, part: Node) -> list[Node]:
    calls = [call for call in part.every("BuiltInCall") if _NAME.match(text, call.start)]
    return [call for call in calls if any(inner.children for inner in call.children)]


def _named(group: Node, place: int | None, calls: list[Node], names: Names) -> Iterator[Edit]:
    """Give each solution of *group* a name, at *place* or at its end, and use it in *calls*."""
    name = names.fresh()
    bind = f" BIND (STRUUID() AS {name}) "
    if place is not None:
        yield Edit(place, place, bind)
    elif group.of("SubSelect"):
        yield Edit(group.start, group.start, "{ ")
        yield Edit(group.end, group.end, f"{bind}}}")
    else:
        yield Edit(group.end - 1, group.end - 1, bind)
    for call in calls:
        arguments = call.children[0]
        yield Edit(call.start, arguments.start, f"<{BNODE}>")
        yield Edit(arguments.end - 1, arguments.end - 1, f", {name}")


def bnode_of(label: AnyTerm, solution: AnyTerm) -> AnyTerm | None:
    """Return the blank node of *label* in *solution*; None, an error, if that is no plain text."""
    if not isinstance(label, Literal) or not isinstance(solution, Literal):
        return None
    if label.datatype.value != XSD + "string":
        return None
    return BlankNode(hashlib.sha256(f"{solution.value} {label.value}".encode()).hexdigest()[:32])
