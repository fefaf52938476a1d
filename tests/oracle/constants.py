"""The terms that cases are made of: few names, so that things meet, and odd literals."""

from __future__ import annotations

from tests.oracle.cases import PLACE, XSD, Term, iri, literal, n3

NODES = tuple(iri(PLACE + name) for name in "abcd")
PREDICATES = tuple(iri(PLACE + name) for name in "pqr")
GRAPHS = tuple(iri(PLACE + name) for name in ("g", "h", "k"))
UNKNOWN = iri(PLACE + "unknown")
BLANKS = (("bnode", "x"), ("bnode", "y"))

# As a store keeps them: what it would rewrite is no part of a release (checks/literals.py).
STORED = (
    literal("1", "integer"), literal("2", "integer"), literal("0", "integer"),
    literal("-3", "integer"), literal("1.5", "decimal"), literal("1", "decimal"),
    literal("x"), literal(""), literal("Ab c"), literal("x", language="en"),
    literal("chat", language="fr"), literal("x", language="en-gb"),
    literal("true", "boolean"), literal("false", "boolean"),
    literal("2020-02-29", "date"), literal("2021", "gYear"),
    literal("2020-01-01T10:00:00Z", "dateTime"), literal("2020-01-01T12:00:00+02:00", "dateTime"),
    literal("ä\"\n\\é😀"), literal("1"),
    ("literal", "y", PLACE + "unknown", ""), literal("abc", "integer"),
)  # fmt: skip

NUMBERS = (
    "1", "0", "2", "-1", "10", "1.5", "0.25", "-2.5", "0.1", "1e0", "1.5e0", "-0.5e0", "1e3",
    "9007199254740993", "123456789012345678", "0.3", "2.5", "-2.0e0", "3", "7", '"1"^^xsd:float',
    '"0.5"^^xsd:float', '"NaN"^^xsd:double', '"INF"^^xsd:double', '"-INF"^^xsd:double',
)  # fmt: skip
STRINGS = (
    '"x"', '""', '"abc"', '"Ab c"', '"x"@en', '"abc"@en', '"abc"@fr', '"abc"@en-GB', '"ABC"@EN',
    '"a.c"', '"b"', '"b"@en', '"aXbXc"', '"1"', '" 12 "', '"ä"', '"é😀z"', '"straße"',
    '"a/b?c=d&é"', '"line\\nbreak"', '"\\"quoted\\""', '"tab\\t"', '"abc"^^xsd:string', '"İi"',
    '"ǆ"', '"e\\u0301"',
)  # fmt: skip
DATES = (
    '"2020-02-29T23:59:59Z"^^xsd:dateTime', '"2020-01-01T10:00:00"^^xsd:dateTime',
    '"2020-01-01T12:00:00+02:00"^^xsd:dateTime', '"2020-01-01T10:00:00.25-05:30"^^xsd:dateTime',
    '"2020-01-01T10:00:00Z"^^xsd:dateTime', '"2020-13-01T00:00:00Z"^^xsd:dateTime',
    '"-0044-03-15T00:00:00Z"^^xsd:dateTime',
)  # fmt: skip
BOOLEANS = ("true", "false", '"true"', "false", "true", '"maybe"^^xsd:boolean', "1", "0")
# What IRI() makes IRIs of.
NAMES = ('"x"', '"a/b"', '"#f"', '"http://e/y"', ":a", '"?q=1"', '"../z"', '""', '"ü"', '"x"@en')
ODD = (
    ":a", "<rel>", '"abc"^^xsd:integer', '"1"^^xsd:int', '"1"^^xsd:boolean',
    '"1999-12-31T24:00:00Z"^^xsd:dateTime', '"5"^^xsd:nonNegativeInteger', '"-0.0"^^xsd:double',
    '"y"^^:unknown', '"x"^^:unknown', '""^^xsd:integer', '"1e400"^^xsd:double', '"x"^^xsd:double',
    "<http://e/ü>", '"x"^^xsd:string', '"99999999999999999999"^^xsd:integer',
    '"0.00000000000000000001"^^xsd:decimal',
)  # fmt: skip
# What casts are tried on.
FORMS = (
    "1", "0", "-1", " 5 ", "\\t1.5\\n", " true", "+1", "01", "1.0", "1.50", ".5", "5.", "-.5",
    "1e3", "1E-2", "INF", "-INF", "+INF", "NaN", "inf", "nan", "true", "false", "TRUE", "t",
    "yes", "", "abc", "1 2", "--1", "-0", "0x1", "1_0", "١", "2020-01-01", "2020-01-01T10:00:00",
    "2020-01-01T10:00:00Z", "2020-01-01T10:00:00+00:00", "2020-02-30T10:00:00Z",
    "2020-01-01T24:00:00Z", "2020-01-01T24:00:01Z", "2020-01-01T10:00:00.000Z",
    "2020-01-01T10:00", "20200101", "10000-01-01T00:00:00Z", "99999999999999999999", "1e400",
    "1e-400", "123456789.123456789123456789123", "http://e/x", "rel", "1,5", "0.1",
)  # fmt: skip


def short(term: Term) -> str:
    """*term* as a query writes it, with prefixes."""
    if term[0] == "iri" and term[1].startswith(PLACE):
        return ":" + term[1].removeprefix(PLACE)
    if term[0] == "literal" and not term[3] and term[2].startswith(XSD):
        name = term[2].removeprefix(XSD)
        if name in ("integer", "boolean") and term[1] != "abc":
            return term[1]
        return n3(literal(term[1])) + ("" if name == "string" else f"^^xsd:{name}")
    return n3(term)
