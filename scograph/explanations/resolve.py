"""Resolve what a person writes to terms: prefixed names, labels, IRIs, literals."""

from __future__ import annotations

import difflib
from itertools import product

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from scograph.rdf.errors import GraphError
from scograph.rdf.findings import shortened
from scograph.rdf.namespaces import WELL_KNOWN_PREFIXES, compact, expand
from scograph.rdf.terms import Fact, Term
from scograph.rdf.vocabulary import TYPE
from scograph.reasoning.facts import FactWriter
from scograph.sparql.engine import Engine
from scograph.sparql.select import Asked, exists, select

# How many values a message names at most, and how many characters of each.
_MOST, _LONGEST = 8, 200
_LABELS = "rdfs:label|skos:prefLabel|skos:altLabel|dcterms:title|sco:nameAsWritten"


class UnknownNameError(GraphError):
    """Nothing in the graph is called ``name``, which a part of the triple is."""

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.name = name


class AmbiguousNameError(GraphError):
    """Several things have the name that was given."""


class AmbiguousError(GraphError):
    """What was asked for fits several triples that the graph holds, ``facts``."""

    def __init__(self, message: str, facts: list[Fact]) -> None:
        super().__init__(message)
        self.facts = facts


class NotHeldError(GraphError):
    """The graph does not hold the triple that was asked for; ``instead`` it holds these."""

    def __init__(self, message: str, instead: list[Fact]) -> None:
        super().__init__(message)
        self.instead = instead


def find_fact(engine: Engine, subject: str, predicate: str, value: str) -> Fact:
    """Return the triple that a person means.

    Each part is an IRI, with or without ``<>``, a prefixed name, or a label in any
    language; the predicate may be ``a``; the value may be a literal as in Turtle or its
    text. Of several that fit, those count that some graph holds.

    Raises:
        UnknownNameError: nothing has such a name.
        AmbiguousError: it fits several triples.
        NotHeldError: no graph holds the triple; the message says what is held instead.

    """
    _check_encoding(subject, predicate, value)
    subjects = _candidates(engine, subject, "the subject")
    predicates = _properties(engine, TYPE if predicate == "a" else predicate)
    values = _values(engine, value, subjects, predicates)
    facts = [Fact(*parts) for parts in product(subjects, predicates, values)]
    held = [fact for fact in facts if _is_held(engine, fact)]
    write = fact_writer(engine).fact
    if len(held) > 1:
        told = "; ".join(write(fact) for fact in held[:_MOST])
        raise AmbiguousError(f"that fits several triples, name one of them exactly: {told}", held)
    if held:
        return held[0]
    raise _not_held(engine, facts[0])


def find_thing(engine: Asked, name: str) -> NamedNode:
    """Return the thing that *name* is of: an IRI, a prefixed name or a label in any language.

    Raises:
        UnknownNameError: nothing has such a name.
        AmbiguousNameError: several things have.

    """
    _check_encoding(name)
    found = [term for term in _candidates(engine, name, "the thing") if isinstance(term, NamedNode)]
    if len(found) > 1:
        told = ", ".join(compact(node.value, _prefixes(engine)) for node in found[:_MOST])
        raise AmbiguousNameError(f"that is the name of several things, choose one: {told}")
    return found[0]


def fact_writer(engine: Engine) -> FactWriter:
    """Return the writer of terms and facts with the prefixes of the release."""
    return FactWriter(_prefixes(engine), engine.release.about)


def _prefixes(engine: Asked) -> dict[str, str]:
    return {**WELL_KNOWN_PREFIXES, **engine.prefixes}


def _check_encoding(*parts: str) -> None:
    try:
        "".join(parts).encode()
    except UnicodeError as error:
        raise UnknownNameError("the names are not UTF-8") from error


def _not_held(engine: Engine, fact: Fact) -> NotHeldError:
    write = fact_writer(engine)
    subject, predicate, _ = fact
    name, link = write.term(subject), write.term(predicate)
    rows = select(
        engine,
        f"SELECT DISTINCT ?o WHERE {{ {{ {subject} {predicate} ?o }} UNION "
        f"{{ GRAPH ?g {{ {subject} {predicate} ?o }} }} }} ORDER BY STR(?o) LIMIT {_MOST + 1}",
    )
    found = [row["o"] for row in rows if isinstance(row["o"], NamedNode | Literal)]
    told = [shortened(write.term(item), _LONGEST) for item in found[:_MOST]]
    told += ["..."] if len(found) > _MOST else []
    about = f"of {name} it says nothing about {link}"
    if told:
        about = f"of {name} {link} it says {', '.join(told)}"
    message = f"no graph says that {shortened(write.fact(fact), _LONGEST)}; {about}"
    return NotHeldError(message, [Fact(subject, predicate, item) for item in found[:_MOST]])


