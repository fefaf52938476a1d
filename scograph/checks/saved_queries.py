"""Saved queries: each can be answered, and its answer is the committed one."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from pyoxigraph import Store

from scograph.checks.check import Inspection, Stale
from scograph.checks.exceeded import of_check, of_query
from scograph.checks.saved_answers import same_answer, written
from scograph.folder.folder import Metadata
from scograph.folder.queries import SavedQuery
from scograph.rdf.findings import Finding, Severity
from scograph.sparql.dataset import QueryDataset
from scograph.sparql.errors import RefusedError
from scograph.sparql.evaluation import evaluate
from scograph.sparql.guard import UNSTABLE, asks_service
from scograph.sparql.limits import Limits, too_complex
from scograph.sparql.syntax_help import explain_syntax
from scograph.sparql.tokens import Shape, shape_of
from scograph.system.bounded import Ending, results
from scograph.system.confined import open_nothing

_MB = 10**6


def check_saved_queries(inspection: Inspection) -> Iterator[Finding | Stale]:
    """Answer every saved query within its bounds and compare the answer with the committed one."""
    store, metadata = inspection.store, inspection.folder.metadata
    if store is None:
        return

    def answer(query: SavedQuery) -> list[Finding | Stale]:
        open_nothing()
        return list(_check_answer(metadata, store, query))

    end = time.monotonic() + inspection.of_check.deadline
    queries = inspection.folder.queries
    for query, told in zip(queries, results(answer, queries, inspection.of_query), strict=True):
        if not isinstance(told, Ending):
            yield from told
            continue
        yield of_query(query.path, 0, "to answer this query", told, inspection.of_query)
        if time.monotonic() > end:
            yield of_check("queries", "to answer all of these", told, inspection.of_check)
            return


def _check_answer(metadata: Metadata, store: Store, query: SavedQuery) -> Iterator[Finding | Stale]:
    if not query.question:
        yield Finding(query.path, 1, Severity.ERROR, "query-question",
                      "begin the file with its question in words, as a comment")  # fmt: skip
    shape = shape_of(query.text)
    ordered = bool(shape.words["ORDER"])
    try:
        refusal = _refusal(metadata, query, shape)
        if refusal is not None:
            yield refusal
            return
        asked = evaluate(query.text, QueryDataset(store), metadata.base, metadata.prefixes)
        answer = written(asked.found, ordered=ordered)
    except SyntaxError as error:
        yield _syntax(query, error)
        return
    except (RuntimeError, OSError, RefusedError) as error:  # for example, an unknown function
        sentence = f"the query cannot be answered: {str(error).rstrip('.')}"
        yield Finding(query.path, 0, Severity.ERROR, "query-fails", sentence)
        return
    size = Limits().result_size
    if len(answer) > size * _MB:
        yield Finding(query.path, 0, Severity.ERROR, "query-fails",
                      f"its answer is larger than {size} MB: ask for less")  # fmt: skip
    elif query.answer is None or not same_answer(answer, query.answer, ordered=ordered):
        yield _stale(query, answer)


def _refusal(metadata: Metadata, query: SavedQuery, shape: Shape) -> Finding | None:
    """Return the finding for a query that is not answered at all, None where it is.

    Raises:
        SyntaxError: it is no query.

    """
    unstable = sorted((UNSTABLE | {"BNODE"}).intersection(shape.words))
    reason = too_complex(shape, Limits())
    if unstable:
        rule = "query-unstable"
        sentence = f"{unstable[0]} answers otherwise each time: no answer can be committed"
    elif reason is not None:
        rule, sentence = "query-fails", reason
    elif asks_service(query.text, shape, metadata.prefixes, metadata.base):
        rule, sentence = "query-service", "SERVICE asks another host: nothing leaves the machine"
    else:
        return None
    return Finding(query.path, 0, Severity.ERROR, rule, sentence)


def _syntax(query: SavedQuery, error: SyntaxError) -> Finding:
    advice = explain_syntax(str(error), query.text)
    place = re.match(r"line (\d+), ", advice)
    line = int(place[1]) if place else 0
    text = advice[place.end() :] if place else advice
    return Finding(query.path, line, Severity.ERROR, "query-syntax", text)


def _stale(query: SavedQuery, answer: bytes) -> Stale:
    path = query.path.removesuffix(".rq") + ".tsv"
    rows = answer.count(b"\n") - 1
    state = (
        "has no committed answer" if query.answer is None else "answers otherwise than committed"
    )
    message = f"{query.name} {state} (now {rows} rows): run `scograph check --fix`, review the diff"
    return Stale(path, answer, Finding(path, 0, Severity.ERROR, "stale-answer", message))
