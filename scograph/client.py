"""Asking an endpoint elsewhere, through SPARQLWrapper."""

from __future__ import annotations

from urllib.error import HTTPError, URLError

from SPARQLWrapper import SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from scograph import __version__
from scograph.findings import GraphError
from scograph.formats import Format

_TIMEOUT = 60


def ask_endpoint(endpoint: str, query: str, results: Format, graph: Format) -> tuple[bytes, str]:
    """Send *query* to the SPARQL endpoint at *endpoint*; return its answer and media type.

    SELECT and ASK are asked for in *results*, CONSTRUCT and DESCRIBE in *graph*.

    Raises:
        GraphError: the endpoint cannot be reached or refuses the query.

    """
    wrapper = SPARQLWrapper(endpoint, agent=f"scograph/{__version__}")
    wrapper.setOnlyConneg(True)
    wrapper.setMethod("POST")
    wrapper.setTimeout(_TIMEOUT)
    wrapper.addCustomHttpHeader("Accept", f"{results.media_type}, {graph.media_type};q=0.9")
    wrapper.setQuery(query)
    try:
        response = wrapper.query().response
        return bytes(response.read()), str(response.headers.get_content_type())
    except HTTPError as error:
        detail = error.read().decode(errors="replace").strip().splitlines() or [error.reason]
        raise GraphError(f"{endpoint} answers {error.code}: {detail[0]}") from error
    except SPARQLWrapperException as error:
        detail = [line for line in str(error).splitlines() if line.strip()]
        raise GraphError(f"{endpoint} refuses the query: {detail[-1].strip()}") from error
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise GraphError(f"cannot reach {endpoint}: {reason}") from error
