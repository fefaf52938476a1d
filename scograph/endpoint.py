"""``/sparql``: the query side of the SPARQL 1.1 Protocol (section 2.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from flask import Blueprint, Response, request
from pyoxigraph import Literal
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotAcceptable

from scograph import errors
from scograph.engine import Engine, QueryError
from scograph.formats import ALL, DATASETS, GRAPHS, RESULTS, Format, named, negotiate
from scograph.settings import limits
from scograph.vocab import FORMATS, SD, graph_iri

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
        asked = _read()
        html = negotiate(request.headers.get("Accept"), RESULTS + GRAPHS, html=True) == "html"
        if html and asked.format is None:
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
    results, graph = _chosen(asked.format)
    if results is None and graph is None:
        raise errors.not_acceptable(RESULTS + GRAPHS + DATASETS)
    try:
        found = engine.query(
            asked.query or "",
            results,
            graph,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
        )
    except QueryError as error:
        raise errors.of_query(error) from error
    response = Response(found.content, content_type=found.format.content_type)
    if not found.stable:
        response.headers["Cache-Control"] = "no-store"
    return response


def _read() -> Asked:
    _decoded(unquote_to_bytes(request.query_string))
    if request.method != "POST":
        return _asked(request.args, None)
    if request.mimetype == _QUERY:
        return _asked(request.args, _decoded(request.get_data()))
    if request.mimetype == _FORM:
        _decoded(unquote_to_bytes(request.get_data()))
        return _asked(MultiDict([*request.args.items(True), *request.form.items(True)]), None)
    if request.mimetype == _UPDATE:
        raise errors.read_only()
    raise errors.unsupported_media_type(request.mimetype or "a body without a Content-Type")


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise errors.bad_request("The query is not UTF-8.") from error


def _asked(values: MultiDict[str, str], body: str | None) -> Asked:
    if "update" in values:
        raise errors.read_only()
    if len(values.getlist("query")) + (body is not None) > 1:
        raise errors.bad_request("There is more than one `query` in the request.")
    return Asked(
        body if body is not None else values.get("query"),
        values.getlist("default-graph-uri"),
        values.getlist("named-graph-uri"),
        _format_of(values.getlist("format")),
    )


def _format_of(names: list[str]) -> str | None:
    """Return the first format that there is; some clients send all names that they know."""
    named_ = [name for name in names if name]
    return next((name for name in named_ if named(name) != (None, None)), next(iter(names), None))


def _chosen(name: str | None) -> tuple[Format | None, Format | None]:
    if name is None:
        header = request.headers.get("Accept")
        return _format(negotiate(header, RESULTS)), _format(negotiate(header, GRAPHS + DATASETS))
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
