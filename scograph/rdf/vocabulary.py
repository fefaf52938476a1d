"""IRIs of the terms and named graphs that the code itself refers to."""

from __future__ import annotations

from typing import Final

from scograph.rdf.namespaces import PROV, RDF, RDFS, SCO, SKOS

TYPE: Final = RDF + "type"
LABEL: Final = RDFS + "label"
COMMENT: Final = RDFS + "comment"
PREF_LABEL: Final = SKOS + "prefLabel"
DERIVED_FROM: Final = PROV + "wasDerivedFrom"

SOURCE: Final = SCO + "Source"
PASSAGE: Final = SCO + "Passage"
CLAIM: Final = SCO + "Claim"
INFERENCE: Final = SCO + "Inference"

IN_SOURCE: Final = SCO + "inSource"
IN_PASSAGE: Final = SCO + "inPassage"
STATED_IN: Final = SCO + "statedIn"
CONCLUDED_IN: Final = SCO + "concludedIn"
ADOPTED_VERSION: Final = SCO + "adoptedVersion"
VERSION: Final = SCO + "version"
CARRIES_NO_CLAIM: Final = SCO + "carriesNoClaim"

# The named graphs of a dataset that are neither passage, claim nor inference
# (their IRIs are ``<base>graph/<name>``), in the order in which pages list them.
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


def graph_iri(base: str, name: str) -> str:
    """Return the IRI of a system graph.

    Raises:
        ValueError: *name* is not one of `SYSTEM_GRAPHS`.

    """
    if name not in SYSTEM_GRAPHS:
        raise ValueError(f"no system graph is called {name!r}")
    return f"{base}graph/{name}"
