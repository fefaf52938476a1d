"""Queries that show faults of the other engines, each with the right answer.

They hold the table in `faults` to what is so: where a new version of an engine answers rightly,
its row has to go.
"""

from __future__ import annotations

from typing import Any

from tests.oracle.cases import XSD, Case, Quad, Term, iri, literal

A, B, P = iri("http://e/a"), iri("http://e/b"), iri("http://e/p")
ONE, TRUE, FALSE = literal("1", "integer"), literal("true", "boolean"), literal("false", "boolean")
DATA: tuple[Quad, ...] = ((A, P, ONE, None), (A, P, A, None), (A, P, B, iri("http://e/g")))
Rows = list[dict[str, Term]]


def row(value: Term | None) -> Rows:
    return [{"v": value}] if value else [{}]


def _value(expression: str, value: Term | None) -> tuple[str, str, Rows]:
    """An expression, and its value; None where it is an error."""
    return f"SELECT ({expression} AS ?v)", "{}", row(value)


# Engine, a construct of the row in `faults`, head and body of the query, the rows of its answer.
SHOWN: tuple[tuple[str, str, tuple[str, str, Any]], ...] = (
    ("rdflib", "*", _value("1 * 1", ONE)),
    ("rdflib", "mixed & <", _value('1 < "x"', None)),
    ("rdflib", "CONCAT", _value("CONCAT()", literal(""))),
    ("rdflib", "cast", _value("xsd:integer(true)", ONE)),
    ("rdflib", "STRLANG", _value('STRLANG("x", "en"@en)', None)),
    ("rdflib", "REGEX", _value('REGEX("x", "\\\\p{L}")', TRUE)),
    ("rdflib", "SUBSTR", _value('SUBSTR("abc", 0, 2)', literal("a"))),
    ("rdflib", "ill-typed", _value('! "abc"^^xsd:integer', TRUE)),
    ("rdflib", "assigned & isIRI", _value("isIRI(DATATYPE(:a))", None)),
    ("rdflib", "filter of false", ("SELECT *", "{ ?x :p ?y FILTER(false) }", [])),
    ("rdflib", "aggregate & GROUP BY",
     ("SELECT ?x (COUNT(*) AS ?n)", "{ ?x :none ?y } GROUP BY ?x", [])),
    ("rdflib", "path & end that is false", ("SELECT *", "{ ?x :p+ 0 }", [])),
    ("rdflib", "path:zero-constant & joined",
     ("SELECT *", "{ :none :p* ?x . ?x :p* ?y }", [])),
    ("comunica", "mixed & =", _value('"x" = 1', FALSE)),
    ("comunica", "ill-typed & DATATYPE",
     _value('DATATYPE("abc"^^xsd:integer)', iri(XSD + "integer"))),
    ("comunica", "large", _value("9007199254740993 * 1", literal("9007199254740993", "integer"))),
    ("comunica", "LANGMATCHES", _value('LANGMATCHES("", "*")', FALSE)),
    ("comunica", "ENCODE_FOR_URI", _value('ENCODE_FOR_URI("a/b")', literal("a%2Fb"))),
    ("comunica", "cast & odd text of a number",
     _value('xsd:integer("-1")', literal("-1", "integer"))),
    ("comunica", "substring from before", _value('SUBSTR("abc", 0)', literal("abc"))),
    ("comunica", "LIMIT 0", ("SELECT ?x", "{ ?x :p ?y } ORDER BY ?x LIMIT 0", [])),
    ("comunica", "GRAPH of no graph", ("SELECT *", "{ GRAPH :none { MINUS { ?x :p ?y } } }", [])),
    ("comunica", "COUNT",
     ("SELECT (COUNT(?x) AS ?v)", "{ ?y :p ?z }", [{"v": literal("0", "integer")}])),
    ("comunica", "aggregate & path:alternative",
     ("SELECT (COUNT(*) AS ?v)", "{ ?x :none|:none ?y }", [{"v": literal("0", "integer")}])),
    ("comunica", "GROUP BY & constant key",
     ("SELECT ?v", "{ :a :p 1 } GROUP BY (1 AS ?v)", [{"v": ONE}])),
    ("comunica", "ORDER BY:texts",
     ("SELECT ?v", '{ VALUES ?v { "a" "B" } } ORDER BY ?v',
      [{"v": literal("B")}, {"v": literal("a")}])),
)  # fmt: skip


def shown_case(head: str, body: str) -> Case:
    return Case(DATA, head, body, ordered=("v",) if "ORDER BY ?v" in body else ())
