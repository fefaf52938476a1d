"""``/sparql``: the query side of the SPARQL 1.1 Protocol (section 2.1)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request
from pyoxigraph import Literal
from werkzeug.exceptions import HTTPException, NotAcceptable

from scograph import errors
from scograph.engine import Answer, Engine, QueryError
from scograph.formats import ALL, DATASETS, GRAPHS, RESULTS, Format, named, negotiate
from scograph.headers import FAILURE, PLAIN, RESPONSE_HEADERS
from scograph.settings import limits
from scograph.vocab import FORMATS, SD, graph_iri

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"


@dataclass(frozen=True)
class Asked:
    """A request of the protocol: the query, if any, its dataset, and ``format=``."""

    query: str | None
    default_graphs: list[str]
    named_graphs: list[str]
    format: str | None


def sparql_blueprint(
    engine: Engine,
    show_console: Callable[[Engine, str | None], Response],
    address: str | None = None,
) -> Blueprint:
    """Return the routes of the endpoint over *engine*; browsers get what *show_console* shows.

    *address* is what the endpoint calls itself; without one, what the client calls it.
    """
    blueprint = Blueprint("endpoint", __name__)

    @blueprint.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        body = request.get_data() if request.method == "POST" else b""
        query_string = request.query_string.decode("latin-1")
        asked = read(request.method, query_string, request.content_type or "", body)
        accept = request.headers.get("Accept")
        if choices(accept).html and asked.format is None:
            return show_console(engine, asked.query)
        if asked.query is None:
            if request.method == "POST":
                raise errors.bad_request("The request has no query: send it as `query`.")
            return _describe_service(engine, f"{address}sparql" if address else request.base_url)
        try:
            return answer(engine, asked)
        except NotAcceptable:
            # The client prefers data of the other kind, but says that it can show a page.
            if asked.format is None and request.accept_mimetypes["text/html"] > 0:
                return show_console(engine, asked.query)
            raise

    return blueprint


def answer(engine: Engine, asked: Asked) -> Response:
    """Answer *asked* in the format that ``format=`` names, or else the Accept header."""
    found = _found(engine, asked, request.headers.get("Accept"))
    response = Response(found.content, content_type=found.format.content_type)
    if not found.stable:
        response.headers["Cache-Control"] = "no-store"
    return response


class Direct:
    """WSGI middleware that answers queries of programs itself, and leaves the rest to *app*.

    The answers are those that *app* would give; Flask alone takes longer than a light query.
    """

    def __init__(self, app: WSGIApplication, engine: Engine) -> None:
        self._app = app
        self._engine = engine

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        accept = environ.get("HTTP_ACCEPT")
        if environ["PATH_INFO"] != "/sparql" or "text/html" in (accept or ""):
            return self._app(environ, start)
        method = environ["REQUEST_METHOD"]
        # Elsewhere than behind the cache, it is Flask that names answers for revalidation.
        if FAILURE not in environ or method not in ("GET", "POST"):
            return self._app(environ, start)
        body = environ["wsgi.input"].read() if method == "POST" else b""
        try:
            asked = read(method, environ["QUERY_STRING"], environ.get("CONTENT_TYPE", ""), body)
            if asked.query is None:
                environ["wsgi.input"] = io.BytesIO(body)
                return self._app(environ, start)
            found = _found(self._engine, asked, accept)
        except HTTPException as error:
            start(f"{error.code} {error.name}", [*RESPONSE_HEADERS, PLAIN])
            return [errors.sentence(error)]
        headers = [*RESPONSE_HEADERS, ("Content-Type", found.format.content_type)]
        if not found.stable:
            headers.append(("Cache-Control", "no-store"))
        start("200 OK", headers)
        return [found.content]


def _found(engine: Engine, asked: Asked, accept: str | None) -> Answer:
    results, graph = _chosen(asked.format, accept)
    if results is None and graph is None:
        raise errors.not_acceptable(RESULTS + GRAPHS + DATASETS)
    try:
        return engine.query(
            asked.query or "",
            results,
            graph,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
        )
    except QueryError as error:
        raise errors.of_query(error) from error


def read(method: str, query_string: str, content_type: str, body: bytes) -> Asked:
    """Read a request of the protocol (section 2.1).

    Raises:
        HTTPException: 400, 403 or 415, with what is wrong.

    """
    values = _values(query_string)
    if method != "POST":
        return _asked(values, None)
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _QUERY:
        return _asked(values, _decoded(body))
    if kind == _FORM:
        return _asked(values + _values(body.decode("latin-1")), None)
    if kind == _UPDATE:
        raise errors.read_only()
    raise errors.unsupported_media_type(kind or "a body without a Content-Type")


def _values(text: str) -> list[tuple[str, str]]:
    try:
        # What stands there unescaped is bytes, as are escapes: together they are UTF-8.
        raw = text.encode("latin-1").decode()
        return parse_qsl(raw, keep_blank_values=True, errors="strict")
    except (UnicodeError, ValueError) as error:
        raise errors.bad_request("The query is not UTF-8.") from error


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise errors.bad_request("The query is not UTF-8.") from error


def _asked(values: list[tuple[str, str]], body: str | None) -> Asked:
    found: dict[str, list[str]] = {}
    for name, value in values:
        found.setdefault(name, []).append(value)
    if "update" in found:
        raise errors.read_only()
    queries = [*found.get("query", []), *([] if body is None else [body])]
    if len(queries) > 1:
        raise errors.bad_request("There is more than one `query` in the request.")
    return Asked(
        next(iter(queries), None),
        found.get("default-graph-uri", []),
        found.get("named-graph-uri", []),
        _format_of(found.get("format", [])),
    )


def _format_of(names: list[str]) -> str | None:
    """Return the first format that there is; some clients send all names that they know."""
    given = [name for name in names if name]
    return next((name for name in given if named(name) != (None, None)), next(iter(names), None))


@dataclass(frozen=True)
class Choice:
    """What an Accept header asks for: a page before all data, which results, which graphs."""

    html: bool
    results: Format | None
    graph: Format | None


@lru_cache(maxsize=512)
def choices(accept: str | None) -> Choice:
    """Return what the header *accept* asks for."""
    return Choice(
        negotiate(accept, RESULTS + GRAPHS, html=True) == "html",
        _format(negotiate(accept, RESULTS)),
        _format(negotiate(accept, GRAPHS + DATASETS)),
    )


def _chosen(name: str | None, accept: str | None) -> tuple[Format | None, Format | None]:
    if name is None:
        choice = choices(accept)
        return choice.results, choice.graph
    results, graph = named(name)
    if results is None and graph is None:
        names = ", ".join(item.name for item in ALL)
        raise errors.bad_request(f"There is no format {name!r}; there are {names}.")
    return results, graph


def _format(found: Format | str | None) -> Format | None:
    return found if isinstance(found, Format) else None


_DESCRIPTION = """\
PREFIX sd: <{sd}>
CONSTRUCT {{
    <{endpoint}> a sd:Service ;
        sd:endpoint <{endpoint}> ;
        sd:supportedLanguage sd:SPARQL11Query ;
        sd:resultFormat {formats} ;
        rdfs:comment {limits} ;
        sd:defaultDataset ?dataset .
    ?dataset a sd:Dataset ;
        sd:defaultGraph <{release}#default> ;
        sd:namedGraph ?named .
    <{release}#default> a sd:Graph .
    ?named a sd:NamedGraph ; sd:name ?graph .
}} WHERE {{
    OPTIONAL {{ GRAPH <{release}> {{ ?dataset a void:Dataset }} }}
    OPTIONAL {{ SELECT DISTINCT ?graph WHERE {{ GRAPH ?graph {{ ?s ?p ?o }} }} }}
    BIND (ENCODE_FOR_URI(STRAFTER(STR(?graph), "{base}")) AS ?name)
    BIND (IRI(CONCAT("{release}#named-", ?name)) AS ?named)
}}"""
_W3C_FORMATS = (
    "SPARQL_Results_JSON SPARQL_Results_XML SPARQL_Results_CSV SPARQL_Results_TSV "
    "Turtle N-Triples RDF_XML JSON-LD"
)


def _describe_service(engine: Engine, endpoint: str) -> Response:
    """Describe the service (SPARQL 1.1 Service Description); its IRI is the endpoint's URL."""
    chosen = _format(negotiate(request.headers.get("Accept"), GRAPHS))
    if chosen is None:
        raise errors.not_acceptable(GRAPHS)
    base = engine.release.base
    text = _DESCRIPTION.format(
        sd=SD,
        endpoint=endpoint,
        limits=" , ".join(f"{Literal(text, language='en')}" for text in limits(engine.settings)),
        release=graph_iri(base, "release"),
        base=base,
        formats=" , ".join(f"<{FORMATS}{name}>" for name in _W3C_FORMATS.split()),
    )
    found = engine.project_query(text, None, chosen)
    return Response(found.content, content_type=found.format.content_type)
