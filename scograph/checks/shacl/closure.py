"""Validation of the closure against the shapes of type sco:ClosureShape."""

from __future__ import annotations

from collections.abc import Iterator

from scograph.checks.check import Inspection
from scograph.checks.shacl.shapes import CLOSURE, shapes_graph, with_targets
from scograph.checks.shacl.validation import validate_against
from scograph.rdf.findings import Finding
from scograph.rdf.rdflib_bridge import to_graph


def check_closure(inspection: Inspection) -> Iterator[Finding]:
    """Validate the adopted and the inferred triples together against these shapes."""
    folder, closure = inspection.folder, inspection.closure
    if closure is None:
        return
    shapes = with_targets(shapes_graph(folder)[0], lambda types: CLOSURE in types)
    if len(shapes):
        data = to_graph(inspection.asserted.default_graph() | set(closure.inferred))
        yield from validate_against(data, shapes, folder, inspection.locator)
