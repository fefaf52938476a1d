"""Conversion of terms between pyoxigraph and rdflib, without normalising literals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Identifier

from scograph.rdf.terms import AnyTerm


def to_rdflib(term: AnyTerm) -> Identifier:
    """Return the rdflib term that equals *term*; the lexical form of a literal is kept.

    Raises:
        TypeError: *term* is a triple term, which neither rdflib nor SHACL supports.
    """
    if isinstance(term, Triple):
        raise TypeError(f"triple terms have no counterpart: {term}")
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    datatype = rdflib.URIRef(term.datatype.value)
    if datatype == rdflib.XSD.string:
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=datatype, normalize=False)


def from_rdflib(term: object) -> AnyTerm:
    """Return the pyoxigraph term that equals *term*.

    Raises:
        TypeError: *term* is not an IRI, blank node or literal.

    """
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return Literal(str(term), language=term.language)
        if term.datatype is None:
            return Literal(str(term))
        return Literal(str(term), datatype=NamedNode(str(term.datatype)))
    raise TypeError(f"not an RDF term: {term!r}")


class PreparedGraph(rdflib.Graph):
    """A graph that caches parsed queries.

    pySHACL runs the same query for every focus node, and rdflib takes 18 ms to parse
    a query that it then evaluates in 1 ms.
    """

    def __init__(self) -> None:
        super().__init__(bind_namespaces="none")
        self._prepared: dict[str, Query] = {}

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:
        """Evaluate a query; see `rdflib.Graph.query`."""
        if isinstance(query_object, str):
            text = query_object
            if text not in self._prepared:
                self._prepared[text] = prepareQuery(text, initNs=dict(self.namespaces()))
            query_object = self._prepared[text]
        return super().query(query_object, *args, **kwargs)


def to_graph(triples: Iterable[Triple]) -> PreparedGraph:
    """Return a new rdflib graph that holds *triples*."""
    graph = PreparedGraph()
    for triple in triples:
        graph.add(
            (to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object))
        )
    return graph
