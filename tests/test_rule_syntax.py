# ruff: noqa: E501  (each spelling stands on one line)
"""How rules are read: every spelling of one rule is the same rule, as a second parser sees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Variable
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery

from scograph.rdf.namespaces import OWL, RDF, RDFS
from scograph.reasoning.rules.files import Rule, load_rules, read_rule
from scograph.reasoning.rules.patterns import Pattern

EX = "https://example.org/"
HEADER = "# test (this test)\n# en: A sentence.\n"
TERM = "<https://w3id.org/scograph/rules#term>"
PREFIXES = {"": EX, "rdf": RDF, "rdfs": RDFS, "owl": OWL}


def rule_of(text: str) -> Rule:
    return read_rule(HEADER + text, "test", PREFIXES)


def parts(text: str) -> tuple[list[str], list[str], list[str]]:
    rule = rule_of(text)
    patterns = [[pattern.text() for pattern in side] for side in (rule.head, rule.body)]
    return patterns[0], patterns[1], [item.text() for item in rule.filters]


ONE = ([f"?x <{EX}q> ?y ."], [f"?x <{EX}p> ?y ."], [f"( {TERM}(?y) > 3 )"])
# Spellings of one rule.
SPELLINGS = [
    "CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y . FILTER (?y > 3) }",
    "construct{?x :q ?y}where{?x :p ?y filter(?y>3)}",
    "CONSTRUCT { $x :q $y . } { ?x :p ?y . FILTER (?y > 3) . }",
    "CONSTRUCT { ?x :q ?y } WHERE { FILTER (?y > 3) ?x :p ?y ; . }",
    f"CONSTRUCT {{ ?x <{EX}q> ?y }} WHERE {{ ?x <{EX}p> ?y FILTER (?y > 3) }}",
    f"BASE <{EX}> CONSTRUCT {{ ?x <q> ?y }} WHERE {{ ?x <p> ?y FILTER (?y > 3) }}",
    f"BASE <{EX}a/> PREFIX b: <../> CONSTRUCT {{ ?x b:q ?y }} WHERE {{ ?x <../p> ?y FILTER (?y > 3) }}",
    f"PREFIX a.b: <{EX}> CONSTRUCT {{ ?x a.b:q ?y }} WHERE {{ ?x a.b:p ?y FILTER (?y > 3) }}",
    f"PREFIX ж: <{EX}> CONSTRUCT {{ ?x ж:q ?y }} WHERE {{ ?x ж:p ?y FILTER (?y > 3) }}",
    f"PREFIX : <http://a/> PREFIX : <{EX}> CONSTRUCT {{ ?x :q ?y }} WHERE {{ ?x :p ?y FILTER (?y > 3) }}",
    "# PREFIX : <http://wrong/>\nCONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y FILTER (?y > 3) }",
    "CONSTRUCT { ?x :q ?y } # } WHERE { ?a :b ?c }\nWHERE { ?x :p ?y # . OPTIONAL { ?z }\nFILTER (?y > 3) }",
    "CONSTRUCT { ?x :q ?y }\r\nWHERE { # a comment\r\n?x :p ?y\r\nFILTER (?y > 3)\r\n}\r\n",
    "CONSTRUCT { ?x :q ?y }\rWHERE { # a comment\r?x :p ?y\rFILTER (?y > 3)\r}\r",
    f"CONSTRUCT {{ ?x <{EX}\\u0071> ?y }} WHERE {{ ?x :\\p ?y FILTER (?y > 3) }}".replace(
        "\\p", "p"
    ),
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_spelling_is_the_same_rule(text: str) -> None:
    assert parts(text) == ONE


def test_a_byte_order_mark_is_skipped() -> None:
    rule = read_rule("\ufeff" + HEADER + SPELLINGS[0], "test", PREFIXES)
    assert (rule.name, rule.head) == ("test", rule_of(SPELLINGS[0]).head)


# Filters, and what the engine is given for them.
FILTERS = {
    "?x<?y&&?y>?x": f"( {TERM}(?x) < {TERM}(?y) && {TERM}(?y) > {TERM}(?x) )",
    "?x<=3||<http://a/>=?x": f"( {TERM}(?x) <= 3 || <http://a/> = {TERM}(?x) )",
    "?y-1<-1": f"( {TERM}(?y) - 1 < -1 )",
    "?x != '?y'": f"( {TERM}(?x) != '?y' )",
    '?x != """a "?y" } # b"""': f'( {TERM}(?x) != """a "?y" }} # b""" )',
    "?x != 'FILTER (?z)' # FILTER (?w)\n": f"( {TERM}(?x) != 'FILTER (?z)' )",
    "?x = 'a\\'?z'@en-GB": f"( {TERM}(?x) = 'a\\'?z'@en-GB )",
    "?x = '1'^^:dt": f"( {TERM}(?x) = '1'^^<{EX}dt> )",
    "?x = :a.b && ?x != :a\\/b.c": f"( {TERM}(?x) = <{EX}a.b> && {TERM}(?x) != <{EX}a/b.c> )",
    "?x = :a%20b": f"( {TERM}(?x) = <{EX}a%20b> )",
    "?x NOT IN (:a, <b:c>, 1.5e3)": f"( {TERM}(?x) NOT IN ( <{EX}a> , <b:c> , 1.5e3 ) )",
    "!sameTerm(?x, ?y)": "( ! sameTerm(?x, ?y) )",
    "sameterm(?x, :a)": f"( sameterm ( {TERM}(?x) , <{EX}a> ) )",
    "bound(?x) && true": "( true && true )",
    "'RAND()' != ?x": f"( 'RAND()' != {TERM}(?x) )",
    "regex(STR(?x), CONCAT('(', STR(?y)), 'i')": f"( regex ( STR ( {TERM}(?x) ) , CONCAT ( '(' , STR ( {TERM}(?y) ) ) , 'i' ) )",
    "replace(STR(?x), '(a|b),', \"\\\\)\") = ''": f"( replace ( STR ( {TERM}(?x) ) , '(a|b),' , \"\\\\)\" ) = '' )",
    "rdfs:Literal != ?x": f"( <{RDFS}Literal> != {TERM}(?x) )",
}


