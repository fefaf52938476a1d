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
_MOST = 2**31
_PIECE = 2**16
# What a worker sends first: its process id, under which its death is reported.
PID = struct.Struct("!I")


class Reply(NamedTuple):
    """A worker's reply; after the ``last`` one the worker takes no further request."""

    response: Response
    last: bool


def request_frame(request: Request) -> bytes:
    """Return the frame of *request*."""
    head = [request.method, request.path, request.query, request.headers, request.failure]
    return _frame(head, request.body)


def reply_frame(reply: Reply) -> bytes:
    """Return the frame of *reply*."""
    response = reply.response
    return _frame([response.status, response.headers, reply.last], response.body)


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
    (status, headers, last), body = found
    return Reply(Response(status, [(name, value) for name, value in headers], body), last)


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
    with memoryview(received) as view:
        return json.loads(bytes(view[_LENGTHS.size : start])), bytes(view[start : start + body])