def _candidates(engine: Asked, text: str, part: str) -> list[Term]:
    term = _parsed(engine, text)
    if isinstance(term, NamedNode):
        return [term]
    found = _labelled(engine, text)
    if not found:
        raise UnknownNameError(
            f"nothing in the graph is called {shortened(text, _LONGEST)!r}, {part}: "
            f"give a prefixed name, an IRI or a label{_hint(engine, text)}",
            text,
        )
    return found


def _hint(engine: Asked, text: str) -> str:
    """Suggest another prefix where *text* with it is the name of something."""
    prefixes = _prefixes(engine)
    prefix, _, local = text.partition(":")
    for near in difflib.get_close_matches(prefix, sorted(prefixes)) if local else ():
        node = _iri(prefixes[near] + local)
        if node is not None and exists(engine, node):
            return f"; did you mean {near}:{local}?"
    return ""


def _properties(engine: Asked, text: str) -> list[Term]:
    found = _candidates(engine, text, "the predicate")
    if len(found) == 1:
        return found
    used = [
        term
        for term in found
        if select(engine, f"SELECT * WHERE {{ GRAPH ?g {{ ?s {term} ?o }} }} LIMIT 1")
    ]
    return used or found


def _values(engine: Asked, text: str, subjects: list[Term], predicates: list[Term]) -> list[Term]:
    """Return what *text* may stand for as a value: a term, a label, or a literal's text."""
    term = _parsed(engine, text)
    named = _labelled(engine, text) if term is None else [term]
    literals = [
        row["o"]
        for subject, predicate in product(subjects, predicates)
        for row in select(
            engine,
            f"SELECT DISTINCT ?o WHERE {{ GRAPH ?g {{ {subject} {predicate} ?o }} "
            f"FILTER (isLiteral(?o) && STR(?o) = {Literal(text)}) }}",
        )
    ]
    found = [item for item in literals if isinstance(item, Literal)]
    return list(dict.fromkeys([*named, *found])) or [Literal(text)]


def _parsed(engine: Asked, text: str) -> NamedNode | Literal | None:
    """Read *text* as an IRI, a prefixed name or a literal of Turtle, None where it is none."""
    prefixes = _prefixes(engine)
    text = text.strip()
    if text.startswith("<") and text.endswith(">"):
        return _iri(text[1:-1])
    if text.startswith(("http://", "https://", "urn:")):
        return _iri(text)
    named = expand(text, prefixes)
    return _literal(text, prefixes) if named is None else _iri(named)


def _iri(text: str) -> NamedNode | None:
    try:
        return NamedNode(text)
    except ValueError:
        return None


def _literal(text: str, prefixes: dict[str, str]) -> Literal | None:
    declared = "".join(f"@prefix {key}: <{iri}> .\n" for key, iri in prefixes.items())
    # The dot has a line of its own, so that a comment in the text cannot hide it.
    turtle = f"{declared}<urn:s> <urn:p> {text}\n."
    try:
        found = [quad.object for quad in parse(turtle, format=RdfFormat.TURTLE)]
    except (SyntaxError, ValueError):
        return None
    (value,) = found if len(found) == 1 else (None,)
    return value if isinstance(value, Literal) else None


def _labelled(engine: Asked, text: str) -> list[Term]:
    rows = select(
        engine,
        f"SELECT DISTINCT ?x WHERE {{ ?x {_LABELS} ?label "
        f"FILTER (isIRI(?x) && LCASE(STR(?label)) = {Literal(text.strip().lower())}) }} "
        "ORDER BY ?x",
    )
    return [row["x"] for row in rows if isinstance(row["x"], NamedNode)]


def _is_held(engine: Engine, fact: Fact) -> bool:
    subject, predicate, value = fact
    if not isinstance(subject, NamedNode) or not isinstance(predicate, NamedNode):
        return False
    found = engine.release.store.quads_for_pattern(subject, predicate, value, None)
    return next(found, None) is not None
