"""The ways in which a request fails, one constructor each, and how a failure looks."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    HTTPException,
    NotAcceptable,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)
from werkzeug.wrappers import Response as BaseResponse

from scograph.engine import QueryError
from scograph.formats import Format
from scograph.headers import PLAIN


def bad_request(sentence: str) -> BadRequest:
    """400: the request says something that cannot be understood."""
    return BadRequest(sentence)


def not_found(what: str) -> NotFound:
    """404: the release knows nothing of this name."""
    return NotFound(f"This release knows nothing called {what}.")


def not_held(sentence: str) -> NotFound:
    """404: the release does not say what the request asks about."""
    return NotFound(sentence)


def not_acceptable(among: Iterable[Format]) -> NotAcceptable:
    """406: no format that the client accepts is on offer."""
    names = ", ".join(item.media_type for item in among)
    return NotAcceptable(f"None of the media types that you accept is on offer here: {names}.")


def unsupported_media_type(got: str) -> UnsupportedMediaType:
    """415: a POST in another form than the protocol's two."""
    return UnsupportedMediaType(
        "A query is posted as application/x-www-form-urlencoded or as application/sparql-query, "
        f"not as {got}."
    )


def read_only() -> Forbidden:
    """403: an update, by the protocol's ways to send one (section 2.2)."""
    return Forbidden("An update is refused: this endpoint is read-only.")


def of_query(error: QueryError) -> HTTPException:
    """Return the failure that fits a query that was not answered."""
    text = str(error)
    if error.kind == "large":
        return RequestEntityTooLarge(f"The query is not answered: {text}.")
    if error.kind in ("update", "service"):
        return BadRequest(f"{text}.")
    if error.kind == "format":
        end = "" if "every other" in text else "; ask for one of them"
        return NotAcceptable(f"{text}{end}.")
    if error.kind == "evaluation":
        return BadRequest(f"The query cannot be answered: {text}.")
    end = "" if text.endswith("?") else "."
    return BadRequest(f"The query cannot be read: {text}{end}")


def sentence(error: HTTPException) -> bytes:
    """Return what a program is told of *error*."""
    return f"{error.code} {error.name}: {error.description}\n".encode()


def show_errors(app: Flask) -> None:
    """Answer every failure with its sentence: as a page for browsers, else as plain text."""

    @app.errorhandler(HTTPException)
    def show(error: HTTPException) -> BaseResponse:
        if error.code is not None and error.code < 400:
            return error.get_response()
        if error.description == RequestEntityTooLarge.description:
            limit = app.config["MAX_CONTENT_LENGTH"]
            error.description = f"The longest request that is read here has {limit:,} bytes."
        best = request.accept_mimetypes.best_match(["text/plain", "text/html"])
        if best == "text/html" and request.accept_mimetypes["text/html"] > 0:
            text = render_template("error.html", error=error)
            return Response(text, error.code, content_type="text/html; charset=utf-8")
        headers = {name: value for name, value in error.get_headers() if name == "Allow"}
        return Response(sentence(error), error.code, headers, content_type=PLAIN[1])
