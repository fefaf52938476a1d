"""The query language, a case per feature: SPARQL 1.1, sections 2 to 16.

Rows stand as `tests.conformance.world` writes them; their order counts in `ORDERED` alone.
"""

from __future__ import annotations

import re

import pytest
from pyoxigraph import RdfFormat, parse

from scograph.sparql.engine import Engine
from scograph.sparql.errors import QueryError
from scograph.sparql.formats import GRAPHS, RESULTS
from tests.conformance.world import asked, built, made_up

Rows = list[tuple[str, str, list[str]]]

# Sections 2 to 4: triple patterns and how terms are written
PATTERNS: Rows = [
    ("a triple pattern", "SELECT ?x { ?x a :Ferry }", [":alder", ":birch"]),
    ("a join of two", "SELECT ?n { ?x a :Barge . ?x :name ?n }", ['"Cedar"']),
    ("a predicate is asked for", "SELECT ?p { :cedar ?p :south }", [":berth"]),
    ("a variable twice", "SELECT ?a { ?a :next ?b . ?b :next ?a }", [":isle", ":holm"]),
    ("no variable", "SELECT * { :cedar a :Barge }", [""]),
    ("a text with its language", 'SELECT ?x { ?x :name "Birch"@en }', [":birch"]),
    ("a text without it is another", 'SELECT ?x { ?x :name "Birch" }', []),
    ("a number", "SELECT ?x { ?x :length 40 }", [":alder"]),
    ("a decimal", "SELECT ?x { ?x :length 25.5 }", [":birch"]),
    ("a typed literal", 'SELECT ?x { ?x :built "2001-05-01"^^xsd:date }', [":alder"]),
    ("predicates by ;", "SELECT ?x { ?x a :Ferry ; :berth :south }", [":birch"]),
    ("objects by ,", 'SELECT ?x { ?x :name "Alder"@en , "Ольха"@ru }', [":alder"]),
    ("a blank node", "SELECT ?n { _:c :name ?n . _:c :age 36 }", ['"Ben"']),
    ("a blank node without label", "SELECT ?x { ?x :captain [] }", [":alder", ":birch"]),
    ("a blank node's properties", "SELECT ?x { ?x :captain [ :age 41 ] }", [":alder"]),
    ("a blank node is found", "SELECT ?c { :alder :captain ?c }", ["_:"]),
    ("a collection", "SELECT ?x ?y { ?x :stops ( :north ?y ) }", [":line :south"]),
    ("a longer collection", "SELECT ?x ?y { ?x :stops ( :north :south ?y ) }", []),
    ("the empty collection", "SELECT ?x { ?x rdf:rest () . ?x rdf:first ?y }", ["_:"]),
    ("BASE", "BASE <https://example.org/al> SELECT ?t { <alder> a ?t }", [":Ferry"]),
    ("PREFIX", "PREFIX b: <https://example.org/bi> SELECT ?t { b:rch a ?t }", [":Ferry"]),
    ("keywords in any case", "sElEcT ?x wHeRe { ?x a :Barge }", [":cedar"]),
    ("a variable with a dollar", "SELECT $x { ?x a :Barge }", [":cedar"]),
    ("quotes of all kinds", """SELECT ("a" = 'a' AS ?x) ('''a''' = \"""a\""" AS ?y) {}""",
     ["true true"]),
    ("a long text", 'SELECT ("""a "b"\nc""" AS ?x) {}', ['"a \\"b\\"\\nc"']),
    ("an escaped character", 'SELECT ?x { ?x :name "\\u0042irch"@en }', [":birch"]),
    ("one in a name", "SELECT ?t { :\\u0061lder a ?t }", [":Ferry"]),
    ("an escaped sign", "SELECT (:a\\~b AS ?x) {}", [":a~b"]),
    ("a comment", "SELECT ?x { # no } here\n ?x a :Barge }", [":cedar"]),
    ("an expression with a name", "SELECT (?l * 2 AS ?d) { :alder :length ?l }", ["80"]),
]  # fmt: skip

