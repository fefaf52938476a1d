"""An endpoint elsewhere, asked through SPARQLWrapper."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from functools import cached_property
from html import unescape
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results
from SPARQLWrapper import SPARQLWrapper

from scograph import __version__
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import shortened
from scograph.rdf.namespaces import WELL_KNOWN_PREFIXES
from scograph.rdf.terms import text_of
from scograph.sparql.engine import prefixes_in
from scograph.sparql.errors import QueryError
from scograph.sparql.formats import RESULTS, Format
from scograph.sparql.serialization import SerializedResult
from scograph.sparql.tokens import UPDATES, shape_of, words_of

_TIMEOUT = 60
_DECLARED_NAME = re.compile(r"(?:\s|#[^\n\r]*+)*+([\w.-]*):")
# Of a refusal as much is read, in bytes, and shown, in characters.
_LONGEST_REFUSAL, _LONGEST_LINE = 20_000, 500
# What an address may have; the rest is escaped (RFC 3987, section 3.1).
_IN_ADDRESS = "%/:?#[]@!$&'()*+,;=-._~"
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
        own = set(_own_prefixes(text))
        used = prefixes_in(text, self.prefixes)
        lines = [f"PREFIX {name}: <{iri}>" for name, iri in used.items() if name not in own]
        # On one line with the text, so that line numbers in errors stay right.
        return " ".join([*lines, text])


def _own_prefixes(text: str) -> Iterator[str]:
    """Yield the prefixes that *text* declares, and does not only speak of in a comment."""
    for word, start in words_of(text):
        declared = _DECLARED_NAME.match(text, start + len(word))
        if word.upper() == "PREFIX" and declared:
            yield declared[1]


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
    form = shape_of(query).form
    if form in UPDATES:
        raise QueryError("update", f"{form} is an update: it is not sent, this command only asks")
    wanted = [item for item in (results, graph) if item is not None]
    wrapper = _Wrapper(quote(endpoint, safe=_IN_ADDRESS), agent=f"scograph/{__version__}")
    wrapper.setOnlyConneg(True)
    wrapper.setMethod("POST")
    wrapper.setTimeout(_TIMEOUT)
    wrapper.addCustomHttpHeader("Accept", ", ".join(item.media_type for item in wanted))
    # Not by setQuery, which looks for keywords in comments and names, too.
    wrapper.queryString, wrapper.queryType = query, form or "SELECT"
    try:
        response = wrapper.query().response
        kind = str(response.headers.get_content_type())
        content = _content(response.read(), response.headers)
    except HTTPError as error:
        raise _refusal(endpoint, error) from error
    except (URLError, OSError, HTTPException) as error:
        raise GraphError(f"cannot reach {endpoint}: {_reason(error)}") from error
    except UnicodeError as error:
        raise QueryError("syntax", "the query, or the endpoint's address, is no text") from error
    got = next((item for item in wanted if kind in (item.media_type, *item.accepts)), None)
    if got is None:
        names = " or ".join(item.media_type for item in wanted)
        raise GraphError(f"{endpoint} answers in {kind}, not in {names}: is it an endpoint?")
    return SerializedResult(content, got)


class _Resend(HTTPRedirectHandler):
    """Sends a query on to where the endpoint has moved, where urllib would leave it out."""

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if code == HTTPStatus.SEE_OTHER or not is_address(newurl):
            return super().redirect_request(req, fp, code, msg, headers, newurl)
        return Request(newurl, req.data, req.headers, method=req.get_method())  # noqa: S310 - http(s) only


class _Wrapper(SPARQLWrapper):
    """SPARQLWrapper, whose failures are urllib's: its own show bytes as Python writes them."""

    def _query(self) -> tuple[Any, str]:
        opener = build_opener(_Resend)
        return opener.open(self._createRequest(), timeout=self.timeout), self.returnFormat


def _refusal(endpoint: str, error: HTTPError) -> GraphError:
    """Return what the failure *error* says, in one line."""
    told = _told(error)
    named = f"{error.code} {error.reason}".strip()
    detail = told if told.startswith(str(error.code)) else f"{named}: {told}" if told else named
    if error.code == HTTPStatus.BAD_REQUEST:
        return QueryError("syntax", f"{endpoint} refuses the query: {told or named}")
    if error.code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return GraphError(f"{endpoint} refuses the query: {detail}")
    return GraphError(f"{endpoint} answers {detail}")


def _told(error: HTTPError) -> str:
    """Return the first line of an answer that is text or HTML, empty where there is none."""
    try:
        content = _content(error.read(_LONGEST_REFUSAL), error.headers)
    except (OSError, HTTPException, ValueError):  # the answer breaks off
        return ""
    text = content.decode(errors="replace")
    if "html" in error.headers.get_content_type() or text.lstrip()[:1] == "<":
        text = _page_text(text)
    printable = (
        "".join(mark if mark.isprintable() else " " for mark in line) for line in text.splitlines()
    )
    lines = (" ".join(line.split()) for line in printable)
    return shortened(next((line for line in lines if line), ""), _LONGEST_LINE)


def _page_text(page: str) -> str:
    """Return the text of an HTML page, of its body if there is any."""
    shown = re.sub(r"(?is)<(head|script|style)\b.*?</\1\s*>|<[^>]*>", "\n", page)
    title = re.search(r"(?is)<title[^>]*>([^<]*)", page)
    return unescape(shown if shown.strip() or title is None else title[1])


def _content(content: bytes, headers: Message) -> bytes:
    """Return *content* in UTF-8, and not compressed.

    Raises:
        OSError: it is not what its headers say.

    """
    if "gzip" in headers.get("Content-Encoding", "").lower():
        with suppress(EOFError, zlib.error):
            content = gzip.decompress(content)
    charset = headers.get_content_charset("utf-8")
    if not headers.get_content_type().startswith("text/") or charset in ("utf-8", "us-ascii"):
        return content
    with suppress(LookupError):  # a name that nobody knows
        return content.decode(charset, errors="replace").encode()
    return content


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
        with urlopen(quote(address, safe=_IN_ADDRESS), timeout=_TIMEOUT) as response:  # noqa: S310 - http(s) only
            return bytes(response.read())
    except HTTPError as error:
        told = _told(error) or f"{error.code} {error.reason}"
        raise GraphError(f"{address} answers {told}") from error
    except (URLError, OSError, HTTPException) as error:
        raise GraphError(f"cannot reach {address}: {_reason(error)}") from error


def _reason(error: Exception) -> object:
    return getattr(error, "reason", error)
