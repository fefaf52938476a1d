"""Generalised RDF in a store: IRIs of our own in place of literals and blank nodes.

The rules of OWL 2 RL/RDF let a literal be a subject (OWL 2 Profiles, section 4.3);
a store neither allows that nor keeps lexical forms ("01" becomes "1"). Coded, every
term is an IRI, and comes back as it was written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from scograph.rules.annotations import annotation_properties
from scograph.rules.values import IN_VALUE_SPACE, TERM, Functions, in_value_space

Term = NamedNode | BlankNode | Literal
_CODE = "urn:x-scograph:"
_LITERAL = f"{_CODE}literal:"
_BLANK = f"{_CODE}blank:"


class Fact(NamedTuple):
    """A triple of generalised RDF: a literal may be its subject."""

    subject: Term
    predicate: Term
    object: Term


class Coding:
    """The codes of one graph."""

    def __init__(self) -> None:
        self._codes: dict[Literal, NamedNode] = {}
        self._literals: list[Literal] = []

    def quads(self, triples: Collection[Triple]) -> Iterator[Quad]:
        """Yield *triples* in code, as quads of the default graph; annotations are left out."""
        annotations = annotation_properties(triples)
        for subject, predicate, value in triples:
            if predicate in annotations:
                continue
            if type(value) is NamedNode and type(subject) is NamedNode:
                yield Quad(subject, predicate, value)
            else:
                yield Quad(self.node(subject), predicate, self.node(value))

    def node(self, term: object) -> NamedNode:
        """Return the code of *term*; an IRI is its own.

        Raises:
            TypeError: *term* is a triple term.

        """
        if isinstance(term, NamedNode):
            return term
        if isinstance(term, BlankNode):
            return NamedNode(_BLANK + term.value)
        if not isinstance(term, Literal):
            raise TypeError(f"triple terms take no part in reasoning: {term}")
        if term not in self._codes:
            self._codes[term] = NamedNode(f"{_LITERAL}{len(self._literals)}")
            self._literals.append(term)
        return self._codes[term]

    def triple(self, fact: Iterable[object]) -> Triple:
        """Return *fact* in code."""
        return Triple(*(self.node(term) for term in fact))

    def term(self, node: NamedNode) -> Term:
        """Return the term that *node* stands for."""
        iri = node.value
        if iri.startswith(_LITERAL):
            return self._literals[int(iri[len(_LITERAL) :])]
        return BlankNode(iri[len(_BLANK) :]) if iri.startswith(_BLANK) else node

    def fact(self, triple: Triple) -> Fact:
        """Return what *triple* stands for."""
        return Fact(*(self.term(term) for term in triple))

    def decoded(self, triple: Triple) -> Triple | None:
        """Return the triple that *triple* stands for, None where RDF has no such triple."""
        first, second, third = triple
        codes = (first.value, second.value, getattr(third, "value", ""))
        if not any([code.startswith(_CODE) for code in codes]):  # noqa: C419  (twice as fast)
            return triple
        subject, predicate, value = self.fact(triple)
        if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
            return None
        return Triple(subject, predicate, value)

    def functions(self) -> Functions:
        """Return the extension functions that filters of rules use (SPARQL section 17.6)."""

        def term(code: object) -> Term | None:
            return self.term(code) if isinstance(code, NamedNode) else code  # type: ignore[return-value]

        return {TERM: term, IN_VALUE_SPACE: in_value_space}
