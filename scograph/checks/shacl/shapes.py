"""SHACL: what sound data and a well-kept ontology look like, by pySHACL.

Data shapes run on the asserted triples with their subclass and subproperty
closure; on each passage, claim and inference graph by itself; those typed
sco:ClosureShape on the full closure (DESIGN section 4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import rdflib
from pyoxigraph import NamedNode, Triple
from pyshacl import validate
from rdflib.namespace import RDF, SH

from scograph.checks.shacl.ill_formed import bad_shape, faults
from scograph.folder.dataset import Asserted
from scograph.folder.document import Document, Role
from scograph.folder.folder import Folder
from scograph.folder.positions import Locator
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.namespaces import SCO
from scograph.rdf.rdflib_bridge import to_graph, to_rdflib
from scograph.rdf.vocabulary import TYPE
from scograph.reasoning.hierarchy import Hierarchy, subsumption

_TERMS = "terms.ttl"
_SEVERITY = {SH.Violation: Severity.ERROR, SH.Warning: Severity.WARNING, SH.Info: Severity.INFO}
_TARGETS = {SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf}
_ADOPTED = rdflib.URIRef(SCO + "AdoptedShape")
_CLOSURE = rdflib.URIRef(SCO + "ClosureShape")
# What pySHACL raises for shapes that break the rules: its own errors are RuntimeErrors and
# warnings; the others escape from what it calls (re, rdflib) with values of the wrong kind.
_ILL_FORMED = (RuntimeError, RuntimeWarning, ValueError, TypeError, LookupError, AttributeError,
               AssertionError, re.error)  # fmt: skip


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
    shapes, bad = _shapes_graph(folder, terms=True)
    yield from bad
    if len(shapes):
        triples = {quad.triple for doc in folder.of(Role.ONTOLOGY) for quad in doc.quads}
        yield from _check(to_graph(triples), shapes, folder, locator)


def check_adopted(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    """Validate all that the release adopts together."""
    shapes, bad = _shapes_graph(folder)
    yield from bad
    if not bad and not any(predicate in _TARGETS for predicate in shapes.predicates()):
        yield Finding(
            "shapes/data.ttl", 0, Severity.WARNING, "no-shapes",
            "no shape has a target: nothing says what sound data look like",
        )  # fmt: skip
    if len(shapes):
        data = to_graph(subsumption(asserted.default_graph()))
        adopted = _only(shapes, lambda types: _CLOSURE not in types)
        yield from _check(data, adopted, folder, locator)


def check_closure(
    folder: Folder, asserted: Asserted, inferred: Iterable[Triple], locator: Locator
) -> Iterator[Finding]:
    """Validate the full closure against the shapes that are marked for it."""
    shapes = _only(_shapes_graph(folder)[0], lambda types: _CLOSURE in types)
    if len(shapes):
        data = to_graph(asserted.default_graph() | set(inferred))
        yield from _check(data, shapes, folder, locator)


def check_each_graph(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    """Validate each passage, claim and inference graph by itself, merged with reference.

    What a graph describes must be complete there (M1), so only its own subjects
    are focus nodes; of what it merely refers to, the types known elsewhere count.
    """
    shapes = _only(_shapes_graph(folder)[0], lambda types: not types & {_ADOPTED, _CLOSURE})
    if not len(shapes):
        return
    of_claims = _without_keys(shapes)
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
        aimed = _aimed_at(shared, focus, chosen)
        if (is_claim, aimed) not in parts:
            parts[is_claim, aimed] = _reachable(chosen, aimed)
        part = parts[is_claim, aimed]
        yield from _check(shared, part, folder, locator, focus=focus, graph=iri)
        for triple in added:
            shared.remove(triple)


def _shapes_graph(folder: Folder, *, terms: bool = False) -> tuple[rdflib.Graph, list[Finding]]:
    """Return the shapes of data or of terms, and what is wrong with them; then no shapes."""
    documents: Iterable[Document] = folder.of(Role.SHAPES)
    chosen = [doc for doc in documents if doc.path.endswith(_TERMS) == terms]
    bad = [finding for document in chosen for finding in faults(document)]
    if bad:
        return to_graph(()), bad
    return to_graph(quad.triple for doc in chosen for quad in doc.quads), []


def _only(shapes: rdflib.Graph, keep: Callable[[set[rdflib.term.Node]], bool]) -> rdflib.Graph:
    """Return a copy in which only those shapes have targets whose set of types *keep* accepts."""
    chosen = to_graph(())
    for subject, predicate, value in shapes:
        is_target = predicate in _TARGETS
        if not is_target or keep(set(shapes.objects(subject, RDF.type))):
            chosen.add((subject, predicate, value))
    return chosen


def _without_keys(shapes: rdflib.Graph) -> rdflib.Graph:
    """Return a copy of *shapes* for claim graphs: it asks for nothing that a kind of thing needs.

    A claim graph holds the disputed attribute alone; type and key of the thing stay in the
    passage's graph (M3). So shapes with sh:targetClass lose sh:minCount, and an sh:or of such
    demands is then always met. Shapes that start from an attribute (sh:targetSubjectsOf) keep
    theirs: a date needs its bounds wherever it stands (M9). Dropping results afterwards
    instead could not tell these apart, nor an sh:or of demands from one of kinds.
    """
    of_kinds = set(shapes.subjects(SH.targetClass))
    todo = list(of_kinds)
    while todo:
        parts = {node for node in shapes.objects(todo.pop()) if isinstance(node, rdflib.BNode)}
        todo += parts - of_kinds
        of_kinds |= parts
    chosen = to_graph(())
    for subject, predicate, value in shapes:
        if predicate != SH.minCount or subject not in of_kinds:
            chosen.add((subject, predicate, value))
    return chosen


def _check(
    data: rdflib.Graph,
    shapes: rdflib.Graph,
    folder: Folder,
    locator: Locator,
    *,
    focus: list[str] | None = None,
    graph: str | None = None,
) -> Iterator[Finding]:
    """Validate; where the shapes themselves are ill-formed, report that instead."""
    try:
        results = _validate(data, shapes, focus)
    except _ILL_FORMED as error:
        yield _culprit(data, shapes, folder, locator, error)
    else:
        yield from _findings(results, folder, locator, graph)


def _culprit(
    data: rdflib.Graph, shapes: rdflib.Graph, folder: Folder, locator: Locator, error: Exception
) -> Finding:
    """Find the shape that raises *error*: pySHACL does not tell, so each is tried alone."""
    place = next((document.path for document in folder.of(Role.SHAPES)), ""), 0
    targets = {str(shape) for shape, predicate, _ in shapes if predicate in _TARGETS}
    for shape in sorted(targets):
        alone = _reachable(shapes, [rdflib.URIRef(shape)])
        try:
            _validate(data, alone, None)
        except _ILL_FORMED as own:
            if _reason(own) == _reason(error):
                place = locator.locate(shape) or place
                break
    return bad_shape(*place, _reason(error))


def _aimed_at(
    data: rdflib.Graph, focus: list[str], shapes: rdflib.Graph
) -> frozenset[rdflib.term.Node]:
    """Return which of *shapes* can have a target among the nodes *focus*.

    pySHACL looks for the targets of every shape in all the data; a graph of five nodes
    concerns a few shapes only. What aims otherwise than by class or subject is kept.
    """
    classes: set[rdflib.term.Node] = set()
    predicates: set[rdflib.term.Node] = set()
    for node in focus:
        for _, predicate, value in data.triples((rdflib.URIRef(node), None, None)):
            predicates.add(predicate)
            if predicate == RDF.type:
                classes.add(value)
    met = {SH.targetClass: classes, SH.targetSubjectsOf: predicates}
    return frozenset(
        shape
        for target in _TARGETS
        for shape, value in shapes.subject_objects(target)
        if target not in met or value in met[target]
    )


def _reachable(shapes: rdflib.Graph, start: Iterable[rdflib.term.Node]) -> rdflib.Graph:
    """Return the part of *shapes* that the shapes *start* are made of, with their prefixes."""
    part = to_graph(())
    todo: list[rdflib.term.Node] = list(start)
    while todo:
        for triple in shapes.triples((todo.pop(), None, None)):
            if triple not in part:
                part.add(triple)
                todo.append(triple[2])
    return part


def _reason(error: Exception) -> str:
    text = str(error.args[0]) if error.args else ""
    # A blank node's label is another one on each run; zeros at its beginning are left out.
    text = re.sub(r"'?\b[0-9a-f]{20,32}\b'?", "a blank node", text)
    return " ".join(text.split()) or type(error).__name__


def _validate(data: rdflib.Graph, shapes: rdflib.Graph, focus: list[str] | None) -> list[Result]:
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
        raise RuntimeError(" ".join(str(text).split()))  # noqa: TRY004
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
