"""The build side end to end: read, check, reason, validate, describe; then perhaps write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import Triple

from scograph.checks.answers import Stale, check_answers, check_forum, load_store
from scograph.checks.evidence import check_evidence, check_reference
from scograph.checks.literals import check_literals
from scograph.checks.shapes import (
    check_adopted,
    check_closure,
    check_each_graph,
    check_ontology,
)
from scograph.checks.terms import check_blank_nodes, check_references, check_terms
from scograph.checks.texts import check_texts
from scograph.findings import Finding, Severity, has_errors
from scograph.reason import Clash, Closure, reason
from scograph.release.describe import describe
from scograph.release.forum import forum_turtle
from scograph.release.write import (
    DATASET_FILE,
    FORUM_FILE,
    canonical_nquads,
    manifest,
)
from scograph.sources.dataset import Asserted, assemble, to_quads
from scograph.sources.folder import Folder, read_folder
from scograph.sources.positions import Locator
from scograph.vocab import OWL, TYPE, graph_iri

# Called with the name of a stage; the stage lasts as long as what it returns is entered.
Stage = Callable[[str], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Checked:
    """What a check found, and the artefact that it would release.

    ``files`` and ``manifest`` are None where findings forbid a release.
    ``stale`` are generated files that differ from what they should be.
    """

    findings: list[Finding]
    stale: list[Stale]
    files: dict[str, bytes] | None = None
    manifest: dict[str, Any] | None = None


def check_folder(root: Path, stage: Stage, texts: Path | None = None) -> Checked:
    """Check the graph folder *root*; with *texts*, verify passages against source texts too.

    Raises:
        GraphError: *root* is no graph folder.

    """
    with stage("read"):
        folder, findings = read_folder(root)
    if folder is None:
        return Checked(findings, [])
    asserted = assemble(folder)
    locator = Locator(folder.documents)
    with stage("check terms, literals, evidence"):
        findings += _static(folder, asserted, locator)
        if texts is not None:
            findings += check_texts(folder, asserted, texts, locator)
    with stage("reason"):
        closure = reason(asserted.default_graph())
        findings += [_clash(clash, folder, locator) for clash in closure.clashes]
    with stage("validate"):
        findings += check_ontology(folder, locator)
        findings += _data(folder, asserted, locator)
        findings += check_closure(folder, asserted, closure.inferred, locator)
    findings = sorted(set(findings))
    if has_errors(findings):
        return Checked(findings, [])
    return _describe(folder, asserted, closure, findings, stage)


def _static(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    yield from check_terms(folder)
    yield from check_references(folder, asserted)
    yield from check_blank_nodes(folder, locator)
    yield from check_literals(folder)
    yield from check_evidence(folder, asserted, locator)
    yield from check_reference(folder, asserted)


def _data(folder: Folder, asserted: Asserted, locator: Locator) -> list[Finding]:
    """Validate each graph, then all together; what a graph is told once is not told again."""
    each = list(check_each_graph(folder, asserted, locator))
    told = {(finding.rule, finding.message) for finding in each}
    together = check_adopted(folder, asserted, locator)
    return each + [item for item in together if (item.rule, item.message) not in told]


def _clash(clash: Clash, folder: Folder, locator: Locator) -> Finding:
    """Put a clash where one of the clashing types is asserted, else where the thing is."""
    things = [iri for iri in clash.iris if iri.startswith(folder.metadata.base + "id/")]
    exact = [
        place
        for thing in things
        for kind in clash.iris
        if (place := locator.locate(thing, TYPE, kind, exactly=True))
    ]
    places = exact or [place for thing in things if (place := locator.locate(thing))]
    file, line = places[0] if places else (folder.documents[0].path, 0)
    message = clash.message
    for iri in sorted(clash.iris, key=len, reverse=True):
        message = message.replace(iri, folder.compact(iri, file))
    return Finding(file, line, Severity.ERROR, "clash", " ".join(message.split()))


def _describe(
    folder: Folder, asserted: Asserted, closure: Closure, findings: list[Finding], stage: Stage
) -> Checked:
    base = folder.metadata.base
    release = graph_iri(base, "release")
    with stage("describe"):
        adopted = asserted.default_graph()
        counted = adopted - asserted.graphs.get(release, set())
        version = _ontology_version(asserted)
        description = describe(folder, version, counted, closure.inferred)
        graphs: dict[str, set[Triple]] = dict(asserted.graphs)
        graphs[graph_iri(base, "inferred")] = set(closure.inferred)
        graphs[release] = asserted.graphs.get(release, set()) | description
        default_graph = adopted | closure.inferred | description
    with stage("answer the saved queries"):
        store = load_store(to_quads(default_graph, graphs))
        forum = forum_turtle(asserted, folder.metadata)
        results = [*check_answers(folder, store), *check_forum(folder, forum)]
    stale = [result for result in results if isinstance(result, Stale)]
    findings = sorted(findings + [result for result in results if isinstance(result, Finding)])
    with stage("canonicalise"):
        files = {DATASET_FILE: canonical_nquads(to_quads(default_graph, graphs)), FORUM_FILE: forum}
    facts = {
        "title": folder.metadata.title,
        "base": base,
        "prefixes": folder.metadata.prefixes,
        "triples": {
            "default": len(default_graph),
            "asserted": len(adopted),
            "claimed": sum(len(triples) for _, triples in asserted.world_graphs()),
            "inferred": len(closure.inferred),
        },
        "graphs": len(graphs),
    }
    versions = {"ontology": version, "data": folder.metadata.version}
    return Checked(findings, stale, files, manifest(files, versions, facts))


def _ontology_version(asserted: Asserted) -> str:
    versions = sorted(
        getattr(triple.object, "value", "")
        for triple in asserted.graph("ontology")
        if triple.predicate.value == OWL + "versionInfo"
    )
    return versions[0] if versions else "0"
