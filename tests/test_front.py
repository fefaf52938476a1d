"""The front in this process: the cache, fairness, refusals, and how a worker's end is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import brotli
import pytest
from prometheus_client.parser import text_string_to_metric_families

from scograph.graph import Graph
from scograph.http.messages import Response
from scograph.server.in_process import load_front_end
from scograph.server.metrics import route_of
from scograph.server.pool import Busy, Died, Gone, Raised
from scograph.server.settings import Settings
from scograph.server.transfers import Transfers
from scograph.sparql.release import Release
from tests.fronting import ADDRESS, Fronted, Got, Head
from tests.http_client import client_of
from tests.patience import patience
from tests.serving import BROWSER, read_page

VENUE = "/sparql?query=" + quote("SELECT ?v { event:forum-2021 sco:venue ?v }")
QUERY = "application/sparql-query"
JSON = "application/sparql-results+json"
HALL = "https://example.org/rivers/id/building/alderport-town-hall"
NAMES = "Accept, Accept-Language, Accept-Encoding"


@pytest.fixture(scope="module")
def release(explained: Graph) -> Release:
    """The made-up graph: this module needs no other."""
    return explained.engine.release


@pytest.fixture
def fronted(release: Release) -> Fronted:
    return Fronted(release, Settings(parallel=2, wait=0, query_size=2, url_size=1))


def asked(fronted: Fronted) -> int:
    return len(fronted.workers.asked)


def figures(fronted: Fronted) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(fronted.get("/metrics").text)
        for sample in family.samples
    }


def test_a_query_is_answered_and_says_on_what_it_depends(fronted: Fronted) -> None:
    found = fronted.get(VENUE, accept=JSON)
    bindings = {"v": {"type": "uri", "value": HALL}}
    assert json.loads(found.body) == {"head": {"vars": ["v"]}, "results": {"bindings": [bindings]}}
    assert (found.status, found.headers["content-type"]) == (200, JSON)
    assert found.headers["vary"] == NAMES
    assert found.headers["access-control-allow-origin"] == "*"
    assert found.headers["content-length"] == str(len(found.body))
    assert found.headers["server"].startswith("scograph/")


# What is sent, how often, and how often a worker is asked for it.
KEPT = [
    ("a query", [VENUE] * 3, [], {}, 1),
    ("a page", ["/page/event/forum-2021"] * 2, [], {"accept": BROWSER}, 1),
    ("queries that differ", [VENUE, VENUE + "%20"], [], {}, 2),
    ("a posted query", ["/sparql"] * 2, [b"ASK {}"], {"content_type": QUERY}, 1),
    ("the health", ["/health"] * 2, [], {}, 2),
    ("what is not there", ["/nothing"] * 2, [], {}, 2),
    ("a query that is wrong", ["/sparql?query=SELEC"] * 2, [], {}, 2),
    ("another value each time", ["/sparql?query=" + quote("SELECT (RAND() AS ?x) {}")] * 2, [],
     {}, 2),
    ("headers without end", [VENUE] * 2, [], {"accept": JSON + "," * 300}, 2),
    ("part of an answer, which is sent whole", [VENUE] * 2, [], {"range": "bytes=0-3"}, 1),
    ("a form elsewhere", ["/search"] * 2, [b"q=x"], {}, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("paths", "body", "head", "times"), [row[1:] for row in KEPT], ids=[row[0] for row in KEPT]
)
def test_what_is_kept_is_not_asked_again(
    fronted: Fronted, paths: list[str], body: list[bytes], head: dict[str, str], times: int
) -> None:
    found = [fronted.get(path, *body, **head) for path in paths]
    assert asked(fronted) == times
    if times == 1:
        assert found[1:] == found[:1] * (len(found) - 1)


@pytest.mark.parametrize(
    ("head", "other"),
    [
        ({"accept": JSON}, {"accept": "text/csv"}),
        ({"accept_language": "en"}, {"accept_language": "ru"}),
        ({"accept_encoding": "gzip"}, {"accept_encoding": "br"}),
        ({"accept_encoding": "br"}, {}),
    ],
    ids=["format", "language", "encoding", "none"],
)  # fmt: skip
def test_what_the_answer_depends_on_is_another_answer(
    fronted: Fronted, head: dict[str, str], other: dict[str, str]
) -> None:
    path = VENUE if "accept" in head else "/page/event/forum-2021"
    first, second = fronted.get(path, **head), fronted.get(path, **other)
    assert (asked(fronted), first.headers["etag"] != second.headers["etag"]) == (2, True)
    assert (fronted.get(path, **head), fronted.get(path, **other)) == (first, second)
    assert asked(fronted) == 2


def test_an_answer_is_compressed_as_asked_for(fronted: Fronted) -> None:
    plain = fronted.get("/ontology", accept="text/turtle")
    small = fronted.get("/ontology", accept="text/turtle", accept_encoding="br")
    assert (brotli.decompress(small.body), small.headers["content-encoding"]) == (plain.body, "br")
    assert small.headers["etag"] == plain.headers["etag"][:-1] + '-br"'


def test_a_known_answer_is_not_sent_again(fronted: Fronted) -> None:
    whole = fronted.get(VENUE)
    tag = whole.headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        found = fronted.get(VENUE, if_none_match=known)
        assert (found.status, found.body, found.headers["etag"]) == (304, b"", tag)
        assert not {"content-type", "content-length"} & set(found.headers)
    assert fronted.get(VENUE, if_none_match='"x"') == whole
    assert fronted.get("/nothing", if_none_match="*").status == 404


def test_a_head_is_that_of_the_answer(fronted: Fronted) -> None:
    whole = fronted.get(VENUE)
    assert fronted.get(VENUE, method="HEAD") == Got(200, whole.headers, b"")
    assert asked(fronted) == 1


LONG = b"#" * 1_500
REFUSED = [
    ("/sparql?query=" + "x" * 1_000, [], {}, 414,
     "Request URI Too Long: The longest address that is read here has 1,000 characters: "
     "post the query."),
    ("/sparql", [b"ASK {}"], {"content_length": "2001"}, 413,
     "Request Entity Too Large: The longest request that is read here has 2,000 bytes."),
    ("/sparql", [LONG, LONG], {}, 413,
     "Request Entity Too Large: The longest request that is read here has 2,000 bytes."),
    ("/sparql", [b"ASK {}"], {"content_encoding": "gzip"}, 415,
     "Unsupported Media Type: A request is read as it is, not in the encoding gzip."),
    ("/sparql", [b"ASK"], {"content_length": "6"}, 400,
     "Bad Request: The request ended before all of its body had come."),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body", "head", "status", "sentence"), REFUSED)
def test_a_refusal_is_a_sentence_and_costs_no_worker(
    fronted: Fronted, path: str, body: list[bytes], head: dict[str, str], status: int, sentence: str
) -> None:
    found = fronted.get(path, *body, content_type=QUERY, **head)
    assert (found.status, found.text) == (status, f"{status} {sentence}\n")
    assert (found.headers["vary"], asked(fronted)) == (NAMES, 0)


def test_what_is_as_long_as_it_may_be_is_read(fronted: Fronted) -> None:
    body = b"ASK {}" + b" " * 1_994
    found = fronted.get("/sparql", body, content_type=QUERY, content_length="2000")
    assert (found.status, len(body)) == (200, 2_000)
    path = "/sparql?query=" + quote("ASK {}").ljust(1_000 - len("/sparqlquery="), "+")
    assert fronted.get(path, content_encoding="identity").status == 200


STOPPED = "The process that ran the query was stopped: ask again."
ENDS = [
    (Busy(), 503, "All workers are busy with other queries: ask again in a moment.", "5"),
    (Died("deadline"), 504,
     "The query ran for 10 s, as long as one may: ask for less, or add patterns that connect its "
     "parts.", None),
    (Died("memory"), 500,
     "The query needed more than 1,024 MB of memory, the most that one may: ask for less, or sort "
     "and group fewer rows.", None),
    (Died("crash"), 500,
     "The query ended the process that ran it, by a fault of the engine: ask in another way.",
     None),
    (Died("sort"), 500,
     "The query ended the process that ran it, as it sorts values of several types that have no "
     "common order: ORDER BY STR(?x) is the cure.", None),
    (Died("killed"), 503, STOPPED, "5"),
    (Died("stopped"), 503, STOPPED, "5"),
    (Died("unknown"), 503,
     "The process that ran the query has ended, and it is not known why: ask again.", "5"),
    (Gone(), 503,
     "The process that held the release has ended, and another one is loading it: ask again in a "
     "moment.", "5"),
    (Raised("KeyError"), 500,
     "This request met a fault of the service itself, which has been reported to its operator.",
     None),
]  # fmt: skip


@pytest.mark.parametrize(("failure", "status", "sentence", "after"), ENDS)
def test_how_a_worker_ended_is_told(
    fronted: Fronted, failure: Exception, status: int, sentence: str, after: str | None
) -> None:
    fronted.workers.failures = iter([failure] * 3)
    found = fronted.get(VENUE)
    assert (found.status, found.text.partition(": ")[2]) == (status, sentence + "\n")
    assert found.headers.get("retry-after") == after
    # What went wrong once is not kept.
    fronted.workers.failures = iter(())
    assert fronted.get(VENUE).status == 200


@pytest.mark.parametrize(
    ("causes", "status"),
    [
        (["killed"], 200),
        (["done", "stopped"], 200),
        (["killed"] * 3, 503),
        (["crash"], 500),
        (["unknown"], 503),
    ],
)
def test_a_worker_that_ended_for_its_own_reasons_is_replaced(
    fronted: Fronted, causes: list[str], status: int
) -> None:
    fronted.workers.failures = map(Died, causes)
    assert (fronted.get(VENUE).status, asked(fronted)) == ((status, len(causes) + (status == 200)))


def test_who_was_asked_when_the_zygote_ended_is_asked_again_of_the_next(release: Release) -> None:
    fronted = Fronted(release, Settings(wait=patience("answer")))
    assert fronted.get("/sparql?query=ASK{}").status == 200

    async def both() -> list[Got]:
        fronted.workers.failures = iter([Gone(), Gone()])
        asking = [asyncio.ensure_future(fronted.send(VENUE)) for _ in range(2)]
        while asked(fronted) < 3:
            await asyncio.sleep(0)
        # What is known already is answered meanwhile.
        cached = await fronted.send("/sparql?query=ASK{}")
        fronted.use(release)
        return [cached, *(await asyncio.gather(*asking))]

    assert [answer.status for answer in asyncio.run(both())] == [200, 200, 200]


def test_a_browser_is_shown_a_page_with_the_query(fronted: Fronted) -> None:
    fronted.workers.failures = iter([Died("deadline"), None])
    found = fronted.get(VENUE, accept=BROWSER, accept_language="en")
    assert (found.status, found.headers["content-type"]) == (504, "text/html; charset=utf-8")
    page = read_page(found.text)
    assert page.one("textarea").text == "SELECT ?v { event:forum-2021 sco:venue ?v }"
    assert "The query ran for 10 s, as long as one may" in page.text
    # Where no worker has time for a page either, the sentence alone will do.
    fronted.workers.failures = iter([Busy(), Busy()])
    found = fronted.get("/search?q=x", accept=BROWSER)
    assert (found.status, found.headers["content-type"]) == (503, "text/plain; charset=utf-8")
    assert found.headers["retry-after"] == "5"


def test_one_client_does_not_take_all_workers(release: Release) -> None:
    fronted = Fronted(release, Settings(parallel=1, wait=0))

    async def both() -> list[Got]:
        fronted.workers.held = asyncio.Event()
        first = asyncio.ensure_future(fronted.send(VENUE))
        while not fronted.workers.asked:
            await asyncio.sleep(0)
        refused = await fronted.send("/sparql?query=ASK{}", client="192.0.2.1:77")
        other = asyncio.ensure_future(fronted.send("/sparql?query=ASK{}", client="192.0.2.9:5"))
        health = asyncio.ensure_future(fronted.send("/health"))
        while asked(fronted) < 3:
            await asyncio.sleep(0)
        fronted.workers.held.set()
        return [await first, refused, await other, await health]

    found = asyncio.run(both())
    assert [answer.status for answer in found] == [200, 429, 200, 200]
    assert found[1].text == (
        "429 Too Many Requests: You have 1 query running, as many as one client may: "
        "wait for one of them to end.\n"
    )
    assert found[1].headers["retry-after"] == "5"


def test_another_release_has_answers_of_its_own(fronted: Fronted, release: Release) -> None:
    fronted.get(VENUE)
    old = fronted.use(release, "another")
    assert old is not None
    assert (old.hash, old.cache.counts()[:3]) == (release.hash, (0, 1, 1))
    fronted.get(VENUE)
    assert asked(fronted) == 2
    assert figures(fronted)["scograph_release", "another"] == 1


def test_files_are_sent_by_the_front_alone(fronted: Fronted, release: Release) -> None:
    path = "/download/dataset.nq"
    whole = fronted.get(path)
    assert whole.body == (release.path / "dataset.nq").read_bytes()
    assert whole.headers["content-type"] == "application/n-quads"
    part = fronted.get(path, range="bytes=2-5")
    assert (part.status, part.body) == (206, whole.body[2:6])
    assert fronted.get("/static/style.css").headers["content-type"] == "text/css; charset=utf-8"
    known = fronted.get(path, if_none_match=whole.headers["etag"])
    assert (known.status, known.body, asked(fronted)) == (304, b"", 0)
    for name in ("../g/data/dataset.ttl", "nothing.nq", "%2e%2e/manifest.json"):
        assert fronted.get(f"/download/{name}").status == 404


def test_what_is_done_is_counted(fronted: Fronted) -> None:
    fronted.deaths.add(7, "memory")
    for path in (VENUE, VENUE, "/nothing", "/", "/page/x", "/sparql?query=SELEC"):
        fronted.get(path)
    found = figures(fronted)
    requests = {name[1:]: n for name, n in found.items() if name[0] == "scograph_requests_total"}
    assert requests == {
        ("sparql", "200"): 2, ("sparql", "400"): 1, ("other", "404"): 1, ("home", "200"): 1,
        ("page", "404"): 1,
    }  # fmt: skip
    assert (found["scograph_cache_hits_total",], found["scograph_cache_answers",]) == (1, 2)
    assert found["scograph_request_seconds_count", "sparql"] == 3
    assert found["scograph_worker_deaths_total", "memory"] == 1
    assert found["scograph_worker_deaths_total", "crash"] == 0


def test_a_route_is_one_of_few() -> None:
    paths = {"/": "home", "/sparql": "sparql", "/ontology.ttl": "ontology", "/id/x/y": "id",
             "/wp-login.php": "other", "/x" * 99: "other"}  # fmt: skip
    assert {path: route_of(path) for path in paths} == paths


def logged(fronted: Fronted) -> Iterator[dict[str, object]]:
    return map(json.loads, fronted.written.splitlines())


def test_the_log_tells_what_was_done_but_not_what_was_asked(fronted: Fronted) -> None:
    found = [fronted.get(query) for query in (VENUE, VENUE, "/sparql?query=SELEC")]
    lines = list(logged(fronted))
    names = {"time", "method", "path", "status", "ms", "bytes", "cached", "query"}
    assert [set(line) for line in lines] == [names | {"rows"}, names | {"rows"}, names]
    told = [(line["status"], line["cached"], line.get("rows")) for line in lines]
    assert told == [(200, False, 1), (200, True, 1), (400, False, None)]
    assert lines[0]["query"] == lines[1]["query"] != lines[2]["query"]
    assert (lines[0]["method"], lines[0]["path"]) == ("GET", "/sparql")
    assert lines[0]["bytes"] == len(found[0].body)
    assert not {"SELEC", "192.0.2.1"} & set(fronted.written.split('"'))


@pytest.mark.parametrize(
    ("proxies", "told", "client"),
    [
        (0, "192.0.2.7", "192.0.2.1"),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "198.51.100.9, 192.0.2.7", "192.0.2.7"),
        (1, "198.51.100.9\n192.0.2.7", "192.0.2.7"),
        (2, "198.51.100.9, 192.0.2.7, 192.0.2.8", "192.0.2.7"),
        (2, "192.0.2.7", "192.0.2.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "nonsense", "192.0.2.1"),
    ],
)
def test_a_proxy_is_believed_where_it_is_trusted(
    release: Release, proxies: int, told: str, client: str
) -> None:
    fronted = Fronted(release, Settings(proxies=proxies), addresses=True)
    fronted.get("/robots.txt", x_forwarded_for=told)
    assert [line["client"] for line in logged(fronted)] == [client]


def test_without_workers_the_same_front_end_answers_in_process(small_path: Path) -> None:
    front_end = load_front_end(small_path, Settings(), ADDRESS, None)
    client = client_of(front_end)
    found = client.get(VENUE, headers={"Accept": JSON})
    assert (found.status_code, HALL in found.text) == (200, True)
    assert client.get("/health").json["status"] == "ok"  # type: ignore[index]
    assert client.get("/download/dataset.nq").data == (small_path / "dataset.nq").read_bytes()
    assert client.get("/static/nothing").status_code == 404


# Sizes around those at which an answer goes whole or through a pipe, and what that holds.
SIZES = [2**16 - 1, 2**16, 2**16 + 1, 200_000, 2**18, 2**18 + 1, 2**19, 2**19 + 1, 3_000_000]


@pytest.mark.parametrize("is_first", [True, False], ids=["the first", "after many"])
@pytest.mark.parametrize("size", SIZES)
def test_an_answer_of_any_size_arrives_whole(fronted: Fronted, size: int, is_first: bool) -> None:
    body = bytes(range(251)) * (size // 251 + 1)
    fronted.workers.respond = lambda _: Response(200, [("Content-Type", "image/png")], body[:size])

    async def all_() -> list[Got]:
        # Those before are taken to be unread, as each comes over another connection.
        number = 1 if is_first else 60
        found = [await fronted.send(f"/page/x?{n}", client=f"192.0.2.1:{n}") for n in range(number)]
        return found[-1:]

    (found,) = asyncio.run(all_())
    assert (found.status, found.body == body[:size]) == (200, True)
    assert found.headers["content-length"] == str(size)


class Unopened:
    """A connection that is gone: granian opens no pipe for it."""

    def response_file(self, status: int, headers: Head, file: str) -> None:
        pass


def test_a_client_that_is_gone_gives_its_place_back_before_it_would_for_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scograph.server.transfers._OPENING", 0.05)
    transfers = Transfers(10 * patience("answer"))
    large = Response(200, [], b"x" * 2_000_000)

    async def send() -> None:
        async with asyncio.timeout(patience("answer")):
            await transfers.send(cast(Any, Unopened()), "192.0.2.1:5", "192.0.2.1", large)

    for _ in range(3):
        asyncio.run(send())
    other = replace(large, body=b"y" * 63_000_000)
    transfers.admit("192.0.2.1", other)  # it is refused while anything else is on its way


def test_a_browser_is_shown_no_page_that_would_have_to_be_admitted(
    fronted: Fronted, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "/nothing?x=" + "y" * 20_000
    shown = fronted.get(long, accept=BROWSER)
    monkeypatch.setattr("scograph.server.front_end.SMALL", 10)
    told = fronted.get(long, accept=BROWSER)
    kinds = ("text/html; charset=utf-8", "text/plain; charset=utf-8")
    assert (shown.status, told.status) == (414, 414)
    assert (shown.headers["content-type"], told.headers["content-type"]) == kinds