@pytest.mark.parametrize("expression", FILTERS)
def test_a_filter_is_what_is_written(expression: str) -> None:
    text = f"CONSTRUCT {{ }} WHERE {{ ?x :p ?y . FILTER ({expression}) }}"
    assert parts(text)[2] == [FILTERS[expression]]


def test_a_filter_may_be_a_call() -> None:
    text = "CONSTRUCT { } WHERE { ?x :p ?y . FILTER regex(?y, '^a') ?y :p ?z . FILTER(?z != ?x) }"
    assert parts(text)[2] == [
        f"(regex ( {TERM}(?y) , '^a' ))", f"( {TERM}(?z) != {TERM}(?x) )",
    ]  # fmt: skip


def test_a_literal_is_a_variable_that_the_rule_does_not_have() -> None:
    _, body, filters = parts("CONSTRUCT { } WHERE { ?x :p ?given0 , 'a'@en , true, -1.5 }")
    assert body == [f"?x <{EX}p> ?{name} ." for name in ("given0", "given1", "given2", "given3")]
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert filters == [
        f'({TERM}(?given1) = "a"@en)',
        f'({TERM}(?given2) = "true"^^<{xsd}boolean>)',
        f'({TERM}(?given3) = "-1.5"^^<{xsd}decimal>)',
    ]


def test_cells_of_a_list_are_patterns_like_others() -> None:
    _, body, _ = parts("CONSTRUCT { } WHERE { ?l rdf:first ?x ; rdf:rest ?m . ?x :p rdf:nil , () }")
    nil = f"?x <{EX}p> <{RDF}nil> ."
    assert body == [f"?l <{RDF}first> ?x .", f"?l <{RDF}rest> ?m .", nil, nil]


def test_an_iri_has_the_line_where_it_first_stands() -> None:
    text = "# :q\nCONSTRUCT { ?x :q ?y }\nWHERE {\n ?x a\n <p> .\n ?x :q '''a\nb''' ; :r ?y }"
    rule = rule_of("BASE <https://example.org/>\n" + text)
    assert rule.lines == {f"{EX}q": 5, f"{EX}p": 8, f"{EX}r": 10}


