"""What a difference may be put down to: faults of the other engines, and what ours leaves open.

With the constructs of a row its engine is not asked; the other one still is. The specification
decides, not the majority: each row names the section of SPARQL 1.1 Query that does. rdflib is
7.6, Comunica 4.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.oracle.cases import PLACE, Case

RDFLIB, COMUNICA, BOTH = ("rdflib",), ("comunica",), ("rdflib", "comunica")

# Constructs that the text of the query shows.
_SHOWN = {
    "ill-typed": r'"maybe"|"abc"\^\^xsd:integer|"x"\^\^xsd:double|""\^\^xsd:integer|-13-01',
    "NaN": "NaN|INF",
    "minus zero": r"-0\b",
    "substring from before": r"SUBSTR\(.*, (?![1-9])",
    "filter of false": r'FILTER\((false|0|"")\)',
    "typed text": r"\^\^xsd:string",
    "odd text of a number": r'\("([+-].*|0x1||\.5|5\.|.*\\[tn].*)"\)',
    "constant key": r"GROUP BY .*\([^?]* AS",
    "end that is false": r'\S (0|false|"") ',
    "spelled": r"\^\^xsd:(int\b|byte|long|non|neg|uns|boolean)|1\.0\"\^\^xsd:integer|24:00|1e400",
    "no zone": r"T10:00:00\"\^\^",
    "year before 1": "-0044",
    "large": r"\d{16,}|e400",
    "tiny": "0{15,}",
    "float": "xsd:float",
    "double": r"\de\d|xsd:(float|double)",
    "unordered": r"\b(true|false|is\w+|BOUND|CONTAINS|STRSTARTS|STRENDS|REGEX|LANGMATCHES)\b"
    r"|sameTerm|EXISTS|IN|xsd:boolean|[=<>!].*[<>]|[<>].*[=<>!]|:[a-p]\b|[IU]RI\(|DATATYPE|<rel>",
    "name of the graph inside": r"GRAPH \?(\w+) \{.*(FILTER|BIND|EXISTS|SELECT).*\?\1\b",
    "empty separator": 'SEPARATOR=""',
    "assigned": r" AS \?[evnk]",
    "odd text": "[😀ǆ]",
    "tag in upper case": "@(EN|en-GB)",
    "negated inverse": r"!\(?(\S+\|)*\^",
}
_GRAPH = re.compile(r"GRAPH (?::(\w+)|\?)")


@dataclass(frozen=True)
class Row:
    """*engines* are not asked of cases with all constructs of one of *used*, joined by `` & ``."""

    engines: tuple[str, ...]
    used: tuple[str, ...]
    why: str

    def applies(self, constructs: frozenset[str]) -> bool:
        return any(constructs.issuperset(names.split(" & ")) for names in self.used)


_ORDERS = ("<", "<=", ">", ">=")
_EQUALS = ("=", "!=", "IN", "NOT IN")
_PARTS = ("YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS", "TIMEZONE", "TZ")
_TESTS = ("isIRI", "isURI", "isBLANK", "isLITERAL", "isNUMERIC", "sameTerm")
_HASHES = ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")

ROWS = (
    # What this software leaves open, or warns of (docs/conformance.md).
    Row(BOTH, ("spelled",), "constants have one spelling, and integers one type"),
    Row(BOTH, ("double & STR", "double & cast:string"), "so have numbers that are computed"),
    Row(BOTH, ("tiny",), "XSD 1.1 part 2, 5.4: decimals have 18 digits here"),
    Row(BOTH, ("no zone",), "17.3: times with and without a zone may have no order"),
    Row(BOTH, tuple(f"NaN & {name}" for name in _ORDERS), "17.3: comparisons with NaN are errors"),
    Row(BOTH, tuple(f"mixed & unordered & {name}" for name in _ORDERS),
        "17.3: booleans have no order, as IRIs, which by 17.3.1 may have one"),
    Row(BOTH, ("name of the graph inside",),
        "18.6: the name is joined afterwards; here expressions inside of GRAPH know it"),
    # What the specification leaves open.
    Row(BOTH, ("year before 1",), "XSD: whether there is a year 0"),
    Row(BOTH, ("absent graph in the dataset & GRAPH",),
        "13.2: FROM NAMED of what is not there gives an empty graph here, others give none"),
    # Faults of rdflib.
    Row(RDFLIB, tuple(f"mixed & {name}" for name in _ORDERS),
        "17.3: < of incomparable types is an error, there they have an order"),
    Row(RDFLIB, ("*", "/", "unary", "float", "CEIL", "FLOOR", "ROUND", "ABS"),
        "17.3: 1*1 is an integer, -(1e0) a double; floats are doubles there"),
    Row(RDFLIB, ("aggregate & GROUP BY", "subquery & aggregate"),
        "18.5: no solutions make no groups, there they make one"),
    Row(RDFLIB, ("SUM", "MIN", "MAX", "AVG", "GROUP_CONCAT"),
        "18.5.1: an error among the values, as of the text of an IRI, is one of the aggregate"),
    Row(RDFLIB, ("CONCAT",), "17.4.3.12: CONCAT() is the empty text"),
    Row(RDFLIB, _PARTS, "17.4.5: of a time that is none they are errors"),
    Row(RDFLIB, ("cast",), "17.5: xsd:integer(true) is 1, xsd:string(\"x\"@en) is \"x\""),
    Row(RDFLIB, ("STRLANG", "STRDT", "IRI", "URI", "BNODE", *_HASHES),
        "17.4: of a text with a language they are errors"),
    Row(RDFLIB, ("REGEX", "REPLACE"), "17.4.3.14: Python's expressions, and an error ends all"),
    Row(RDFLIB, ("SUBSTR",), "17.4.3.3: it has only positions from 1"),
    Row(RDFLIB, ("ill-typed",), "17.2.2: they have truth values, and comparisons are errors"),
    Row(RDFLIB, ("GRAPH & UNDEF",), "18.6: the name of the graph is joined"),
    Row(RDFLIB, ("GRAPH of no graph",), "18.6: it has no solutions"),
    Row(RDFLIB, ("EXISTS:filter",), "18.6: a group with an error in its filter"),
    Row(RDFLIB, ("negated inverse",), "18.4: a negated set of one inverse is not evaluated"),
    Row(RDFLIB, ("filter of false",), "17.2: FILTER(false) is no filter there"),
    Row(RDFLIB, ("path & end that is false", "path & false in the data"),
        "18.4: 0, false and \"\" are taken for variables"),
    Row(RDFLIB, ("path:zero-constant & joined", "path:* & blank & joined",
                 "path:zero-constant & path:sequence", "path:* & assigned"),
        "18.4: joins bind variables of paths"),
    Row(RDFLIB, ("UNION & only filters", "GRAPH & MINUS"), "18.6: groups that bind nothing"),
    Row(RDFLIB, ("VALUES & OPTIONAL",), "18.2.4: OPTIONAL after VALUES"),
    Row(RDFLIB, ("NOT IN", "IN:empty", *(f"assigned & {name}" for name in _TESTS)),
        "17.2: of an error they are errors"),
    Row(RDFLIB, ("||", "&&"), "17.2: an error or true is true"),
    Row(RDFLIB, ("ORDER BY & blank nodes in the data",), "17.4.2.5: STR of a blank node"),
    Row(RDFLIB, ("odd text",), "19.7: an escaped backslash in a text"),
    Row(RDFLIB, ("tag in upper case",), "RDF 1.1 Concepts, 3.3: tags are compared in lower case"),
    Row(RDFLIB, ("typed text & =", "typed text & !=", "typed text & IN", "typed text & NOT IN"),
        "RDF 1.1 Concepts, 3.3: a text without a datatype is an xsd:string"),
    Row(RDFLIB, ("path:nested", "path:same-ends & path:*", "path:* & loop in the data"),
        "18.4: a closure of a closure has no duplicates"),
    # Faults of Comunica.
    Row(COMUNICA, (*(f"mixed & {name}" for name in _EQUALS), "IN", "NOT IN"),
        "17.3: whether other types are equal is an error there, false here (17.3.1 allows both)"),
    Row(COMUNICA, ("ill-typed & DATATYPE", "ill-typed & LANG", "ill-typed & mixed",
                   *(f"ill-typed & {name}" for name in ("=", "!=", "+", "-", "*"))),
        "17.4.2: functions of terms take ill-typed literals"),
    Row(COMUNICA, ("large", "minus zero", "float & CEIL", "double & *"),
        "17.3: numbers are JavaScript's"),
    Row(COMUNICA, ("LANGMATCHES",), "RFC 4647: * matches no empty tag"),
    Row(COMUNICA, ("COUNT", "SAMPLE"),
        "18.5.1: COUNT of errors is 0, there it is an error"),
    Row(COMUNICA, ("VALUES:empty & aggregate", "subquery & aggregate & UNDEF"),
        "18.6: no answer at all, or no join by an unbound key"),
    Row(COMUNICA, ("LIMIT 0",), "15.5: no solutions"),
    Row(COMUNICA, ("GRAPH of no graph",), "18.6: it has no solutions"),
    Row(COMUNICA, ("EXISTS & OPTIONAL", "NOT EXISTS & OPTIONAL", "EXISTS:filter",
                   "OPTIONAL & only filters", "OPTIONAL & FILTER"),
        "18.6: EXISTS in OPTIONAL has no outer variables"),
    Row(COMUNICA, ("ORDER BY:texts", "odd text", "ORDER BY & odd text in the data"),
        "15.1, by code points: texts are sorted by locale"),
    Row(COMUNICA, ("unary & TIMEZONE", "collection & path:?"), "17.3.1; 18.4"),
    Row(COMUNICA, ("empty separator",), "18.5.1.7: it is empty"),
    Row(COMUNICA, ("HAVING",), "18.5: of a group without solutions"),
    Row(COMUNICA, ("GRAPH & VALUES", "GRAPH & MINUS", "GRAPH & BIND"),
        "18.6: the name of the graph is joined"),
    Row(COMUNICA, ("substring from before",), "XPath 7.4.3: positions before 1 count"),
    Row(COMUNICA, ("aggregate & path:alternative", "MINUS & path:alternative", "MINUS & OPTIONAL"),
        "18.4: an alternative without matches has no solutions"),
    Row(COMUNICA, ("path:zero-constant & path:alternative",
                   "path:zero-constant & path:negated & path:sequence"),
        "18.4: (:p|:q)* begins where it is"),
    Row(COMUNICA, ("GRAPH & only filters",), "18.6: the name of the graph is bound"),
    Row(COMUNICA, ("EXISTS & path:alternative", "NOT EXISTS & path:alternative",
                   "GRAPH & path:alternative", "GRAPH & path:zero-constant",
                   "GRAPH & path:+"), "18.6: as above"),
    Row(COMUNICA, ("ill-typed & path", "ill-typed & cast:string"),
        "18.4, 17.5: ill-typed literals are nodes and have a text"),
    Row(COMUNICA, ("ORDER BY:several",), "15.1: of several keys"),
    Row(COMUNICA, ("GROUP BY & constant key", "GROUP BY:renamed"),
        "11.2: the value of a key that is constant, or a variable"),
    Row(COMUNICA, ("GROUP_CONCAT of terms",), "18.5.1.7: CONCAT of what is no text is an error"),
    Row(COMUNICA, ("ENCODE_FOR_URI", "STRAFTER", "STRBEFORE"), "17.4.3: of / and :, of a language"),
    Row(COMUNICA, ("cast & odd text of a number",), "17.5: of -1, .5 and 0x1"),
    Row(COMUNICA, ("REPLACE",), "XPath 7.6.3: a group that there is not is the empty text"),
    Row(COMUNICA, ("STRDT",), "17.4.2.10: rdf:langString without a language"),
    Row(COMUNICA, ("/",), "XPath 6.2.4: a decimal divided by zero is an error, there it is INF"),
    Row(COMUNICA, tuple(f"path:same-ends & path:{mark}" for mark in "*+?"),
        "18.4: one variable at both ends"),
    Row(COMUNICA, ("path:nested & path:zero-constant", "path:nested & negated inverse",
                   "path:negated-both & BIND"),
        "18.4: sets and closures in closures"),
    Row(COMUNICA, ("path:open & path:*", "path:open & path:?"),
        "18.4: a path of length zero at each node, literals too"),
)  # fmt: skip

# What is refused with a sentence, though other engines answer: errors of the answer, in part.
REFUSALS = (
    "REPLACE does not allow",
    "regular expression",
    "are no flags",
    "SELECT * beside a path",
    "SELECT * of a pattern without variables",
    "COUNT(DISTINCT *) beside a path",
    "BNODE of a text is evaluated in",
    # An empty collection at an end of a path, or a text as the filter of MINUS inside of GRAPH.
    "is not evaluated for each graph",
    "MINUS inside of GRAPH",
)


def constructs(case: Case) -> frozenset[str]:
    """The constructs of *case*: those that its generator noted, and those that its text shows."""
    text = f"{case.head} {case.body}"
    shown = {name for name, pattern in _SHOWN.items() if re.search(pattern, text)}
    if any(quad[2][1] == "abc" for quad in case.quads):
        shown.add("ill-typed")
    if any("bnode" in (quad[0][0], quad[2][0]) for quad in case.quads):
        shown.add("blank nodes in the data")
    if any(quad[0] == quad[2] for quad in case.quads):
        shown.add("loop in the data")
    if any("ä" in quad[2][1] for quad in case.quads):
        shown.add("odd text in the data")
    if any(quad[2][1] in ("", "0", "false") for quad in case.quads):
        shown.add("false in the data")
    graphs = {quad[3][1].removeprefix(PLACE) for quad in case.dataset() if quad[3]}
    absent = set(_GRAPH.findall(text)) - graphs - {""}
    if absent or ("GRAPH" in case.used and not graphs):
        shown.add("GRAPH of no graph")
    if not graphs.issuperset(name.removeprefix(PLACE) for name in (*case.named, *case.named_uris)):
        shown.add("absent graph in the dataset")
    return case.used | shown


def asked(case: Case) -> tuple[str, ...]:
    """The engines that are to be believed on *case*."""
    used = constructs(case)
    out = {engine for row in ROWS if row.applies(used) for engine in row.engines}
    return tuple(engine for engine in BOTH if engine not in out)


def refusal(answer: dict[str, str]) -> str | None:
    """Return the words of the refusal if *answer* is one that is known."""
    return next((words for words in REFUSALS if words in answer.get("error", "")), None)
