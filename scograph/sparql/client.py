"""An endpoint elsewhere, asked through SPARQLWrapper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results
from SPARQLWrapper import SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

from scograph import __version__
from scograph.rdf.errors import GraphError
from scograph.rdf.namespaces import WELL_KNOWN_PREFIXES
from scograph.rdf.terms import text_of
from scograph.sparql.engine import prefixes_in
from scograph.sparql.errors import QueryError
from scograph.sparql.formats import RESULTS, Format
from scograph.sparql.serialization import SerializedResult
from scograph.sparql.tokens import UPDATES, shape_of

_TIMEOUT = 60
_PREFIX = re.compile(r"\bPREFIX\s+([\w.-]*):", re.IGNORECASE)
# Prefix declarations of a dataset (SHACL, section 5.2.1), which every release has.
_DECLARED = """\
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace WHERE {
    ?dataset sh:declare ?declaration .
    ?declaration sh:prefix ?prefix ; sh:namespace ?namespace .
} ORDER BY ?prefix ?namespace"""


@dataclass(frozen=True)
class Endpoint:
    """A SPARQL endpoint, by its address."""

    address: str

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that its dataset declares, and the well-known ones.

        Raises:
            GraphError: the endpoint does not answer.

        """
        found = ask_endpoint(self.address, _DECLARED, RESULTS[0], None)
        rows = parse_query_results(found.content, format=QueryResultsFormat.JSON)
        if not isinstance(rows, QuerySolutions):
            raise GraphError(f"{self.address} answers a SELECT with no table")
        declared = {text_of(row["prefix"]): text_of(row["namespace"]) for row in rows}
        return {**WELL_KNOWN_PREFIXES, **declared}

    def query(self, text: str, results: Format | None, graph: Format | None) -> SerializedResult:
        """Ask *text*, to which the prefixes are added that it uses and does not declare.

        Raises:
            GraphError: the endpoint does not answer, or refuses the query.

        """
        return ask_endpoint(self.address, self._declared(text), results, graph)

    def project_query(
        self, text: str, results: Format | None, graph: Format | None
    ) -> SerializedResult:
        """Ask a query of this project's own; see `query`."""
        return self.query(text, results, graph)

    def _declared(self, text: str) -> str:
        own = set(_PREFIX.findall(text))
        used = prefixes_in(text, self.prefixes)
        lines = [f"PREFIX {name}: <{iri}>" for name, iri in used.items() if name not in own]
        # On one line with the text, so that line numbers in errors stay right.
        return " ".join([*lines, text])


def ask_endpoint(
    endpoint: str, query: str, results: Format | None, graph: Format | None
) -> SerializedResult:
    """Send *query* to the SPARQL endpoint at *endpoint*; return its answer.

    SELECT and ASK are asked for in *results*, CONSTRUCT and DESCRIBE in *graph*;
    None means that no such format will do.

    Raises:
        GraphError: the endpoint cannot be reached or refuses the query, its answer is of
            another kind, or the query is an update, which is not sent.

    """
    if (form := shape_of(query).form) in UPDATES:
        raise QueryError("update", f"{form} is an update: it is not sent, this command only asks")
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
        raise GraphError(f"{endpoint} answers {error.code}: {_first_line(error)}") from error
    except QueryBadFormed as error:
        detail = [line for line in str(error).splitlines() if line.strip()]
        raise QueryError("syntax", f"{endpoint} refuses the query: {detail[-1].strip()}") from error
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
    return SerializedResult(content, got)


def is_address(text: str) -> bool:
    """Tell whether *text* is an http(s) address."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def fetch(address: str) -> bytes:
    """Return the content at *address*, for which `is_address` holds.

    Raises:
        GraphError: nobody answers there, or not with 200.

    """
    try:
        with urlopen(address, timeout=_TIMEOUT) as response:  # noqa: S310 - http(s) only
            return bytes(response.read())
    except HTTPError as error:
        raise GraphError(f"{address} answers {_first_line(error)}") from error
    except (URLError, OSError, HTTPException) as error:
        raise GraphError(f"cannot reach {address}: {getattr(error, 'reason', error)}") from error


def _first_line(error: HTTPError) -> str:
    lines = error.read().decode(errors="replace").strip().splitlines()
    return lines[0] if lines else str(error.reason)
