"""The Flask application over one opened release."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import default_exceptions

from scograph.explanations.explainer import Explainer
from scograph.http.headers import RESPONSE_HEADERS
from scograph.http.root import root_of
from scograph.sparql.engine import Engine
from scograph.sparql.formats import RESULTS
from scograph.sparql.limits import Limits
from scograph.sparql.release import Release
from scograph.web.endpoint import sparql_blueprint
from scograph.web.errors import show_errors
from scograph.web.pages import pages_blueprint
from scograph.web.pages.layout import add_links
from scograph.web.pages.query_form import show_problem

# The key in WSGI's environment for a failure (status and sentence) that is to be rendered.
FAILURE = "scograph.failure"


def create_app(release: Release, limits: Limits | None = None, address: str | None = None) -> Flask:
    """Return the application that serves *release*; it keeps no state but the release.

    Its files, and what is compressed, cached or known to the client already, are the concern
    of the front end (`scograph.server.front_end`). *address* is where clients reach the
    service, with a slash at the end; without one it is taken from each request. Where it has a
    path, all links begin with it; requests come without it.
    """
    app = Flask("scograph.web", static_folder=None)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    engine = Engine(release, limits or Limits())
    # Two slashes in an IRI are no mistake.
    app.url_map.merge_slashes = False
    add_links(app, root_of(address or ""))
    show_errors(app)
    app.register_blueprint(sparql_blueprint(engine, address))
    app.register_blueprint(pages_blueprint(engine, Explainer(release)))
    _add_failures(app, engine)
    _add_health(app, engine)
    app.after_request(_add_headers)
    return app


def _add_failures(app: Flask, engine: Engine) -> None:
    @app.before_request
    def fail() -> Response | None:
        """Render a failure of the front end, which has no templates of its own."""
        failure = request.environ.get(FAILURE)
        if failure is None:
            return None
        status, sentence = failure
        query = request.args.get("query")
        if request.path == "/sparql" and query:
            return show_problem(engine, query, sentence.rstrip("."), status)
        raise default_exceptions[status](sentence)


def _add_health(app: Flask, engine: Engine) -> None:
    @app.get("/health")
    def health() -> Response:
        """Say that a query is answered, and from which release."""
        found = engine.query("ASK { ?s ?p ?o }", RESULTS[2], None)
        return jsonify(
            status="ok" if found.content == b"true\n" else "empty",
            release=engine.release.hash,
            versions=engine.release.manifest["versions"],
        )


def _add_headers(response: Response) -> Response:
    for name, value in RESPONSE_HEADERS:
        response.headers[name] = value
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
    return response