# Sections 3 and 5 to 8: groups, what is optional, alternatives, negation
GROUPS: Rows = [
    ("the empty group", "SELECT * {}", [""]),
    ("a filter in its group", "SELECT ?x { FILTER (?l > 30) ?x :length ?l }", [":alder"]),
    ("groups are joined", "SELECT ?x { { ?x a :Ferry } { ?x :berth :south } }", [":birch"]),
    ("a filter sees its group alone", "SELECT ?x { ?x :length ?l { FILTER (BOUND(?l)) } }", []),
    ("OPTIONAL", "SELECT ?x ?l { ?x :berth ?b OPTIONAL { ?x :length ?l } }",
     [":alder 40", ":birch 25.5", ":cedar -"]),
    ("OPTIONAL with a filter",
     "SELECT ?x ?l { ?x :berth ?b OPTIONAL { ?x :length ?l FILTER (?b = :north) } }",
     [":alder 40", ":birch -", ":cedar -"]),
    ("two OPTIONAL",
     "SELECT ?x ?l ?d { ?x :berth ?b OPTIONAL { ?x :length ?l } OPTIONAL { ?x :built ?d } }",
     [':alder 40 "2001-05-01"^^xsd:date', ":birch 25.5 -", ":cedar - -"]),
    ("OPTIONAL in OPTIONAL",
     "SELECT ?x ?a ?d { ?x :berth ?b OPTIONAL { ?x :captain ?c . ?c :age ?a "
     "OPTIONAL { ?x :built ?d } } }",
     [':alder 41 "2001-05-01"^^xsd:date', ":birch 36 -", ":cedar - -"]),
    ("UNION", "SELECT ?x { { ?x :berth :north } UNION { ?x a :Barge } }", [":alder", ":cedar"]),
    ("UNION of other variables", "SELECT ?a ?b { { ?a :berth :north } UNION { ?b a :Barge } }",
     [":alder -", "- :cedar"]),
    ("UNION keeps doubles", "SELECT ?x { { ?x :berth :south } UNION { ?x a :Barge } }",
     [":birch", ":cedar", ":cedar"]),
    ("FILTER EXISTS", "SELECT ?x { ?x :berth ?b FILTER EXISTS { ?x :length ?l } }",
     [":alder", ":birch"]),
    ("FILTER NOT EXISTS", "SELECT ?x { ?x :berth ?b FILTER NOT EXISTS { ?x :length ?l } }",
     [":cedar"]),
    ("MINUS", "SELECT ?x { ?x :berth ?b MINUS { ?x :length ?l } }", [":cedar"]),
    ("MINUS without a common variable", "SELECT ?x { ?x a :Barge MINUS { ?y a :Ferry } }",
     [":cedar"]),
    ("NOT EXISTS without one", "SELECT ?x { ?x a :Barge FILTER NOT EXISTS { ?y a :Ferry } }", []),
    ("a filter in NOT EXISTS sees outside",
     "SELECT ?x { ?x :length ?l FILTER NOT EXISTS { ?y :length ?m FILTER (?m > ?l) } }",
     [":alder"]),
    ("a filter in MINUS does not",
     "SELECT ?x { ?x :length ?l MINUS { ?x :berth ?b FILTER (?l > 30) } }", [":alder", ":birch"]),
]  # fmt: skip

