"""Any term in one line, as Turtle writes it: also the triple terms that a query may return."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode, Triple

from scograph.rdf.namespaces import XSD, compact
from scograph.rdf.terms import AnyTerm


def term_text(term: AnyTerm, prefixes: Mapping[str, str]) -> str:
    """Write *term* with *prefixes* (RDF 1.2 Turtle, sections 2.4 to 2.6)."""
    if isinstance(term, NamedNode):
        return compact(term.value, prefixes)
    if isinstance(term, Triple):
        parts = (term.subject, term.predicate, term.object)
        return f"<<( {' '.join(term_text(part, prefixes) for part in parts)} )>>"
    if isinstance(term, Literal) and not term.language and term.datatype.value != XSD + "string":
        return f"{Literal(term.value)}^^{compact(term.datatype.value, prefixes)}"
    return str(term)
