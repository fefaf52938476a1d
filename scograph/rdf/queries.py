"""Queries of the project's own over a store: the result has the type that the query form gives."""

from __future__ import annotations

from typing import Any, cast

from pyoxigraph import QuerySolutions, QueryTriples, Store


def solutions_of(store: Store, select: str, **options: Any) -> QuerySolutions:
    """Evaluate the SELECT query *select*; *options* are those of `pyoxigraph.Store.query`."""
    return cast(QuerySolutions, store.query(select, **options))


def triples_of(store: Store, construct: str, **options: Any) -> QueryTriples:
    """Evaluate the CONSTRUCT query *construct*; *options* are those of `pyoxigraph.Store.query`."""
    return cast(QueryTriples, store.query(construct, **options))
