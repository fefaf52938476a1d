"""What the head of a request alone decides: refusals, and the answer to OPTIONS.

Nothing here costs a worker, and nothing takes longer than looking at the head once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scograph.http import errors
from scograph.http.headers import RESPONSE_HEADERS
from scograph.http.messages import Request, Response
from scograph.server.metrics import OTHER, route_of
from scograph.server.settings import Settings

if TYPE_CHECKING:
    from granian.rsgi import Headers as ScopeHeaders

# The headers that are read here or by a worker. The longest that clients are known to send for
# good reasons have some 600 characters (Accept, of libraries that read all formats of RDF).
_READ = frozenset(
    ("accept", "accept-encoding", "accept-language", "content-encoding", "content-length",
     "content-type", "if-match", "if-none-match", "if-range", "range", "x-forwarded-for")
)  # fmt: skip
_LONGEST = 2_000
# All headers together, also those that nobody reads; granian takes up to twice as many at once.
HEADERS_SIZE = 48_000
_SHOWN = 200  # characters of a path in a sentence
_READING = ("GET", "HEAD", "OPTIONS")
# What else than reading is allowed where (SPARQL 1.1 Protocol, section 2.1).
_FURTHER = {"/sparql": ("POST",)}
_PREFLIGHT = [
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Accept, Content-Type"),
    ("Content-Length", "0"),
]


def refuse_head(request: Request, headers: ScopeHeaders, settings: Settings) -> None:
    """Refuse what the head of a request alone shows to be too large, not allowed or unreadable.

    Raises:
        HTTPException: 404, 405, 411, 413, 414, 415 or 431, with the limit in the sentence.

    """
    _refuse_long(headers)
    single = "/" + request.path.lstrip("/")
    if single != request.path and route_of(single) != OTHER:
        # Flask would take it for the page of that name.
        raise errors.not_found(request.path[:_SHOWN])
    allowed = _allowed(request.path)
    if request.method not in allowed:
        raise errors.method_not_allowed(allowed)
    longest = settings.url_size * 1000
    if len(request.query) + len(request.path) > longest:
        raise errors.address_too_long(longest)
    if "transfer-encoding" in headers:
        # granian gives a body that ends before its last chunk for a whole one: a query that is cut
        # may be another query (RFC 9112, section 6.3, lets a server ask for the length).
        raise errors.length_required()
    declared = headers.get("content-length") or ""
    largest = settings.query_size * 1000
    if declared.isdecimal() and int(declared) > largest:
        raise errors.request_too_large(largest)
    encoding = headers.get("content-encoding") or "identity"
    if encoding.lower() != "identity":
        raise errors.unsupported_encoding(encoding[:40])


def options(path: str) -> Response:
    """Return the answer to OPTIONS: the methods, also for pages of other hosts (CORS)."""
    allow = ("Allow", ", ".join(_allowed(path)))
    return Response(200, [*RESPONSE_HEADERS, *_PREFLIGHT, allow], b"")


def _allowed(path: str) -> tuple[str, ...]:
    return (*_READING, *_FURTHER.get(path, ()))


def _refuse_long(headers: ScopeHeaders) -> None:
    lengths: dict[str, int] = {}
    together = 0
    for name, value in headers.items():
        together += len(name) + len(value)
        if name in _READ:
            # A header may come in several lines.
            lengths[name] = lengths.get(name, 0) + len(value)
            if lengths[name] > _LONGEST:
                raise errors.header_too_long(name, _LONGEST)
    if together > HEADERS_SIZE:
        raise errors.headers_too_long(HEADERS_SIZE)
