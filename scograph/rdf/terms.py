"""RDF terms and triples as the engine has them, under one name each."""

from __future__ import annotations

from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

# RDF 1.1 Concepts, section 3.1.
Term = NamedNode | BlankNode | Literal
# With the triple terms of RDF 1.2, which queries can make and data may not hold.
AnyTerm = Term | Triple


class Fact(NamedTuple):
    """A generalised RDF triple (RDF 1.1 Concepts, section 7): a literal may be its subject."""

    subject: Term
    predicate: Term
    object: Term


def text_of(term: AnyTerm | None) -> str:
    """Return an IRI or a lexical form as text, empty for what is unbound."""
    return "" if term is None or isinstance(term, Triple) else str(term.value)
