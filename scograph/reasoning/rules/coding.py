"""Coding of generalised RDF for a store: IRIs, the codes, replace literals and blank nodes.

The rules of OWL 2 RL/RDF need generalised RDF, in which a literal may be a subject (OWL 2
Profiles, section 4.3). A store does not allow that, and it rewrites lexical forms ("01"
becomes "1"). In coded triples every term is an IRI, and decoding returns the original term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from secrets import token_hex

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from scograph.rdf.terms import Fact, Term
from scograph.reasoning.rules.values import IN_VALUE_SPACE, TERM, Functions, in_value_space

_CODE = "urn:x-scograph:"


def looks_coded(node: object) -> bool:
    """Return whether *node* is the code of a literal or blank node, in any `Coding`."""
    return isinstance(node, NamedNode) and node.value.startswith(_CODE)


class Coding:
    """The codes of the literals and blank nodes of one graph.

    The codes cannot be guessed, so that no IRI of the graph is one of them.
    """

    def __init__(self) -> None:
        self._space = f"{_CODE}{token_hex(8)}:"
        self._codes: dict[BlankNode | Literal, NamedNode] = {}
        self._terms: dict[NamedNode, BlankNode | Literal] = {}

    def quads(self, triples: Iterable[Triple]) -> Iterator[Quad]:
        """Yield *triples*, coded, as quads of the default graph."""
        for subject, predicate, value in triples:
            if type(value) is NamedNode and type(subject) is NamedNode:
                yield Quad(subject, predicate, value)
            else:
                yield Quad(self.node(subject), predicate, self.node(value))

    @property
    def is_code(self) -> Callable[[object], bool]:
        """A fast test of whether a node is a code of this graph."""
        return self._terms.__contains__

    def node(self, term: object) -> NamedNode:
        """Return the code of *term*; an IRI is returned as it is.

        Raises:
            TypeError: *term* is a triple term.

        """
        if isinstance(term, NamedNode):
            return term
        code: NamedNode | None = self._codes.get(term)  # type: ignore[call-overload]
        if code is None:
            code = self._new_code(term)
            self._codes[term] = code  # type: ignore[index]
            self._terms[code] = term  # type: ignore[assignment]
        return code

    def _new_code(self, term: object) -> NamedNode:
        if isinstance(term, BlankNode):
            return NamedNode(f"{self._space}blank:{term.value}")
        if isinstance(term, Literal):
            return NamedNode(f"{self._space}literal:{len(self._codes)}")
        raise TypeError(f"triple terms take no part in reasoning: {term}")

    def triple(self, fact: Iterable[object]) -> Triple:
        """Return *fact*, coded."""
        return Triple(*(self.node(term) for term in fact))

    def term(self, node: NamedNode) -> Term:
        """Return the term of which *node* is the code; another IRI is returned as it is."""
        return self._terms.get(node, node)

    def fact(self, triple: Triple) -> Fact:
        """Return *triple*, decoded, as generalised RDF."""
        return Fact(*(self.term(term) for term in triple))

    def decoded(self, triple: Triple) -> Triple | None:
        """Return *triple*, decoded, None where RDF does not allow the result."""
        subject, predicate, value = triple
        terms = self._terms
        if subject not in terms and value not in terms and predicate not in terms:
            return triple
        subject_term, predicate_term = self.term(subject), self.term(predicate)
        if isinstance(subject_term, Literal) or not isinstance(predicate_term, NamedNode):
            return None
        return Triple(subject_term, predicate_term, self.term(value))

    def functions(self) -> Functions:
        """Return the extension functions that filters of rules call (SPARQL 1.1, section 17.6)."""

        def term(code: object) -> Term | None:
            return self.term(code) if isinstance(code, NamedNode) else code  # type: ignore[return-value]

        return {TERM: term, IN_VALUE_SPACE: in_value_space}
