"""``/id/...``, ``/page/...`` and ``/data/...``: one thing, as a page or as data.

The IRI redirects by Accept with 303 (Cool URIs for the Semantic Web, section 4.3).
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, serialize
from werkzeug.wrappers import Response as BaseResponse

from scograph.http import errors
from scograph.rdf.turtle import trig
from scograph.rdf.vocabulary import SYSTEM_GRAPHS, TYPE
from scograph.sparql.engine import Engine
from scograph.sparql.formats import (
    DATASETS,
    GRAPHS,
    Format,
    by_name,
    negotiate,
)
from scograph.sparql.select import description_of, exists, select
from scograph.web.pages.layout import language, page
from scograph.web.pages.thing_facts import Group, Reader

_OFFERED = GRAPHS + DATASETS


def add_things(blueprint: Blueprint, engine: Engine) -> None:
    """Add the routes of things to *blueprint*."""
    base = engine.release.base

    def known(name: str) -> NamedNode:
        try:
            node = NamedNode(f"{base}id/{name}")
        except ValueError as error:
            raise errors.not_found(name) from error
        if not exists(engine, node):
            raise errors.not_found(f"{base}id/{name}")
        return node

    @blueprint.get("/id/<path:name>")
    def thing(name: str) -> BaseResponse:
        known(name)
        chosen = negotiate(request.headers.get("Accept"), _OFFERED, html=True)
        if chosen is None:
            raise errors.not_acceptable(item.media_type for item in _OFFERED)
        if isinstance(chosen, Format):
            return redirect(url_for(".data", name=name, suffix=chosen.name), 303)
        return redirect(url_for(".thing_page", name=name, lang=request.args.get("lang")), 303)

    @blueprint.get("/page/<path:name>")
    def thing_page(name: str) -> Response:
        return _page(engine, known(name), name)

    @blueprint.get("/data/<path:name>.<suffix>")
    def data(name: str, suffix: str) -> Response:
        chosen = by_name(suffix, _OFFERED)
        if chosen is None:
            raise errors.not_found(f"{name}.{suffix}")
        return _data(engine, known(name), chosen)

    @blueprint.get("/graph/<name>")
    def graph(name: str) -> Response:
        if name not in SYSTEM_GRAPHS:
            raise errors.not_found(f"{base}graph/{name}")
        chosen = negotiate(request.headers.get("Accept"), GRAPHS, html=True)
        if chosen is None:
            raise errors.not_acceptable(item.media_type for item in GRAPHS)
        found = chosen if isinstance(chosen, Format) else GRAPHS[0]
        return graph_response(engine, NamedNode(f"{base}graph/{name}"), found)


def graph_response(engine: Engine, graph: NamedNode, chosen: Format) -> Response:
    """Answer with the content of a named graph."""
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
    answer = engine.project_query(query, None, chosen)
    return Response(answer.content, content_type=chosen.content_type)


def _page(engine: Engine, node: NamedNode, name: str) -> Response:
    reader = Reader(engine, language())
    facts = reader.facts(node)
    found = reader.citation_of(node.value)
    response = page(
        "thing.html",
        engine,
        iri=node.value,
        name=name,
        title=reader.title(node),
        kind=_kind(facts),
        facts=[part for group in facts if (part := group.part(inferred=False)).facts],
        inferred=[part for group in facts if (part := group.part(inferred=True)).facts],
        passage=found if found and found.kind == "passage" else None,
        reason=found.summary if found and found.kind == "concluded" else "",
        claims=reader.claims(node),
        passages=reader.passages(node) if name.startswith("source/") else [],
        mentions=reader.mentions(node),
        formats=[item.name for item in _OFFERED],
    )
    links = [_alternate(name, item) for item in _OFFERED]
    response.headers["Link"] = ", ".join([*links, f'<{node.value}>; rel="cite-as"'])
    return response


def _kind(facts: list[Group]) -> str:
    """Return the label of the first class that is stated for the thing."""
    types = [group for group in facts if group.name.href == TYPE]
    stated = types[0].part(inferred=False).facts if types else []
    return stated[0].value.text if stated else ""


def _alternate(name: str, item: Format) -> str:
    address = url_for(".data", name=name, suffix=item.name)
    return f'<{address}>; rel="alternate"; type="{item.media_type}"'


def _data(engine: Engine, node: NamedNode, chosen: Format) -> Response:
    """Describe *node*: in a graph what is adopted, in a dataset all that any graph says."""
    if chosen in GRAPHS:
        content = engine.project_query(description_of(node), None, chosen).content
    else:
        content = _quads(engine, node, chosen)
    response = Response(content, content_type=chosen.content_type)
    response.headers["Link"] = f'<{node.value}>; rel="describes"'
    return response


def _quads(engine: Engine, node: NamedNode, chosen: Format) -> bytes:
    rows = select(
        engine,
        f"SELECT ?s ?p ?o ?g WHERE {{ {{ {node} ?p ?o BIND ({node} AS ?s) }} "
        f"UNION {{ ?s ?p {node} BIND ({node} AS ?o) }} "
        f"UNION {{ GRAPH ?g {{ {node} ?p ?o }} BIND ({node} AS ?s) }} "
        f"UNION {{ GRAPH ?g {{ ?s ?p {node} }} BIND ({node} AS ?o) }} "
        f"UNION {{ GRAPH {node} {{ ?s ?p ?o }} BIND ({node} AS ?g) }} }}",
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
