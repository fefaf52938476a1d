"""Reference data: they state only what exists and how it is called, and name their source."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode

from scograph.checks.check import Inspection
from scograph.folder.document import Role
from scograph.folder.positions import Places
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.namespaces import (
    DCTERMS,
    SCO,
)
from scograph.rdf.vocabulary import (
    TYPE,
)


def check_reference_data(inspection: Inspection) -> Iterator[Finding]:
    """Report triples that reference data must not state, and files that name no source."""
    folder, asserted = inspection.folder, inspection.asserted
    allowed = {
        triple.subject.value
        for triple in asserted.graph("ontology")
        if triple.predicate.value == TYPE
        and triple.object == NamedNode(SCO + "ReferenceProperty")
        and isinstance(triple.subject, NamedNode)
    } | {TYPE, DCTERMS + "source", DCTERMS + "license"}
    for document in folder.of(Role.REFERENCE):
        if not any(quad.predicate.value == DCTERMS + "source" for quad in document.quads):
            yield Finding(
                document.path, 0, Severity.ERROR, "reference-source",
                "say where these data come from: <base>graph/reference#<file> dcterms:source ...",
            )  # fmt: skip
        places = Places(document)
        for quad in document.quads:
            if quad.predicate.value in allowed or not isinstance(quad.subject, NamedNode):
                continue
            path, line = places.of_quad(quad)
            name = folder.compact(quad.predicate.value, document.path)
            yield Finding(
                path, line, Severity.ERROR, "claim-without-passage",
                f"{name} is no sco:ReferenceProperty: reference data say what exists and how it is "
                "called; put this claim into the graph of the passage that makes it",
            )  # fmt: skip