# Section 9: property paths
PATHS: Rows = [
    ("inverse", "SELECT ?x { :south ^:berth ?x }", [":birch", ":cedar"]),
    ("sequence", "SELECT ?x { :north :next/:next ?x }", [":east"]),
    ("sequence back again", "SELECT ?x { :cedar :berth/^:berth ?x }", [":birch", ":cedar"]),
    ("inverse of a sequence", "SELECT ?x { :east ^(:next/:next) ?x }", [":north"]),
    ("alternative", "SELECT ?x { :east :next|:ferryTo ?x }", [":isle"]),
    ("alternative counts each way", "SELECT ?x { :isle :next|^:next ?x }", [":holm", ":holm"]),
    ("zero or more", "SELECT ?x { :north :next* ?x }", [":north", ":south", ":east"]),
    ("one or more", "SELECT ?x { :north :next+ ?x }", [":south", ":east"]),
    ("zero or one", "SELECT ?x { :north :next? ?x }", [":north", ":south"]),
    ("zero or more in a ring", "SELECT ?x { :isle :next* ?x }", [":isle", ":holm"]),
    ("one or more in a ring", "SELECT ?x { :isle :next+ ?x }", [":isle", ":holm"]),
    ("one or more between variables", "SELECT ?x ?y { ?x :next+ ?y FILTER (?y = :east) }",
     [":north :east", ":south :east"]),
    ("between two terms", "SELECT (1 AS ?x) { :north :next+ :east }", ["1"]),
    ("a group", "SELECT ?x { :north (:next|:ferryTo)+ ?x }",
     [":south", ":east", ":isle", ":holm"]),
    ("not one", "SELECT ?x { :east !:next ?x }", [":isle"]),
    ("none of several", "SELECT ?x { :cedar !(a|:name) ?x }", [":south"]),
    ("not the inverse of one", "SELECT ?x { :east !(^:ferryTo) ?x }", [":south"]),
    ("neither way", "SELECT ?x { :east !(:next|^:next) ?x }", [":isle"]),
    ("through a blank node", "SELECT ?n { :alder :captain/:name ?n }", ['"Ada"']),
    ("the members of a list", "SELECT ?x { :line :stops/rdf:rest*/rdf:first ?x }",
     [":north", ":south"]),
    ("zero steps from a term that is in no triple", "SELECT ?x { :nowhere :next* ?x }",
     [":nowhere"]),
]  # fmt: skip

# Section 10: assignment
ASSIGNMENTS: Rows = [
    ("BIND", "SELECT ?x ?d { ?x :length ?l BIND (?l * 2 AS ?d) }", [":alder 80", ":birch 51.0"]),
    ("BIND of an error", "SELECT ?x ?d { ?x a :Barge BIND (1/0 AS ?d) }", [":cedar -"]),
    ("VALUES", "SELECT ?x ?l { VALUES ?x { :alder :cedar } ?x :length ?l }", [":alder 40"]),
    ("VALUES with UNDEF",
     "SELECT ?x ?b { VALUES (?x ?b) { (:birch UNDEF) (UNDEF :north) } ?x :berth ?b }",
     [":birch :south", ":alder :north"]),
    ("VALUES behind all", "SELECT ?x ?l { ?x :length ?l } VALUES ?x { :birch }", [":birch 25.5"]),
    ("VALUES of nothing", "SELECT * { VALUES ?x {} }", []),
    ("VALUES of no variable", "SELECT (1 AS ?x) { VALUES () { () () } }", ["1", "1"]),
]  # fmt: skip

# Section 12: subqueries
SUBQUERIES: Rows = [
    ("a limit inside",
     "SELECT ?n { { SELECT ?x { ?x :length ?l } ORDER BY DESC(?l) LIMIT 1 } ?x :name ?n }",
     ['"Alder"@en', '"Ольха"@ru']),
    ("what is not selected is hidden",
     "SELECT ?x ?l { ?x a :Barge { SELECT ?y { ?y :length ?l } } }", [":cedar -", ":cedar -"]),
    ("a count inside",
     "SELECT ?x ?n { { SELECT ?b (COUNT(*) AS ?n) { ?y :berth ?b } GROUP BY ?b } ?x :berth ?b }",
     [":alder 1", ":birch 2", ":cedar 2"]),
]  # fmt: skip

