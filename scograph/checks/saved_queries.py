"""Saved queries: each can be answered, and its answer is the committed one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Store,
)

from scograph.checks.check import Inspection, Stale
from scograph.folder.folder import Folder
from scograph.folder.queries import SavedQuery
from scograph.rdf.findings import Finding, Severity
from scograph.sparql.guard import UNSTABLE, asks_service
from scograph.sparql.limits import Limits, too_complex
from scograph.sparql.syntax_help import explain_syntax
from scograph.sparql.tokens import shape_of


def check_saved_queries(inspection: Inspection) -> Iterator[Finding | Stale]:
    """Run every saved query and compare its answer with the committed one, byte for byte."""
    if inspection.store is None:
        return
    for query in inspection.folder.queries:
        yield from _check_answer(inspection.folder, inspection.store, query)


def _check_answer(folder: Folder, store: Store, query: SavedQuery) -> Iterator[Finding | Stale]:
    if not query.question:
        yield Finding(query.path, 1, Severity.ERROR, "query-question",
                      "begin the file with its question in words, as a comment")  # fmt: skip
    shape = shape_of(query.text)
    unstable = sorted((UNSTABLE | {"BNODE"}).intersection(shape.words))
    if unstable:
        yield Finding(query.path, 0, Severity.ERROR, "query-unstable",
                      f"{unstable[0]} answers otherwise each time: no answer can be committed",
                      )  # fmt: skip
        return
    try:
        reason = too_complex(shape, Limits())
        if reason is not None:
            yield Finding(query.path, 0, Severity.ERROR, "query-fails", reason)
            return
        if asks_service(query.text, shape, folder.metadata.prefixes, folder.metadata.base):
            yield Finding(query.path, 0, Severity.ERROR, "query-service",
                          "SERVICE asks another host: nothing leaves the machine")  # fmt: skip
            return
        answer = _tsv(store, query.text, folder.metadata.prefixes)
    except SyntaxError as error:
        advice = explain_syntax(str(error), query.text)
        place = re.match(r"line (\d+), ", advice)
        line = int(place[1]) if place else 0
        text = advice[place.end() :] if place else advice
        yield Finding(query.path, line, Severity.ERROR, "query-syntax", text)
        return
    except (RuntimeError, OSError) as error:  # for example, the query calls an unknown function
        sentence = f"the query cannot be answered: {str(error).rstrip('.')}"
        yield Finding(query.path, 0, Severity.ERROR, "query-fails", sentence)
        return
    if answer == query.answer:
        return
    path = query.path.removesuffix(".rq") + ".tsv"
    rows = answer.count(b"\n") - 1
    state = (
        "has no committed answer" if query.answer is None else "answers otherwise than committed"
    )
    message = f"{query.name} {state} (now {rows} rows): run `scograph check --fix`, review the diff"
    yield Stale(path, answer, Finding(path, 0, Severity.ERROR, "stale-answer", message))


def _tsv(store: Store, text: str, prefixes: dict[str, str]) -> bytes:
    """Return the answer: TSV for SELECT, sorted N-Triples for graphs, ``true`` or ``false``."""
    results = store.query(text, prefixes=prefixes)
    if isinstance(results, QueryTriples):
        content = results.serialize(format=RdfFormat.N_TRIPLES) or b""
        return b"".join(sorted(content.splitlines(keepends=True)))
    if isinstance(results, QueryBoolean):
        return b"true\n" if results else b"false\n"
    return results.serialize(format=QueryResultsFormat.TSV) or b""
