"""Error handlers: a page for browsers, a sentence in plain text for other clients."""

from __future__ import annotations

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from scograph.http.errors import headers_of, sentence
from scograph.http.headers import PLAIN
from scograph.sparql.errors import QueryError
from scograph.web.sparql_protocol import of_query


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
