"""What the cases are asked of, and how answers are written for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from scograph.sparql.engine import Engine
from scograph.sparql.formats import GRAPHS, RESULTS
from scograph.sparql.release import Release

BASE = "https://example.org/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
DATA = Path(__file__).parent / "data.trig"
PREFIXES = {"": BASE, "rdf": RDF, "xsd": XSD}
BARE = {"integer", "decimal", "boolean"}
Term = NamedNode | BlankNode | Literal | Triple


def made_up(prefixes: Mapping[str, str] = PREFIXES) -> Release:
    """A release of `data.trig`, of which no file is there but this one."""
    store = Store()
    store.bulk_load(path=str(DATA), format=RdfFormat.TRIG)
    versions = {"software": "0", "ontology": "0", "data": "0"}
    manifest = {"release": "0" * 64, "versions": versions, "base": BASE, "prefixes": prefixes}
    return Release(DATA.parent, manifest, store)


def short(term: Term | None) -> str:
    """A term as Turtle may write it with `PREFIXES`; all blank nodes alike, `-` for none."""
    if isinstance(term, NamedNode):
        return shortened(term.value)
    if isinstance(term, BlankNode):
        return "_:"
    if not isinstance(term, Literal):
        return "-" if term is None else str(term)
    kind = shortened(term.datatype.value)
    if kind.removeprefix("xsd:") in BARE:
        # "3"^^xsd:decimal without its datatype is another term.
        whole = kind == "xsd:decimal" and "." not in term.value
        return term.value + ".0" * whole
    if term.language or kind == "xsd:string":
        return str(term)
    return f'"{term.value}"^^{kind}'


def shortened(iri: str) -> str:
    found = next((name for name, start in PREFIXES.items() if iri.startswith(start)), None)
    return f"<{iri}>" if found is None else f"{found}:{iri.removeprefix(PREFIXES[found])}"


def rows(content: bytes) -> list[str] | bool:
    """An answer in JSON: its rows in their order, terms apart by a space; or its word."""
    found = parse_query_results(content, format=QueryResultsFormat.JSON)
    if isinstance(found, QueryBoolean):
        return bool(found)
    assert isinstance(found, QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [" ".join(short(row[name]) for name in names) for row in found]


def asked(engine: Engine, query: str) -> list[str] | bool:
    return rows(engine.query(query, RESULTS[0], None).content)


def built(engine: Engine, query: str) -> list[str]:
    """The triples of a CONSTRUCT or DESCRIBE, sorted."""
    answer = engine.query(query, None, GRAPHS[2])
    triples = [quad.triple for quad in parse(answer.content, format=RdfFormat.N_TRIPLES)]
    return sorted(
        f"{short(t.subject)} {short(t.predicate).replace('rdf:type', 'a')} {short(t.object)}"
        for t in triples
    )
