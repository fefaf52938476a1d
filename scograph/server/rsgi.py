"""RSGI 1.6, granian's interface: how requests come in, and how responses go out."""

from __future__ import annotations

import asyncio
import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from granian.rsgi import ProtocolClosed

from scograph.http import errors
from scograph.http.messages import Request, Response
from scograph.server.settings import Settings

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope

# The headers of a request on which an answer may depend.
_HEADERS = ("accept", "accept-language", "content-type")
_BODY_TIMEOUT = 20  # seconds


def request_of(scope: Scope) -> Request:
    """Return the request without its body; a HEAD is answered as a GET is."""
    headers = {}
    for name in _HEADERS:
        value = scope.headers.get(name)
        if value is not None:
            headers[name] = value
    method = "GET" if scope.method == "HEAD" else scope.method
    return Request(method, _latin(scope.path), _latin(scope.query_string), headers)


def _latin(text: str) -> str:
    return text if text.isascii() else text.encode().decode("latin-1")


async def body_of(scope: Scope, protocol: HTTPProtocol, settings: Settings) -> bytes:
    """Return the body of a request, read to its end.

    Raises:
        HTTPException: it is too large, takes too long to come, or ends before it should.

    """
    limit = settings.query_size * 1000
    found = bytearray()
    try:
        async with asyncio.timeout(_BODY_TIMEOUT):
            async for piece in protocol:
                found += piece
                if len(found) > limit:
                    raise errors.request_too_large(limit)
    except TimeoutError:
        raise errors.body_too_slow(_BODY_TIMEOUT) from None
    declared = scope.headers.get("content-length") or ""
    if declared.isdecimal() and len(found) < int(declared):
        raise errors.bad_request("The request ended before all of its body had come.")
    return bytes(found)


def client_of(scope: Scope, proxies: int) -> str:
    """Return the client: its address, or the one that the trusted *proxies* forward."""
    if proxies:
        # A proxy may add to the line that is there, or add a line (RFC 9110, section 5.3).
        lines = scope.headers.get_all("x-forwarded-for")  # type: ignore[attr-defined]
        told = ",".join(lines).split(",")
        if len(told) >= proxies:
            return group_of(told[-proxies].strip())
    return group_of(scope.client.rpartition(":")[0].strip("[]"))


@lru_cache(maxsize=4096)
def group_of(address: str) -> str:
    """Return the client that *address* belongs to: of IPv6, a whole /64 is one client."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def query_of(request: Request) -> str:
    """Return the query that a request asks, empty where it asks none."""
    text = request.body.decode(errors="replace")
    if "sparql-query" in request.content_type:
        return text
    return next(iter(parse_qs(text or request.query).get("query", [])), "")


async def send(protocol: HTTPProtocol, response: Response, *, whole: bool) -> None:
    """Send *response*, without its body unless *whole*, for as long as the client is there."""
    try:
        await _send(protocol, response, whole=whole)
    except ProtocolClosed:
        pass
    finally:
        close = getattr(response.pieces, "close", None)
        if close is not None:
            close()


async def _send(protocol: HTTPProtocol, response: Response, *, whole: bool) -> None:
    if whole and response.pieces is not None:
        stream = protocol.response_stream(response.status, response.headers)
        for piece in response.pieces:
            await stream.send_bytes(piece)
    elif whole and response.body:
        protocol.response_bytes(response.status, response.headers, response.body)
    else:
        protocol.response_empty(response.status, response.headers)
