"""The Flask application over one opened release."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request

from scograph import __version__
from scograph.endpoint import sparql_blueprint
from scograph.engine import Engine
from scograph.errors import show_errors
from scograph.pages import pages_blueprint
from scograph.pages.console import show_console
from scograph.store import Release

# The longest request body: a query of some hundred pages.
MAX_BODY = 256 * 1024


def create_app(release: Release) -> Flask:
    """Return the application that serves *release*; it keeps no state but the release."""
    app = Flask("scograph", template_folder="pages/templates", static_folder="pages/static")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    engine = Engine(release)
    show_errors(app)
    app.register_blueprint(sparql_blueprint(engine, show_console))
    app.register_blueprint(pages_blueprint(engine))

    @app.get("/health")
    def health() -> Response:
        """Say that a query is answered, and from which release."""
        return jsonify(
            status="ok" if release.store else "empty",
            release=release.hash,
            versions=release.manifest["versions"],
        )

    @app.after_request
    def add_headers(response: Response) -> Response:
        """Let any page read any answer (CORS), name what it depends on, let clients revalidate."""
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Location"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS"
            response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
        # Pages load nothing from another host (promise 6); what is plain text stays so.
        response.headers["Content-Security-Policy"] = "default-src 'self'; form-action 'self'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Server"] = f"scograph/{__version__}"
        response.vary.update(["Accept", "Accept-Language"])
        if request.method in ("GET", "HEAD") and response.status_code == 200:
            response.add_etag()
            response.make_conditional(request)
        return response

    return app
