"""SHACL: what sound data and a well-kept ontology look like, by pySHACL.

Data shapes run on the asserted triples with their subclass and subproperty
closure; on each passage, claim and inference graph by itself; those typed
sco:ClosureShape on the full closure (DESIGN section 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import rdflib
from pyoxigraph import NamedNode, Triple
from pyshacl import validate
from rdflib.namespace import RDF, SH

from scograph.findings import Finding, GraphError, Severity
from scograph.interop import to_graph, to_rdflib
from scograph.reason import subsumption
from scograph.sources.dataset import Asserted
from scograph.sources.document import Document, Role
from scograph.sources.folder import Folder
from scograph.sources.positions import Locator
from scograph.vocab import SCO, TYPE

_TERMS = "terms.ttl"
_SEVERITY = {SH.Violation: Severity.ERROR, SH.Warning: Severity.WARNING, SH.Info: Severity.INFO}
_TARGETS = {SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf}
_ADOPTED = rdflib.URIRef(SCO + "AdoptedShape")
_CLOSURE = rdflib.URIRef(SCO + "ClosureShape")


@dataclass(frozen=True)
class Result:
    """One result of a validation (SHACL section 3.6.2); IRIs and lexical forms as text.

    ``focus`` is None for a blank node.
    """

    focus: str | None
    path: str | None
    value: str | None
    severity: Severity
    shape: str
    message: str


def check_ontology(folder: Folder, locator: Locator) -> Iterator[Finding]:
    """Validate the ontology's files together against ``shapes/terms.ttl``."""
    shapes = _shapes_graph(folder, terms=True)
    if len(shapes):
        triples = {quad.triple for doc in folder.of(Role.ONTOLOGY) for quad in doc.quads}
        results = _validate(to_graph(triples), shapes)
        yield from _findings(results, folder, locator, None)


def check_adopted(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    """Validate all that the release adopts together."""
    shapes = _shapes_graph(folder)
    if len(shapes):
        data = to_graph(subsumption(asserted.default_graph()))
        results = _validate(data, _only(shapes, lambda types: _CLOSURE not in types))
        yield from _findings(results, folder, locator, None)


def check_closure(
    folder: Folder, asserted: Asserted, inferred: Iterable[Triple], locator: Locator
) -> Iterator[Finding]:
    """Validate the full closure against the shapes that are marked for it."""
    shapes = _only(_shapes_graph(folder), lambda types: _CLOSURE in types)
    if len(shapes):
        data = to_graph(asserted.default_graph() | set(inferred))
        yield from _findings(_validate(data, shapes), folder, locator, None)


def check_each_graph(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    """Validate each passage, claim and inference graph by itself, merged with reference.

    What a graph describes must be complete there (M1), so only its own subjects
    are focus nodes; of what it merely refers to, the types known elsewhere count.
    """
    shapes = _only(_shapes_graph(folder), lambda types: not types & {_ADOPTED, _CLOSURE})
    if not len(shapes):
        return
    everything = subsumption(set().union(*asserted.graphs.values()))
    reference = subsumption(asserted.graph("reference"))
    types = {triple for triple in everything if triple.predicate.value == TYPE}
    schema = asserted.graph("ontology")
    shared = to_graph(types | reference)
    for iri, triples in asserted.world_graphs():
        own = subsumption(triples | schema) - subsumption(schema)
        added = [
            (to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object))
            for t in own - types - reference
        ]
        for triple in added:
            shared.add(triple)
        focus = sorted({t.subject.value for t in triples if isinstance(t.subject, NamedNode)})
        results = _validate(shared, shapes, focus=focus)
        yield from _findings(results, folder, locator, iri)
        for triple in added:
            shared.remove(triple)


def _shapes_graph(folder: Folder, *, terms: bool = False) -> rdflib.Graph:
    documents: Iterable[Document] = folder.of(Role.SHAPES)
    chosen = [doc for doc in documents if doc.path.endswith(_TERMS) == terms]
    return to_graph(quad.triple for doc in chosen for quad in doc.quads)


def _only(shapes: rdflib.Graph, keep: Callable[[set[rdflib.term.Node]], bool]) -> rdflib.Graph:
    """Return a copy in which only those shapes have targets whose set of types *keep* accepts."""
    chosen = to_graph(())
    for subject, predicate, value in shapes:
        is_target = predicate in _TARGETS
        if not is_target or keep(set(shapes.objects(subject, RDF.type))):
            chosen.add((subject, predicate, value))
    return chosen


def _validate(
    data: rdflib.Graph,
    shapes: rdflib.Graph,
    *,
    focus: list[str] | None = None,
) -> list[Result]:
    _, report, text = validate(
        data,
        shacl_graph=shapes,
        inference="none",
        inplace=True,
        focus_nodes=focus,
        allow_warnings=True,
        do_owl_imports=False,
    )
    if not isinstance(report, rdflib.Graph):
        raise GraphError(f"the shapes cannot be used: {' '.join(str(text).split())}")
    return [
        _result(report, node, shapes) for node in report.subjects(RDF.type, SH.ValidationResult)
    ]


def _result(report: rdflib.Graph, node: rdflib.term.Node, shapes: rdflib.Graph) -> Result:
    def text(predicate: rdflib.URIRef) -> str | None:
        value = report.value(node, predicate)
        return None if value is None or isinstance(value, rdflib.BNode) else str(value)

    severity = report.value(node, SH.resultSeverity)
    shape = report.value(node, SH.sourceShape)
    while isinstance(shape, rdflib.BNode):
        shape = next(shapes.subjects(None, shape), None)
    name = str(shape).rsplit("#", 1)[-1]
    message = text(SH.resultMessage) or "does not fit the shape"
    grade = _SEVERITY.get(rdflib.URIRef(str(severity)), Severity.ERROR)
    return Result(text(SH.focusNode), text(SH.resultPath), text(SH.value), grade, name, message)


def _findings(
    results: Iterable[Result], folder: Folder, locator: Locator, graph: str | None
) -> Iterator[Finding]:
    for result in results:
        if result.focus is None:
            continue  # a blank node in data is a finding of its own
        place = locator.locate(result.focus, result.path, result.value, graph)
        file, line = place or (folder.documents[0].path, 0)
        about = folder.compact(result.focus, file)
        message = result.message
        if result.value and "://" in result.value:
            message = message.replace(result.value, folder.compact(result.value, file))
        yield Finding(file, line, result.severity, f"shape:{result.shape}", f"{about}: {message}")
