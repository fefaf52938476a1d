"""What passes between the web process and a worker: a request, and a whole reply, in frames.

A frame is two lengths of four bytes in network order, a head in JSON, and a body.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_LENGTHS = struct.Struct("!II")
_MOST = 2**31
_FIRST = 2**16
# What a worker sends first: its process, by which its death is told.
PID = struct.Struct("!I")


@dataclass(frozen=True)
class Request:
    """An HTTP request as a worker sees it: nothing that names the host or the client.

    ``headers`` are those of WSGI's environment that answers depend on. ``failure`` is a
    status and a sentence that a page is to be made of, in place of an answer.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""
    failure: tuple[int, str] | None = None


@dataclass(frozen=True)
class Reply:
    """A whole HTTP response. ``last`` says that this worker takes no further request."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    last: bool = False


def send_request(connection: socket.socket, request: Request) -> None:
    """Send *request* in one frame."""
    head = [request.method, request.path, request.query, request.headers, request.failure]
    _send(connection, head, request.body)


def receive_request(connection: socket.socket) -> Request:
    """Receive a request.

    Raises:
        ConnectionError: the other side is gone.

    """
    (method, path, query, headers, failure), body = _receive(connection)
    return Request(method, path, query, headers, body, tuple(failure) if failure else None)


def send_reply(connection: socket.socket, reply: Reply) -> None:
    """Send *reply* in one frame."""
    _send(connection, [reply.status, reply.headers, reply.last], reply.body)


def receive_reply(connection: socket.socket) -> Reply:
    """Receive a reply, to its last byte.

    Raises:
        ConnectionError: the worker died before it had sent the whole.
        BlockingIOError: the connection has a timeout, and it passed.

    """
    (status, headers, last), body = _receive(connection)
    return Reply(status, [(name, value) for name, value in headers], body, last)


def receive_pid(connection: socket.socket) -> int:
    """Receive what a worker sends first.

    Raises:
        ConnectionError: no worker took the connection.
        BlockingIOError: none did in time.

    """
    return int(PID.unpack(_exactly(connection, PID.size))[0])


def _send(connection: socket.socket, head: Sequence[Any], body: bytes) -> None:
    text = json.dumps(head).encode()
    connection.sendall(_LENGTHS.pack(len(text), len(body)) + text + body)


def _receive(connection: socket.socket) -> tuple[Any, bytes]:
    # One frame at a time is under way, so that what comes first may come whole.
    first = connection.recv(_FIRST)
    if len(first) < _LENGTHS.size:
        first += _exactly(connection, _LENGTHS.size - len(first))
    head, body = _LENGTHS.unpack_from(first)
    if head + body > _MOST:
        raise ConnectionError("a frame that nobody of ours sends")
    left = _LENGTHS.size + head + body - len(first)
    frame = first + _exactly(connection, left) if left else first
    start = _LENGTHS.size + head
    return json.loads(frame[_LENGTHS.size : start]), frame[start:]


def _exactly(connection: socket.socket, length: int) -> bytes:
    found = bytearray(length)
    view = memoryview(found)
    while view:
        count = connection.recv_into(view)
        if not count:
            raise ConnectionError("the other side is gone")
        view = view[count:]
    return bytes(found)
