"""Files, refusals and conditions, as the front end answers them by tables, without a worker."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import pytest

from scograph.graph import Graph
from scograph.http.headers import RESPONSE_HEADERS
from scograph.server.rsgi import group_of
from scograph.server.settings import Settings
from scograph.sparql.release import Release, open_release
from tests.fronting import Fronted
from tests.serving import BROWSER

FORUM, QUADS, STYLE = "/download/forum.ttl", "/download/dataset.nq", "/static/style.css"
QUERY = "application/sparql-query"
ASK = "/sparql?query=ASK%7B%7D"


@pytest.fixture(scope="module")
def fronted(explained: Graph) -> Fronted:
    return Fronted(explained.engine.release, Settings(parallel=2, wait=0))


@pytest.fixture(autouse=True)
def no_worker_is_asked(fronted: Fronted) -> Iterator[None]:
    before = len(fronted.workers.asked)
    yield
    assert len(fronted.workers.asked) == before


# The header, and first and end of what is sent: None for all, an empty part for 416.
RANGES = [
    ("bytes=0-3", (0, 4)),
    ("bytes=2-2", (2, 3)),
    ("BYTES=2-5", (2, 6)),
    ("bytes= 2-5 ", (2, 6)),
    ("bytes=10-", (10, None)),
    ("bytes=0-99999999999999999999", (0, None)),
    ("bytes=-7", (-7, None)),
    ("bytes=-99999999999", (0, None)),
    ("bytes=99999999999-", (0, 0)),
    ("bytes=99999999999-999999999999", (0, 0)),
    ("bytes=-0", (0, 0)),
    ("bytes=99999999999-,88888888888-", (0, 0)),
    ("bytes=0-1,4-5", None),
    ("bytes=0-1,99999999999-", None),
    ("bytes=5-2", None),
    ("bytes=", None),
    ("bytes=-", None),
    ("bytes=a-b", None),
    ("bytes=1-2-3", None),
    ("bytes=--5", None),
    ("bytes=+1-2", None),
    ("bytes=1.0-2", None),
    ("bytes=0-3,", None),
    ("bytes=\u0661-\u0662", None),
    ("bytes 0-3", None),
    ("items=0-3", None),
    ("0-3", None),
    ("bytes=" + "0-1," * 100 + "0-1", None),
]


@pytest.mark.parametrize("path", [FORUM, QUADS, STYLE])
@pytest.mark.parametrize(("asked", "part"), RANGES, ids=[row[0][:40] for row in RANGES])
def test_a_range_is_sent_refused_or_ignored(
    fronted: Fronted, path: str, asked: str, part: tuple[int, int | None] | None
) -> None:
    whole = fronted.get(path)
    size = len(whole.body)
    found = fronted.get(path, range=asked)
    if part is None:
        assert found == whole
        return
    if part == (0, 0):
        assert (found.status, found.headers["content-range"]) == (416, f"bytes */{size}")
        assert found.text == (
            "416 Requested Range Not Satisfiable: The range is beyond the end: "
            f"there are {size:,} bytes.\n"
        )
        return
    first, end, _ = slice(*part).indices(size)
    assert (found.status, found.body) == (206, whole.body[first:end])
    assert found.headers == {
        **whole.headers, "content-length": str(end - first),
        "content-range": f"bytes {first}-{end - 1}/{size}",
    }  # fmt: skip


def test_a_part_is_of_what_the_client_has_already(fronted: Fronted) -> None:
    for head in ({}, {"accept_encoding": "br"}):
        whole = fronted.get(FORUM, **head)
        tag = whole.headers["etag"]
        part = fronted.get(FORUM, range="bytes=3-9", if_range=tag, **head)
        assert (part.status, part.body, part.headers["etag"]) == (206, whole.body[3:10], tag)
        assert part.headers.get("content-encoding") == whole.headers.get("content-encoding")
        for other in ('"another"', f"W/{tag}", "Sat, 28 Nov 2026 18:00:00 GMT", tag[:-1]):
            assert fronted.get(FORUM, range="bytes=3-9", if_range=other, **head) == whole
    assert brotli.decompress(whole.body) == fronted.get(FORUM).body


def test_a_finished_download_that_is_resumed_is_told_that_there_is_no_more(
    fronted: Fronted,
) -> None:
    size = len(fronted.get(QUADS).body)
    found = fronted.get(QUADS, range=f"bytes={size}-", accept=BROWSER)
    assert (found.status, found.headers["content-range"]) == (416, f"bytes */{size}")
    assert found.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_file_says_once_what_it_is(fronted: Fronted) -> None:
    kinds = {
        FORUM: "text/turtle; charset=utf-8", QUADS: "application/n-quads",
        "/download/manifest.json": "application/json", STYLE: "text/css; charset=utf-8",
        "/static/icon.svg": "image/svg+xml",
    }  # fmt: skip
    found = {path: fronted.get(path) for path in kinds}
    assert {path: answer.headers["content-type"] for path, answer in found.items()} == kinds
    for path, answer in found.items():
        head = fronted.get(path, method="HEAD", range="bytes=0-3")
        assert (head.status, head.headers, head.body) == (200, answer.headers, b"")
        assert {name: answer.headers[name.lower()] for name, _ in RESPONSE_HEADERS} == dict(
            RESPONSE_HEADERS
        )


# Method, path, what is allowed there.
READING = "GET, HEAD, OPTIONS"
METHODS = [
    (method, path, READING)
    for path in (QUADS, STYLE, "/metrics", "/health", "/nothing", "/download/nothing", "/")
    for method in ("DELETE", "PUT", "PATCH", "TRACE", "CONNECT", "get", "Get", "BREW", "POST")
] + [
    (method, "/sparql", f"{READING}, POST")
    for method in ("DELETE", "PUT", "get", "post", "PoSt", "QUERY")
]


@pytest.mark.parametrize(("method", "path", "allowed"), METHODS)
@pytest.mark.parametrize("accept", ["*/*", BROWSER])
def test_a_method_that_is_not_allowed_is_told_which_are(
    fronted: Fronted, method: str, path: str, allowed: str, accept: str
) -> None:
    found = fronted.get(path, method=method, accept=accept)
    assert (found.status, found.headers["allow"]) == (405, allowed)
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.text == (
        "405 Method Not Allowed: The method is not allowed for the requested URL.\n"
    )


@pytest.mark.parametrize(("path", "more"), [("/sparql", ", POST"), (QUADS, ""), ("/x", "")])
def test_options_are_answered_by_the_table(fronted: Fronted, path: str, more: str) -> None:
    found = fronted.get(path, method="OPTIONS")
    assert (found.status, found.headers["allow"], found.body) == (200, READING + more, b"")


@pytest.mark.parametrize(
    "path",
    ["/download/nothing", "/download/nothing/", "/download/forum.ttl/", "/download//forum.ttl",
     "//download/dataset.nq", "//download/", "/static/", "/static/nothing", "/static//style.css",
     "//static/style.css", "//", "/download/../dataset.nq"],
)  # fmt: skip
@pytest.mark.parametrize("accept", ["*/*", BROWSER])
def test_what_is_no_file_is_nowhere(fronted: Fronted, path: str, accept: str) -> None:
    found = fronted.get(path, accept=accept, range="bytes=0-3")
    assert (found.status, found.headers.get("location")) == (404, None)
    assert found.text == f"404 Not Found: This release knows nothing called {path}.\n"


LONG = [
    (name, value)
    for name in ("accept", "accept_encoding", "accept_language", "content_type", "range",
                 "if_range", "if_none_match", "if_match", "x_forwarded_for", "content_encoding")
    for value in ("x" * 60_000, "gzip;q=0.5," * 300, "\n".join(["a, b;q=0.1"] * 300))
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), LONG)
def test_a_header_without_end_is_not_read(fronted: Fronted, name: str, value: str) -> None:
    found = fronted.get(ASK, accept_=BROWSER, **{name: value})
    shown = name.replace("_", "-")
    assert (found.status, found.text) == (
        431,
        f"431 Request Header Fields Too Large: The header {shown} is longer than the 2,000 "
        "characters that are read here.\n",
    )


def test_a_header_that_nobody_reads_may_be_long(fronted: Fronted) -> None:
    assert fronted.get(QUADS, cookie="x" * 40_000, user_agent="y" * 3_000).status == 200
    found = fronted.get(QUADS, cookie="x" * 40_000, user_agent="y" * 30_000)
    assert (found.status, found.text) == (
        431,
        "431 Request Header Fields Too Large: The headers have more than 48,000 characters "
        "together, the most that is read here.\n",
    )


def test_a_condition_on_the_version_is_kept(fronted: Fronted) -> None:
    whole = fronted.get(FORUM)
    tag = whole.headers["etag"]
    for fits in (tag, "*", f'"x", {tag}'):
        assert fronted.get(FORUM, if_match=fits) == whole
        assert fronted.get(FORUM, if_none_match=fits, range="bytes=0-3").status == 304
    for other in ('"x"', f"W/{tag}"):
        found = fronted.get(FORUM, if_match=other)
        assert (found.status, found.text) == (
            412, "412 Precondition Failed: What is here has another ETag than those in If-Match.\n"
        )  # fmt: skip
    assert fronted.get(FORUM, if_modified_since="Sat, 28 Nov 2037 18:00:00 GMT") == whole


def replace_file(path: Path) -> None:
    path.with_suffix(".new").write_bytes(b"<a:a> <a:b> <a:c> .\n")
    path.with_suffix(".new").replace(path)


def write_over(path: Path) -> None:
    path.write_bytes(path.read_bytes()[::-1])


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")


def replace_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("before"))
    path.parent.mkdir()
    path.write_bytes(b"other\n")


CHANGES: list[tuple[Callable[[Path], None], int]] = [
    (replace_file, 200), (replace_folder, 200), (Path.unlink, 200), (write_over, 410),
    (append, 410),
]  # fmt: skip


@pytest.mark.parametrize("is_known", [True, False], ids=["asked for before", "never asked for"])
@pytest.mark.parametrize(("change", "status"), CHANGES)
def test_a_release_that_is_replaced_on_disk_is_not_another(
    tmp_path: Path, explained: Graph, change: Callable[[Path], None], status: int, is_known: bool
) -> None:
    folder = tmp_path / "release"
    shutil.copytree(explained.engine.release.path, folder)
    opened = Fronted(open_release(folder), Settings(cache=0))
    path = folder / "dataset.nq"
    content = path.read_bytes()
    if is_known:
        assert opened.get(QUADS).body == content
    change(path)
    found = opened.get(QUADS)
    assert (found.status, found.body == content) == (status, status == 200)
    if status == 410:
        assert found.text == (
            "410 Gone: dataset.nq has been changed or removed since this release was opened: "
            "it is not handed out under the name of this release any more.\n"
        )
        assert opened.get(QUADS, range="bytes=0-3", if_range=f'"{"0" * 32}"').status == 410


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:4711", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::FFFF:c000:207", "192.0.2.7"),
        ("0:0:0:0:0:ffff:192.0.2.7", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:4711", "192.0.2.7"),
        ("[::ffff:192.0.2.7]", "192.0.2.7"),
        ("[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("[fe80::1%2]:80", "fe80::/64"),
        ("", None),
        ("unknown", None),
        ("_hidden", None),
        ("192.0.2.7.8", None),
        ("192.0.2.256", None),
        ("[::1", "::/64"),
    ],
)
def test_a_client_is_an_address_or_a_network(address: str, client: str | None) -> None:
    assert group_of(address) == client


@pytest.mark.parametrize(
    ("told", "client"),
    [
        ({}, "192.0.2.1"),
        ({"x_forwarded_for": ""}, "192.0.2.1"),
        ({"x_forwarded_for": "unknown"}, "192.0.2.1"),
        ({"x_forwarded_for": "198.51.100.9, "}, "192.0.2.1"),
        ({"x_forwarded_for": "::ffff:198.51.100.9"}, "198.51.100.9"),
        ({"x_forwarded_for": "[::ffff:198.51.100.9]:80"}, "198.51.100.9"),
        ({"x_forwarded_for": "198.51.100.9:80"}, "198.51.100.9"),
    ],
)
def test_without_a_forwarded_address_the_client_is_the_peer(
    explained: Graph, told: dict[str, str], client: str
) -> None:
    opened = Fronted(explained.engine.release, Settings(proxies=1), addresses=True)
    opened.get("/metrics", **told)
    assert f'"client": "{client}"' in opened.written


def test_the_figures_are_an_answer_like_others(fronted: Fronted) -> None:
    found = fronted.get("/metrics")
    assert {name: found.headers[name.lower()] for name, _ in RESPONSE_HEADERS} == dict(
        RESPONSE_HEADERS
    )
    assert "scograph_log_lines_dropped_total 0.0\n" in found.text


@pytest.fixture
def asking(explained: Graph) -> Fronted:
    return Fronted(explained.engine.release, Settings(parallel=2, wait=0))


def test_what_is_posted_is_answered_whatever_the_client_has(asking: Fronted) -> None:
    whole = asking.get("/sparql", b"ASK {}", content_type=QUERY)
    for known in ("*", whole.headers["etag"]):
        found = asking.get("/sparql", b"ASK {}", content_type=QUERY, if_none_match=known)
        assert found == whole
        assert asking.get("/sparql", b"ASK {}", content_type=QUERY, if_match='"x"') == whole
        assert asking.get(ASK, method="HEAD", if_none_match=known).status == 304


@pytest.mark.parametrize("path", ["/queries", "/download", "/rules", "/queries?lang=ru&x=1"])
@pytest.mark.parametrize("accept", ["*/*", BROWSER])
def test_a_missing_slash_is_told_without_a_host_and_not_for_ever(
    asking: Fronted, path: str, accept: str
) -> None:
    found = asking.get(path, accept=accept)
    place, mark, query = path.partition("?")
    assert (found.status, found.headers["location"], found.body) == (
        307, f"{place}/{mark}{query}", b""
    )  # fmt: skip
    assert asking.get(f"{place}/{mark}{query}", accept=accept).status == 200


def test_lists_of_what_is_accepted_may_come_in_several_lines(asking: Fronted) -> None:
    query = "/sparql?query=SELECT%20%2A%20%7B%7D"
    found = asking.get(query, accept="image/png\ntext/csv")
    assert (found.status, found.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    small = asking.get("/ontology", accept="text/turtle", accept_encoding="identity\nbr")
    assert small.headers["content-encoding"] == "br"


def test_a_release_that_is_made_up_has_no_files(explained: Graph, tmp_path: Path) -> None:
    release = explained.engine.release
    made_up = Fronted(Release(tmp_path, release.manifest, release.store))
    assert made_up.get(QUADS).status == 404
