"""Strategies for small ontologies with data, dense enough for many rules to interact.

An ontology is Turtle text, so that a failing example can be read and kept; `read`
gives its triples. Axioms are templates: ``{c}`` stands for a class or a class
expression, ``{n}`` a named class, ``{o}`` an object property, ``{d}`` a data property,
``{p}`` either, ``{i}`` an individual, ``{v}`` a literal, ``{t}`` a datatype, and a digit a
number of values.
"""

from __future__ import annotations

import re
from typing import Final

from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from scograph.rdf.namespaces import OWL, RDF, RDFS, XSD

EX: Final = "https://example.org/"
PREFIXES: Final = "".join(
    f"@prefix {name}: <{iri}> .\n"
    for name, iri in (("", EX), ("owl", OWL), ("rdf", RDF), ("rdfs", RDFS), ("xsd", XSD))
)

_NAMES: Final = {
    "n": [":A", ":B", ":C", ":D"],
    "o": [":p", ":q", ":r", ":s"],
    "d": [":f", ":g"],
    "i": [":i", ":j", ":k", ":l", ":m"],
    "t": "xsd:string xsd:integer xsd:nonNegativeInteger xsd:decimal xsd:date rdfs:Literal".split(),
}
_NUMBERS: Final = frozenset("integer nonNegativeInteger decimal".split())
_INTEGERS: Final = frozenset("integer decimal".split())
# Literals with the datatypes of above that their value belongs to, and a key for the value.
# By hand, as the test's own source of truth. Some are such that a store would rewrite them.
LITERALS: Final[dict[str, tuple[frozenset[str], str]]] = {
    '"n"': (frozenset({"string"}), "n"),
    '"n"@en': (frozenset(), "n@en"),
    '"n"@ru': (frozenset(), "n@ru"),
    '"1"^^xsd:integer': (_NUMBERS, "1"),
    '"01"^^xsd:integer': (_NUMBERS, "1"),
    '"-7"^^xsd:int': (_INTEGERS, "-7"),
    '"1.10"^^xsd:decimal': (frozenset({"decimal"}), "1.1"),
    '"2021-09-28"^^xsd:date': (frozenset({"date"}), "2021-09-28"),
}
_NAMES["v"] = list(LITERALS)
_NAMES.update((number, [f'"{number}"^^xsd:nonNegativeInteger']) for number in "012")

EXPRESSIONS: Final = [
    "[ a owl:Restriction ; owl:onProperty {o} ; owl:someValuesFrom {n} ]",
    "[ a owl:Restriction ; owl:onProperty {p} ; owl:someValuesFrom owl:Thing ]",
    "[ a owl:Restriction ; owl:onProperty {d} ; owl:someValuesFrom {t} ]",
    "[ a owl:Restriction ; owl:onProperty {p} ; owl:allValuesFrom {n} ]",
    "[ a owl:Restriction ; owl:onProperty {d} ; owl:allValuesFrom {t} ]",
    "[ a owl:Restriction ; owl:onProperty {o} ; owl:hasValue {i} ]",
    "[ a owl:Restriction ; owl:onProperty {d} ; owl:hasValue {v} ]",
    "[ owl:onProperty {p} ; owl:maxCardinality {0} ]",
    "[ owl:onProperty {p} ; owl:maxCardinality {1} ]",
    "[ owl:onProperty {o} ; owl:maxCardinality {2} ]",
    "[ owl:onProperty {o} ; owl:onClass {n} ; owl:maxQualifiedCardinality {0} ]",
    "[ owl:onProperty {o} ; owl:onClass {n} ; owl:maxQualifiedCardinality {1} ]",
    "[ owl:onProperty {p} ; owl:onClass owl:Thing ; owl:maxQualifiedCardinality {1} ]",
    "[ owl:onProperty {p} ; owl:onClass owl:Thing ; owl:maxQualifiedCardinality {0} ]",
    "[ owl:intersectionOf ( {n} ) ]",
    "[ owl:intersectionOf ( {n} {c} ) ]",
    "[ owl:intersectionOf ( {n} {n} {n} ) ]",
    "[ owl:unionOf ( {n} ) ]",
    "[ owl:unionOf ( {n} {c} ) ]",
    "[ owl:unionOf ( {n} {n} {n} ) ]",
    "[ owl:complementOf {n} ]",
    "[ owl:oneOf ( {i} {i} ) ]",
]  # fmt: skip

