"""The exceptions for queries that are not answered."""

from __future__ import annotations

from scograph.rdf.errors import GraphError


class QueryError(GraphError):
    """A query that is not answered.

    ``kind`` is ``syntax``, ``evaluation``, ``update``, ``service``, ``format`` or ``large``.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class RefusedError(ValueError):
    """A query that the engine would answer wrongly, and that cannot be rewritten."""
