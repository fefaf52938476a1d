"""Which shapes are to blame where a validation exceeds its bounds.

pySHACL does not say with which shape it is busy, so each is validated alone, within the
bounds of a query.
"""

from __future__ import annotations

from collections.abc import Iterator

import rdflib

from scograph.checks.check import Inspection
from scograph.checks.exceeded import of_query
from scograph.checks.shacl.shapes import TARGETS, reachable, shapes_graph
from scograph.checks.shacl.validation import validate_against
from scograph.folder.document import Role
from scograph.rdf.findings import Finding
from scograph.rdf.rdflib_bridge import to_graph
from scograph.reasoning.hierarchy import subsumption
from scograph.system.bounded import Ending, results


def blame_ontology(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each shape of the ontology that exceeds the bounds alone."""
    triples = {quad.triple for doc in inspection.folder.of(Role.ONTOLOGY) for quad in doc.quads}
    yield from _blame(inspection, to_graph(triples), terms=True)


def blame_data(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each shape of the data that exceeds the bounds alone."""
    graphs = inspection.asserted.graphs.values()
    triples = subsumption(set().union(*graphs))
    if inspection.closure is not None:
        triples |= set(inspection.closure.inferred)
    yield from _blame(inspection, to_graph(triples), terms=False)


def _blame(inspection: Inspection, data: rdflib.Graph, *, terms: bool) -> Iterator[Finding]:
    folder, locator, bounds = inspection.folder, inspection.locator, inspection.of_query
    documents = list(folder.of(Role.SHAPES))
    shapes = shapes_graph(folder, terms=terms)[0]
    targets = sorted({shape for shape, predicate, _ in shapes if predicate in TARGETS}, key=str)

    def validate(shape: rdflib.term.Node) -> bool:
        alone = reachable(shapes, [shape])
        return bool(list(validate_against(data, alone, folder, locator)))

    for shape, told in zip(targets, results(validate, targets, bounds), strict=True):
        if isinstance(told, Ending):
            place, line = locator.locate(str(shape)) or (documents[0].path, 0)
            name = folder.compact(str(shape), place)
            work = f"{name}: to validate this shape (its sh:pattern, path or query)"
            yield of_query(place, line, work, told, bounds)
