"""Error handlers: a page for browsers, a sentence in plain text for other clients."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

from scograph.http.errors import headers_of, sentence
from scograph.http.headers import PLAIN


def show_errors(app: Flask) -> None:
    """Answer every failure with its sentence: as a page for browsers, else as plain text."""

    @app.errorhandler(HTTPException)
    def show(error: HTTPException) -> BaseResponse:
        if isinstance(error, RequestRedirect):
            # Of the address only what does not name the host: that is the client's to know. And
            # not for ever, as werkzeug would have it.
            parts = urlsplit(error.new_url)
            return redirect(urlunsplit(("", "", parts.path, parts.query, "")), 307)
        if error.code is not None and error.code < 400:
            return error.get_response()
        best = request.accept_mimetypes.best_match(["text/plain", "text/html"])
        if best == "text/html" and request.accept_mimetypes["text/html"] > 0:
            text = render_template("error.html", error=error)
            return Response(text, error.code, content_type="text/html; charset=utf-8")
        return Response(sentence(error), error.code, headers_of(error), content_type=PLAIN[1])
