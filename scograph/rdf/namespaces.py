"""Namespaces, and conversion between IRIs and prefixed names (`compact`, `expand`).

IRIs are plain strings here, so that this module needs no RDF library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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

# The vocabularies that define RDF and OWL themselves: inferences about their terms are not
# published.
LANGUAGE_NAMESPACES: Final = (RDF, RDFS, OWL, XSD)

# The local names that `compact` writes: those of PN_LOCAL (SPARQL 1.1, section 19.8) in ASCII,
# with slashes, which it escapes.
_LOCAL: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_/-]*[A-Za-z0-9_-])?")
# PN_LOCAL_ESC: a backslash before one of these (SPARQL 1.1, section 19.8).
_ESCAPED: Final = re.compile(r"\\([_~.\-!$&'()*+,;=/?#@%])")


def compact(iri: str, prefixes: Mapping[str, str]) -> str:
    """Shorten *iri* to a prefixed name where one of *prefixes* matches, else ``<iri>``.

    The longest matching namespace wins. A slash is escaped, so that the name is valid in
    Turtle and SPARQL. An IRI whose local part would need any other escape is not shortened.
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


def expand(name: str, prefixes: Mapping[str, str]) -> str | None:
    r"""Return the IRI that the prefixed name *name* stands for, None where its prefix is unknown.

    An escaped character, as in ``region:RU\-CHE``, stands for itself (SPARQL 1.1,
    section 4.1.1.1).
    """
    prefix, colon, local = name.partition(":")
    if not colon or prefix not in prefixes:
        return None
    return prefixes[prefix] + _ESCAPED.sub(r"\1", local)