# Section 13: datasets
DATASETS: Rows = [
    ("the default graph is apart", "SELECT ?n { ?x :carried ?n }", []),
    ("GRAPH", "SELECT ?x ?n { GRAPH :may { ?x :carried ?n } }", [":alder 10", ":birch 0"]),
    ("GRAPH of a variable", "SELECT ?g ?n { GRAPH ?g { :alder :carried ?n } }",
     [":may 10", ":june 7"]),
    ("GRAPH beside the default", "SELECT ?x ?n { ?x :berth :south GRAPH :june { ?x ?p ?n } }",
     [":cedar 7"]),
    ("the names of graphs", "SELECT ?g { GRAPH ?g {} }", [":may", ":june"]),
    ("a graph that is not there", "SELECT ?x { GRAPH :july { ?x ?p ?o } }", []),
    ("FROM", "SELECT ?x ?n FROM :may { ?x :carried ?n }", [":alder 10", ":birch 0"]),
    ("FROM two, which are merged", "SELECT ?x ?n FROM :may FROM :june { ?x :carried ?n }",
     [":alder 10", ":alder 7", ":birch 0", ":cedar 7"]),
    ("FROM leaves no named graph", "SELECT ?g FROM :may { GRAPH ?g { ?x ?p ?o } }", []),
    ("FROM NAMED", "SELECT ?g ?x FROM NAMED :june { GRAPH ?g { ?x :carried ?n } }",
     [":june :alder", ":june :cedar"]),
    ("FROM NAMED leaves no default graph", "SELECT ?x FROM NAMED :june { ?x a :Ferry }", []),
    ("FROM and FROM NAMED",
     "SELECT ?g ?m ?n FROM :may FROM NAMED :june { ?x :carried ?m GRAPH ?g { ?x :carried ?n } }",
     [":june 10 7"]),
    ("FROM what is not there", "SELECT ?x FROM :july { ?x ?p ?o }", []),
    ("VALUES in GRAPH", "SELECT ?g { GRAPH ?g { VALUES ?x { 1 } } }", [":may", ":june"]),
    ("MINUS in GRAPH",
     "SELECT ?x { GRAPH :may { ?x :carried ?n MINUS { ?x :carried 0 } } }", [":alder"]),
    ("MINUS in GRAPH of a variable",
     "SELECT ?g ?x { GRAPH ?g { ?x :carried 10 MINUS { ?y :carried 0 } } }", [":may :alder"]),
    ("BNODE of a text, a row each",
     'SELECT (COUNT(DISTINCT ?b) AS ?n) { ?x a :Ferry BIND (BNODE("a") AS ?b) }', ["2"]),
]  # fmt: skip

# Section 15: order, projection, doubles, slices
ORDERED: Rows = [
    ("ORDER BY", "SELECT ?x { ?x :length ?l } ORDER BY ?l", [":birch", ":alder"]),
    ("ASC", "SELECT ?x { ?x :length ?l } ORDER BY ASC(?l)", [":birch", ":alder"]),
    ("DESC", "SELECT ?x { ?x :length ?l } ORDER BY DESC(?l)", [":alder", ":birch"]),
    ("two keys", "SELECT ?b ?x { ?x :berth ?b } ORDER BY DESC(?b) ?x",
     [":south :birch", ":south :cedar", ":north :alder"]),
    ("an expression", "SELECT ?x { ?x :berth ?b } ORDER BY (IF(?x = :cedar, 0, 1)) ?x",
     [":cedar", ":alder", ":birch"]),
    ("a function", "SELECT ?n { VALUES ?n { 1 -3 2 } } ORDER BY ABS(?n)", ["1", "2", "-3"]),
    ("kinds of terms",
     "SELECT ?v { { :alder :captain ?v } UNION { VALUES ?v { 1 :a UNDEF } } } ORDER BY ?v",
     ["-", "_:", ":a", "1"]),
    ("DISTINCT", "SELECT DISTINCT ?b { ?x :berth ?b } ORDER BY ?b", [":north", ":south"]),
    ("LIMIT", "SELECT ?x { ?x :berth ?b } ORDER BY ?x LIMIT 2", [":alder", ":birch"]),
    ("OFFSET", "SELECT ?x { ?x :berth ?b } ORDER BY ?x OFFSET 2", [":cedar"]),
    ("OFFSET and LIMIT", "SELECT ?x { ?x :berth ?b } ORDER BY ?x OFFSET 1 LIMIT 1", [":birch"]),
    ("LIMIT and OFFSET", "SELECT ?x { ?x :berth ?b } ORDER BY ?x LIMIT 1 OFFSET 1", [":birch"]),
    ("LIMIT 0", "SELECT ?x { ?x :berth ?b } ORDER BY ?x LIMIT 0", []),
    ("OFFSET beyond the end", "SELECT ?x { ?x :berth ?b } ORDER BY ?x OFFSET 9", []),
    ("all variables", "SELECT * { :alder :berth ?b }", [":north"]),
]  # fmt: skip

