"""Comparison of answers: numbers by value, blank nodes up to renaming, order where there is one.

Two answers are the same if their `normal` forms are equal.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.oracle.cases import RDF, XSD, Case

Row = tuple[tuple[str, tuple[str, ...]], ...]
_DIGITS = {"double": 9, "decimal": 9, "float": 5}
_INTEGERS = (
    frozenset(f"{sign}Integer" for sign in ("positive", "negative", "nonPositive", "nonNegative"))
    | {"integer", "long", "int", "short", "byte"}
    | {f"unsigned{n}" for n in ("Long", "Int", "Short", "Byte")}
)


def normal(answer: dict[str, Any], case: Case) -> Any:
    """Return what counts of *answer*: equal for answers that are the same."""
    if "boolean" in answer:
        return answer["boolean"]
    if "triples" in answer:
        # What is no triple is left out of the graph (section 16.2); other engines leave it in.
        sound = [t for t in answer["triples"] if t[0][0] != "literal" and t[1][0] == "iri"]
        triples = {tuple(zip("spo", map(_term, triple), strict=True)) for triple in sound}
        return "triples", Counter(_relabelled(sorted(triples)))
    if "rows" in answer:
        rows = [tuple(sorted((k, _term(v)) for k, v in row.items())) for row in answer["rows"]]
        return "rows", _order(answer["rows"], case), _multiset(rows, case)
    return "error"


def _order(rows: Sequence[dict[str, Any]], case: Case) -> list[tuple[str, ...]]:
    """The keys of *rows*, in their order; a blank node has none, as if it were unbound."""

    def key(value: Sequence[str] | None) -> str:
        return "" if value is None or value[0] == "bnode" else _term(value)[1]

    return [tuple(key(row.get(name)) for name in case.ordered) for row in rows if case.ordered]


def _multiset(rows: Sequence[Row], case: Case) -> Any:
    if case.cut:
        return len(rows)
    rows = [tuple((k, _unordered(v) if k.startswith("gc") else v) for k, v in row) for row in rows]
    if case.reduced:
        rows = sorted(set(rows))
    return Counter(_relabelled(rows))


def _unordered(term: tuple[str, ...]) -> tuple[str, ...]:
    """The value of a GROUP_CONCAT, whose parts have no order."""
    return (term[0], "".join(sorted(term[1])), *term[2:])


def _term(term: Sequence[str]) -> tuple[str, ...]:
    if term[0] != "literal":
        return tuple(term)
    _, form, datatype, language = term
    if language:
        return ("literal", form, RDF + "langString", language.lower())
    if datatype.startswith(XSD):
        form, datatype = _value(form, datatype.removeprefix(XSD))
    return ("literal", form, datatype, "")


def _value(form: str, name: str) -> tuple[str, str]:
    try:
        if name in _INTEGERS and re.fullmatch(r"[+-]?\d+", form):
            return str(int(form)), "integer"
        if name in _DIGITS:
            return _rounded(form, name), name
    except (ValueError, OverflowError):
        pass
    if name == "boolean":
        return {"1": "true", "0": "false"}.get(form, form), name
    if name in ("dateTime", "time", "date"):
        form = re.sub(r"[+-]00:00$", "Z", form)
        form = re.sub(r"\.0+(?!\d)", "", form)
    return form, name


def _rounded(form: str, name: str) -> str:
    number = float(form.replace("INF", "inf"))
    if math.isnan(number) or math.isinf(number):
        return str(number)
    if name == "decimal" and "e" in form.lower():
        return form
    return f"{number:.{_DIGITS[name]}g}"


def _relabelled(rows: Sequence[Row]) -> list[Row]:
    """Give each blank node in *rows* a label by the places where it stands.

    What stands in like places gets the same label: that is no proof of isomorphism, but
    misses no difference that a small answer is likely to have.
    """
    labels = {value: "" for row in rows for _, value in row if value[0] == "bnode"}
    for _ in range(3 if labels else 0):
        places: dict[tuple[str, ...], list[str]] = {label: [] for label in labels}
        for row in rows:
            for name, value in row:
                if value in places:
                    seen = [
                        (k, ("bnode", labels[v], str(v == value)) if v in labels else v)
                        for k, v in row
                    ]
                    places[value].append(f"{name}{seen}")
        labels = {label: str(hash(tuple(sorted(found)))) for label, found in places.items()}
    return [tuple((k, ("bnode", labels[v]) if v in labels else v) for k, v in row) for row in rows]
