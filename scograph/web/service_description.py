"""The service description of the endpoint (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from pyoxigraph import Literal

from scograph.rdf.namespaces import FORMATS, SD
from scograph.rdf.vocabulary import graph_iri
from scograph.sparql.engine import Engine
from scograph.sparql.formats import Format
from scograph.sparql.serialization import SerializedResult

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


def describe_service(engine: Engine, endpoint: str, chosen: Format) -> SerializedResult:
    """Describe the service at the address *endpoint*, which is its IRI, in the format *chosen*."""
    base = engine.release.base
    limits = [str(Literal(text, language="en")) for text in engine.limits.sentences()]
    text = _DESCRIPTION.format(
        sd=SD,
        endpoint=endpoint,
        limits=" , ".join(limits),
        release=graph_iri(base, "release"),
        base=base,
        formats=" , ".join(f"<{FORMATS}{name}>" for name in _W3C_FORMATS.split()),
    )
    return engine.project_query(text, None, chosen)
