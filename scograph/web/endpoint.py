"""Flask's route `/sparql`: a page for browsers, the SPARQL protocol for other clients."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotAcceptable

from scograph.http.messages import Request
from scograph.http.messages import Response as PlainResponse
from scograph.sparql.engine import Engine
from scograph.web.pages.query_form import show_query_form
from scograph.web.sparql_protocol import answer_sparql, choices, read_request


def sparql_blueprint(engine: Engine, address: str | None = None) -> Blueprint:
    """Return the route of the endpoint over *engine*.

    *address* is what the service calls itself; without one, what the client calls it.
    """
    blueprint = Blueprint("endpoint", __name__)

    @blueprint.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        asked = to_message()
        parts = read_request(asked)
        if choices(asked.accept).html and parts.format is None:
            return show_query_form(engine, parts.query)
        try:
            return to_flask(answer_sparql(engine, asked, address or request.host_url))
        except NotAcceptable:
            # The client prefers data of the other kind, but says that it can show a page.
            can_show = request.accept_mimetypes["text/html"] > 0
            if parts.query is not None and parts.format is None and can_show:
                return show_query_form(engine, parts.query)
            raise

    return blueprint


def to_message() -> Request:
    """Return the request that Flask is answering."""
    headers = {"accept": request.headers.get("Accept"), "content-type": request.content_type}
    return Request(
        request.method,
        request.path,
        request.query_string.decode("latin-1"),
        {name: value for name, value in headers.items() if value is not None},
        request.get_data() if request.method == "POST" else b"",
    )


def to_flask(response: PlainResponse) -> Response:
    """Return *response* as Flask sends it."""
    return Response(response.body, response.status, response.headers)
