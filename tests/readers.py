"""Each format of a graph, read by two readers that have nothing in common."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any

import rdflib
from pyld import jsonld
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from scograph.rdf.rdflib_bridge import from_rdflib
from scograph.sparql.formats import Format

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_RDFLIB = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "trig": "trig", "nq": "nquads"}


def canonical(triples: Iterable[Triple]) -> set[str]:
    """*triples* as N-Triples with canonical labels: equal for isomorphic graphs."""
    dataset = Dataset(Quad(*triple) for triple in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


def by_oxigraph(content: bytes, form: RdfFormat) -> set[str]:
    return canonical(quad.triple for quad in parse(content, format=form))


def by_rdflib(content: bytes, name: str) -> set[str]:
    """By rdflib, which normalises literals unless it is told not to, and warns of them."""
    logger, normalised = logging.getLogger("rdflib"), rdflib.NORMALIZE_LITERALS
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    rdflib.NORMALIZE_LITERALS = False
    try:
        graph = rdflib.Dataset(default_union=True)
        graph.parse(data=content, format=_RDFLIB[name])
        return canonical(_triple(found) for found in graph.triples((None, None, None)))
    finally:
        rdflib.NORMALIZE_LITERALS = normalised
        logger.setLevel(level)


def _triple(found: Any) -> Triple:
    parts: Any = [from_rdflib(term) for term in found]
    return Triple(*parts)


def by_pyld(document: Any) -> set[str]:
    """By PyLD's deserialisation (JSON-LD 1.1 API, section 8.1)."""
    graphs = jsonld.to_rdf(document, {"documentLoader": _refuse_to_fetch})
    assert set(graphs) <= {"@default"}
    found = graphs.get("@default", [])
    return canonical(Triple(*(_term(item[part]) for part in _PARTS)) for item in found)


_PARTS = ("subject", "predicate", "object")


def _refuse_to_fetch(address: str, _: object) -> None:
    raise AssertionError(address)


def _term(found: dict[str, str]) -> Any:
    value, kind = found["value"], found["type"]
    if kind == "IRI":
        return NamedNode(value)
    if kind == "blank node":
        return BlankNode(value.removeprefix("_:"))
    if "language" in found:
        return Literal(value, language=found["language"])
    datatype = found.get("datatype", _XSD_STRING)
    return Literal(value, datatype=NamedNode(datatype))


def readings(content: bytes, chosen: Format) -> dict[str, set[str]]:
    """What each of two readers finds in *content*: N-Triples with canonical labels."""
    assert isinstance(chosen.writer, RdfFormat)
    first = by_oxigraph(content, chosen.writer)
    if chosen.name == "jsonld":
        return {"oxigraph": first, "PyLD": by_pyld(json.loads(content))}
    return {"oxigraph": first, "rdflib": by_rdflib(content, chosen.name)}
