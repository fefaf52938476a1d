"""Asking an endpoint elsewhere, through SPARQLWrapper."""

from __future__ import annotations

from http.client import HTTPException
from urllib.error import HTTPError, URLError

from SPARQLWrapper import SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from scograph import __version__
from scograph.advice import UPDATES, shape_of
from scograph.findings import GraphError
from scograph.formats import Format

_TIMEOUT = 60


def ask_endpoint(
    endpoint: str, query: str, results: Format | None, graph: Format | None
) -> tuple[bytes, Format]:
    """Send *query* to the SPARQL endpoint at *endpoint*; return its answer and format.

    SELECT and ASK are asked for in *results*, CONSTRUCT and DESCRIBE in *graph*;
    None means that no such format will do.

    Raises:
        GraphError: the endpoint cannot be reached or refuses the query, its answer is of
            another kind, or the query is an update, which is not sent.

    """
    if (form := shape_of(query).form) in UPDATES:
        raise GraphError(f"{form} is an update: it is not sent, this command only asks")
    wanted = [item for item in (results, graph) if item is not None]
    wrapper = SPARQLWrapper(endpoint, agent=f"scograph/{__version__}")
    wrapper.setOnlyConneg(True)
    wrapper.setMethod("POST")
    wrapper.setTimeout(_TIMEOUT)
    wrapper.addCustomHttpHeader("Accept", ", ".join(item.media_type for item in wanted))
    wrapper.setQuery(query)
    try:
        response = wrapper.query().response
        content, kind = bytes(response.read()), str(response.headers.get_content_type())
    except HTTPError as error:
        detail = error.read().decode(errors="replace").strip().splitlines() or [error.reason]
        raise GraphError(f"{endpoint} answers {error.code}: {detail[0]}") from error
    except SPARQLWrapperException as error:
        detail = [line for line in str(error).splitlines() if line.strip()]
        raise GraphError(f"{endpoint} refuses the query: {detail[-1].strip()}") from error
    except (URLError, OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise GraphError(f"cannot reach {endpoint}: {reason}") from error
    got = next((item for item in wanted if kind in (item.media_type, *item.accepts)), None)
    if got is None:
        names = " or ".join(item.media_type for item in wanted)
        raise GraphError(f"{endpoint} answers in {kind}, not in {names}: is it an endpoint?")
    return content, got
