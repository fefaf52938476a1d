"""Mutated requests, byte by byte and word by word, by a fixed seed: each is an answer or a refusal.

`SCOGRAPH_FUZZ_SECONDS` says how long; the suite takes a short while.
"""

from __future__ import annotations

import os
import random
import socket
import time
from collections import Counter
from pathlib import Path

from tests.attacking import status_of
from tests.patience import patience
from tests.processes import metrics
from tests.serving import fetch, serving

SECONDS = float(os.environ.get("SCOGRAPH_FUZZ_SECONDS", "8"))
PATHS = (
    *(
        "/",
        "/sparql",
        "/sparql?query=ASK%20%7B%7D",
        "/health",
        "/metrics",
        "/download/",
        "/dataset",
    ),
    *("/download/dataset.nq", "/download/SHA256SUMS", "/static/style.css", "/ontology", "/rules/"),
    *("/id/event/forum-2021", "/data/event/forum-2021.ttl", "/page/event/forum-2021", "/queries"),
    *(
        "/search?q=x",
        "/explain?s=a&p=b&o=c",
        "/graph/release",
        "//",
        "/../",
        "/%2e%2e/",
        "/nothing",
    ),
)
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "FOO", "")
HEADERS = (
    *(
        "Accept: text/html",
        "Accept: */*;q=x",
        "Accept: text/turtle,;,q=1",
        "Accept-Language: ru,zz",
    ),
    *("Accept-Encoding: br;q=0, zstd", "Range: bytes=0-4", "Range: bytes=9999999-", "Range: x"),
    *("Range: bytes=0-1,4-5,-2", 'If-Range: "x"', "If-None-Match: *", 'If-None-Match: W/"a",b'),
    *('If-Match: "no"', "If-Modified-Since: yesterday", "Content-Type: application/sparql-query"),
    *(
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: \xff",
        "Expect: 100-continue",
    ),
    *("Content-Length: 3", "Content-Length: -1", "Content-Length: 99999999999", "Cookie: a=b"),
    *("Transfer-Encoding: chunked", "Content-Encoding: gzip", "Upgrade: websocket", "Host: evil"),
    *("X-Forwarded-For: ::ffff:1.2.3.4, x", "X-Forwarded-Host: evil", "Connection: keep-alive"),
)
BODIES = (
    b"",
    b"ASK {}",
    b"query=ASK%20%7B%7D",
    b"query=%FF",
    b"update=DROP%20ALL",
    b"\x00\xff",
    b"3\r\nASK\r\n0\r\n\r\n",
)
CAUSES = ("deadline", "memory", "crash", "killed", "stopped")
# 0 is a connection that is closed without an answer: what is no HTTP at all.
ALLOWED = {0, 100, 200, 204, 206, 303, 304, 307, 400, 403, 404, 405, 406, 408, 411, 412, 413, 414,
           415, 416, 417, 431, 501, 505}  # fmt: skip


def request(dice: random.Random) -> bytes:
    path = dice.choice(PATHS)
    if dice.random() < 0.3:
        at = dice.randrange(len(path))
        path = (
            path[:at]
            + dice.choice(("%00", "%", "/", "é", "?", "#", ".", "%FF", "+", "&a=b"))
            + path[at:]
        )
    lines = [f"{dice.choice(METHODS[: dice.choice((2, 5, 11))])} {path} HTTP/1.1", "Host: x"]
    lines += dice.sample(HEADERS, dice.randint(0, 4))
    content = "\r\n".join(lines).encode("latin-1") + b"\r\nConnection: close\r\n\r\n"
    body = dice.choice(BODIES)
    if body and b"Content-Length" not in content and b"Transfer" not in content:
        content = content.replace(b"Host: x", b"Host: x\r\nContent-Length: %d" % len(body))
    changed = bytearray(content + body)
    if dice.random() < 0.3:
        for _ in range(dice.randint(1, 3)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def ask(server: str, content: bytes) -> bytes:
    """The head of what *server* answers to *content*, sent as it is."""
    host, _, port = server.partition(":")
    with socket.create_connection((host, int(port)), timeout=patience("answer")) as connection:
        connection.sendall(content)
        found = b""
        while b"\r\n\r\n" not in found and (part := connection.recv(65536)):
            found += part
    return found


def test_mutated_requests_are_answered_or_refused(release_path: Path) -> None:
    dice = random.Random(4711)  # noqa: S311 - to be the same each time
    statuses: Counter[int] = Counter()
    with serving(release_path, "--silence", "1", "--parallel", "9") as (address, process):
        server = address.removeprefix("http://")
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            content = request(dice)
            try:
                status = status_of(ask(server, content))
            except ConnectionError:
                status = 0
            assert status in ALLOWED, content
            statuses[status] += 1
        assert process.poll() is None
        told = metrics(address)
        assert b'"status":"ok"' in fetch(address + "/health").replace(b" ", b"")
    deaths = {cause: told["scograph_worker_deaths_total", cause] for cause in CAUSES}
    assert deaths == dict.fromkeys(CAUSES, 0)
    assert [key for key in told if key[0] == "scograph_worker_exceptions_total"] == []
    assert {200, 400, 404} <= set(statuses)