# Section 16: the other forms
BUILT: Rows = [
    ("CONSTRUCT", "CONSTRUCT { ?b :holds ?x } WHERE { ?x :berth ?b }",
     [":north :holds :alder", ":south :holds :birch", ":south :holds :cedar"]),
    ("the short form", "CONSTRUCT WHERE { ?x :berth :south }",
     [":birch :berth :south", ":cedar :berth :south"]),
    ("the short form of a graph", "CONSTRUCT FROM :may WHERE { ?x :carried 0 }",
     [":birch :carried 0"]),
    ("of a named graph", "CONSTRUCT { ?x :in ?g } WHERE { GRAPH ?g { ?x :carried 7 } }",
     [":alder :in :june", ":cedar :in :june"]),
    ("what is unbound is left out",
     "CONSTRUCT { ?x :long ?l ; :seen true } WHERE { ?x :berth :south OPTIONAL { ?x :length ?l } }",
     [":birch :long 25.5", ":birch :seen true", ":cedar :seen true"]),
    ("what is no triple is left out",
     "CONSTRUCT { ?l :of ?x . ?x :has ?l } WHERE { ?x :length ?l }",
     [":alder :has 40", ":birch :has 25.5"]),
    ("a triple once", "CONSTRUCT { ?b a :Berth } WHERE { ?x :berth ?b }",
     [":north a :Berth", ":south a :Berth"]),
    ("an empty template", "CONSTRUCT {} WHERE { ?x :berth ?b }", []),
    ("a collection", "CONSTRUCT { :l :is ( 1 ) } WHERE {}",
     [":l :is _:", "_: rdf:first 1", "_: rdf:rest rdf:nil"]),
    ("a slice", "CONSTRUCT { ?x :least true } WHERE { ?x :length ?l } ORDER BY ?l LIMIT 1",
     [":birch :least true"]),
    ("DESCRIBE", "DESCRIBE :cedar", [":cedar :berth :south", ':cedar :name "Cedar"',
                                     ":cedar a :Barge"]),
    ("DESCRIBE of two", "DESCRIBE :isle :holm", [":holm :next :isle", ":isle :next :holm"]),
    ("DESCRIBE of a variable", "DESCRIBE ?x WHERE { ?x :next :east }", [":south :next :east"]),
    ("DESCRIBE of all variables", "DESCRIBE * WHERE { ?x :next :holm FILTER (BOUND(?x)) }",
     [":isle :next :holm"]),
    ("DESCRIBE with its blank nodes", "DESCRIBE :line",
     [":line :stops _:", "_: rdf:first :north", "_: rdf:first :south", "_: rdf:rest _:",
      "_: rdf:rest rdf:nil"]),
    ("DESCRIBE of nothing", "DESCRIBE :nothing", []),
]  # fmt: skip

WORDS = [
    ("ASK { ?x a :Ferry }", True),
    ("ASK WHERE { :cedar a :Ferry }", False),
    ("ASK FROM :may { :birch :carried 0 }", True),
    ("ASK {}", True),
]

