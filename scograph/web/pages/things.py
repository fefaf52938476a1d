"""``/id/...``, ``/page/...`` and ``/data/...``: one thing, as a page or as data.

An IRI redirects by Accept with 303 (Cool URIs for the Semantic Web, section 4.3), wherever below
the base it lies. Where several things share an address, its page lists them, and its data are
about all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, redirect, request
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, serialize
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response as BaseResponse

from scograph.explanations.addresses import address_of, data_address, page_address
from scograph.explanations.citations import Link
from scograph.http import errors
from scograph.rdf.turtle import trig
from scograph.rdf.vocabulary import SYSTEM_GRAPHS, TYPE
from scograph.sparql.engine import Engine
from scograph.sparql.formats import DATASETS, GRAPHS, Format, by_name, negotiate
from scograph.sparql.select import description_of, select, values
from scograph.web.pages.addressed import Addressed
from scograph.web.pages.layout import keep, keeping, language, page
from scograph.web.pages.thing_facts import Group, Reader

_OFFERED = GRAPHS + DATASETS


def add_things(blueprint: Blueprint, engine: Engine, addressed: Addressed) -> None:
    """Add the routes of things to *blueprint*; *addressed* finds them."""
    _add_redirects(blueprint, engine, addressed)
    _add_pages(blueprint, engine, addressed)
    _add_data(blueprint, engine, addressed)


def _add_redirects(blueprint: Blueprint, engine: Engine, addressed: Addressed) -> None:
    base = engine.release.base

    @blueprint.before_app_request
    def elsewhere() -> BaseResponse | None:
        """Answer at an IRI that is no address of a page's own, in another namespace say."""
        if isinstance(request.routing_exception, NotFound) and request.method == "GET":
            return see_thing(engine, addressed)
        return None

    @blueprint.get("/id/<path:name>")
    def thing(name: str) -> BaseResponse:
        return see_thing_or(engine, addressed, errors.not_found(f"{base}id/{name}"))

    @blueprint.get("/graph/<name>")
    def graph(name: str) -> BaseResponse:
        if name not in SYSTEM_GRAPHS:
            return see_thing_or(engine, addressed, errors.not_found(f"{base}graph/{name}"))
        chosen = negotiate(request.headers.get("Accept"), GRAPHS, html=True)
        if chosen is None:
            raise errors.not_acceptable(item.media_type for item in GRAPHS)
        found = chosen if isinstance(chosen, Format) else GRAPHS[0]
        return graph_response(engine, NamedNode(f"{base}graph/{name}"), found)


def _add_pages(blueprint: Blueprint, engine: Engine, addressed: Addressed) -> None:
    base = engine.release.base

    @blueprint.get("/page/<path:name>")
    def thing_page(name: str) -> BaseResponse:
        iris = _named(base, addressed, name)
        if not iris:
            return see_thing_or(engine, addressed, errors.not_found(f"{base}id/{name}"))
        return _page(engine, addressed, iris)

    @blueprint.get("/page")
    def given_page() -> Response:
        return _page(engine, addressed, _given(base, addressed))


def _add_data(blueprint: Blueprint, engine: Engine, addressed: Addressed) -> None:
    base = engine.release.base

    @blueprint.get("/data/<path:name>")
    def data(name: str) -> BaseResponse:
        stem, _, suffix = name.rpartition(".")
        chosen = by_name(suffix, _OFFERED)
        iris = _named(base, addressed, stem)
        if chosen is None or not iris:
            missing = name if chosen is None else f"{base}id/{stem}"
            return see_thing_or(engine, addressed, errors.not_found(missing))
        return _data(engine, addressed, iris, chosen)

    @blueprint.get("/data")
    def given_data() -> Response:
        chosen = by_name(request.args.get("format", "ttl"), _OFFERED)
        if chosen is None:
            names = ", ".join(item.name for item in _OFFERED)
            raise errors.bad_request(f"There is no such format; there are {names}.")
        return _data(engine, addressed, _given(base, addressed), chosen)


def _named(base: str, addressed: Addressed, name: str) -> list[str]:
    """Return the IRIs below ``id/`` that *name* is of, as addresses of pages and data write it."""
    iri = f"{base}id/{name}"
    return [iri] if addressed.things(iri) else addressed.at(f"id/{name}", query_part())


def _given(base: str, addressed: Addressed) -> list[str]:
    """Return the IRIs that the parameters of the request name."""
    iris = request.args.getlist("iri")
    for iri in iris:
        if not iri.startswith(base) or not addressed.things(iri):
            raise errors.not_found(iri)
    if not iris:
        raise errors.bad_request("The request has no `iri`.")
    return iris


def see_thing(engine: Engine, addressed: Addressed) -> BaseResponse | None:
    """Redirect from the address that is requested to what it names; None where it names nothing.

    Raises:
        HTTPException: no format that the client accepts is on offer.

    """
    path = request.environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
    iris = addressed.at(path[1:], query_part())
    if not iris:
        return None
    chosen = negotiate(request.headers.get("Accept"), _OFFERED, html=True)
    if chosen is None:
        raise errors.not_acceptable((item.media_type for item in _OFFERED), html=True)
    base = engine.release.base
    if isinstance(chosen, Format):
        return redirect(data_address(iris, base, chosen.name), 303)
    return redirect(keeping(page_address(iris, base), keep()), 303)


