"""Hostile requests, whatever they ask: refused by status, and nobody else waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.attacking import (
    FORM,
    PRODUCT,
    QUERY,
    Reply,
    Server,
    answering_time,
    half_open,
    raw,
    status_of,
    unharmed,
)
from tests.patience import eventually, is_soon, patience
from tests.processes import at_work, metrics, usage
from tests.serving import command, fetch, free_port

TWO = "query=ASK%7B%7D&query=ASK%7B%7D"
GZIP = {"Content_Type": QUERY, "Content_Encoding": "gzip"}


@pytest.fixture(autouse=True)
def still_answers(server: Server) -> Iterator[None]:
    with unharmed(server):
        yield


BODIES = [
    ("two queries", "POST", "/sparql", TWO.encode(), {"Content_Type": FORM}, 400),
    ("two queries, GET", "GET", "/sparql?" + TWO, b"", {}, 400),
    ("plain text", "POST", "/sparql", b"ASK {}", {"Content_Type": "text/plain"}, 415),
    ("not UTF-8", "POST", "/sparql", "ASK {}".encode("utf-16"), {"Content_Type": QUERY}, 400),
    ("another charset", "POST", "/sparql", b"query=ASK%7B%7D%FF", {"Content_Type": FORM}, 400),
    ("PUT", "PUT", "/sparql", b"ASK {}", {"Content_Type": QUERY}, 405),
    ("DELETE", "DELETE", "/sparql", b"", {}, 405),
    ("TRACE", "TRACE", "/sparql", b"", {}, 405),
    ("too long", "POST", "/sparql", b"#" * 64_001, {"Content_Type": QUERY}, 413),
    ("gzip", "POST", "/sparql", b"\x1f\x8b", GZIP, 415),
    ("an image wanted", "GET", "/sparql?query=ASK%7B%7D", b"", {"Accept": "image/png"}, 406),
    ("a long address", "GET", "/sparql?query=ASK%7B%7D%23" + "x" * 20_000, b"", {}, 414),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"), [c[1:] for c in BODIES],
    ids=[c[0] for c in BODIES],
)  # fmt: skip
def test_a_request_that_the_protocol_does_not_know(
    server: Server, method: str, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    found = server.send(method, path, body, **headers)
    assert found.status == status, found.text
    if status == 405:
        assert {"GET", "POST"} <= set(found.headers["allow"].split(", "))


def test_a_post_without_a_content_type_is_refused(server: Server) -> None:
    answer = raw(server, b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nASK {}")
    assert status_of(answer) == 415


CHUNK = b"%x\r\n%s\r\n" % (1000, b"#" * 1000)
CHUNKED = {
    "whole": b"6\r\nASK {}\r\n0\r\n\r\n",
    "over the limit": CHUNK * 70 + b"6\r\nASK {}\r\n0\r\n\r\n",
    "without the last chunk": b"6\r\nASK {}\r\n",
    "cut in a chunk": b"10\r\nASK {}",
    "with a size that is none": b"6\r\nASK {}\r\nzz\r\n",
    "of another length besides": b"Content-Length: 6\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("body", CHUNKED.values(), ids=CHUNKED)
def test_a_body_in_chunks_is_refused_as_it_may_be_cut(server: Server, body: bytes) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    end = b"" if body.startswith(b"Content-Length") else b"\r\n"
    answer = raw(server, head + b"Transfer-Encoding: chunked\r\n" + end + body)
    assert status_of(answer) == 411


def test_a_declared_two_gigabytes_are_refused_at_once(server: Server) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    calm = answering_time(server)
    start = time.monotonic()
    answer = raw(server, head + b"Content-Length: 2147483648\r\n\r\nASK")
    assert (status_of(answer), is_soon(time.monotonic() - start, calm)) == (413, True)


def test_a_huge_head_is_refused(server: Server) -> None:
    head = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + b"y" * 100_000 + b"\r\n\r\n"
    assert status_of(raw(server, head)) == 431


@pytest.mark.parametrize(
    "path", ["/%2f..%2fetc%2fpasswd", "/download/..%2f..%2fmanifest.json", "/id/%00", "/id/%ff",
             "/id/x%0d%0aX:y", "/page/x%0d%0aX:y", "/static/..%2fapp.py", "/%0d%0aX:y"]
)  # fmt: skip
def test_a_path_that_leaves_its_place_is_nowhere(server: Server, path: str) -> None:
    found = server.send(path=path)
    assert found.status == 404
    assert "x" not in found.headers


def test_a_foreign_host_is_in_no_answer(server: Server) -> None:
    for path in ("/", "/sparql", "/id/event/forum-2021", "/explain", "/dataset", "/nothing",
                 "/page/event/forum-2021", "/ontology", "/robots.txt"):  # fmt: skip
        found = server.send(path=path, Host="evil.example", X_Forwarded_Host="evil.example")
        assert b"evil.example" not in found.content + str(found.headers).encode(), path


def test_clients_that_stall_keep_nobody_waiting(server: Server) -> None:
    post = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    path = quote("SELECT * { ?s ?p ?o }")
    get = f"GET /sparql?query={path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    calm = answering_time(server)
    stalled = [half_open(server, b"GET / HTTP/1.1\r\nHo") for _ in range(50)]
    stalled += [half_open(server, post + b"Content-Length: 100\r\n\r\nASK") for _ in range(50)]
    stalled += [half_open(server, get) for _ in range(20)]
    try:
        start = time.monotonic()
        assert server.ask("ASK { FILTER (1 = 1) }").status == 200
        assert is_soon(time.monotonic() - start, calm)
    finally:
        for connection in stalled:
            connection.close()


def test_a_body_that_never_comes_is_given_up(server: Server) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    found = raw(server, head + b"Content-Length: 100\r\n\r\nASK")
    assert status_of(found) == 408


def deaths(server: Server) -> float:
    counted = metrics(f"http://{server.address}")
    return sum(n for name, n in counted.items() if name[0] == "scograph_worker_deaths_total")


def test_a_client_that_leaves_gives_its_worker_back_by_the_deadline(server: Server) -> None:
    text = f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} }} # gone"
    request = f"GET /sparql?query={quote(text)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    died, before = deaths(server), usage(server.process)
    gone = [half_open(server, request) for _ in range(3)]
    eventually(lambda: len(at_work(server.process, before)) == 3, "three workers are at it")
    for connection in gone:
        connection.close()
    eventually(lambda: deaths(server) == died + 3, "the queries of those who left end")


def test_two_hundred_at_once_are_answered_or_told_to_wait(server: Server) -> None:
    found: list[Reply] = []

    def one(number: int) -> None:
        query = f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o . ?o ?q ?r FILTER (?r != {number}) }}"
        found.append(server.ask(query))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # How many have to wait, and whether any in vain, is a matter of the machine's speed.
    statuses = {reply.status for reply in found}
    assert (len(found), statuses - {429}) == (200, {200})
    assert all("retry-after" in reply.headers for reply in found if reply.status != 200)


def test_a_client_that_leaves_is_nothing_to_write_home_about(release_path: Path) -> None:
    port = free_port()
    process = command("serve", release_path, "--port", str(port), "--deadline", "1")
    try:
        fetch(f"http://127.0.0.1:{port}/health")
        gone = Server(f"127.0.0.1:{port}", "", process)
        post = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        slow = quote(f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} }}")
        requests = [
            post + b"Content-Length: 100\r\n\r\nASK",
            post + b"Transfer-Encoding: chunked\r\n\r\n3\r\nASK\r\n",
            f"GET /sparql?query={slow} HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
            b"GET /download/dataset.nq HTTP/1.1\r\nHost: x\r\n\r\n",
        ]
        for connection in [half_open(gone, request) for request in requests]:
            # Nothing tells whether the server has begun with a request that it cannot answer.
            time.sleep(0.2)
            connection.close()
        eventually(lambda: deaths(gone) >= 1, "the query of the client who left ends")
        assert gone.ask("ASK {}").status == 200
    finally:
        process.terminate()
        printed, told = process.communicate(timeout=patience("stop"))
    assert (printed, told.splitlines()[1:]) == ("", [])


def test_a_stop_does_not_wait_for_clients_that_stall(release_path: Path) -> None:
    port = free_port()
    process = command("serve", release_path, "--port", str(port), "--deadline", "1")
    fetch(f"http://127.0.0.1:{port}/health")
    stalled = half_open(
        Server(f"127.0.0.1:{port}", "", process),
        b"GET /download/dataset.nq HTTP/1.1\r\nHost: x\r\n\r\n",
    )
    with stalled:
        # Some of the answer is on its way, and the rest has no room.
        assert stalled.recv(1) == b"H"
        process.terminate()
        process.communicate(timeout=patience("stop"))
    assert process.returncode is not None