AXIOMS: Final = [
    # classes
    "{n} rdfs:subClassOf {c}", "{n} rdfs:subClassOf {c}", "{c} rdfs:subClassOf {n}",
    "{c} rdfs:subClassOf {n}", "{n} owl:equivalentClass {c}", "{n} owl:equivalentClass {c}",
    "{n} owl:disjointWith {n}", "{n} owl:complementOf {n}", "{n} rdfs:subClassOf owl:Nothing",
    "[] a owl:AllDisjointClasses ; owl:members ( {n} {n} {n} )",
    "{n} owl:intersectionOf ( {n} {c} )", "{n} owl:unionOf ( {n} {n} {n} )",
    "{n} owl:oneOf ( {i} )", "{n} owl:oneOf ( {i} {i} {i} )",
    # restrictions with a name
    "{n} owl:onProperty {o} ; owl:someValuesFrom {n}",
    "{n} owl:onProperty {p} ; owl:someValuesFrom owl:Thing",
    "{n} owl:onProperty {o} ; owl:allValuesFrom {n}",
    "{n} owl:onProperty {o} ; owl:hasValue {i}", "{n} owl:onProperty {d} ; owl:hasValue {v}",
    ":C owl:onProperty :p; owl:someValuesFrom {n} . :D owl:onProperty {o} ; owl:someValuesFrom {n}",
    ":C owl:onProperty {o} ; owl:allValuesFrom {n} . :D owl:onProperty {o} ; owl:allValuesFrom {n}",
    "{n} owl:onProperty {d} ; owl:someValuesFrom {t}",
    "[ owl:onProperty {d} ; owl:someValuesFrom {t} ] rdfs:subClassOf {n}",
    # properties
    "{p} rdfs:subPropertyOf {p}", "{o} rdfs:subPropertyOf {o}", "{p} owl:equivalentProperty {p}",
    "{o} owl:inverseOf {o}", "{d} owl:inverseOf {o}", "{p} owl:propertyDisjointWith {p}",
    "[] a owl:AllDisjointProperties ; owl:members ( {p} {p} {p} )",
    "[ owl:inverseOf {o} ] rdfs:subPropertyOf {p}",
    "{o} owl:propertyChainAxiom ( [ owl:inverseOf {o} ] {o} )",
    "{o} owl:propertyChainAxiom ( {o} )", "{o} owl:propertyChainAxiom ( {o} {o} )",
    "{p} owl:propertyChainAxiom ( {o} {p} )", "{p} owl:propertyChainAxiom ( {o} {o} {p} )",
    "{p} rdfs:domain {c}", "{p} rdfs:domain {n}", "{o} rdfs:range {c}", "{o} rdfs:range {n}",
    "{d} rdfs:range {t}", "{d} rdfs:range {n}",
    "{p} a owl:FunctionalProperty", "{p} a owl:InverseFunctionalProperty",
    "{p} a owl:SymmetricProperty", "{o} a owl:TransitiveProperty", "{o} a owl:TransitiveProperty",
    "{o} a owl:AsymmetricProperty", "{o} a owl:IrreflexiveProperty",
    # individuals
    "[] a owl:AllDifferent ; owl:members ( {i} {i} {i} )",
    "[] a owl:AllDifferent ; owl:distinctMembers ( {i} {i} )", "{i} owl:differentFrom {i}",
    "[] owl:sourceIndividual {i} ; owl:assertionProperty {o} ; owl:targetIndividual {i}",
    "[] owl:sourceIndividual {i} ; owl:assertionProperty {o} ; owl:targetIndividual {i}",
    "[] owl:sourceIndividual {i} ; owl:assertionProperty {d} ; owl:targetValue {v}",
    "{i} owl:sameAs {i}", "{n} owl:sameAs {n}", "{p} owl:sameAs {p}",
]  # fmt: skip

KEYS: Final = [
    "{n} owl:hasKey ( {o} )", "{n} owl:hasKey ( {d} )", "{n} owl:hasKey ( {o} {d} )",
    "{n} owl:hasKey ( {d} {d} {o} )",
]  # fmt: skip
# Axioms that leave literals where RDF has them: nothing about keys hides in a literal subject.
KEY_AXIOMS: Final = [
    "{n} rdfs:subClassOf {n}", "{o} rdfs:subPropertyOf {o}", "{d} rdfs:subPropertyOf {d}",
    "{o} owl:inverseOf {o}", "{p} rdfs:domain {n}", "{o} rdfs:range {n}",
    "{o} a owl:FunctionalProperty", "{o} a owl:SymmetricProperty", "{i} owl:sameAs {i}",
]  # fmt: skip
DATA: Final = ["{i} a {n}", "{i} {o} {i}", "{i} {o} {i}", "{i} {d} {v}"]
# Of literals in these, owlrl knows by the datatype alone that they are, and not by the value.
_OTHER_DATATYPES: Final = re.compile(
    r"(?<=ValuesFrom )(?:xsd:string|xsd:nonNegativeInteger|rdfs:Literal)"
)
# What random ontologies show only now and then.
ONCE_WRONG: Final = [
    # The filler's subclass axiom is cls-thing's.
    ":A owl:onProperty :q ; owl:someValuesFrom owl:Thing . :D owl:sameAs :A .",
    # What is concluded has a blank node for its class, or for its property.
    ":A rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom owl:Thing ] . :i :p :j .",
    ":p rdfs:domain [ a owl:Class ] . :i :p :j .",
    ":p rdfs:subPropertyOf [] . :i :p :j .",
    # That two members of the list are the same follows from the list.
    ":A owl:oneOf ( :i :i :k ) . :p a owl:InverseFunctionalProperty . "
    ":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :i ] .",
    # One proof within another of the same fact, found in the wrong order, goes in circles.
    ":r a owl:InverseFunctionalProperty . :p owl:inverseOf :s . :m :r :k . :i :r :j . :k :r :j . "
    ":j :r :i . :k :p :m .",
]
_PLACE: Final = re.compile(r"\{(\w)\}")