# rdflib reads the same rules, with a parser of its own.


def by_rdflib(text: str) -> tuple[set[Pattern], set[Pattern]]:
    """Read conclusion and body; lists, literals and filters are left out."""
    tree = translateQuery(parseQuery(text), initNs=PREFIXES)
    part = tree.algebra.p
    while part.name in ("Project", "Filter"):
        part = part.p
    assert part.name == "BGP"
    return (
        set(patterns(tree.algebra.template or [])), set(patterns(part.triples))
    )  # fmt: skip


def patterns(triples: list[tuple[object, ...]]) -> Iterator[Pattern]:
    for triple in triples:
        if all(isinstance(term, rdflib.Variable | rdflib.URIRef) for term in triple):
            yield Pattern(*(
                Variable(str(term)) if isinstance(term, rdflib.Variable) else NamedNode(str(term))
                for term in triple
            ))  # fmt: skip


def plain(side: tuple[Pattern, ...], rule: Rule) -> set[Pattern]:
    made = {item.node for item in rule.lists}
    return {
        pattern
        for pattern in side
        if not any(node in made or str(node).startswith("?given") for node in pattern)
    }


def agree(rule: Rule) -> None:
    assert (plain(rule.head, rule), plain(rule.body, rule)) == by_rdflib(rule.text)


@pytest.mark.parametrize("name", [rule.name for rule in load_rules()])
def test_rdflib_reads_each_rule_of_owl_alike(name: str) -> None:
    agree(next(rule for rule in load_rules() if rule.name == name))


VARIABLES = ("?x", "?y", "$z", "?w1", "$x")
# Without escaped characters, whose backslash rdflib keeps.
IRIS = (":a", ":b.c", f"<{EX}d>", "<rel>", "rdf:value", "ж:ж", "x.y:z", ":1", "a:")
COMMENTS = (" ", "\n", " # } WHERE { ?n :n ?n\n", "\r\n", "\t")
# Without a negative decimal, for which rdflib raises a TypeError.
LITERALS = ("1", "-2", '"?x"', "'}'@en", "'''a\n\"?y'''", '"# FILTER"^^:dt', "true")


@st.composite
def rules(draw: st.DrawFn) -> str:
    space = st.sampled_from(COMMENTS)
    node = st.sampled_from(VARIABLES + IRIS)

    def triples(objects: st.SearchStrategy[str]) -> str:
        text: str = draw(node) + draw(space)
        for number in range(draw(st.integers(1, 3))):
            text += f";{draw(space)}" * bool(number)
            verb = draw(st.one_of(node, st.just("a")))
            text += f"{verb} {' , '.join(draw(st.lists(objects, min_size=1, max_size=2)))}"
            text += draw(space)
        return text

    body = draw(st.sampled_from(VARIABLES)) + " :p ?x , ?y , ?z , ?w1 ."
    for _ in range(draw(st.integers(0, 3))):
        body += f"{draw(space)}{triples(st.one_of(node, st.sampled_from(LITERALS)))} ."
        if draw(st.booleans()):
            one, sign, other = (
                str(draw(st.sampled_from(pool)))
                for pool in (VARIABLES, ("<", "=", ">", "!=", "<="), LITERALS + IRIS + VARIABLES)
            )
            body += f"{draw(space)}FILTER{draw(space)}({one}{sign}{draw(space)}{other}) "
    head = " . ".join(triples(node) for _ in range(draw(st.integers(0, 2))))
    return (
        f"{HEADER}# PREFIX : <wrong:>\nBASE <{EX}base>{draw(space)}PREFIX ж: <{EX}ж#> "
        f"PREFIX x.y: <#>{draw(space)}PREFIX a: <a/>\n"
        f"CONSTRUCT{draw(space)}{{ {head} }}{draw(space)}WHERE {{{draw(space)}{body}{draw(space)}}}"
    )


@settings(max_examples=150, derandomize=True, deadline=None)
@given(rules())
def test_rdflib_reads_any_rule_alike(text: str) -> None:
    agree(read_rule(text, "test", PREFIXES))
