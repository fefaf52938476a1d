"""Types of RDF terms and triples, made of pyoxigraph's classes."""

from __future__ import annotations

from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

# RDF 1.1 Concepts, section 3.1.
Term = NamedNode | BlankNode | Literal
# Including the triple terms of RDF 1.2, which a query may return but data must not contain.
AnyTerm = Term | Triple


class Fact(NamedTuple):
    """A generalised RDF triple (RDF 1.1 Concepts, section 7): a literal may be its subject."""

    subject: Term
    predicate: Term
    object: Term


def text_of(term: AnyTerm | None) -> str:
    """Return an IRI, label or lexical form; empty for a triple term and for None (unbound)."""
    return "" if term is None or isinstance(term, Triple) else str(term.value)
