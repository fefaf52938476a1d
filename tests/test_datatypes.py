# ruff: noqa: E501  (tables of forms)
"""Lexical forms of datatypes: what XSD 1.1 (part 2) takes as a value, and what it does not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from scograph.rdf.datatypes import is_well_typed
from scograph.rdf.namespaces import RDF, RDFS, XSD
from scograph.reasoning.rules.values import in_value_space
from scograph.sparql.answer import value_of

# By datatype: lexical forms, and what looks like one. The latter are written in quotes where white
# space matters.
WHOLE = (["0", "-0", "+0", "007", " 7 ", "\t7\n"], ["", "-", "1e3", "1_000", "١", "１", "1.0", "1.", "0x1",
         "--1", "+-1", "1 2", "NaN", "\u00a07", "²"])  # fmt: skip
FORMS: dict[str, tuple[list[str], list[str]]] = {
    "integer": ([*WHOLE[0], "-12", "9" * 5000], WHOLE[1]),
    "nonNegativeInteger": ([*WHOLE[0], "12"], [*WHOLE[1], "-1"]),
    "positiveInteger": (["1", "+1"], [*WHOLE[1], "0", "-0", "-1"]),
    "nonPositiveInteger": (["0", "-0", "+0", "-1"], [*WHOLE[1], "1"]),
    "negativeInteger": (["-1", "-001"], [*WHOLE[1], "0", "-0", "1"]),
    "long": ([*WHOLE[0], str(2**63 - 1), str(-(2**63))], [*WHOLE[1], str(2**63), str(-(2**63) - 1)]),
    "int": (["2147483647", "-2147483648"], [*WHOLE[1], "2147483648", "-2147483649"]),
    "short": (["32767", "-32768"], [*WHOLE[1], "32768", "-32769"]),
    "byte": (["127", "-128"], [*WHOLE[1], "128", "-129"]),
    "unsignedLong": (["0", "-0", str(2**64 - 1)], [*WHOLE[1], str(2**64), "-1"]),
    "unsignedInt": (["4294967295"], [*WHOLE[1], "4294967296", "-1"]),
    "unsignedShort": (["65535"], [*WHOLE[1], "65536", "-1"]),
    "unsignedByte": (["255", "+255"], [*WHOLE[1], "256", "-1"]),
    "decimal": (
        ["0", "-0.0", "+1.50", ".5", "5.", " 1.5 ", "1" * 100],
        ["", ".", "-", "1e3", "1E0", "NaN", "INF", "Infinity", "1_0.5", "١.٥", "1,5", "1..2"],
    ),
    "double": (
        ["0", "1", "-1.5e3", "1E-7", ".5e1", "5.e+1", "INF", "-INF", "+INF", "NaN", " 1.0 "],
        ["", "e1", "1e", "inf", "Infinity", "-NaN", "nan", "1_0", "1e1.5", "0x1p3", "١", "1 e1", "+ 1"],
    ),
    "float": (["1.5", "INF", "+INF", "NaN"], ["infinity", "1e", "1_0"]),
    "boolean": (["true", "false", "1", "0", " true "], ["", "True", "TRUE", "yes", "2", "tru e"]),
    "date": (
        ["2024-02-29", "2000-02-29", "2023-12-31Z", "2024-01-01+14:00", "-0001-01-01", "0000-02-29",
         "12024-01-01", "2024-04-30-05:30", " 2024-01-01 ", "-0004-02-29"],
        ["", "20240101", "2024-W01-1", "2024-1-1", "2023-02-29", "1900-02-29", "2024-02-30", "2024-04-31",
         "2024-13-01", "2024-00-01", "2024-01-00", "2024-01-32", "02024-01-01", "+2024-01-01", "24-01-01",
         "2024-01-01+14:01", "2024-01-01+15:00", "2024-01-01z", "2024-01-01T00:00:00", "٢٠٢٤-01-01",
         "2024-01-01 Z", "-02024-01-01"],
    ),
    "dateTime": (
        ["2024-01-01T00:00:00", "2024-01-01T23:59:59.999Z", "2024-01-01T24:00:00", "2024-01-01T24:00:00.000Z",
         "2024-02-29T12:00:00-14:00", "-2024-01-01T00:00:00"],
        ["", "2024-01-01", "2024-01-01 00:00:00", "2024-01-01T00:00", "2024-01-01T24:00:01", "2024-01-01T25:00:00",
         "2024-01-01T00:60:00", "2024-01-01T00:00:60", "2024-01-01T00:00:00.", "2024-01-01t00:00:00",
         "20240101T000000", "2024-W01-1T00:00:00", "2024-01-01T00:00:00+0000", "2024-01-01T00:00:00,5",
         "2023-02-29T00:00:00", "2024-01-01T00:00:00+00"],
    ),
    "dateTimeStamp": (["2024-01-01T00:00:00Z", "2024-01-01T00:00:00+01:00"], ["2024-01-01T00:00:00", "2024-01-01Z"]),
    "time": (
        ["00:00:00", "23:59:59.5", "24:00:00", "12:00:00Z", "12:00:00-03:30"],
        ["", "12:00", "24:00:00.1", "24:01:00", "12:00:60", "1:00:00", "T12:00:00", "12:00:00 Z"],
    ),
    "gYearMonth": (["2024-01", "-0044-03Z", "12024-12"], ["2024-1", "2024-13", "202401", "24-01", "2024-01-01"]),
    "gYear": (["2024", "-0044", "0000", "2024Z", "12024"], ["24", "02024", "+2024", "٢٠٢٤", "2024-", "20 24"]),
    "gMonthDay": (["--02-29", "--12-31Z"], ["--02-30", "--04-31", "--13-01", "-02-01", "02-01", "--2-1"]),
    "gMonth": (["--01", "--12+05:00"], ["--1", "--13", "--00", "-01", "01", "--01--"]),
    "gDay": (["---01", "---31Z"], ["---32", "---00", "---1", "--01", "01"]),
    "duration": (
        ["P1Y", "P1Y2M3DT4H5M6.7S", "-P1D", "PT0S", "PT1H", "PT1M", "P0M", "P1M", "P1Y1D", "PT1H1S"],
        ["", "P", "PT", "P1YT", "1Y", "P1S", "PT1D", "P-1Y", "+P1Y", "P1.5Y", "PT1.S", "P1M1Y", "P1W", "p1y"],
    ),
    "yearMonthDuration": (["P1Y", "-P1Y2M", "P0M"], ["P1D", "P1Y1D", "P", "PT1M", "P1YT"]),
    "dayTimeDuration": (["P1D", "-PT1.5S", "P1DT1H"], ["P1Y", "P1M", "P", "PT", "P1DT"]),
    "hexBinary": (["", "0f", "0F1a", " 0f "], ["0", "0g", "0x0f", "0f 1a", "٠٠"]),
    "base64Binary": (
        ["", "YQ==", "YWI=", "YWJj", "Y W J j", "YQ = =", " YWJj "],
        ["Y", "YQ", "YQ=", "YR==", "YWJ=", "=", "YQ==YQ==", "YW-_", "Y===", "YWJjY"],
    ),
    "anyURI": (["", "https://example.org/a", "a b", "ж"], ["a\x00b"]),
    "string": (["", " a\n", "ж"], ["\x00", "a\x0bb", "\ufffe"]),
    "normalizedString": (["", " a  b "], ["a\nb", "a\tb", "a\rb"]),
    "token": (["", "a", "a b c"], [" a", "a ", "a  b", "a\tb", "a\nb"]),
    "language": (["en", "en-GB", "zh-Hans-CN", "x-1234567"], ["", "e n", "en_GB", "ж", "abcdefghi", "1n", "en-", " en"]),
    "NMTOKEN": (["a", "-a", "1", "a:b.c", "ж"], ["", "a b", "a+b", " a"]),
    "Name": (["a", ":a", "_1", "ж.1-"], ["", "1", "-a", "a b", "a²", "²", ".a"]),
    "NCName": (["a", "_1", "ж"], ["", "a:b", ":a", "1", "-a", "a b"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_what_is_a_lexical_form(name: str) -> None:
    valid, invalid = FORMS[name]
    assert [text for text in valid if not is_well_typed(XSD + name, text)] == []
    assert [text for text in invalid if is_well_typed(XSD + name, text)] == []


def test_of_other_datatypes_nothing_is_known() -> None:
    for iri in ("https://example.org/integer", XSD + "QName", XSD, RDF + "langString", "integer"):
        assert is_well_typed(iri, "1") is None


NUMERIC = {"integer": 15, "decimal": 15, "double": 12, "boolean": 6, "date": 12, "dateTime": 21}


@settings(max_examples=400, derandomize=True, deadline=None)
@given(
    st.sampled_from(sorted(NUMERIC)),
    st.one_of(
        st.text("0123456789+-.eEINFaT:Z_٣truefals", max_size=21),
        st.from_regex(r"-?[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:00:[0-6]0)?(Z|\+0[0-9]:00)?", fullmatch=True),
        st.from_regex(r"[+-]?[0-9]{0,3}\.?[0-9]{0,3}([eE][+-]?[0-9]{0,2})?", fullmatch=True),
    ),
)  # fmt: skip
def test_the_engine_reads_the_same_forms(name: str, text: str) -> None:
    if len(text) > NUMERIC[name] or (text.startswith("-") and name.startswith("date")):
        return  # more than the engine's numbers can hold, or years that it counts otherwise
    found = Store().query(f"SELECT (<{XSD}{name}>({Literal(text)}) AS ?x) {{}}")
    assert isinstance(found, QuerySolutions)
    (row,) = found
    assert is_well_typed(XSD + name, text) is (row["x"] is not None)


# Whether a literal is a value of a datatype.
SPACES = [
    ("1", "integer", "decimal", True),
    ("1.0", "decimal", "integer", True),
    ("1.5", "decimal", "integer", False),
    ("300", "integer", "byte", False),
    ("300", "byte", "integer", False),
    ("1e3", "integer", "integer", False),
    ("1_000", "integer", "integer", False),
    ("١", "integer", "integer", False),
    ("1e3", "decimal", "integer", False),
    ("NaN", "decimal", "decimal", False),
    ("1e3", "double", "double", True),
    ("1e3", "double", "decimal", False),
    ("infinity", "double", "double", False),
    ("+INF", "double", "double", True),
    ("1.5", "float", "double", False),
    ("yes", "boolean", "boolean", False),
    ("20240101", "date", "date", False),
    ("2023-02-29", "date", "date", False),
    ("2024-02-29", "date", "date", True),
    ("2024-02-29", "date", "dateTime", False),
    ("2024-01-01T00:00:00Z", "dateTime", "dateTimeStamp", True),
    ("2024-01-01T00:00:00", "dateTime", "dateTimeStamp", False),
    ("2024-01-01T00:00:00Z", "dateTimeStamp", "dateTime", True),
    ("P0Y1D", "duration", "dayTimeDuration", True),
    ("P1YT1H", "duration", "dayTimeDuration", False),
    ("P1YT0S", "duration", "yearMonthDuration", True),
    ("P1YT0M1S", "duration", "yearMonthDuration", False),
    ("P1M", "yearMonthDuration", "duration", True),
    ("a b", "string", "token", True),
    ("a  b", "string", "token", False),
    ("en", "string", "language", True),
    ("e n", "string", "language", False),
    ("²", "string", "Name", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "of", "space", "expected"), SPACES)
def test_what_is_a_value_of_a_datatype(text: str, of: str, space: str, expected: bool) -> None:
    found = in_value_space(Literal(text, datatype=NamedNode(XSD + of)), NamedNode(XSD + space))
    assert found == Literal(expected)


def test_what_has_no_value_is_of_no_datatype() -> None:
    ill = Literal("1_000", datatype=NamedNode(XSD + "integer"))
    assert in_value_space(ill, NamedNode(RDFS + "Literal")) == Literal(False)
    own = Literal("1", datatype=NamedNode("https://example.org/own"))
    assert in_value_space(own, NamedNode(XSD + "integer")) is None
    assert in_value_space(Literal("a", language="en"), NamedNode(RDF + "PlainLiteral")) == Literal(
        True
    )


# What Python makes of literals; what is ill-typed, or more than Python has, is its text.
PYTHON = [
    ("1", "integer", 1), (" 1 ", "integer", 1), ("-0", "integer", 0), ("1_000", "integer", "1_000"),
    ("١", "integer", "١"), ("300", "byte", "300"), ("-1", "unsignedInt", "-1"), ("7", "unsignedInt", 7),
    ("1.50", "decimal", Decimal("1.50")), ("1e3", "decimal", "1e3"), ("NaN", "decimal", "NaN"),
    ("Infinity", "decimal", "Infinity"), ("1_0.5", "decimal", "1_0.5"), ("1e3", "double", 1000.0),
    ("INF", "double", float("inf")), ("-INF", "float", float("-inf")), ("+INF", "double", float("inf")),
    ("infinity", "double", "infinity"), ("1_0", "float", "1_0"), ("nan", "double", "nan"),
    ("true", "boolean", True), ("0", "boolean", False), ("True", "boolean", "True"),
    ("2024-02-29", "date", date(2024, 2, 29)), ("20240229", "date", "20240229"),
    ("2024-W01-1", "date", "2024-W01-1"), ("2024-01-01Z", "date", "2024-01-01Z"),
    ("-0044-03-15", "date", "-0044-03-15"), ("12024-01-01", "date", "12024-01-01"),
    ("2024-01-01T00:00:00Z", "dateTime", datetime(2024, 1, 1, tzinfo=UTC)),
    ("2024-01-01T00:00:00Z", "dateTimeStamp", datetime(2024, 1, 1, tzinfo=UTC)),
    ("2024-01-01T00:00:00.123456", "dateTime", datetime(2024, 1, 1, 0, 0, 0, 123456)),
    ("2024-01-01T00:00:00.1234567", "dateTime", "2024-01-01T00:00:00.1234567"),
    ("2024-01-01T24:00:00", "dateTime", "2024-01-01T24:00:00"),
    ("2024-W01-1T00:00:00", "dateTime", "2024-W01-1T00:00:00"), ("2024-01-01", "dateTime", "2024-01-01"),
    ("20240101T000000", "dateTime", "20240101T000000"), ("9" * 5000, "integer", "9" * 5000),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "expected"), PYTHON)
def test_what_a_literal_is_in_python(text: str, name: str, expected: object) -> None:
    found = value_of(Literal(text, datatype=NamedNode(XSD + name)))
    assert (type(found), found) == (type(expected), expected)


def test_not_a_number_is_one_in_python() -> None:
    found = value_of(Literal("NaN", datatype=NamedNode(XSD + "double")))
    assert isinstance(found, float)
    assert found != found
