"""The data against ``shapes/data.ttl``: what is asserted, closed under subsumption.

Each passage, claim and inference graph is validated by itself, then all that is adopted
together.
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
    aimed_at,
    reachable,
    shapes_graph,
    with_targets,
    without_keys,
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
    """Validate each graph, then all together; what a graph is told once is not told again."""
    each = list(_each_graph(inspection.folder, inspection.asserted, inspection.locator))
    yield from each
    told = {(finding.rule, finding.message) for finding in each}
    for finding in _adopted(inspection.folder, inspection.asserted, inspection.locator):
        if (finding.rule, finding.message) not in told:
            yield finding


def _adopted(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    """Validate all that the release adopts together."""
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
    """Validate each passage, claim and inference graph by itself, merged with reference.

    What a graph describes must be complete there (M1), so only its own subjects
    are focus nodes; of what it merely refers to, the types known elsewhere count.
    """
    shapes = with_targets(shapes_graph(folder)[0], lambda types: not types & {ADOPTED, CLOSURE})
    if not len(shapes):
        return
    of_claims = without_keys(shapes)
    everything = subsumption(set().union(*asserted.graphs.values()))
    reference = subsumption(asserted.graph("reference"))
    types = {triple for triple in everything if triple.predicate.value == TYPE}
    hierarchy = Hierarchy.of(asserted.graph("ontology"))
    shared = to_graph(types | reference)
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
        chosen = of_claims if is_claim else shapes
        aimed = aimed_at(shared, focus, chosen)
        if (is_claim, aimed) not in parts:
            parts[is_claim, aimed] = reachable(chosen, aimed)
        part = parts[is_claim, aimed]
        yield from validate_against(shared, part, folder, locator, focus=focus, graph=iri)
        for triple in added:
            shared.remove(triple)
