"""Errors: a page for browsers, a sentence in plain text for others; redirects to the right path."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from scograph.http.errors import headers_of, sentence
from scograph.http.headers import PLAIN
from scograph.sparql.errors import QueryError
from scograph.web.sparql_protocol import of_query

_FOR_EVER = 308


def show_errors(app: Flask) -> None:
    """Answer every failure with its sentence: as a page for browsers, else as plain text."""

    @app.errorhandler(HTTPException)
    def show(error: HTTPException) -> BaseResponse:
        if error.code is not None and error.code < 400:
            return error.get_response()
        best = request.accept_mimetypes.best_match(["text/plain", "text/html"])
        if best == "text/html" and request.accept_mimetypes["text/html"] > 0:
            text = render_template("error.html", error=error)
            return Response(text, error.code, content_type="text/html; charset=utf-8")
        return Response(sentence(error), error.code, headers_of(error), content_type=PLAIN[1])

    @app.errorhandler(QueryError)
    def show_query_error(error: QueryError) -> BaseResponse:
        # Data of a page's thing may be what the format that was asked for cannot carry.
        return show(of_query(error))

    app.after_request(_without_host)


def _without_host(response: Response) -> Response:
    """Redirect to a path that lacks its slash by the path alone, and not for ever.

    werkzeug names the host, which no worker knows, and would have clients remember it.
    """
    if response.status_code == _FOR_EVER:
        parts = urlsplit(response.location or "")
        response.location = urlunsplit(("", "", parts.path, parts.query, ""))
        response.status_code = 307
        response.set_data(b"")
    return response
