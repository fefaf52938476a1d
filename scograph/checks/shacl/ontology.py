"""Validation of the ontology against ``shapes/terms.ttl``, the shapes of its style guide."""

from __future__ import annotations

from collections.abc import Iterator

from scograph.checks.check import Inspection
from scograph.checks.shacl.shapes import shapes_graph
from scograph.checks.shacl.validation import validate_against
from scograph.folder.document import Role
from scograph.rdf.findings import Finding
from scograph.rdf.rdflib_bridge import to_graph


def check_ontology(inspection: Inspection) -> Iterator[Finding]:
    """Validate all files of the ontology together."""
    folder = inspection.folder
    shapes, bad = shapes_graph(folder, terms=True)
    yield from bad
    if len(shapes):
        triples = {quad.triple for doc in folder.of(Role.ONTOLOGY) for quad in doc.quads}
        yield from validate_against(to_graph(triples), shapes, folder, inspection.locator)
