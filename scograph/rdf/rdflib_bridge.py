"""The border between pyoxigraph's terms and rdflib's; nothing is normalised on the way."""

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
    """Return the rdflib term of the same kind, its lexical form untouched.

    Raises:
        TypeError: *term* is a triple term, which rdflib and the W3C's SHACL do not know.
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
    """Return the pyoxigraph term of the same kind.

    Raises:
        TypeError: *term* is no IRI, blank node or literal.

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
    """A graph that parses each query text once.

    pySHACL asks the same text for every focus node, and rdflib spends 18 ms on
    parsing what it then evaluates in one.
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
