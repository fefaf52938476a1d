"""From what a person writes to a triple: prefixed names, labels, IRIs, literals."""

from __future__ import annotations

from itertools import product

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from scograph.asking import select
from scograph.engine import Engine
from scograph.findings import GraphError
from scograph.rules.coding import Fact, Term
from scograph.rules.wording import Wording
from scograph.vocab import TYPE, WELL_KNOWN_PREFIXES

_MOST = 8
_LABELS = "rdfs:label|skos:prefLabel|skos:altLabel|dcterms:title|sco:nameAsWritten"


class NotHeldError(GraphError):
    """The graph does not hold the triple that was asked for."""


def find_fact(engine: Engine, subject: str, predicate: str, value: str) -> Fact:
    """Return the triple that a person means.

    Each part is an IRI, with or without ``<>``, a prefixed name, or a label in any
    language; the predicate may be ``a``; the value may be a literal as in Turtle or its
    text. Of several that fit, those count that some graph holds.

    Raises:
        GraphError: nothing has such a name, or it fits several triples.
        NotHeldError: no graph holds the triple; the message says what is held instead.

    """
    subjects = _candidates(engine, subject, "the subject")
    predicates = _properties(engine, TYPE if predicate == "a" else predicate)
    values = _values(engine, value, subjects, predicates)
    facts = [Fact(*parts) for parts in product(subjects, predicates, values)]
    held = [fact for fact in facts if _is_held(engine, fact)]
    write = wording(engine).fact
    if len(held) > 1:
        told = "; ".join(write(fact) for fact in held[:_MOST])
        raise GraphError(f"that fits several triples, name one of them exactly: {told}")
    if held:
        return held[0]
    raise NotHeldError(_instead(engine, subjects[0], predicates[0], f"{predicate} {value}"))


def wording(engine: Engine) -> Wording:
    """Return what writes terms with the prefixes of the release."""
    return Wording({**WELL_KNOWN_PREFIXES, **engine.release.prefixes}, engine.explainer.about)


def _instead(engine: Engine, subject: Term, predicate: Term, asked: str) -> str:
    write = wording(engine)
    name = write.term(subject)
    rows = select(
        engine,
        f"SELECT DISTINCT ?o WHERE {{ {{ {subject} {predicate} ?o }} UNION "
        f"{{ GRAPH ?g {{ {subject} {predicate} ?o }} }} }} ORDER BY STR(?o) LIMIT {_MOST}",
    )
    found = [write.term(row["o"]) for row in rows if isinstance(row["o"], NamedNode | Literal)]
    if found:
        about = f"of {name} {write.term(predicate)} it says {', '.join(found)}"
    else:
        about = f"of {name} it says nothing about {write.term(predicate)}"
    return f"no graph says that {name} {asked}; {about}"


def _candidates(engine: Engine, text: str, part: str) -> list[Term]:
    term = _parsed(engine, text)
    if term is not None and not isinstance(term, Literal):
        return [term]
    found = _labelled(engine, text)
    if not found:
        raise GraphError(
            f"nothing in the graph is called {text!r}, {part}: "
            "give a prefixed name, an IRI or a label"
        )
    return found


def _properties(engine: Engine, text: str) -> list[Term]:
    found = _candidates(engine, text, "the predicate")
    if len(found) == 1:
        return found
    used = [
        term
        for term in found
        if select(engine, f"SELECT * WHERE {{ GRAPH ?g {{ ?s {term} ?o }} }} LIMIT 1")
    ]
    return used or found


def _values(engine: Engine, text: str, subjects: list[Term], predicates: list[Term]) -> list[Term]:
    """Return what *text* may stand for as a value: a term, a label, or a literal's text."""
    term = _parsed(engine, text)
    if term is not None and not isinstance(term, Literal):
        return [term]
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
    if term is not None:
        return [term, *(item for item in found if item != term)]
    return [*found, *_labelled(engine, text)] or [Literal(text)]


def _parsed(engine: Engine, text: str) -> Term | None:
    """Read *text* as a term of Turtle, None where it is none."""
    prefixes = {**WELL_KNOWN_PREFIXES, **engine.release.prefixes}
    stripped = text.strip()
    if stripped.startswith(("http://", "https://", "urn:")):
        stripped = f"<{stripped}>"
    name, colon, local = stripped.partition(":")
    if colon and name in prefixes and not local.startswith("//"):
        stripped = f"<{prefixes[name]}{local.replace(chr(92), '')}>"
    declared = "".join(f"@prefix {key}: <{iri}> .\n" for key, iri in prefixes.items())
    try:
        quads = list(parse(f"{declared}<urn:s> <urn:p> {stripped} .", format=RdfFormat.TURTLE))
    except (SyntaxError, ValueError):
        return None
    if len(quads) != 1 or not isinstance(quads[0].object, NamedNode | Literal):
        return None
    return quads[0].object


def _labelled(engine: Engine, text: str) -> list[Term]:
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
