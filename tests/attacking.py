"""What the tests of attacks share: a server, what to send it, and somebody whom nobody calls."""

from __future__ import annotations

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.patience import is_soon, patience
from tests.serving import serving

QUERY = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
# Long enough for what is to be answered, or refused for its size, on a slow machine.
DEADLINE = 3.0
PRODUCT = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
_OPTIONS = f"--deadline {DEADLINE} --memory 256 --result-size 4 --workers 3 --query-size 64"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


@dataclass(frozen=True)
class Server:
    """A server under attack, and where nobody may call: an address on this machine."""

    address: str
    stranger: str
    process: subprocess.Popen[str]

    def send(
        self, method: str = "GET", path: str = "/sparql", body: bytes = b"", **headers: str
    ) -> Reply:
        connection = http.client.HTTPConnection(self.address, timeout=patience("answer"))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body or None, named)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        finally:
            connection.close()

    def ask(self, query: str | bytes, accept: str = "application/sparql-results+json") -> Reply:
        body = query if isinstance(query, bytes) else query.encode()
        return self.send("POST", body=body, Content_Type=QUERY, Accept=accept)


@contextmanager
def nobody_calls() -> Iterator[str]:
    """Listen on a port of this machine, and see that not one packet has come in the end."""
    calls: list[str] = []
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        port = tcp.getsockname()[1]
        udp.bind(("127.0.0.1", port))
        tcp.settimeout(0.05)
        udp.settimeout(0)
        yield f"http://127.0.0.1:{port}/"
        for listen in (tcp.accept, lambda: udp.recv(1)):
            try:
                listen()
                calls.append("called")
            except (BlockingIOError, TimeoutError):
                pass
    assert calls == []


def raw(server: Server, content: bytes) -> bytes:
    """What the server answers to *content*, sent as it is."""
    host, _, port = server.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=patience("answer")) as connection:
        connection.sendall(content)
        found = b""
        try:
            while b"\r\n\r\n" not in found and (part := connection.recv(65536)):
                found += part
        except TimeoutError:
            pass
        return found


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def half_open(server: Server, content: bytes) -> socket.socket:
    """Send *content* and read nothing; not much of an answer fits on the way."""
    host, _, port = server.address.partition(":")
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(patience("answer"))
    connection.connect((host, int(port)))
    connection.sendall(content)
    return connection


@contextmanager
def attacked(release: Path) -> Iterator[Server]:
    """Serve *release* with narrow limits."""
    options = [*_OPTIONS.split(), "--parallel", "3"]
    with nobody_calls() as stranger, serving(release, *options) as (address, process):
        yield Server(address.removeprefix("http://"), stranger, process)


@contextmanager
def unharmed(server: Server) -> Iterator[None]:
    """See that *server* answers afterwards as soon as before."""
    calm = answering_time(server)
    yield
    assert is_soon(answering_time(server), calm)


def answering_time(server: Server) -> float:
    """How long *server* takes for the least of questions."""
    start = time.monotonic()
    assert server.ask("ASK {}").content == b'{"head":{},"boolean":true}'
    return time.monotonic() - start
