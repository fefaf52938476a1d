"""scograph: a knowledge graph of regional diplomacy whose claims name their sentences.

>>> from scograph import Graph
>>> graph = Graph.open(".")

docs/python.md tells what a graph answers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scograph.graph import Graph as Graph
    from scograph.rdf.errors import GraphError as GraphError
    from scograph.sparql.answer import IRI as IRI
    from scograph.sparql.answer import Answer as Answer
    from scograph.sparql.errors import QueryError as QueryError

__version__ = "0.3.0"
__all__ = ["IRI", "Answer", "Graph", "GraphError", "QueryError", "__version__"]

_HOMES = {
    "Graph": "scograph.graph",
    "Answer": "scograph.sparql.answer",
    "IRI": "scograph.sparql.answer",
    "GraphError": "scograph.rdf.errors",
    "QueryError": "scograph.sparql.errors",
}


def __getattr__(name: str) -> Any:
    """Load what is asked for first (PEP 562): the server's front end needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
