"""Connections that are held: by those who say nothing, and by those who do not read."""

from __future__ import annotations

import os
import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.attacking import Server, answering_time
from tests.patience import eventually, is_soon, patience
from tests.processes import arguments, children, metrics
from tests.serving import serving

SILENCE = 3.0
HEAD = b"HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /sparql " + HEAD + b"Content-Type: application/sparql-query\r\n"
UPGRADE = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
HELD = {
    "nothing": b"",
    "a byte": b"P",
    "half a head": b"GET / HTTP/1.1\r\nHo",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a request before": b"GET /robots.txt " + HEAD + b"\r\n",
    "half a body": POST + b"Content-Length: 100\r\n\r\nASK",
    "half a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n64\r\nASK",
    "a websocket": b"GET /robots.txt " + HEAD + UPGRADE + b"Sec-WebSocket-Key: eA==\r\n\r\n",
}
# Some 27 MB as JSON, from any graph.
LARGE = "SELECT * { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f } LIMIT %d"
ROWS = 38_000


@pytest.fixture(scope="module")
def held(small_path: Path) -> Iterator[Server]:
    options = f"--silence {SILENCE} --deadline 30 --workers 3 --parallel 2".split()
    with serving(small_path, *options) as (address, process):
        yield Server(address.removeprefix("http://"), "", process)


@contextmanager
def connected(server: Server, number: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """Hold *number* connections on each of which the same was *sent*."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4_096)), hard))
    host, _, port = server.address.partition(":")
    with ExitStack() as stack:
        found = []
        for _ in range(number):
            connection = socket.create_connection((host, int(port)), timeout=patience("answer"))
            found.append(stack.enter_context(connection))
            connection.sendall(sent)
        yield found


def is_closed(connection: socket.socket) -> bool:
    """Tell whether the server has closed *connection*, after reading what it sent."""
    connection.settimeout(0)
    try:
        while connection.recv(65_536):
            pass
    except BlockingIOError:
        return False
    except ConnectionError:
        pass
    return True


def web_process(server: Server) -> int:
    found = children(server.process.pid)
    return next(pid for pid in found if b"scograph.server" not in arguments(pid))


def memory(server: Server) -> float:
    """What the web process holds in memory, in MB."""
    text = Path(f"/proc/{web_process(server)}/statm").read_text(encoding="ascii")
    return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def open_files(server: Server) -> int:
    """How many files and connections the web process holds."""
    return len(list(Path(f"/proc/{web_process(server)}/fd").iterdir()))


@pytest.mark.parametrize("sent", HELD.values(), ids=HELD)
def test_connections_that_are_held_starve_nobody_and_are_closed(held: Server, sent: bytes) -> None:
    calm = answering_time(held)
    with connected(held, 1_050, sent) as connections:
        assert is_soon(max(answering_time(held) for _ in range(3)), calm)
        eventually(lambda: all(map(is_closed, connections)), "all of them are closed")
    assert answering_time(held) < patience("answer")


def request(path: str) -> bytes:
    accept = b"Accept: application/sparql-results+json\r\n\r\n"
    return b"GET " + path.encode() + b" " + HEAD + accept


READ: dict[str, Callable[[int], str]] = {
    "a file": lambda _: "/download/dataset.nq",
    "one answer": lambda _: "/sparql?query=" + quote(LARGE % ROWS),
    "an answer each": lambda number: "/sparql?query=" + quote(LARGE % (ROWS - 1 - number)),
}


@pytest.mark.parametrize("kind", READ)
def test_readers_that_do_not_read_take_bounded_memory_and_are_given_up(
    held: Server, kind: str
) -> None:
    paths = [READ[kind](number) for number in range(200)]
    first = held.send(path=paths[0], Accept="application/sparql-results+json")
    assert (first.status, len(first.content) > 2_000_000) == (200, True)
    calm, before = answering_time(held), open_files(held)
    host, _, port = held.address.partition(":")
    most = 0.0
    with ExitStack() as stack:
        connections = []
        for path in paths:
            connection = socket.create_connection((host, int(port)), timeout=patience("answer"))
            connections.append(stack.enter_context(connection))
            connection.sendall(request(path))
            most = max(most, memory(held))
        # What else is asked is answered, and memory stays bounded while the readers are held.
        end = time.monotonic() + SILENCE
        while time.monotonic() < end:
            assert is_soon(answering_time_of_health(held), calm)
            most = max(most, memory(held))
        assert most < 300
        # The kernel tells nothing to one who does not read, so it is the server that is looked at.
        # A descriptor whose pipe nobody has opened stays taken for a minute.
        eventually(lambda: open_files(held) < before + 10, "all of them are given up", "stop")
    after = held.send(path=paths[0], Accept="application/sparql-results+json")
    assert (after.status, after.content == first.content) == (200, True)


def answering_time_of_health(server: Server) -> float:
    start = time.monotonic()
    assert server.send(path="/health").status in (200, 503)
    time.sleep(0.1)
    return time.monotonic() - start - 0.1


def test_one_who_reads_slowly_gets_everything(held: Server) -> None:
    whole = held.send(path="/download/dataset.nq").content
    with connected(held, 1, request("/download/dataset.nq")) as (connection,):
        found = b""
        while not found.endswith(whole[-1_000:]):
            time.sleep(0.05)
            piece = connection.recv(100_000)
            assert piece, "the server has given up one who reads"
            found += piece
    assert found.partition(b"\r\n\r\n")[2] == whole


def test_long_headers_do_not_hold_up_what_is_kept(held: Server) -> None:
    calm = max(answering_time(held) for _ in range(20))
    with connected(held, 20, b"") as connections:
        slowest = 0.0
        for number in range(10):
            for connection in connections:
                text = f"Accept-Encoding: {'gzip;q=0.' * 6_000}{number}{id(connection)}\r\n\r\n"
                connection.sendall(b"GET /robots.txt " + HEAD + text.encode())
            slowest = max(slowest, answering_time(held))
            for connection in connections:
                assert connection.recv(12) == b"HTTP/1.1 431"
                connection.recv(65_536)
    assert is_soon(slowest, calm)


def test_no_worker_has_died_of_it(held: Server) -> None:
    counted = metrics(f"http://{held.address}")
    dead = {name: n for name, n in counted.items() if name[0] == "scograph_worker_deaths_total"}
    assert {name[1]: n for name, n in dead.items() if n} == {}
