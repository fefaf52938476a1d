"""All HTTP errors: a constructor for each, with its status and its sentence."""

from __future__ import annotations

from collections.abc import Iterable

from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    GatewayTimeout,
    HTTPException,
    InternalServerError,
    NotAcceptable,
    NotFound,
    RequestEntityTooLarge,
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
_KEPT = ("Allow", "Retry-After")


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


def not_acceptable(media_types: Iterable[str], *, html: bool = False) -> NotAcceptable:
    """406: no format that the client accepts is on offer; with *html* a page is, too."""
    names = ", ".join([*media_types, *["text/html"] * html])
    return NotAcceptable(f"None of the media types that you accept is on offer here: {names}.")


def no_format(sentence: str) -> NotAcceptable:
    """406: the answer cannot be written in the format that is asked for."""
    return NotAcceptable(sentence)


def body_too_slow(seconds: int) -> RequestTimeout:
    """408: the body of the request did not come in time."""
    return RequestTimeout(
        f"The body of the request did not come within {seconds} s: send it again."
    )


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
