"""Media types: one table of formats, and the choice among them by Accept, suffix or name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import QueryResultsFormat, RdfFormat
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

JSON_LD = "application/ld+json"
_RESULTS = "application/sparql-results+"
_XML = ("application/xml", "text/xml")


@dataclass(frozen=True)
class Format:
    """A serialisation: its name in ``format=`` and as a file suffix, its media type, its writer.

    ``accepts`` are further media types by which clients ask for it.
    """

    name: str
    media_type: str
    writer: QueryResultsFormat | RdfFormat
    accepts: tuple[str, ...] = ()
    charset: bool = False

    @property
    def content_type(self) -> str:
        """The Content-Type header: text formats say that they are UTF-8."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type


RESULTS = (
    Format("json", _RESULTS + "json", QueryResultsFormat.JSON, ("application/json",)),
    Format("xml", _RESULTS + "xml", QueryResultsFormat.XML, _XML),
    Format("csv", "text/csv", QueryResultsFormat.CSV, charset=True),
    Format("tsv", "text/tab-separated-values", QueryResultsFormat.TSV, charset=True),
)  # fmt: skip
GRAPHS = (
    Format("ttl", "text/turtle", RdfFormat.TURTLE, ("application/x-turtle",), charset=True),
    Format("jsonld", JSON_LD, RdfFormat.JSON_LD, ("application/json",)),
    Format("nt", "application/n-triples", RdfFormat.N_TRIPLES, ("text/plain",)),
    Format("rdf", "application/rdf+xml", RdfFormat.RDF_XML, _XML),
)
DATASETS = (
    Format("trig", "application/trig", RdfFormat.TRIG),
    Format("nq", "application/n-quads", RdfFormat.N_QUADS),
)
ALL = RESULTS + GRAPHS + DATASETS


def by_name(name: str, among: Iterable[Format] = ALL) -> Format | None:
    """Return the format called *name*: ``csv``, ``turtle``, a media type ...; else None."""
    wanted = name.lower()
    aliases = {"turtle": "ttl", "n3": "ttl", "json-ld": "jsonld", "n-triples": "nt",
               "rdfxml": "rdf", "rdf+xml": "rdf"}  # fmt: skip
    wanted = aliases.get(wanted, wanted)
    names = ((item, (item.name, item.media_type, *item.accepts)) for item in among)
    return next((item for item, known in names if wanted in known), None)


def named(name: str) -> tuple[Format | None, Format | None]:
    """Return the formats for results and for graphs that *name* asks for, None for neither.

    ``json`` and ``xml`` ask for JSON and XML whatever the form of the query is.
    """
    results, graph = by_name(name, RESULTS), by_name(name, GRAPHS + DATASETS)
    if results is not None and results.name in ("json", "xml"):
        graph = by_name("jsonld" if results.name == "json" else "rdf", GRAPHS)
    return results, graph


def negotiate(
    header: str | None, among: Sequence[Format], *, html: bool = False
) -> Format | str | None:
    """Choose by an Accept header (RFC 9110, section 12.5.1) the best of *among*.

    Returns a format; ``"html"`` where *html* is on offer and preferred; None where
    nothing fits. Without a usable header the first format is chosen. Parameters of
    media types, such as a JSON-LD profile, are ignored.
    """
    accept = _usable(header)
    if not accept:
        return among[0]
    offers: dict[str, Format | str] = {item.media_type: item for item in among}
    for item in among:
        for other in item.accepts:
            offers.setdefault(other, item)
    if html:
        # Last, so that a client that accepts anything gets data.
        offers |= {"text/html": "html", "application/xhtml+xml": "html"}
    best = accept.best_match(list(offers))
    return None if best is None else offers[best]


def _usable(header: str | None) -> MIMEAccept:
    accept = parse_accept_header(header, MIMEAccept)
    return MIMEAccept([(name.split(";")[0].strip(), quality) for name, quality in accept])