def _term(kind: str) -> st.SearchStrategy[str]:
    if kind == "p":
        return st.sampled_from(_NAMES["o"] + _NAMES["d"])
    if kind == "c":
        some = st.sampled_from(EXPRESSIONS).flatmap(_filled)
        return st.one_of(st.sampled_from(_NAMES["n"]), some, some, some)
    return st.sampled_from(_NAMES[kind])


def _filled(template: str) -> st.SearchStrategy[str]:
    pieces = _PLACE.split(template)

    def join(terms: tuple[str, ...]) -> str:
        return "".join(part + term for part, term in zip(pieces[::2], (*terms, ""), strict=True))

    return st.tuples(*map(_term, pieces[1::2])).map(join)


def _statement(templates: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(templates).flatmap(_filled)


_KINDS: Final = {"n": "owl:Class", "o": "owl:ObjectProperty", "d": "owl:DatatypeProperty"}
DECLARATIONS: Final = [f"{name} a {kind}" for key, kind in _KINDS.items() for name in _NAMES[key]]


def _declarations() -> st.SearchStrategy[list[str]]:
    some = st.lists(st.sampled_from(DECLARATIONS), unique=True, max_size=8)
    return st.one_of(st.just(DECLARATIONS), st.just([]), some)


def _document(*parts: st.SearchStrategy[list[str]]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(
        lambda found: "".join(f"{statement} .\n" for part in found for statement in part)
    )


def ontologies() -> st.SearchStrategy[str]:
    """Ontologies with data, without owl:hasKey."""
    return _document(
        _declarations(),
        st.lists(_statement(AXIOMS), min_size=9, max_size=12),
        st.lists(_statement(DATA), min_size=18, max_size=36, unique=True),
    )


def ontologies_for_owlrl() -> st.SearchStrategy[str]:
    """Those in which nothing hangs on what owlrl leaves out (see `tests.owlrl_mended`).

    Everything is declared, so that what owlrl skips as trivial is there anyway, and no
    class asks for members of a datatype that owlrl does not know as such.
    """
    axioms = [axiom for axiom in AXIOMS if "{t}" not in axiom]
    return _document(
        st.just(DECLARATIONS),
        st.lists(_statement(axioms), min_size=9, max_size=12),
        st.lists(_statement(DATA), min_size=18, max_size=36, unique=True),
    ).map(lambda text: _OTHER_DATATYPES.sub("xsd:decimal", text))


def ontologies_with_keys() -> st.SearchStrategy[str]:
    """Ontologies with owl:hasKey and few other axioms."""
    return _document(
        st.lists(_statement(KEYS), min_size=1, max_size=2),
        st.lists(_statement(KEY_AXIOMS), max_size=3),
        st.lists(_statement(DATA), min_size=8, max_size=30, unique=True),
    )


def read(text: str, prefix: str = "b") -> set[Triple]:
    """Return the triples of an ontology; blank nodes are called *prefix* and a number."""
    names: dict[BlankNode, BlankNode] = {}

    def named(term: object) -> object:
        if isinstance(term, BlankNode):
            return names.setdefault(term, BlankNode(f"{prefix}{len(names)}"))
        return term

    quads = parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE)
    return {Triple(*(named(term) for term in quad.triple)) for quad in quads}  # type: ignore[arg-type]


def _literals() -> dict[Literal, tuple[frozenset[NamedNode], str]]:
    found = {}
    for text, (datatypes, value) in LITERALS.items():
        (triple,) = read(f":i :f {text} .")
        if isinstance(triple.object, Literal):
            names = {NamedNode(XSD + name) for name in datatypes} | {NamedNode(RDFS + "Literal")}
            found[triple.object] = (frozenset(names), value)
    return found


KNOWN_LITERALS: Final = _literals()
DATATYPES: Final = frozenset(
    NamedNode(XSD + name.removeprefix("xsd:")) for name in _NAMES["t"][:-1]
)
