"""The query side of the SPARQL 1.1 Protocol (section 2.1), free of any framework.

The only code that answers `/sparql`: the dispatcher in a worker and Flask's route both call it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException

from scograph.http import errors
from scograph.http.headers import warning_header
from scograph.http.messages import Request, Response
from scograph.sparql.engine import Engine
from scograph.sparql.errors import QueryError
from scograph.sparql.formats import ALL, DATASETS, GRAPHS, RESULTS, Format, named, negotiate
from scograph.sparql.serialization import SerializedResult
from scograph.web.service_description import describe_service

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"


@dataclass(frozen=True)
class ProtocolRequest:
    """What a request of the protocol asks: the query, if any, its dataset, and ``format=``."""

    query: str | None
    default_graphs: list[str]
    named_graphs: list[str]
    format: str | None


def answer_sparql(engine: Engine, request: Request, address: str) -> Response:
    """Answer a request to `/sparql`: a query, or without one with the service description.

    Args:
        engine: what evaluates queries.
        request: GET or POST; its Accept header and ``format=`` choose the format.
        address: what the service calls itself, with a slash at the end.

    Raises:
        HTTPException: the request, or the query in it, cannot be answered.

    """
    asked = read_request(request)
    if asked.query is not None:
        return answer_query(engine, asked, request.accept)
    if request.method == "POST":
        raise errors.bad_request("The request has no query: send it as `query`.")
    chosen = _format(negotiate(request.accept, GRAPHS))
    if chosen is None:
        raise errors.not_acceptable((item.media_type for item in GRAPHS), html=True)
    return _response(describe_service(engine, f"{address}sparql", chosen))


def answer_query(engine: Engine, asked: ProtocolRequest, accept: str | None) -> Response:
    """Answer *asked* in the format that ``format=`` names, or else the header *accept*.

    Raises:
        HTTPException: no format will do, or the query cannot be answered.

    """
    results, graph = _chosen(asked.format, accept)
    if results is None and graph is None:
        media_types = (item.media_type for item in RESULTS + GRAPHS + DATASETS)
        raise errors.not_acceptable(media_types, html=True)
    try:
        found = engine.query(
            asked.query or "",
            results,
            graph,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
        )
    except QueryError as error:
        raise of_query(error) from error
    return _response(found)


def _response(found: SerializedResult) -> Response:
    headers = [("Content-Type", found.format.content_type)]
    if not found.stable:
        headers.append(("Cache-Control", "no-store"))
    headers += [warning_header(sentence) for sentence in found.warnings]
    return Response(200, headers, found.content)


def of_query(error: QueryError) -> HTTPException:
    """Return the failure that fits a query that was not answered."""
    text = str(error)
    if error.kind == "large":
        return errors.answer_too_large(f"The query is not answered: {text}.")
    if error.kind in ("update", "service"):
        return errors.bad_request(f"{text}.")
    if error.kind == "format":
        return errors.no_format(f"{text}.")
    if error.kind == "evaluation":
        return errors.bad_request(f"The query cannot be answered: {text}.")
    end = "" if text.endswith("?") else "."
    return errors.bad_request(f"The query cannot be read: {text}{end}")


def read_request(request: Request) -> ProtocolRequest:
    """Read a request of the protocol (section 2.1).

    Raises:
        HTTPException: 400, 403 or 415, with what is wrong.

    """
    values = _values(request.query)
    if request.method != "POST":
        return _asked(values, None)
    kind = request.content_type.partition(";")[0].strip().lower()
    if kind == _QUERY:
        return _asked(values, _decoded(request.body))
    if kind == _FORM:
        return _asked(values + _values(request.body.decode("latin-1")), None)
    if kind == _UPDATE:
        raise errors.read_only()
    raise errors.unsupported_media_type(kind or "a body without a Content-Type")


def _values(text: str) -> list[tuple[str, str]]:
    try:
        # Unescaped bytes (as Latin-1) and percent-escapes together make up UTF-8.
        raw = text.encode("latin-1").decode()
        return parse_qsl(raw, keep_blank_values=True, errors="strict")
    except (UnicodeError, ValueError) as error:
        raise errors.bad_request("The query is not UTF-8.") from error


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise errors.bad_request("The query is not UTF-8.") from error


def _asked(values: list[tuple[str, str]], body: str | None) -> ProtocolRequest:
    found: dict[str, list[str]] = {}
    for name, value in values:
        found.setdefault(name, []).append(value)
    if "update" in found:
        raise errors.read_only()
    queries = [*found.get("query", []), *([] if body is None else [body])]
    if len(queries) > 1:
        raise errors.bad_request("There is more than one `query` in the request.")
    return ProtocolRequest(
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
