"""Evaluation of a query: rewritten where the engine is wrong, then asked of the engine.

Whatever asks a query that somebody else has written asks it here: the endpoint, the pages, the
command line, and the check of saved queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store

from scograph.sparql.dataset import QueryDataset
from scograph.sparql.errors import RefusedError
from scograph.sparql.rewriting import is_doubtful, rewritten


class Evaluated(NamedTuple):
    """What the engine found, and what is to be said of it."""

    found: QuerySolutions | QueryTriples | QueryBoolean
    warnings: tuple[str, ...]


def evaluate(text: str, dataset: QueryDataset, base: str, prefixes: Mapping[str, str]) -> Evaluated:
    """Ask the query *text* of *dataset*, with a *base* IRI and *prefixes* that may be left out.

    Raises:
        SyntaxError: the text is no query.
        RefusedError: the engine would answer wrongly.
        RuntimeError: it cannot be evaluated, for example by a function that nobody has defined.

    """
    known = dict(prefixes)
    if not is_doubtful(text) and not dataset.is_chosen:
        return Evaluated(dataset.source.query(text, base_iri=base, prefixes=known), ())
    try:
        asked = rewritten(text, dataset, base, known)
        found = asked.dataset.store.query(
            asked.text,
            base_iri=base,
            prefixes=known,
            default_graph=asked.dataset.default_graph,
            named_graphs=asked.dataset.named_graphs,
            custom_functions=asked.functions or None,
        )
    except SyntaxError as error:
        # The error is in what somebody has written; where it stands there, the parser tells.
        Store().query(text, base_iri=base, prefixes=known)
        raise RefusedError(
            "what it has to be rewritten to is not read: name its variables, write its paths apart"
        ) from error
    return Evaluated(found, asked.warnings)
