"""Validation of the asserted data, closed under subsumption, against ``shapes/data.ttl``.

Each passage, claim and inference graph is validated by itself, then the default graph (all
that is adopted) as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator

import rdflib
from pyoxigraph import NamedNode

from scograph.checks.check import Inspection
from scograph.checks.shacl.shapes import (
    ADOPTED,
    CLOSURE,
    TARGETS,
    reachable,
    shapes_graph,
    targeting,
    with_targets,
    without_class_min_counts,
)
from scograph.checks.shacl.validation import validate_against
from scograph.folder.dataset import Asserted
from scograph.folder.folder import Folder
from scograph.folder.positions import Locator
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.rdflib_bridge import to_graph, to_rdflib
from scograph.rdf.vocabulary import TYPE
from scograph.reasoning.hierarchy import Hierarchy, subsumption


def check_data(inspection: Inspection) -> Iterator[Finding]:
    """Validate each graph, then the default graph; report what both have in common once."""
    findings = list(_each_graph(inspection.folder, inspection.asserted, inspection.locator))
    yield from findings
    reported = {(finding.rule, finding.message) for finding in findings}
    for finding in _adopted(inspection.folder, inspection.asserted, inspection.locator):
        if (finding.rule, finding.message) not in reported:
            yield finding


def _adopted(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    """Validate the default graph; report shapes that cannot be used or have no targets."""
    shapes, bad = shapes_graph(folder)
    yield from bad
    if not bad and not any(predicate in TARGETS for predicate in shapes.predicates()):
        yield Finding(
            "shapes/data.ttl", 0, Severity.WARNING, "no-shapes",
            "no shape has a target: nothing says what sound data look like",
        )  # fmt: skip
    if len(shapes):
        data = to_graph(subsumption(asserted.default_graph()))
        adopted = with_targets(shapes, lambda types: CLOSURE not in types)
        yield from validate_against(data, adopted, folder, locator)


def _each_graph(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    """Validate each passage, claim and inference graph by itself.

    A graph must be complete by itself (ontology/STYLE.md, M1), so its subjects are the focus
    nodes. The reference data, and all types in the dataset, are added to it: they serve for
    the nodes to which it only refers.
    """
    shapes = with_targets(shapes_graph(folder)[0], lambda types: not types & {ADOPTED, CLOSURE})
    if not len(shapes):
        return
    claim_shapes = without_class_min_counts(shapes)
    all_triples = subsumption(set().union(*asserted.graphs.values()))
    reference = subsumption(asserted.graph("reference"))
    types = {triple for triple in all_triples if triple.predicate.value == TYPE}
    hierarchy = Hierarchy.of(asserted.graph("ontology"))
    shared = to_graph(types | reference)
    # Graphs that are about the same classes need the same shapes: these are extracted once.
    parts: dict[tuple[bool, frozenset[rdflib.term.Node]], rdflib.Graph] = {}
    for iri, triples in asserted.world_graphs():
        added = [
            (to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object))
            for t in hierarchy.close(triples) - types - reference
        ]
        for triple in added:
            shared.add(triple)
        focus = sorted({t.subject.value for t in triples if isinstance(t.subject, NamedNode)})
        is_claim = iri in asserted.claims
        chosen = claim_shapes if is_claim else shapes
        relevant = targeting(shared, focus, chosen)
        if (is_claim, relevant) not in parts:
            parts[is_claim, relevant] = reachable(chosen, relevant)
        part = parts[is_claim, relevant]
        yield from validate_against(shared, part, folder, locator, focus=focus, graph=iri)
        for triple in added:
            shared.remove(triple)
