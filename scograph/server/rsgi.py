"""RSGI 1.6, granian's interface: how requests come in, and who sends them."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from scograph.http import errors
from scograph.http.messages import Request
from scograph.server.settings import Settings

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope

# The headers of a request on which an answer may depend.
_HEADERS = ("accept", "accept-language", "content-type")
# Lists, which may come in several lines (RFC 9110, section 5.3).
_LISTS = ("accept", "accept-language")
_UNKNOWN = "unknown"


def request_of(scope: Scope) -> Request:
    """Return the request without its body; a HEAD is answered as a GET is."""
    headers = {}
    for name in _HEADERS:
        value = listed(scope, name) if name in _LISTS else scope.headers.get(name)
        if value is not None:
            headers[name] = value
    method = "GET" if scope.method == "HEAD" else scope.method
    return Request(method, _latin(scope.path), _latin(scope.query_string), headers)


def listed(scope: Scope, name: str) -> str | None:
    """Return a header whose value is a list, all its lines; None where there is none."""
    lines: list[str] = scope.headers.get_all(name)  # type: ignore[attr-defined]
    return ", ".join(lines) if lines else None


def _latin(text: str) -> str:
    return text if text.isascii() else text.encode().decode("latin-1")


async def body_of(
    scope: Scope, protocol: HTTPProtocol, settings: Settings, take: Callable[[int], bool]
) -> bytes:
    """Return the body of a request, read to its end; *take* tells whether there is room for more.

    Raises:
        HTTPException: it is too large, takes too long to come, or ends before it should.

    """
    limit = settings.query_size * 1000
    found = bytearray()
    try:
        async with asyncio.timeout(settings.silence):
            async for piece in protocol:
                found += piece
                if len(found) > limit:
                    raise errors.request_too_large(limit)
                if not take(len(piece)):
                    raise errors.transfers_exhausted()
    except TimeoutError:
        raise errors.body_too_slow(settings.silence) from None
    declared = scope.headers.get("content-length") or ""
    if declared.isdecimal() and len(found) < int(declared):
        raise errors.bad_request("The request ended before all of its body had come.")
    return bytes(found)


def client_of(scope: Scope, proxies: int) -> str:
    """Return the client: its address, or the one that the trusted *proxies* forward.

    Where they forward none that can be read, it is the one who is connected.
    """
    if proxies:
        # A proxy may add to the line that is there, or add a line (RFC 9110, section 5.3).
        told = (listed(scope, "x-forwarded-for") or "").split(",")
        found = group_of(told[-proxies].strip()) if len(told) >= proxies else None
        if found is not None:
            return found
    return group_of(scope.client) or _UNKNOWN


@lru_cache(maxsize=4096)
def group_of(address: str) -> str | None:
    """Return the client that *address* belongs to, None where that is no address.

    Of IPv6 a whole /64 is one client, but an IPv4 address that is mapped into IPv6 is itself. The
    address may be in brackets, and have a port or a zone.
    """
    try:
        found = ipaddress.ip_address(_without_port(address).partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.ip_network((found, 64), strict=False))
        found = found.ipv4_mapped
    return str(found)


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    host, colon, _ = address.rpartition(":")
    return host if colon and ":" not in host else address


def query_of(request: Request) -> str:
    """Return the query that a request asks, empty where it asks none."""
    text = request.body.decode(errors="replace")
    if "sparql-query" in request.content_type:
        return text
    return next(iter(parse_qs(text or request.query).get("query", [])), "")
