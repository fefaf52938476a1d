"""The build pipeline: read, check, reason, validate, describe, and make the files of a release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pyoxigraph import Quad, Store, Triple

from scograph.build.adopted_facts import adopted_facts
from scograph.build.describe import describe
from scograph.build.write import DATASET_FILE, FORUM_FILE, canonical_nquads, manifest
from scograph.checks.check import Inspection, Stage, Stale
from scograph.checks.cross_check import close_by_owlrl
from scograph.checks.table import run_checks
from scograph.folder.dataset import Asserted, assemble, to_quads
from scograph.folder.folder import Folder, read_folder
from scograph.folder.positions import Locator
from scograph.rdf.findings import Finding, has_errors
from scograph.rdf.namespaces import OWL
from scograph.rdf.vocabulary import graph_iri
from scograph.reasoning.owlrl_oracle import OwlrlClosure
from scograph.reasoning.progress import ProgressCallback
from scograph.reasoning.reason import Closure, reason
from scograph.reasoning.rules.files import load_rules

# Called with the name of a stage, returns the context manager in which the stage runs; this
# may yield a `ProgressCallback`, or None.
Announce = Callable[[str], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Checked:
    """The result of `check_folder`: findings, and the files of the release.

    ``files`` and ``manifest`` are None where there are errors. ``stale`` are committed
    files that are generated and no longer up to date.
    """

    findings: list[Finding]
    stale: list[Stale]
    files: dict[str, bytes] | None = None
    manifest: dict[str, Any] | None = None


def check_folder(
    root: Path,
    stage: Announce,
    texts: Path | None = None,
    *,
    reasoner: str = "scograph",
    cross_check: bool = False,
) -> Checked:
    """Check the graph folder *root*, and make the files of its release if there are no errors.

    Args:
        root: the folder.
        stage: called at the beginning of each stage, see `Announce`.
        texts: a folder of source texts to verify passages against.
        reasoner: ``scograph`` for the project's own reasoner, or ``owlrl``.
        cross_check: whether to compare what the two infer.

    Raises:
        GraphError: *root* is not a graph folder.

    """
    with stage("read"):
        folder, findings = read_folder(root)
    if folder is None:
        return Checked(findings, [])
    asserted = assemble(folder)
    inspection = Inspection(folder, asserted, Locator(folder.documents), texts, cross_check)
    with stage(Stage.STATEMENTS.value):
        findings += _findings(Stage.STATEMENTS, inspection)
    with stage(Stage.REASONING.value) as on_progress:
        inspection = replace(inspection, closure=_close(inspection, reasoner, on_progress))
        findings += _findings(Stage.REASONING, inspection)
    with stage(Stage.SHAPES.value):
        findings += _findings(Stage.SHAPES, inspection)
    findings = sorted(set(findings))
    if has_errors(findings):
        return Checked(findings, [])
    return _release(inspection, findings, stage)


def _findings(stage: Stage, inspection: Inspection) -> list[Finding]:
    results = run_checks(stage, inspection)
    return [result for result in results if isinstance(result, Finding)]


def _close(
    inspection: Inspection, reasoner: str, on_progress: ProgressCallback | None
) -> Closure | OwlrlClosure:
    adopted, own = inspection.asserted.default_graph(), inspection.folder.rules
    if reasoner == "owlrl":
        return close_by_owlrl(adopted, own)
    return reason(adopted, (*load_rules(), *own), on_progress)


def _release(inspection: Inspection, findings: list[Finding], stage: Announce) -> Checked:
    """Describe the release, run the saved queries on it, and make its files."""
    folder, asserted = inspection.folder, inspection.asserted
    inferred = inspection.closure.inferred if inspection.closure else frozenset()
    with stage("describe"):
        described = _describe(folder, asserted, inferred)
    with stage(Stage.RELEASE.value):
        store = load_store(described.quads())
        facts = adopted_facts(asserted, folder.metadata)
        inspection = replace(inspection, store=store, adopted_facts=facts)
        results = list(run_checks(Stage.RELEASE, inspection))
    stale = [result for result in results if isinstance(result, Stale)]
    findings = sorted(findings + [result for result in results if isinstance(result, Finding)])
    with stage("canonicalise"):
        files = {DATASET_FILE: canonical_nquads(described.quads()), FORUM_FILE: facts}
    versions = {"ontology": described.version, "data": folder.metadata.version}
    about = {
        "title": folder.metadata.title,
        "base": folder.metadata.base,
        "prefixes": folder.metadata.prefixes,
        "triples": {
            "default": len(described.default_graph),
            "asserted": len(asserted.default_graph()),
            "claimed": sum(len(triples) for _, triples in asserted.world_graphs()),
            "inferred": len(inferred),
        },
        "graphs": len(described.graphs),
    }
    return Checked(findings, stale, files, manifest(files, versions, about))


@dataclass(frozen=True)
class _Described:
    """The complete dataset of a release; ``version`` is that of the ontology."""

    default_graph: set[Triple]
    graphs: dict[str, set[Triple]]
    version: str

    def quads(self) -> Iterator[Quad]:
        return to_quads(self.default_graph, self.graphs)


def _describe(folder: Folder, asserted: Asserted, inferred: frozenset[Triple]) -> _Described:
    release = graph_iri(folder.metadata.base, "release")
    adopted = asserted.default_graph()
    counted = adopted - asserted.graphs.get(release, set())
    version = _ontology_version(asserted)
    description = describe(folder, version, counted, inferred)
    graphs: dict[str, set[Triple]] = dict(asserted.graphs)
    graphs[graph_iri(folder.metadata.base, "inferred")] = set(inferred)
    graphs[release] = asserted.graphs.get(release, set()) | description
    return _Described(adopted | inferred | description, graphs, version)


def load_store(quads: Iterable[Quad]) -> Store:
    """Return an in-memory store of the dataset, for queries of the graph folder only."""
    store = Store()
    store.bulk_extend(quads)
    return store


def _ontology_version(asserted: Asserted) -> str:
    versions = sorted(
        getattr(triple.object, "value", "")
        for triple in asserted.graph("ontology")
        if triple.predicate.value == OWL + "versionInfo"
    )
    return versions[0] if versions else "0"
