"""Blocks (TriG graph blocks): what is stated is in the graph of a passage, claim or inference.

So every triple about the world can be traced to the sentence, or to the curator's inference,
that it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode

from scograph.checks.check import Inspection
from scograph.checks.declared import is_thing
from scograph.folder.dataset import Asserted
from scograph.folder.document import Document, Role
from scograph.folder.folder import Folder
from scograph.folder.positions import Places, graph_of
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.vocabulary import (
    SOURCE,
    TYPE,
)

# What a file may describe outside its blocks, as the first segment of IRIs below ``<base>id/``.
_DESCRIBED = {
    Role.RECORD: ("source", "claim"),
    Role.INFERENCES: ("inference",),
    Role.DISPUTES: ("dispute",),
}
# Files whose triples are all adopted, and that must not make statements about the world; and
# where they are, as messages put it.
_ELSEWHERE = {
    Role.DATASET: "with the dataset",
    Role.ONTOLOGY: "in the ontology",
    Role.TOPICS: "among the topics",
}


def check_blocks(inspection: Inspection) -> Iterator[Finding]:
    """Report blocks of undescribed graphs, and statements outside a block of their own source."""
    folder, asserted = inspection.folder, inspection.asserted
    for document in folder.of(Role.RECORD, Role.INFERENCES, Role.DISPUTES):
        yield from _blocks(folder, asserted, document)
        yield from _default_block(folder, document)
    for document in folder.of(*_ELSEWHERE):
        yield from _world_elsewhere(folder, document)


def _blocks(folder: Folder, asserted: Asserted, document: Document) -> Iterator[Finding]:
    record = document.path.rsplit("/", 1)[-1].removesuffix(".trig")
    home = f"{folder.metadata.base}id/source/{record}/"
    places = Places(document)
    for graph in sorted({graph_of(quad) or "" for quad in document.quads} - {""}):
        name = folder.compact(graph, document.path)
        of_record = graph in asserted.passages | asserted.claims
        concluded = graph in asserted.inferences
        if concluded and document.role is not Role.INFERENCES:
            rule = "inference-elsewhere"
            message = f"{name} is a curator's inference: move its block to data/inferences.trig"
        elif of_record and document.role is not Role.RECORD:
            rule = "foreign-passage"
            message = f"{name} is a block of a source: move it to that source's record"
        elif not of_record and not concluded:
            rule = "undescribed-graph"
            message = (
                f"{name} is neither described as a sco:Passage, with its sentence, nor as a "
                "sco:Claim or sco:Inference: add the description outside the block"
            )
        elif of_record and not _passage_of(asserted, graph, home).startswith(home):
            rule = "foreign-passage"
            message = f"{name} belongs to another source: move it to that source's record"
        else:
            continue
        path, line = places.of_graph(graph)
        yield Finding(path, line, Severity.ERROR, rule, message)


def _passage_of(asserted: Asserted, graph: str, default: str) -> str:
    """Return the passage of *graph*; *default* for a claim without one, reported elsewhere."""
    is_claim = graph in asserted.claims
    return asserted.claim_passage.get(graph, default) if is_claim else graph


def _default_block(folder: Folder, document: Document) -> Iterator[Finding]:
    base = folder.metadata.base
    kinds = tuple(f"{base}id/{kind}/" for kind in _DESCRIBED[document.role])
    own = f"{base}id/source/{document.path.rsplit('/', 1)[-1].removesuffix('.trig')}"
    places = Places(document)
    seen = set()
    sources = set()
    for quad in document.quads:
        if graph_of(quad) is not None or not isinstance(quad.subject, NamedNode):
            continue
        subject = quad.subject.value
        if quad.predicate.value == TYPE and quad.object == NamedNode(SOURCE):
            sources.add(subject)
        name = folder.compact(subject, document.path)
        if not subject.startswith(kinds):
            rule = "claim-without-passage"
            message = (
                f"{name} is described outside any block: put what a sentence says of it into that "
                "sentence's block, `src:p1s1 { ... }`"
            )
        elif subject.startswith(f"{base}id/source/") and not f"{subject}/".startswith(f"{own}/"):
            rule = "foreign-passage"
            message = f"{name} belongs to another source: move it to that source's record"
        else:
            continue
        if subject not in seen:
            seen.add(subject)
            yield Finding(*places.of_quad(quad), Severity.ERROR, rule, message)
    # A source with another name has been reported above.
    if document.role is Role.RECORD and not sources:
        yield Finding(
            document.path, 0, Severity.ERROR, "no-source",
            "describe the source, outside any block: "
            f"{folder.compact(own, document.path)} a {folder.compact(SOURCE)} ; ...",
        )  # fmt: skip


def _world_elsewhere(folder: Folder, document: Document) -> Iterator[Finding]:
    """Report statements about things of the world in a file that must not make any."""
    places = Places(document)
    seen = set()
    for quad in document.quads:
        subject = getattr(quad.subject, "value", "")
        if subject in seen or not is_thing(subject, folder.metadata.base):
            continue
        seen.add(subject)
        path, line = places.of_quad(quad)
        yield Finding(
            path, line, Severity.ERROR, "claim-without-passage",
            f"{folder.compact(subject, path)} is described {_ELSEWHERE[document.role]}: what "
            "exists belongs into data/reference; put a claim into the block of the passage that "
            "makes it",
        )  # fmt: skip
