"""Facts written as in Turtle, blank nodes as the collection or class expression they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from scograph.rdf.namespaces import RDF, XSD, compact
from scograph.rdf.terms import Fact, Term
from scograph.rdf.vocabulary import TYPE
from scograph.reasoning.rules.patterns import Pattern

_FIRST, _REST = NamedNode(RDF + "first"), NamedNode(RDF + "rest")
# Blank nodes nested deeper than this are written as "...": they may contain themselves.
_MAX_DEPTH = 4
# How many members and properties of blank nodes one term shows.
_MAX_PARTS = 200


def is_cell(fact: Fact) -> bool:
    """Return whether the predicate of *fact* is rdf:first or rdf:rest, as in RDF collections."""
    return fact.predicate in (_FIRST, _REST)


def is_axiom(fact: Fact) -> bool:
    """Return whether *fact* is about the ontology (schema) rather than about individuals."""
    if not isinstance(fact.subject, NamedNode | BlankNode):
        return False
    subject = fact.subject if isinstance(fact.subject, NamedNode) else NamedNode("urn:blank")
    value = fact.object if isinstance(fact.object, NamedNode) else NamedNode("urn:value")
    predicate = fact.predicate if isinstance(fact.predicate, NamedNode) else subject
    return is_cell(fact) or Pattern(subject, predicate, value).is_schema


@dataclass(frozen=True)
class FactWriter:
    """Writes terms with *prefixes*; *about* returns the asserted triples of a blank node."""

    prefixes: dict[str, str]
    about: Callable[[BlankNode], Iterable[Fact]]

    def fact(self, fact: Fact) -> str:
        """Write *fact* as in Turtle, on one line."""
        is_type = fact.predicate == NamedNode(TYPE)
        predicate = "a" if is_type else self.term(fact.predicate)
        return f"{self.term(fact.subject)} {predicate} {self.term(fact.object)}"

    def term(self, term: Term) -> str:
        """Write *term* as in Turtle; a very large class or collection in part, with "..."."""
        return self._term(term, 0, _Room())

    def _term(self, term: Term, depth: int, room: _Room) -> str:
        if isinstance(term, NamedNode):
            return compact(term.value, self.prefixes)
        if isinstance(term, Literal):
            return self._literal(term)
        return self._blank(term, depth, room)

    def _literal(self, literal: Literal) -> str:
        if literal.language or literal.datatype.value == XSD + "string":
            return str(literal)
        quoted = str(Literal(literal.value))
        return f"{quoted}^^{compact(literal.datatype.value, self.prefixes)}"

    def _blank(self, node: BlankNode, depth: int, room: _Room) -> str:
        if depth >= _MAX_DEPTH:
            return "..."
        facts = list(self.about(node))
        if any(fact.predicate == _FIRST for fact in facts):
            return f"( {' '.join(self._members(node, depth, room))} )"
        pairs = []
        for fact in sorted(facts, key=str):
            if not room.take():
                pairs.append("...")
                break
            verb = "a" if fact.predicate == NamedNode(TYPE) else self.term(fact.predicate)
            pairs.append(f"{verb} {self._term(fact.object, depth + 1, room)}")
        return f"[ {' ; '.join(sorted(pairs))} ]" if pairs else "[]"

    def _members(self, node: Term, depth: int, room: _Room) -> list[str]:
        members: list[str] = []
        seen: set[Term] = set()
        while isinstance(node, BlankNode) and node not in seen:
            seen.add(node)
            facts = {fact.predicate: fact.object for fact in self.about(node)}
            if _FIRST in facts:
                if not room.take():
                    return [*members, "..."]
                members.append(self._term(facts[_FIRST], depth + 1, room))
            node = facts.get(_REST, node)
        return members


class _Room:
    """How many more parts of blank nodes may be written: they can multiply at each depth."""

    def __init__(self) -> None:
        self._left = _MAX_PARTS

    def take(self) -> bool:
        """Take one, and return whether there was one left."""
        self._left -= 1
        return self._left >= 0
