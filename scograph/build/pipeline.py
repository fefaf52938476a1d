"""The build side end to end: read, check, reason, validate, describe; then perhaps write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import Triple

from scograph.build.adopted_facts import forum_turtle
from scograph.build.describe import describe
from scograph.build.write import DATASET_FILE, FORUM_FILE, canonical_nquads, manifest
from scograph.checks.answers import Stale, check_answers, check_forum, load_store
from scograph.checks.coverage import check_coverage
from scograph.checks.cross_check import check_against_owlrl, close_by_reference
from scograph.checks.evidence import check_evidence, check_reference
from scograph.checks.inconsistencies import check_clashes, reported_clashes
from scograph.checks.literals import check_literals
from scograph.checks.shacl.shapes import (
    check_adopted,
    check_closure,
    check_each_graph,
    check_ontology,
)
from scograph.checks.terms import check_blank_nodes, check_references, check_rules, check_terms
from scograph.checks.texts import check_texts
from scograph.folder.dataset import Asserted, assemble, to_quads
from scograph.folder.folder import Folder, read_folder
from scograph.folder.positions import Locator
from scograph.rdf.findings import Finding, has_errors
from scograph.rdf.namespaces import OWL
from scograph.rdf.vocabulary import graph_iri
from scograph.reasoning.progress import Tell
from scograph.reasoning.reason import reason
from scograph.reasoning.rules.files import load_rules

# Called with the name of a stage; the stage lasts as long as what it returns is entered,
# which may give a function to tell how far the stage is.
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


def check_folder(
    root: Path,
    stage: Stage,
    texts: Path | None = None,
    *,
    reasoner: str = "scograph",
    cross_check: bool = False,
) -> Checked:
    """Check the graph folder *root*.

    Args:
        root: the folder.
        stage: is told which stage the work is at.
        texts: a folder of source texts to verify passages against.
        reasoner: ``scograph`` or ``owlrl``, the reference.
        cross_check: whether to compare the two.

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
    with stage("reason") as tell:
        if reasoner == "owlrl":
            inferred, told = _reason_by_owlrl(folder, asserted, locator)
        else:
            inferred, told = _reason(folder, asserted, locator, tell, cross=cross_check)
        findings += told
    with stage("validate"):
        findings += check_ontology(folder, locator)
        findings += _data(folder, asserted, locator)
        findings += check_closure(folder, asserted, inferred, locator)
    findings = sorted(set(findings))
    if has_errors(findings):
        return Checked(findings, [])
    return _describe(folder, asserted, inferred, findings, stage)


def _static(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    yield from check_terms(folder)
    yield from check_rules(folder)
    yield from check_references(folder, asserted)
    yield from check_blank_nodes(folder, locator)
    yield from check_literals(folder)
    yield from check_evidence(folder, asserted, locator)
    yield from check_reference(folder, asserted)
    yield from check_coverage(folder, asserted)


def _data(folder: Folder, asserted: Asserted, locator: Locator) -> list[Finding]:
    """Validate each graph, then all together; what a graph is told once is not told again."""
    each = list(check_each_graph(folder, asserted, locator))
    told = {(finding.rule, finding.message) for finding in each}
    together = check_adopted(folder, asserted, locator)
    return each + [item for item in together if (item.rule, item.message) not in told]


def _reason(
    folder: Folder, asserted: Asserted, locator: Locator, tell: Tell | None, *, cross: bool
) -> tuple[frozenset[Triple], list[Finding]]:
    """Return what follows, and the contradictions and differences met."""
    adopted = asserted.default_graph()
    closure = reason(adopted, (*load_rules(), *folder.rules), tell)
    findings = list(check_clashes(closure, folder, locator))
    if cross:
        findings += check_against_owlrl(adopted, closure, folder, locator)
    return closure.inferred, findings


def _reason_by_owlrl(
    folder: Folder, asserted: Asserted, locator: Locator
) -> tuple[frozenset[Triple], list[Finding]]:
    reference = close_by_reference(asserted.default_graph(), folder.rules)
    return reference.inferred, list(reported_clashes(reference, folder, locator))


def _describe(
    folder: Folder,
    asserted: Asserted,
    inferred: frozenset[Triple],
    findings: list[Finding],
    stage: Stage,
) -> Checked:
    base = folder.metadata.base
    release = graph_iri(base, "release")
    with stage("describe"):
        adopted = asserted.default_graph()
        counted = adopted - asserted.graphs.get(release, set())
        version = _ontology_version(asserted)
        description = describe(folder, version, counted, inferred)
        graphs: dict[str, set[Triple]] = dict(asserted.graphs)
        graphs[graph_iri(base, "inferred")] = set(inferred)
        graphs[release] = asserted.graphs.get(release, set()) | description
        default_graph = adopted | inferred | description
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
            "inferred": len(inferred),
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
