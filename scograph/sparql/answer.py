"""An answer for Python: rows of values, the word of an ASK, or triples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from html import escape

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from scograph.rdf.datatypes import INTEGERS, collapsed, is_well_typed
from scograph.rdf.errors import GraphError
from scograph.rdf.namespaces import XSD, compact
from scograph.rdf.terms import AnyTerm
from scograph.rdf.turtle import turtle
from scograph.sparql.serialization import SerializedResult

# A notebook shows so many rows; all are in `Answer.rows`.
_SHOWN = 50
# Digits that Python's times would drop.
_NANOSECONDS = re.compile(r"\.[0-9]{6}0*[1-9]")


class IRI(str):
    """An IRI in a row: its text, told apart from a literal's by its type."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"IRI({str(self)!r})"


Value = IRI | str | bool | int | float | Decimal | date | AnyTerm | None


@dataclass(frozen=True)
class Answer:
    """What a query is answered with.

    SELECT: ``columns`` and ``terms``, a row of RDF terms for each solution, None for what is
    unbound; `rows` are the same as Python values. ASK: ``boolean``. CONSTRUCT and DESCRIBE:
    ``triples``. ``prefixes`` are those with which it is shown.
    """

    columns: tuple[str, ...] = ()
    terms: tuple[tuple[AnyTerm | None, ...], ...] = ()
    boolean: bool | None = None
    triples: tuple[Triple, ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def rows(self) -> list[tuple[Value, ...]]:
        """The solutions as tuples of Python values (see `value_of`), in the order of `columns`."""
        return [tuple(value_of(term) for term in row) for row in self.terms]

    def to_dicts(self) -> list[dict[str, Value]]:
        """Return the solutions as dictionaries, by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def turtle(self) -> str:
        """Return the triples in Turtle, in a fixed order."""
        return turtle(self.triples, dict(self.prefixes)).decode()

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        return iter(self.rows or [tuple(value_of(term) for term in t) for t in self.triples])

    def __len__(self) -> int:
        return len(self.terms) or len(self.triples)

    def __bool__(self) -> bool:
        """Tell the word of an ASK; of other queries, whether there is anything."""
        return bool(len(self)) if self.boolean is None else self.boolean

    def _repr_html_(self) -> str:
        """Return the answer as a table, for notebooks."""
        if self.boolean is not None:
            return f"<p>{str(self.boolean).lower()}</p>"
        if self.triples:
            return f"<pre>{escape(self.turtle())}</pre>"
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(f"<tr>{self._cells(row)}</tr>" for row in self.terms[:_SHOWN])
        more = len(self.terms) - _SHOWN
        note = f"<p>and {more:,} more</p>" if more > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"

    def _cells(self, row: tuple[AnyTerm | None, ...]) -> str:
        return "".join(f"<td>{self._cell(term)}</td>" for term in row)

    def _cell(self, term: AnyTerm | None) -> str:
        if isinstance(term, NamedNode):
            shown = escape(compact(term.value, self.prefixes))
            if not term.value.startswith(("http://", "https://")):
                return shown
            return f'<a href="{escape(term.value)}">{shown}</a>'
        if isinstance(term, Literal):
            return escape(term.value)
        return "" if term is None else escape(str(term))


def read_answer(result: SerializedResult, prefixes: Mapping[str, str]) -> Answer:
    """Read what the engine, or an endpoint elsewhere, has written.

    Raises:
        GraphError: it is not what its format promises.

    """
    try:
        if isinstance(result.format.writer, RdfFormat):
            found = parse(result.content, format=result.format.writer)
            return Answer(triples=tuple(quad.triple for quad in found), prefixes=prefixes)
        return _solutions(result.content, result.format.writer, prefixes)
    except (SyntaxError, ValueError) as error:
        raise GraphError(f"the answer cannot be read: {error}") from error


def _solutions(content: bytes, form: QueryResultsFormat, prefixes: Mapping[str, str]) -> Answer:
    found = parse_query_results(content, format=form)
    if isinstance(found, QueryBoolean):
        return Answer(boolean=bool(found), prefixes=prefixes)
    names = [variable.value for variable in found.variables]
    rows = tuple(tuple(solution[name] for name in names) for solution in found)
    return Answer(tuple(names), rows, prefixes=prefixes)


def value_of(term: AnyTerm | None) -> Value:
    """Return *term* as a Python value.

    An IRI is an `IRI`; a literal what its datatype says (bool, int, Decimal, float, date,
    datetime), else its text, without its language; what is ill-typed is its text. Blank nodes
    and triple terms stay what they are.
    """
    if isinstance(term, NamedNode):
        return IRI(term.value)
    if not isinstance(term, Literal):
        return term
    read = _readers().get(term.datatype.value)
    if read is None or not is_well_typed(term.datatype.value, term.value):
        return term.value
    try:
        return read(collapsed(term.value))
    except ValueError:
        # Python has fewer values: no years before 1 or after 9999, no dates with a time zone.
        return term.value


@cache
def _readers() -> dict[str, Callable[[str], Value]]:
    """Return what reads the lexical forms of each datatype."""
    return {
        **{XSD + name: int for name in INTEGERS},
        XSD + "boolean": _boolean,
        XSD + "decimal": Decimal,
        XSD + "double": float,
        XSD + "float": float,
        XSD + "date": date.fromisoformat,
        XSD + "dateTime": _instant,
        XSD + "dateTimeStamp": _instant,
    }


def _boolean(text: str) -> bool:
    return text in ("true", "1")


def _instant(text: str) -> datetime:
    if _NANOSECONDS.search(text):
        raise ValueError(f"more than microseconds: {text}")
    return datetime.fromisoformat(text)
