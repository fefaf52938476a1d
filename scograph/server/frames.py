"""The protocol between the web process and a worker: frames with a request or a reply.

A frame is two lengths of four bytes in network order, a head in JSON, and a body.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

from scograph.http.messages import Request, Response

_LENGTHS = struct.Struct("!II")
# Bytes of a frame. The limits of requests and answers are below; this is against what is no frame.
_MOST = 2**29
_PIECE = 2**16
# What a worker sends first: its process id, under which its death is reported.
PID = struct.Struct("!I")


class Failure(NamedTuple):
    """An exception in a worker: the name of its type, and its traceback."""

    kind: str
    trace: str


class Reply(NamedTuple):
    """A worker's reply; after the ``last`` one the worker takes no further request."""

    response: Response
    last: bool
    failure: Failure | None = None


def request_frame(request: Request) -> bytes:
    """Return the frame of *request*."""
    head = [request.method, request.path, request.query, request.headers, request.failure]
    return _frame(head, request.body)


def reply_frame(reply: Reply) -> bytes:
    """Return the frame of *reply*.

    Raises:
        ValueError: it is too large.

    """
    response = reply.response
    head = [response.status, response.headers, reply.last, reply.failure]
    return _frame(head, response.body)


def read_request(received: bytearray) -> Request | None:
    """Return the request whose frame was *received*, None while some of it is missing.

    Raises:
        ConnectionError: that is the beginning of no frame of ours.

    """
    found = _read(received)
    if found is None:
        return None
    (method, path, query, headers, failure), body = found
    return Request(method, path, query, headers, body, tuple(failure) if failure else None)


def read_reply(received: bytearray) -> Reply | None:
    """Return the reply whose frame was *received*, None while some of it is missing.

    Raises:
        ConnectionError: that is the beginning of no frame of ours.

    """
    found = _read(received)
    if found is None:
        return None
    try:
        (status, headers, last, failure), body = found
        response = Response(int(status), [(str(name), str(value)) for name, value in headers], body)
        return Reply(response, bool(last), Failure(*map(str, failure)) if failure else None)
    except (TypeError, ValueError) as error:
        raise ConnectionError("a reply that nobody of ours sends") from error


def receive_request(connection: socket.socket) -> Request:
    """Receive a request, waiting for it.

    Raises:
        ConnectionError: the other side is gone.

    """
    received = bytearray()
    while (request := read_request(received)) is None:
        piece = connection.recv(_PIECE)
        if not piece:
            raise ConnectionError("the other side is gone")
        received += piece
    return request


def _frame(head: Sequence[Any], body: bytes) -> bytes:
    text = json.dumps(head).encode()
    if len(text) + len(body) > _MOST:
        raise ValueError(f"a frame of {len(text) + len(body):,} bytes")
    return _LENGTHS.pack(len(text), len(body)) + text + body


def _read(received: bytearray) -> tuple[Any, bytes] | None:
    if len(received) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack_from(received)
    if head + body > _MOST:
        raise ConnectionError("a frame that nobody of ours sends")
    start = _LENGTHS.size + head
    # Each side sends the next frame only after the other has answered.
    if len(received) < start + body:
        return None
    # Nor does it send anything behind it.
    if len(received) > start + body:
        raise ConnectionError("more than a frame")
    try:
        with memoryview(received) as view:
            return json.loads(bytes(view[_LENGTHS.size : start])), bytes(view[start:])
    except (ValueError, RecursionError) as error:
        raise ConnectionError("a frame that nobody of ours sends") from error
