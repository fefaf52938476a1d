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

    def term(self, term: Term, depth: int = 0) -> str:
        """Write *term* as in Turtle."""
        if isinstance(term, NamedNode):
            return compact(term.value, self.prefixes)
        if isinstance(term, Literal):
            return self._literal(term)
        return self._blank(term, depth)

    def _literal(self, literal: Literal) -> str:
        if literal.language or literal.datatype.value == XSD + "string":
            return str(literal)
        quoted = str(Literal(literal.value))
        return f"{quoted}^^{compact(literal.datatype.value, self.prefixes)}"

    def _blank(self, node: BlankNode, depth: int) -> str:
        if depth >= _MAX_DEPTH:
            return "..."
        facts = list(self.about(node))
        if any(fact.predicate == _FIRST for fact in facts):
            return f"( {' '.join(self._members(node, depth))} )"
        pairs = [
            f"{'a' if fact.predicate == NamedNode(TYPE) else self.term(fact.predicate)} "
            f"{self.term(fact.object, depth + 1)}"
            for fact in facts
        ]
        return f"[ {' ; '.join(sorted(pairs))} ]" if pairs else "[]"

    def _members(self, node: Term, depth: int) -> list[str]:
        members: list[str] = []
        seen: set[Term] = set()
        while isinstance(node, BlankNode) and node not in seen:
            seen.add(node)
            facts = {fact.predicate: fact.object for fact in self.about(node)}
            if _FIRST in facts:
                members.append(self.term(facts[_FIRST], depth + 1))
            node = facts.get(_REST, node)
        return members
