"""``/ontology``: the terms in three languages, or the ontology as data."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request
from pyoxigraph import Literal, NamedNode
from werkzeug.wrappers import Response as BaseResponse

from scograph.http import errors
from scograph.rdf.namespaces import compact
from scograph.rdf.terms import text_of
from scograph.rdf.vocabulary import graph_iri
from scograph.sparql.engine import Engine
from scograph.sparql.formats import GRAPHS, Format, by_name, negotiate
from scograph.sparql.select import Row, select
from scograph.web.pages.addressed import Addressed
from scograph.web.pages.layout import language, page
from scograph.web.pages.things import graph_response, see_thing_or

_TERMS = """
SELECT ?term ?kind ?label ?definition ?example ?parent ?type WHERE {{
    GRAPH <{graph}> {{
        ?ontology a owl:Ontology . ?term rdfs:isDefinedBy ?ontology ; a ?type ; rdfs:label ?label .
        OPTIONAL {{ ?term skos:definition ?definition . FILTER (LANG(?definition) = LANG(?label)) }}
        OPTIONAL {{ ?term skos:example ?example }}
        OPTIONAL {{ ?term rdfs:subClassOf|rdfs:subPropertyOf ?parent . FILTER (isIRI(?parent)) }}
        FILTER (LANG(?label) = "{language}")
        BIND (IF(?type = owl:Class, "classes", IF(?type IN (owl:ObjectProperty, owl:DatatypeProperty), "properties", "values")) AS ?kind)
    }}
}} ORDER BY ?term ?kind ?parent"""  # noqa: E501


@dataclass(frozen=True)
class Shown:
    """A term on the page; ``parents`` are compact names of what it specialises."""

    anchor: str
    name: str
    label: str
    definition: str
    example: str
    parents: list[str]


def add_ontology(blueprint: Blueprint, engine: Engine, addressed: Addressed) -> None:
    """Add the routes of the ontology to *blueprint*."""
    graph = NamedNode(graph_iri(engine.release.base, "ontology"))

    @blueprint.get("/ontology")
    @blueprint.get("/ontology/<version>")
    def ontology(version: str | None = None) -> BaseResponse:
        current = engine.release.manifest["versions"]["ontology"]
        if version not in (None, current):
            other = f"version {version} of the ontology; this release has {current}"
            return see_thing_or(engine, addressed, errors.not_found(other))
        chosen = negotiate(request.headers.get("Accept"), GRAPHS, html=True)
        if isinstance(chosen, Format):
            return graph_response(engine, graph, chosen)
        if chosen is None:
            raise errors.not_acceptable((item.media_type for item in GRAPHS), html=True)
        return page("ontology.html", engine, sections=_sections(engine, graph), version=current)

    @blueprint.get("/ontology.<suffix>")
    def ontology_file(suffix: str) -> BaseResponse:
        chosen = by_name(suffix, GRAPHS)
        if chosen is None:
            return see_thing_or(engine, addressed, errors.not_found(f"ontology.{suffix}"))
        return graph_response(engine, graph, chosen)


def _sections(engine: Engine, graph: NamedNode) -> dict[str, list[Shown]]:
    rows = select(engine, _TERMS.format(graph=graph.value, language=language()))
    sections: dict[str, dict[str, Shown]] = {"classes": {}, "properties": {}, "values": {}}
    prefixes = engine.release.prefixes
    for row in rows:
        iri = text_of(row["term"])
        if any(iri in terms for name, terms in sections.items() if name != text_of(row["kind"])):
            continue  # the term is listed already, under its first type
        shown = sections[text_of(row["kind"])].setdefault(iri, _shown(row, prefixes))
        parent = row["parent"]
        if (
            isinstance(parent, NamedNode)
            and (name := compact(parent.value, prefixes)) not in shown.parents
        ):
            shown.parents.append(name)
    return {name: list(terms.values()) for name, terms in sections.items()}


def _shown(row: Row, prefixes: dict[str, str]) -> Shown:
    iri = text_of(row["term"])
    example = row["example"]
    return Shown(
        anchor=iri.rsplit("#", 1)[-1],
        name=compact(iri, prefixes),
        label=text_of(row["label"]),
        definition=text_of(row["definition"]),
        example=example.value if isinstance(example, Literal) else "",
        parents=[],
    )
