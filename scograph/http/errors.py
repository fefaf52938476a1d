"""All HTTP errors: a constructor for each, with its status and its sentence."""

from __future__ import annotations

from collections.abc import Iterable

from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    GatewayTimeout,
    Gone,
    HTTPException,
    InternalServerError,
    LengthRequired,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PreconditionFailed,
    RequestedRangeNotSatisfiable,
    RequestEntityTooLarge,
    RequestHeaderFieldsTooLarge,
    RequestTimeout,
    RequestURITooLarge,
    ServiceUnavailable,
    TooManyRequests,
    UnsupportedMediaType,
)

from scograph.http.headers import PLAIN, RESPONSE_HEADERS
from scograph.http.messages import Headers, Response

# Seconds after which it is worth while to ask again.
_RETRY_AFTER = 5
_KEPT = ("Allow", "Content-Range", "Retry-After")


def bad_request(sentence: str) -> BadRequest:
    """400: the request says something that cannot be understood."""
    return BadRequest(sentence)


def read_only() -> Forbidden:
    """403: an update, by the protocol's ways to send one (SPARQL 1.1 Protocol, section 2.2)."""
    return Forbidden("An update is refused: this endpoint is read-only.")


def not_found(what: str) -> NotFound:
    """404: the release knows nothing of this name."""
    return NotFound(f"This release knows nothing called {what}.")


def not_held(sentence: str) -> NotFound:
    """404: the release does not say what the request asks about."""
    return NotFound(sentence)


def method_not_allowed(allowed: Iterable[str]) -> MethodNotAllowed:
    """405: what is there is only read, and only `/sparql` is posted to."""
    return MethodNotAllowed(allowed)


def not_acceptable(media_types: Iterable[str], *, html: bool = False) -> NotAcceptable:
    """406: no format that the client accepts is on offer; with *html* a page is, too."""
    names = ", ".join([*media_types, *["text/html"] * html])
    return NotAcceptable(f"None of the media types that you accept is on offer here: {names}.")


def no_format(sentence: str) -> NotAcceptable:
    """406: the answer cannot be written in the format that is asked for."""
    return NotAcceptable(sentence)


def body_too_slow(seconds: float) -> RequestTimeout:
    """408: the body of the request did not come in time."""
    return RequestTimeout(
        f"The body of the request did not come within {seconds:g} s: send it again."
    )


def gone(name: str) -> Gone:
    """410: a file of the release is not what it was when the release was opened."""
    return Gone(
        f"{name} has been changed or removed since this release was opened: it is not handed out "
        "under the name of this release any more."
    )


def length_required() -> LengthRequired:
    """411: a body in chunks, of which nobody tells here whether the last one has come."""
    return LengthRequired("Say how long the body is: send it with a Content-Length, not in chunks.")


def another_version() -> PreconditionFailed:
    """412: If-Match names none of what is here."""
    return PreconditionFailed("What is here has another ETag than those in If-Match.")


def request_too_large(most: int) -> RequestEntityTooLarge:
    """413: the body of the request is longer than one may be, in bytes."""
    return RequestEntityTooLarge(f"The longest request that is read here has {most:,} bytes.")


def answer_too_large(sentence: str) -> RequestEntityTooLarge:
    """413: the answer would be larger than one may be."""
    return RequestEntityTooLarge(sentence)


def address_too_long(most: int) -> RequestURITooLarge:
    """414: the address is longer than one may be, in characters."""
    return RequestURITooLarge(
        f"The longest address that is read here has {most:,} characters: post the query."
    )


def unsupported_media_type(got: str) -> UnsupportedMediaType:
    """415: a POST in another form than the protocol's two."""
    return UnsupportedMediaType(
        "A query is posted as application/x-www-form-urlencoded or as application/sparql-query, "
        f"not as {got}."
    )


def unsupported_encoding(got: str) -> UnsupportedMediaType:
    """415: a compressed request."""
    return UnsupportedMediaType(f"A request is read as it is, not in the encoding {got}.")


def range_not_satisfiable(size: int) -> RequestedRangeNotSatisfiable:
    """416: the file is shorter, in bytes, than what is asked for."""
    return RequestedRangeNotSatisfiable(
        size, "bytes", f"The range is beyond the end: there are {size:,} bytes."
    )