REFUSED = [
    ("an update", "DELETE WHERE { ?s ?p ?o }", "update"),
    ("SERVICE", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "service"),
    ("SERVICE SILENT", "ASK { SERVICE SILENT <http://127.0.0.1:9/> {} }", "service"),
    ("a function that is not there", "ASK { FILTER (:f(1)) }", "evaluation"),
    ("a prefix that is not there", "ASK { x:a a x:b }", "syntax"),
    ("an open group", "ASK { ?x a :Ferry", "syntax"),
    ("two queries", "ASK {} ASK {}", "syntax"),
    ("no form", "{ ?x a :Ferry }", "syntax"),
    ("a number for a predicate", "SELECT ?x { ?x 1 ?y }", "syntax"),
    ("a variable that is neither grouped nor aggregated",
     "SELECT ?x (COUNT(*) AS ?n) { ?x :berth ?b }", "syntax"),
    ("* with groups", "SELECT * { ?x :berth ?b } GROUP BY ?b", "syntax"),
    ("BIND to what is bound", "SELECT ?x { ?x :berth ?b BIND (1 AS ?x) }", "syntax"),
    ("a name given twice", "SELECT (1 AS ?x) (2 AS ?x) {}", "syntax"),
    ("a blank node of two groups", "ASK { { _:a :name ?n } { _:a :age ?g } }", "syntax"),
    ("VALUES of another length", "ASK { VALUES (?x ?y) { (1) } }", "syntax"),
    ("an aggregate in a filter", "ASK { ?x :length ?l FILTER (SUM(?l) > 1) }", "syntax"),
    ("LIMIT below zero", "SELECT * {} LIMIT -1", "syntax"),
    ("a path in a template", "CONSTRUCT { ?x :next+ ?y } WHERE { ?x :next ?y }", "syntax"),
]  # fmt: skip

ANY_ORDER = PATTERNS + GROUPS + PATHS + ASSIGNMENTS + SUBQUERIES + DATASETS
# Section 19.8, but for functions and aggregates; those of the tables here.
KEYWORDS = (
    "BASE PREFIX SELECT DISTINCT AS CONSTRUCT DESCRIBE ASK FROM NAMED WHERE GROUP BY ORDER "
    "ASC DESC LIMIT OFFSET VALUES UNDEF OPTIONAL GRAPH SERVICE SILENT BIND MINUS UNION FILTER NOT "
    "EXISTS a"
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(made_up())


def named(table: Rows) -> list[object]:
    return [pytest.param(query, rows, id=name) for name, query, rows in table]


@pytest.mark.parametrize(("query", "expected"), named(ANY_ORDER))
def test_a_feature_gives_its_rows(engine: Engine, query: str, expected: list[str]) -> None:
    found = asked(engine, query)
    assert isinstance(found, list)
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(("query", "expected"), named(ORDERED))
def test_rows_come_in_their_order(engine: Engine, query: str, expected: list[str]) -> None:
    assert asked(engine, query) == expected


@pytest.mark.parametrize(("query", "expected"), named(BUILT))
def test_a_graph_is_built(engine: Engine, query: str, expected: list[str]) -> None:
    assert built(engine, query) == expected


@pytest.mark.parametrize(("query", "word"), WORDS)
def test_a_question_has_a_word(engine: Engine, query: str, word: bool) -> None:
    assert asked(engine, query) is word


@pytest.mark.parametrize(
    ("query", "kind"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_is_no_query_is_refused(engine: Engine, query: str, kind: str) -> None:
    with pytest.raises(QueryError) as error:
        engine.query(query, RESULTS[0], GRAPHS[0])
    assert error.value.kind == kind


def test_reduced_leaves_out_doubles_or_not(engine: Engine) -> None:
    """Section 15.3.2: each row as often as it likes, up to the number that there is without."""
    found = asked(engine, "SELECT REDUCED ?b { ?x :berth ?b } ORDER BY ?b")
    assert found in ([":north", ":south"], [":north", ":south", ":south"])


def test_each_solution_has_blank_nodes_of_its_own(engine: Engine) -> None:
    query = "CONSTRUCT { _:b :of ?x . _:b :at ?p } WHERE { ?x :berth ?p }"
    content = engine.query(query, None, GRAPHS[2]).content
    triples = [quad.triple for quad in parse(content, format=RdfFormat.N_TRIPLES)]
    assert (len({triple.subject for triple in triples}), len(triples)) == (3, 6)


def test_every_keyword_has_a_case() -> None:
    queries = [case[1] for case in ANY_ORDER + ORDERED + BUILT + REFUSED]
    text = " ".join([*queries, *(query for query, _ in WORDS)])
    assert set(KEYWORDS.split()) - set(re.findall(r"\w+", text)) == set()
