"""How pages ask the graph: SPARQL text in, rows of terms out, by way of the engine."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    parse_query_results,
)

from scograph.engine import Engine
from scograph.formats import RESULTS

Term = NamedNode | BlankNode | Literal | Triple
Row = dict[str, Term | None]
_JSON = RESULTS[0]


def select(engine: Engine, query: str) -> list[Row]:
    """Run a SELECT of ours and return its rows, None for what is unbound."""
    answer = engine.project_query(query, _JSON, None)
    found = parse_query_results(answer.content, format=QueryResultsFormat.JSON)
    if not isinstance(found, QuerySolutions):
        raise TypeError("a page asks SELECT queries only")
    names = [variable.value for variable in found.variables]
    return [{name: solution[name] for name in names} for solution in found]


def exists(engine: Engine, node: NamedNode) -> bool:
    """Tell whether any graph describes *node*, or whether it names a graph."""
    described, names = f"GRAPH ?g {{ {node} ?p ?o }}", f"GRAPH {node} {{ ?s ?p ?o }}"
    query = f"SELECT * WHERE {{ {{ {described} }} UNION {{ {names} }} }} LIMIT 1"
    return bool(select(engine, query))


def values(nodes: Iterable[NamedNode]) -> str:
    """Write *nodes* as the body of a VALUES clause."""
    return " ".join(sorted(str(node) for node in nodes))


def text_of(term: Term | None) -> str:
    """Return an IRI or a lexical form as text, empty for what is unbound."""
    return "" if term is None or isinstance(term, Triple) else str(term.value)