def header_too_long(name: str, most: int) -> RequestHeaderFieldsTooLarge:
    """431: a header is longer than one may be, in characters."""
    return RequestHeaderFieldsTooLarge(
        f"The header {name} is longer than the {most:,} characters that are read here."
    )


def headers_too_long(most: int) -> RequestHeaderFieldsTooLarge:
    """431: all headers together are longer than they may be, in characters."""
    return RequestHeaderFieldsTooLarge(
        f"The headers have more than {most:,} characters together, the most that is read here."
    )


def too_many_transfers() -> TooManyRequests:
    """429: this client has not read the large answers that it was sent before."""
    return TooManyRequests(
        "As many large answers are being sent to you as one client may have: read them first.",
        retry_after=_RETRY_AFTER,
    )


def too_many_queries(most: int) -> TooManyRequests:
    """429: this client has as many queries running as it may."""
    return TooManyRequests(
        f"You have {most} {'query' if most == 1 else 'queries'} running, as many as one client "
        "may: wait for one of them to end.",
        retry_after=_RETRY_AFTER,
    )


def out_of_memory(megabytes: int) -> InternalServerError:
    """500: the query needed more memory than one may."""
    return InternalServerError(
        f"The query needed more than {megabytes:,} MB of memory, the most that one may: "
        "ask for less, or sort and group fewer rows."
    )


def crashed() -> InternalServerError:
    """500: the query ended the process that ran it."""
    return InternalServerError(
        "The query ended the process that ran it, by a fault of the engine: ask in another way."
    )


def not_sortable() -> InternalServerError:
    """500: the query sorts values that have no total order, at which the engine ends."""
    return InternalServerError(
        "The query ended the process that ran it, as it sorts values of several types that have "
        "no common order: ORDER BY STR(?x) is the cure."
    )


def failed() -> InternalServerError:
    """500: the code that was to answer raised an exception."""
    return InternalServerError(
        "This request met a fault of the service itself, which has been reported to its operator."
    )


def unknown_end() -> ServiceUnavailable:
    """503: the process that ran the query has ended, and nobody has reported why."""
    return ServiceUnavailable(
        "The process that ran the query has ended, and it is not known why: ask again.",
        retry_after=_RETRY_AFTER,
    )


def being_loaded() -> ServiceUnavailable:
    """503: no process holds the release any more; another one is loading it."""
    return ServiceUnavailable(
        "The process that held the release has ended, and another one is loading it: "
        "ask again in a moment.",
        retry_after=_RETRY_AFTER,
    )


def overloaded() -> ServiceUnavailable:
    """503: all workers are busy with others."""
    return ServiceUnavailable(
        "All workers are busy with other queries: ask again in a moment.", retry_after=_RETRY_AFTER
    )


def transfers_exhausted() -> ServiceUnavailable:
    """503: as many large answers and requests are on their way as there is memory for."""
    return ServiceUnavailable(
        "Too much is being sent to others at the moment: ask again.", retry_after=_RETRY_AFTER
    )


def worker_stopped() -> ServiceUnavailable:
    """503: somebody stopped the process that ran the query."""
    return ServiceUnavailable(
        "The process that ran the query was stopped: ask again.", retry_after=_RETRY_AFTER
    )


def deadline_passed(seconds: float) -> GatewayTimeout:
    """504: the query ran for as long as one may."""
    return GatewayTimeout(
        f"The query ran for {seconds:g} s, as long as one may: "
        "ask for less, or add patterns that connect its parts."
    )


def headers_of(error: HTTPException) -> Headers:
    """Return the headers that *error* adds to a response: Allow, Retry-After."""
    return [(name, value) for name, value in error.get_headers() if name in _KEPT]


def sentence(error: HTTPException) -> bytes:
    """Return what a program is told of *error*."""
    return f"{error.code} {error.name}: {error.description}\n".encode()


def plain(error: HTTPException) -> Response:
    """Return *error* as plain text."""
    text = sentence(error)
    head = [PLAIN, ("Content-Length", str(len(text))), *RESPONSE_HEADERS, *headers_of(error)]
    return Response(error.code or 500, head, text)
