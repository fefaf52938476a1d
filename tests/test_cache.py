"""The cache: what is kept, for how long, and that nobody gets another's answer."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from scograph.http.encoding import encoded, encoding_for
from scograph.http.messages import Response
from scograph.server.cache import Cache, Key
from tests.patience import patience
from tests.serving import serving

KEYS = st.sampled_from([("GET", f"/{n}", "", "", "", "", b"", "") for n in range(6)])
PLAIN = [("Content-Type", "text/plain")]


def answer(size: int) -> Response:
    return encoded(Response(200, PLAIN, b"x" * size), "")


@given(st.lists(st.tuples(KEYS, st.sampled_from([0, 100, 5_000, 11_000, 13_000, 40_000]))))
def test_a_cache_holds_no_more_than_it_may_and_what_it_was_given(
    steps: list[tuple[Key, int]],
) -> None:
    cache, given = Cache(100_000), dict.fromkeys((key for key, _ in steps), 0)
    for key, size in steps:
        cache.put(key, answer(size))
        # What is too large is not kept; what was there before stays.
        given[key] = size if size < 11_400 else given[key]
        found = cache.get(key)
        assert found is None or found.size == given[key]
        assert cache.counts()[3] <= 100_000


def test_what_was_asked_for_last_stays() -> None:
    cache = Cache(20_000)
    keys: list[Key] = [("GET", f"/{n}", "", "", "", "", b"", "") for n in range(30)]
    for key in keys:
        cache.put(key, answer(500))
        cache.get(keys[0])
    kept = [key[1] for key in keys if cache.get(key)]
    assert (kept[0], kept[-1], len(kept)) == ("/0", "/29", 13)


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", ""), ("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("zstd", "zstd"),
        ("br;q=0.5, gzip", "gzip"), ("gzip;q=0", ""), ("identity", ""), ("deflate", ""),
    ],
)  # fmt: skip
def test_the_encoding_is_the_clients_choice(header: str, chosen: str) -> None:
    assert encoding_for(header) == chosen


UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda content: zstandard.ZstdDecompressor().decompressobj().decompress(content),
}


@given(st.binary(min_size=1_000, max_size=5_000), st.sampled_from(sorted(UNPACK)))
def test_what_is_compressed_comes_back(content: bytes, encoding: str) -> None:
    found = encoded(Response(200, PLAIN, content), encoding)
    assert isinstance(found.body, bytes)
    assert UNPACK[encoding](found.body) == content
    assert ("Content-Encoding", encoding) in found.headers
    assert found.header("etag") != encoded(Response(200, PLAIN, content), "").header("etag")


@pytest.fixture(scope="module")
def address(small_path: Path) -> Iterator[str]:
    with serving(small_path, "--deadline", "3", "--parallel", "8") as (address, _):
        yield address.removeprefix("http://")


def send(
    address: str, path: str, method: str = "GET", body: bytes = b"", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(address, timeout=patience("answer"))
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body or None, named)
        found = connection.getresponse()
        return found.status, {k.lower(): v for k, v in found.getheaders()}, found.read()
    finally:
        connection.close()


def hits(address: str) -> float:
    text = send(address, "/metrics")[2].decode()
    lines = [line for line in text.splitlines() if line.startswith("scograph_cache_hits_total ")]
    return float(lines[0].split()[1])


QUERY = "/sparql?query=" + quote("SELECT * { ?s a sco:ForumEdition } ORDER BY ?s")


@pytest.mark.parametrize("path", [QUERY, "/", "/data/event/forum-2021.ttl", "/static/style.css"])
def test_a_repeated_request_is_answered_from_the_cache(address: str, path: str) -> None:
    first = send(address, path)
    before = hits(address)
    again = send(address, path)
    head = send(address, path, "HEAD")
    assert (again[0], again[2], hits(address) - before) == (200, first[2], 2)
    for name in ("etag", "content-type", "content-length"):
        assert again[1][name] == head[1][name] == first[1][name]


def test_a_posted_query_is_kept_by_its_text(address: str) -> None:
    kind = "application/sparql-query"
    texts = [b"ASK { FILTER (1 = 1) }", b"ASK { FILTER (1 = 2) }"]
    found = [send(address, "/sparql", "POST", text, Content_Type=kind)[2] for text in texts]
    before = hits(address)
    again = [send(address, "/sparql", "POST", text, Content_Type=kind)[2] for text in texts]
    assert (again, hits(address) - before) == (found, 2)
    assert found == [b'{"head":{},"boolean":true}', b'{"head":{},"boolean":false}']


@pytest.mark.parametrize("encoding", sorted(UNPACK))
def test_each_encoding_is_kept_by_itself(address: str, encoding: str) -> None:
    plain = send(address, "/ontology.ttl")
    for _ in range(2):
        _, headers, content = send(address, "/ontology.ttl", Accept_Encoding=encoding)
        assert headers["content-encoding"] == encoding
        assert (UNPACK[encoding](content), len(content) < len(plain[2])) == (plain[2], True)
        assert headers["etag"] != plain[1]["etag"]
        tag = headers["etag"]
        assert send(address, "/ontology.ttl", Accept_Encoding=encoding, If_None_Match=tag)[0] == 304


def test_another_format_or_language_is_another_answer(address: str) -> None:
    kinds = [send(address, QUERY, Accept=kind)[1]["content-type"].partition(";")[0]
             for kind in ("text/csv", "application/sparql-results+xml", "text/csv")]  # fmt: skip
    assert kinds == ["text/csv", "application/sparql-results+xml", "text/csv"]
    tongues = [send(address, "/", Accept_Language=tongue)[1]["content-language"]
               for tongue in ("ru", "zh", "ru")]  # fmt: skip
    assert tongues == ["ru", "zh", "ru"]


@pytest.mark.parametrize("function", ["RAND()", "NOW()", "UUID()", "STRUUID()"])
def test_what_is_another_value_each_time_is_never_kept(address: str, function: str) -> None:
    path = "/sparql?query=" + quote(f"SELECT ({function} AS ?x) {{}}")
    first, second = send(address, path), send(address, path)
    assert first[1]["cache-control"] == "no-store"
    assert first[2] != second[2]


def test_what_a_limit_has_ended_is_asked_again(address: str) -> None:
    product = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    before = hits(address)
    statuses = [send(address, "/sparql?query=" + quote(product))[0] for _ in range(2)]
    assert (statuses, hits(address)) == ([504, 504], before)


def test_an_answer_over_the_wire_says_on_what_it_depends(address: str) -> None:
    for path in (QUERY, "/", "/static/style.css", "/nothing"):
        vary = send(address, path)[1]["vary"]
        assert vary == "Accept, Accept-Language, Accept-Encoding"
