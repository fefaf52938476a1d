"""Queries of the project's own: SPARQL text in, rows of terms out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, cast

from pyoxigraph import (
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    parse_query_results,
)

from scograph.rdf.terms import AnyTerm
from scograph.sparql.formats import RESULTS, Format
from scograph.sparql.serialization import SerializedResult

Row = dict[str, AnyTerm | None]
_JSON = RESULTS[0]


class Asked(Protocol):
    """What answers queries: the engine over a release, or an endpoint elsewhere."""

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of the dataset."""
        ...

    def project_query(
        self, text: str, results: Format | None, graph: Format | None
    ) -> SerializedResult:
        """Answer a query that uses prefixes without declaring them."""
        ...


def select(engine: Asked, query: str) -> list[Row]:
    """Evaluate a SELECT and return its solutions, None for an unbound variable."""
    answer = engine.project_query(query, _JSON, None)
    found = cast(
        QuerySolutions, parse_query_results(answer.content, format=QueryResultsFormat.JSON)
    )
    names = [variable.value for variable in found.variables]
    return [{name: solution[name] for name in names} for solution in found]


def exists(engine: Asked, node: NamedNode) -> bool:
    """Tell whether any graph describes *node*, or whether it names a graph."""
    described, names = f"GRAPH ?g {{ {node} ?p ?o }}", f"GRAPH {node} {{ ?s ?p ?o }}"
    query = f"SELECT * WHERE {{ {{ {described} }} UNION {{ {names} }} }} LIMIT 1"
    return bool(select(engine, query))


def values(nodes: Iterable[NamedNode]) -> str:
    """Write *nodes* as the body of a VALUES clause."""
    return " ".join(sorted(str(node) for node in nodes))


def description_of(*nodes: NamedNode) -> str:
    """Return the query for what is said of *nodes*, and of other things about them."""
    these = values(nodes)
    return (
        "CONSTRUCT { ?s ?p ?o } WHERE { "
        f"{{ VALUES ?s {{ {these} }} ?s ?p ?o }} UNION {{ VALUES ?o {{ {these} }} ?s ?p ?o }} }}"
    )
