"""Answers for Python: which value a term is, and how an answer shows itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from scograph import IRI, Answer, GraphError
from scograph.rdf.namespaces import XSD
from scograph.sparql.answer import read_answer, value_of
from scograph.sparql.formats import GRAPHS, RESULTS
from scograph.sparql.serialization import SerializedResult


def typed(text: str, name: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + name))


VALUES = [
    (None, None),
    (NamedNode("https://example.org/a"), IRI("https://example.org/a")),
    (Literal("town"), "town"),
    (Literal("город", language="ru"), "город"),
    (typed("-7", "integer"), -7),
    (typed("7", "nonNegativeInteger"), 7),
    (typed("2.50", "decimal"), Decimal("2.50")),
    (typed("1.5E3", "double"), 1500.0),
    (typed("INF", "float"), float("inf")),
    (typed("true", "boolean"), True),
    (typed("0", "boolean"), False),
    (typed("2021-09-28", "date"), date(2021, 9, 28)),
    (typed("2021-09-28T10:30:00Z", "dateTime"), datetime(2021, 9, 28, 10, 30, tzinfo=UTC)),
    (typed("2021", "gYear"), "2021"),
    (typed("P1D", "duration"), "P1D"),
    # What is ill-typed, or beyond what Python's type can hold, is its text.
    (typed("seven", "integer"), "seven"),
    (typed("yes", "boolean"), "yes"),
    (typed("x", "decimal"), "x"),
    (typed("2021-02-30", "date"), "2021-02-30"),
    (typed("-0044-03-15", "date"), "-0044-03-15"),
    (BlankNode("b"), BlankNode("b")),
]


@pytest.mark.parametrize(("term", "value"), VALUES, ids=[str(term) for term, _ in VALUES])
def test_a_term_is_the_value_that_its_datatype_says(term: object, value: object) -> None:
    found = value_of(term)  # type: ignore[arg-type]
    assert (type(found), found) == (type(value), value)


@given(
    st.integers() | st.booleans() | st.dates() | st.decimals(allow_nan=False, allow_infinity=False)
)
def test_a_value_comes_back(value: int | bool | date | Decimal) -> None:
    if isinstance(value, Decimal):
        literal = typed(f"{value:f}", "decimal")
    elif isinstance(value, date):
        literal = typed(value.isoformat(), "date")
    else:
        literal = Literal(value)
    assert (type(value_of(literal)), value_of(literal)) == (type(value), value)


ROWS = Answer(
    ("thing", "name"),
    (
        (NamedNode("https://example.org/a"), Literal("A <b> & 'c'")),
        (NamedNode("urn:x:y"), None),
        (BlankNode("n"), typed("3", "integer")),
    ),
    prefixes={"ex": "https://example.org/"},
)


def test_an_answer_is_its_rows() -> None:
    rows = [(IRI("https://example.org/a"), "A <b> & 'c'"), (IRI("urn:x:y"), None),
            (BlankNode("n"), 3)]  # fmt: skip
    assert (ROWS.rows, list(ROWS), len(ROWS), bool(ROWS)) == (rows, rows, 3, True)
    assert ROWS.to_dicts()[2] == {"thing": BlankNode("n"), "name": 3}
    assert repr(ROWS.rows[0][0]) == "IRI('https://example.org/a')"


def test_a_notebook_shows_a_table_in_which_nothing_is_markup() -> None:
    assert ROWS._repr_html_() == (
        "<table><thead><tr><th>thing</th><th>name</th></tr></thead><tbody>"
        '<tr><td><a href="https://example.org/a">ex:a</a></td>'
        "<td>A &lt;b&gt; &amp; &#x27;c&#x27;</td></tr>"
        "<tr><td>&lt;urn:x:y&gt;</td><td></td></tr>"
        "<tr><td>_:n</td><td>3</td></tr></tbody></table>"
    )


def test_a_long_answer_is_shown_in_part() -> None:
    answer = Answer(("n",), tuple((Literal(number),) for number in range(53)))
    shown = answer._repr_html_()
    assert (shown.count("<tr>"), shown.endswith("<p>and 3 more</p>")) == (51, True)


@pytest.mark.parametrize("word", [True, False])
def test_the_word_of_an_ask(word: bool) -> None:
    content = b'{"head":{},"boolean":%s}' % str(word).lower().encode()
    answer = read_answer(SerializedResult(content, RESULTS[0]), {})
    assert (bool(answer), answer.boolean, answer.rows) == (word, word, [])
    assert answer._repr_html_() == f"<p>{str(word).lower()}</p>"


def test_triples_are_written_as_turtle() -> None:
    text = b"<https://example.org/a> <https://example.org/p> 1 , 2 ."
    answer = read_answer(SerializedResult(text, GRAPHS[0]), {"ex": "https://example.org/"})
    a, p = NamedNode("https://example.org/a"), NamedNode("https://example.org/p")
    assert set(answer.triples) == {Triple(a, p, Literal(1)), Triple(a, p, Literal(2))}
    found = {quad.triple for quad in parse(answer.turtle(), format=RdfFormat.TURTLE)}
    assert found == set(answer.triples)
    assert answer.turtle().startswith("@prefix ex: <https://example.org/> .\n")
    assert "ex:a" in answer._repr_html_()
    assert (len(answer), bool(answer), bool(Answer())) == (2, True, False)


@pytest.mark.parametrize(
    ("content", "form"), [(b"{", RESULTS[0]), (b"no rows", RESULTS[0]), (b"<a", GRAPHS[0])]
)
def test_what_cannot_be_read_is_a_sentence(content: bytes, form: object) -> None:
    with pytest.raises(GraphError, match=r"^the answer cannot be read: "):
        read_answer(SerializedResult(content, form), {})  # type: ignore[arg-type]
