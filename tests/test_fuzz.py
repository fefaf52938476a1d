"""Mutated queries, by a fixed seed: workers may die of them, answers may not be wrong.

`SCOGRAPH_FUZZ_SECONDS` says how long; the suite takes a short while.
"""

from __future__ import annotations

import http.client
import os
import random
import time
from collections import Counter
from pathlib import Path

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, Store, parse_query_results

from scograph.sparql.dataset import QueryDataset
from scograph.sparql.evaluation import evaluate
from scograph.sparql.release import Release
from tests.patience import patience
from tests.processes import metrics
from tests.serving import serving

SECONDS = float(os.environ.get("SCOGRAPH_FUZZ_SECONDS", "10"))
PIECES = (
    *("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "{", "}", "(", ")", "?s", "?p", "?o", "*"),
    *("FILTER", "OPTIONAL", "UNION", "MINUS", "BIND", "AS", "VALUES", "ORDER BY", "GROUP BY"),
    *("LIMIT 3", "DISTINCT", "COUNT(*)", "STR(?o)", "1", '"x"@en', "<http://x/>", ".", ";", ","),
    *("SERVICE <http://127.0.0.1:9/>", "GRAPH ?g", "!", "+", "|", "^", "a", "\\", "#", "'", "\n"),
)
# What a mutated query may come to, by the dice. It is never 406, since anything is accepted; nor
# 429 or 503: one asks at a time, and there are workers besides the one that the last query ended.
ALLOWED = {
    200,  # it is still a query, or another one
    400,  # it is none any more, or asks for a service or a function that there is not
    413,  # it has become a product, whose answer is too large ...
    500,  # ... or too large to be sorted or grouped in memory, or it ends its worker ...
    504,  # ... or takes too long
}


def mutated(text: str, dice: random.Random) -> str:
    words = text.split(" ")
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(words))
        match dice.randrange(4):
            case 0:
                words[at] = dice.choice(PIECES)
            case 1:
                words.insert(at, dice.choice(PIECES))
            case 2 if len(words) > 1:
                del words[at]
            case _:
                other = dice.randrange(len(words))
                words[at], words[other] = words[other], words[at]
    return " ".join(words)


def expected(store: Store, release: Release, query: str) -> object | None:
    """The answer in this process, as a multiset; None where there is none in little time."""
    try:
        found, _ = evaluate(query, QueryDataset(store), release.base, release.prefixes)
    except (SyntaxError, RuntimeError, ValueError):
        return None
    if isinstance(found, QueryBoolean):
        return bool(found)
    if not isinstance(found, QuerySolutions):
        return None
    return rows(found)


def rows(found: QuerySolutions) -> Counter[tuple[str, ...]]:
    names = [variable.value for variable in found.variables]
    return Counter(tuple(str(row[name]) for name in names) for row in found)


def answered(content: bytes) -> object | None:
    found = parse_query_results(content, format=QueryResultsFormat.JSON)
    return bool(found) if isinstance(found, QueryBoolean) else rows(found)


def is_quick(query: str) -> bool:
    """Whether the engine can be asked in this process: no product, no order that may end it."""
    words = query.upper()
    slow = ("ORDER", "SERVICE", "RAND", "NOW", "UUID", "BNODE", "LIMIT", "SAMPLE", "CONCAT")
    return not any(word in words for word in slow) and words.count("?") <= 6


def test_a_minute_of_mutated_queries(release_path: Path, release: Release) -> None:
    dice = random.Random(20211)  # noqa: S311 - to be the same each time
    queries = release.store.query(
        "SELECT ?t { GRAPH ?g { ?q <http://www.w3.org/ns/shacl#select> ?t } }"
    )
    assert isinstance(queries, QuerySolutions)
    seeds = sorted(str(row["t"].value) for row in queries)
    seeds += ["SELECT * { ?s a ?o }", "ASK { ?s ?p ?o }", "SELECT ?s { ?s ?p 1 }"] * 10
    statuses: Counter[int] = Counter()
    compared = 0
    options = ("--deadline", "1", "--memory", "256", "--result-size", "4", "--parallel", "9")
    with serving(release_path, *options) as (address, process):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            query = mutated(dice.choice(seeds), dice)
            connection = http.client.HTTPConnection(
                address.removeprefix("http://"), timeout=patience("answer")
            )
            kind = {"Content-Type": "application/sparql-query",
                    "Accept": "application/sparql-results+json, */*;q=0.1"}  # fmt: skip
            connection.request("POST", "/sparql", query.encode(), kind)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            statuses[answer.status] += 1
            json_ = "results+json" in (answer.getheader("Content-Type") or "")
            if answer.status == 200 and json_ and is_quick(query):
                compared += 1
                assert answered(content) == expected(release.store, release, query), query
        assert process.poll() is None
        told = metrics(address)
    died = {cause: told["scograph_worker_deaths_total", cause] for cause in ("deadline", "crash")}
    assert died["deadline"] == statuses[504]
    assert died["crash"] <= statuses[500]
    assert set(statuses) <= ALLOWED, statuses
    assert statuses[200] > 0
    assert compared > 0
