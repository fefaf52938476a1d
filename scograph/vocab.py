"""The names that the code itself relies on: namespaces, terms, kinds of IRI.

Plain strings, so that every layer may use them without a foreign library.
"""

from __future__ import annotations

import re
from typing import Final

SCO: Final = "https://w3id.org/scograph/ontology#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
PROV: Final = "http://www.w3.org/ns/prov#"
DCTERMS: Final = "http://purl.org/dc/terms/"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
SCHEMA: Final = "https://schema.org/"
SH: Final = "http://www.w3.org/ns/shacl#"
VOID: Final = "http://rdfs.org/ns/void#"
VOID_EXT: Final = "http://ldf.fi/void-ext#"
DCAT: Final = "http://www.w3.org/ns/dcat#"
SD: Final = "http://www.w3.org/ns/sparql-service-description#"
FORMATS: Final = "http://www.w3.org/ns/formats/"

# Suggested when a file or a query uses one of these without declaring it.
WELL_KNOWN_PREFIXES: Final[dict[str, str]] = {
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "foaf": FOAF,
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "org": "http://www.w3.org/ns/org#",
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "sco": SCO,
    "sd": SD,
    "sh": SH,
    "skos": SKOS,
    "void": VOID,
    "xsd": XSD,
}

# Namespaces whose terms carry the language itself: nothing is inferred about them.
LANGUAGE_NAMESPACES: Final = (RDF, RDFS, OWL, XSD)

TYPE: Final = RDF + "type"
LABEL: Final = RDFS + "label"
COMMENT: Final = RDFS + "comment"
PREF_LABEL: Final = SKOS + "prefLabel"
DERIVED_FROM: Final = PROV + "wasDerivedFrom"

SOURCE: Final = SCO + "Source"
PASSAGE: Final = SCO + "Passage"
CLAIM: Final = SCO + "Claim"
INFERENCE: Final = SCO + "Inference"
DISPUTE: Final = SCO + "Dispute"

IN_SOURCE: Final = SCO + "inSource"
IN_PASSAGE: Final = SCO + "inPassage"
STATED_IN: Final = SCO + "statedIn"
CONCLUDED_IN: Final = SCO + "concludedIn"
ADOPTED_VERSION: Final = SCO + "adoptedVersion"
VERSION: Final = SCO + "version"
CARRIES_NO_CLAIM: Final = SCO + "carriesNoClaim"

# The named graphs of a dataset that are neither passage, claim nor inference
# (``<base>graph/<name>``), in the order in which pages list them.
SYSTEM_GRAPHS: Final = (
    "ontology",
    "topics",
    "shapes",
    "reference",
    "sources",
    "curation",
    "evidence",
    "inferred",
    "release",
)


# What may follow a prefix in Turtle and SPARQL (PN_LOCAL), in ASCII; a slash gets escaped.
_LOCAL: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_/-]*[A-Za-z0-9_-])?")


def graph_iri(base: str, name: str) -> str:
    """Return the IRI of a system graph; *name* is one of `SYSTEM_GRAPHS`."""
    if name not in SYSTEM_GRAPHS:
        raise ValueError(f"no system graph is called {name!r}")
    return f"{base}graph/{name}"


def compact(iri: str, prefixes: dict[str, str]) -> str:
    """Shorten *iri* to a prefixed name where one of *prefixes* fits, else ``<iri>``.

    The longest fitting namespace wins. A slash is escaped, so that the name can be
    pasted into Turtle and SPARQL; what else would need it leaves the IRI as it is.
    """
    best = max(
        ((ns, name) for name, ns in prefixes.items() if iri.startswith(ns) and ns != iri),
        key=lambda pair: len(pair[0]),
        default=None,
    )
    if best is None:
        return f"<{iri}>"
    local = iri[len(best[0]) :]
    escaped = local.replace("/", r"\/")
    return f"{best[1]}:{escaped}" if _LOCAL.fullmatch(local) else f"<{iri}>"
