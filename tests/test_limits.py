"""The settings: what the service says of them, and what a client is told who waits in vain."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from scograph.rdf.namespaces import SD
from scograph.rdf.vocabulary import COMMENT
from scograph.server.client_limits import ClientLimits, TooManyQueries
from scograph.server.settings import Settings
from tests.patience import patience
from tests.processes import busy
from tests.serving import fetch, quads, serving

PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def told(address: str, query: str) -> tuple[int, str | None, str]:
    """Status, Retry-After and text of the answer to *query*."""
    asked = f"{address}/sparql?query={quote(query)}"
    try:
        with urllib.request.urlopen(asked, timeout=patience("answer")) as answer:  # noqa: S310
            return answer.status, answer.getheader("Retry-After"), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Retry-After"], error.read().decode()


@pytest.mark.parametrize(
    ("workers", "parallel", "expected"),
    [
        ("3", "1", (429, "5", "429 Too Many Requests: You have 1 query running, as many as one "
         "client may: wait for one of them to end.\n")),
        ("1", "9", (503, "5", "503 Service Unavailable: All workers are busy with other queries: "
         "ask again in a moment.\n")),
    ],
    ids=["too many of one client", "all workers busy"],
)  # fmt: skip
def test_who_waits_in_vain_is_told_why(
    small_path: Path, workers: str, parallel: str, expected: tuple[int, str, str]
) -> None:
    options = ("--deadline", "60", "--wait", "0.3", "--workers", workers, "--parallel", parallel)
    with serving(small_path, *options) as (address, process), busy(address, process, PRODUCT):
        assert told(address, "ASK {}") == expected


def test_what_is_cached_is_answered_while_all_workers_are_busy(small_path: Path) -> None:
    options = ("--deadline", "60", "--wait", "0.3", "--workers", "1", "--parallel", "9")
    with serving(small_path, *options) as (address, process):
        first = told(address, "ASK {}")
        with busy(address, process, PRODUCT):
            assert told(address, "ASK {}") == first
            # What is not cached would have to wait.
            assert told(address, "ASK { FILTER (1 = 1) }")[0] == 503


def test_the_service_description_names_address_and_limits(small_path: Path) -> None:
    options = ("--deadline", "7", "--url", "https://graph.example.org/x")
    with serving(small_path, *options) as (address, _):
        content = fetch(f"{address}/sparql")
    found = {quad.triple for quad in parse(content, format=RdfFormat.TURTLE)}
    endpoint = NamedNode("https://graph.example.org/x/sparql")
    assert {t.object for t in found if t.predicate.value == SD + "endpoint"} == {endpoint}
    said = {t.object for t in found if t.subject == endpoint and t.predicate.value == COMMENT}
    assert said == {Literal(text, language="en") for text in Settings(deadline=7.0).sentences()}
    assert "How long one query may run. 7 s: against" in str(said)


def test_every_setting_has_its_words() -> None:
    for row in Settings.table():
        assert row.help.endswith(".")
        assert row.limit == "" or not row.limit.endswith(".")
    unlimited = [row.name for row in Settings.table() if not row.limit]
    assert unlimited == ["workers", "proxies", "cache"]


@pytest.mark.parametrize("form", ["trig", "nq"])
def test_a_graph_may_be_asked_for_in_the_formats_of_datasets(small_path: Path, form: str) -> None:
    query = "CONSTRUCT { ?e a sco:ForumEdition } { ?e a sco:ForumEdition }"
    with serving(small_path) as (address, _):
        asked = {name: fetch(f"{address}/sparql?{urlencode({'query': query, 'format': name})}")
                 for name in (form, "nt")}  # fmt: skip
    assert quads(asked[form], form) == quads(asked["nt"], "nt")
    assert len(quads(asked[form], form)) == 1


def test_clients_take_turns() -> None:
    async def turns() -> None:
        clients = ClientLimits(limit=1, queue=1)
        async with clients.turn("a", 0), clients.turn("b", 0):
            with pytest.raises(TooManyQueries):
                async with clients.turn("a", 0.05):
                    pass
        async with clients.turn("a", 0):
            pass

    asyncio.run(turns())


def test_a_client_that_waits_gets_its_turn_and_nobody_overtakes_it() -> None:
    order: list[str] = []

    async def turn(clients: ClientLimits, name: str) -> None:
        async with clients.turn("a", patience("answer")):
            order.append(name)

    async def turns() -> None:
        clients = ClientLimits(limit=1)
        async with clients.turn("a", 0):
            waiting = [asyncio.create_task(turn(clients, name)) for name in ("first", "second")]
            await asyncio.sleep(0.1)
            assert order == []
        # The place is free, but those who wait have not taken it yet.
        await turn(clients, "late")
        await asyncio.gather(*waiting)

    asyncio.run(turns())
    assert order == ["first", "second", "late"]


def test_too_many_that_wait_are_told_at_once() -> None:
    async def turns() -> None:
        clients = ClientLimits(limit=1, queue=0)
        async with clients.turn("a", 0):
            with pytest.raises(TooManyQueries):
                async with clients.turn("a", 2 * patience("answer")):
                    pass

    asyncio.run(asyncio.wait_for(turns(), patience("answer")))
