"""The stages of a build, in this process: read, check, reason, validate, describe, canonicalise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from pyoxigraph import Quad, RdfFormat, Store, Triple, parse

from scograph.build.adopted_facts import adopted_facts
from scograph.build.describe import describe
from scograph.build.write import DATASET_FILE, FORUM_FILE, canonical_nquads, manifest
from scograph.checks.check import CHECK, QUERY, Inspection, Stage, Stale
from scograph.checks.cross_check import close_by_owlrl
from scograph.checks.exceeded import of_check, rules_exceeded
from scograph.checks.table import run_checks
from scograph.folder.dataset import Asserted, assemble, to_quads
from scograph.folder.folder import Folder, read_folder
from scograph.folder.positions import Locator
from scograph.rdf.findings import Finding, has_errors
from scograph.rdf.namespaces import OWL
from scograph.rdf.vocabulary import graph_iri
from scograph.reasoning.reason import reason
from scograph.reasoning.rules.files import load_rules
from scograph.system.bounded import Bounds, Ending, Tell, within

_INFER = "to infer what follows by the rules of OWL 2 RL"
READ, DESCRIBE, CANONICALISE = "read", "describe", "canonicalise"


class Rules(Enum):
    """Which rules the folder is closed under: fewer where more of them never end."""

    ALL = "all"
    WITHOUT_OWN = "without own"
    NONE = "none"


@dataclass(frozen=True)
class Order:
    """What is to be done with the graph folder *root*; see `scograph.build.pipeline`.

    ``ended`` says how reasoning with more ``rules`` has ended, if it has been tried.
    """

    root: Path
    texts: Path | None = None
    reasoner: str = "scograph"
    cross_check: bool = False
    of_check: Bounds = CHECK
    of_query: Bounds = QUERY
    rules: Rules = Rules.ALL
    ended: Ending | None = None


@dataclass(frozen=True)
class Begun:
    """Told at the beginning of a stage."""

    stage: str


@dataclass(frozen=True)
class Progress:
    """Told from time to time in a long stage."""

    text: str


@dataclass(frozen=True)
class Found:
    """Told at the end of a stage: its findings."""

    findings: list[Finding]


@dataclass(frozen=True)
class ReleaseMade:
    """Told at the end, where there are no errors: stale files, and those of the release."""

    stale: list[Stale]
    files: dict[str, bytes]
    manifest: dict[str, Any]


def run_stages(order: Order, tell: Tell) -> None:
    """Do what *order* says, and *tell* of it; each stage has the deadline of a check.

    Raises:
        GraphError: the folder is no graph folder.

    """
    _Run(order, tell).run()


class _Run:
    """One run of the stages; ``found`` are the findings so far."""

    def __init__(self, order: Order, tell: Tell) -> None:
        self._order = order
        self._tell = tell
        self._found: list[Finding] = []

    def run(self) -> None:
        order = self._order
        with self._stage(READ):
            folder, findings = read_folder(order.root)
            asserted = None if folder is None else assemble(folder)
        self._tell_found(findings)
        if folder is None or asserted is None:
            return
        inspection = Inspection(
            folder, asserted, Locator(folder.documents), order.texts, order.cross_check,
            of_check=order.of_check, of_query=order.of_query,
        )  # fmt: skip
        self._check(Stage.STATEMENTS, inspection)
        inspection = self._close(inspection)
        self._check(Stage.REASONING, inspection)
        self._check(Stage.SHAPES, inspection)
        if not has_errors(self._found):
            self._release(inspection)

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        """Tell of the stage *name*, which is done in this process, within the deadline."""
        self._tell(Begun(name))
        with within(self._order.of_check.deadline):
            yield

    def _check(self, stage: Stage, inspection: Inspection) -> list[Stale]:
        """Run the checks of *stage*, each within its own bounds."""
        if stage is not Stage.REASONING:
            self._tell(Begun(stage.value))
        told = list(run_checks(stage, inspection))
        self._tell_found([item for item in told if isinstance(item, Finding)])
        return [item for item in told if isinstance(item, Stale)]

    def _tell_found(self, findings: list[Finding]) -> None:
        self._found += findings
        self._tell(Found(findings))

    def _close(self, inspection: Inspection) -> Inspection:
        """Return *inspection* with what follows from the folder, if that is known to end."""
        order, own = self._order, inspection.folder.rules
        adopted = inspection.asserted.default_graph()
        if order.ended is not None and order.rules is Rules.WITHOUT_OWN and own:
            self._tell_found(rules_exceeded(inspection, adopted, order.ended))
            own = ()
        elif order.ended is not None:
            self._tell_found([of_check("ontology", _INFER, order.ended, order.of_check)])
            return inspection
        with self._stage(Stage.REASONING.value):
            if order.reasoner == "owlrl":
                return replace(inspection, closure=close_by_owlrl(adopted, own))
            rules = (*load_rules(), *own)
            return replace(inspection, closure=reason(adopted, rules, self._progress))

    def _progress(self, text: str) -> None:
        self._tell(Progress(text))

    def _release(self, inspection: Inspection) -> None:
        """Describe the release, run the saved queries on it, and make its files."""
        folder, asserted = inspection.folder, inspection.asserted
        inferred = inspection.closure.inferred if inspection.closure else frozenset()
        with self._stage(DESCRIBE):
            described = _describe(folder, asserted, inferred)
            facts = adopted_facts(asserted, folder.metadata)
        with self._stage(CANONICALISE):
            files = {DATASET_FILE: canonical_nquads(described.quads()), FORUM_FILE: facts}
            store = load_store(files[DATASET_FILE])
        stale = self._check(Stage.RELEASE, replace(inspection, store=store, adopted_facts=facts))
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
        self._tell(ReleaseMade(stale, files, manifest(files, versions, about)))


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


def load_store(dataset: bytes) -> Store:
    """Return an in-memory store as a server has it: blank nodes and rows come out the same."""
    store = Store()
    store.bulk_extend(parse(dataset, format=RdfFormat.N_QUADS))
    return store


def _ontology_version(asserted: Asserted) -> str:
    versions = sorted(
        getattr(triple.object, "value", "")
        for triple in asserted.graph("ontology")
        if triple.predicate.value == OWL + "versionInfo"
    )
    return versions[0] if versions else "0"
