"""The dispatch of a request: to the SPARQL protocol, or to Flask for pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException

from scograph.http.errors import plain
from scograph.http.headers import RESPONSE_HEADERS
from scograph.http.messages import Request, Response, wsgi_environ
from scograph.sparql.engine import Engine
from scograph.sparql.limits import Limits
from scograph.sparql.release import Release
from scograph.web.app import FAILURE, create_app
from scograph.web.sparql_protocol import answer_sparql

# A function that answers a request.
Respond = Callable[[Request], Response]

# Requests that trigger all late imports and compile all patterns: workers cannot open files.
_WARM_UP = (
    ("/sparql", "query=ASK%20%7B%7D&format=json"),
    ("/sparql", "query=SELECT%20%2A%20%7B%7D&format=csv"),
    ("/sparql", "query=CONSTRUCT%20%7B%7D%20%7B%7D&format=jsonld"),
    ("/sparql", "query=CONSTRUCT%20%7B%7D%20%7B%7D&format=ttl"),
    ("/sparql", "query=SELEC"),
    ("/explain", ""),
    ("/rules/", ""),
    ("/nothing", ""),
)


class Dispatcher:
    """Answers requests over one release: `/sparql` for programs itself, all else by Flask."""

    def __init__(self, release: Release, limits: Limits, address: str) -> None:
        """Answer over *release*, under *address*, with a slash at the end."""
        self._engine = Engine(release, limits)
        self._address = address
        self._flask = create_app(release, limits, address)
        self._flask.config["PROPAGATE_EXCEPTIONS"] = True

    def __call__(self, request: Request) -> Response:
        """Return the response to *request*, whole."""
        # A client that accepts HTML may get a page, which takes Flask. For the others Flask is
        # left out, as its routing takes longer than a light query.
        if (
            request.path == "/sparql"
            and request.method in ("GET", "POST")
            and request.failure is None
            and "text/html" not in (request.accept or "")
        ):
            return self._answer(request)
        return _by_flask(self._flask, request)

    def warm_up(self) -> None:
        """Load all that requests need: templates, and what libraries import late."""
        for name in self._flask.jinja_env.list_templates():
            self._flask.jinja_env.get_template(name)
        for path, query in _WARM_UP:
            for accept in ("text/html", "application/json"):
                self(Request("GET", path, query, {"accept": accept}))

    def _answer(self, request: Request) -> Response:
        try:
            found = answer_sparql(self._engine, request, self._address)
        except HTTPException as error:
            return plain(error)
        return Response(found.status, [*RESPONSE_HEADERS, *found.headers], found.body)


def _by_flask(app: Flask, request: Request) -> Response:
    started: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        started[:] = [int(status[:3]), headers]

    chunks = app({**wsgi_environ(request), FAILURE: request.failure}, start)
    body = b"".join(chunks)
    close = getattr(chunks, "close", None)
    if close is not None:
        close()
    return Response(started[0], started[1], body)