def see_thing_or(engine: Engine, addressed: Addressed, error: HTTPException) -> BaseResponse:
    """Redirect as `see_thing` does.

    Raises:
        HTTPException: *error*, where the address names nothing.

    """
    found = see_thing(engine, addressed)
    if found is None:
        raise error
    return found


def query_part() -> str:
    """Return what follows ``?`` in the address that is requested."""
    return request.query_string.decode(errors="replace")


def graph_response(engine: Engine, graph: NamedNode, chosen: Format) -> Response:
    """Answer with the content of a named graph."""
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
    answer = engine.project_query(query, None, chosen)
    return Response(answer.content, content_type=chosen.content_type)


def _page(engine: Engine, addressed: Addressed, iris: Sequence[str]) -> Response:
    nodes = [node for iri in iris for node in _shown(addressed, iri)]
    if len(nodes) == 1:
        return _thing_page(engine, nodes[0])
    reader = Reader(engine, language())
    reader.learn(nodes)
    base = engine.release.base
    links = [Link(reader.label(node.value), page_address([node.value], base)) for node in nodes]
    things = list(zip(nodes, links, strict=True))
    formats = [(item.name, data_address(iris, base, item.name)) for item in _OFFERED]
    response = page(
        "things.html", engine, title=reader.last_part(iris[0]), things=things, formats=formats
    )
    response.headers["Link"] = ", ".join(_alternate(iris, base, item) for item in _OFFERED)
    return response


def _shown(addressed: Addressed, iri: str) -> list[NamedNode]:
    """Return the thing that is called *iri*, or, where there is none, those of its fragments."""
    found = addressed.things(iri)
    return found[:1] if found[0].value == iri else found


def _thing_page(engine: Engine, node: NamedNode) -> Response:
    reader = Reader(engine, language())
    facts = reader.facts(node)
    found = reader.citation_of(node.value)
    base, iri = engine.release.base, node.value
    passages = reader.passages(node)
    response = page(
        "thing.html",
        engine,
        iri=iri,
        title=reader.title(node),
        kind=_kind(facts),
        facts=[part for group in facts if (part := group.part(inferred=False)).facts],
        inferred=[part for group in facts if (part := group.part(inferred=True)).facts],
        passage=found if found and found.kind == "passage" else None,
        reason=found.summary if found and found.kind == "concluded" else "",
        claims=reader.claims(node),
        passages=passages,
        mentions=reader.mentions(node, passages),
        formats=[(item.name, data_address([iri], base, item.name)) for item in _OFFERED],
    )
    links = [_alternate([iri], base, item) for item in _OFFERED]
    response.headers["Link"] = ", ".join([*links, f'<{address_of(iri)}>; rel="cite-as"'])
    return response


def _kind(facts: list[Group]) -> str:
    """Return the label of the first class that is stated for the thing."""
    types = [group for group in facts if group.name.href == TYPE]
    stated = types[0].part(inferred=False).facts if types else []
    return stated[0].value.text if stated else ""


def _alternate(iris: Sequence[str], base: str, item: Format) -> str:
    address = data_address(iris, base, item.name)
    return f'<{address}>; rel="alternate"; type="{item.media_type}"'


def _data(engine: Engine, addressed: Addressed, iris: Sequence[str], chosen: Format) -> Response:
    """Describe *iris*: in a graph what is adopted, in a dataset all that any graph says."""
    nodes = list(dict.fromkeys(node for iri in iris for node in addressed.things(iri)))
    if chosen in GRAPHS:
        content = engine.project_query(description_of(*nodes), None, chosen).content
    else:
        content = _quads(engine, nodes, chosen)
    response = Response(content, content_type=chosen.content_type)
    described = [f'<{address_of(iri)}>; rel="describes"' for iri in iris]
    response.headers["Link"] = ", ".join(described)
    return response


def _quads(engine: Engine, nodes: Sequence[NamedNode], chosen: Format) -> bytes:
    these = f"VALUES ?n {{ {values(nodes)} }}"
    rows = select(
        engine,
        f"SELECT ?s ?p ?o ?g WHERE {{ {{ {these} ?n ?p ?o BIND (?n AS ?s) }} "
        f"UNION {{ {these} ?s ?p ?n BIND (?n AS ?o) }} "
        f"UNION {{ {these} GRAPH ?g {{ ?n ?p ?o }} BIND (?n AS ?s) }} "
        f"UNION {{ {these} GRAPH ?g {{ ?s ?p ?n }} BIND (?n AS ?o) }} "
        f"UNION {{ {these} GRAPH ?n {{ ?s ?p ?o }} BIND (?n AS ?g) }} }}",
    )
    quads = {
        Quad(row["s"], row["p"], row["o"], row["g"] or DefaultGraph())  # type: ignore[arg-type]
        for row in rows
    }
    ordered = sorted(quads, key=lambda quad: (str(quad.graph_name), str(quad)))
    writer = chosen.writer
    if not isinstance(writer, RdfFormat):
        raise TypeError(f"{chosen.name} writes no RDF")
    if writer == RdfFormat.TRIG:
        return trig(ordered, engine.release.prefixes)
    return serialize(ordered, format=writer) or b""
