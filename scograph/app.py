"""The Flask application over one opened release."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import default_exceptions

from scograph.endpoint import Direct, sparql_blueprint
from scograph.engine import Engine
from scograph.errors import show_errors
from scograph.formats import RESULTS
from scograph.headers import FAILURE, RESPONSE_HEADERS
from scograph.pages import pages_blueprint
from scograph.pages.console import show_console, show_problem
from scograph.settings import Settings
from scograph.store import Release


def create_app(
    release: Release, settings: Settings | None = None, address: str | None = None
) -> Flask:
    """Return the application that serves *release*; it keeps no state but the release.

    *address* is where clients reach it, with a slash at the end; without one it is taken
    from each request, which is for use by one's own programs only.
    """
    settings = settings or Settings()
    app = Flask("scograph", template_folder="pages/templates", static_folder="pages/static")
    app.config["MAX_CONTENT_LENGTH"] = settings.query_size * 1000
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.query_size * 1000
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    engine = Engine(release, settings)
    show_errors(app)
    app.register_blueprint(sparql_blueprint(engine, show_console, address))
    app.register_blueprint(pages_blueprint(engine))

    @app.before_request
    def fail() -> Response | None:
        """Show a failure of the server's, which has no page of its own to show it."""
        failure = request.environ.get(FAILURE)
        if failure is None:
            return None
        status, sentence = failure
        query = request.args.get("query")
        if request.path == "/sparql" and query:
            return show_problem(engine, query, sentence.rstrip("."), status)
        raise default_exceptions[status](sentence)

    @app.get("/health")
    def health() -> Response:
        """Say that a query is answered, and from which release."""
        found = engine.query("ASK { ?s ?p ?o }", RESULTS[2], None)
        return jsonify(
            status="ok" if found.content == b"true\n" else "empty",
            release=release.hash,
            versions=release.manifest["versions"],
        )

    @app.after_request
    def add_headers(response: Response) -> Response:
        """Say what every answer says; let clients revalidate."""
        for name, value in RESPONSE_HEADERS:
            response.headers[name] = value
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS"
            response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
        # Behind the cache it is the cache that names answers.
        behind = FAILURE in request.environ
        if request.method in ("GET", "HEAD") and response.status_code == 200 and not behind:
            response.add_etag()
            response.make_conditional(request)
        return response

    app.wsgi_app = Direct(app.wsgi_app, engine)  # type: ignore[assignment,method-assign]
    return app
