"""Evidence: every claim stands in the graph of a passage, a dispute's claim or an inference.

This is what keeps promise 1 of the design: no triple about the world without
the sentence, or the reasoned conclusion, that it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from scograph.checks.curation import check_adoptions, check_chains
from scograph.checks.terms import is_thing
from scograph.folder.dataset import Asserted
from scograph.folder.document import Document, Role
from scograph.folder.folder import Folder
from scograph.folder.positions import Locator, Places, graph_of
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.namespaces import DCTERMS, SCO
from scograph.rdf.turtle import reading_order
from scograph.rdf.vocabulary import (
    CARRIES_NO_CLAIM,
    CONCLUDED_IN,
    PREF_LABEL,
    SOURCE,
    STATED_IN,
    TYPE,
)

# Kinds of node that the default block of a file may describe.
_DESCRIBED = {
    Role.RECORD: ("source", "claim"),
    Role.INFERENCES: ("inference",),
    Role.DISPUTES: ("dispute",),
}
# Files of which all enters the default graph, and that may not speak of the world.
_ELSEWHERE = {
    Role.DATASET: "with the dataset",
    Role.ONTOLOGY: "in the ontology",
    Role.TOPICS: "among the topics",
}
_UTTERANCE = re.compile(r"id/(statement|announcement|observation|tie)/(?P<place>[^/]+)$")


def check_evidence(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    """Report claims without a passage, passages without a description, and misplaced triples."""
    for document in folder.of(Role.RECORD, Role.INFERENCES, Role.DISPUTES):
        yield from _blocks(folder, asserted, document)
        yield from _default_block(folder, document)
    for document in folder.of(*_ELSEWHERE):
        yield from _world_elsewhere(folder, document)
    yield from _passages(folder, asserted, locator)
    yield from _graph_contents(folder, asserted, locator)
    yield from _plans_as_events(folder, asserted, locator)
    for document in folder.of(Role.DISPUTES):
        yield from check_adoptions(folder, asserted, document)
    yield from check_chains(folder, asserted, locator)


def check_reference(folder: Folder, asserted: Asserted) -> Iterator[Finding]:
    """Report reference data that say more than what exists, or that name no source."""
    allowed = {
        triple.subject.value
        for triple in asserted.graph("ontology")
        if triple.predicate.value == TYPE
        and triple.object == NamedNode(SCO + "ReferenceProperty")
        and isinstance(triple.subject, NamedNode)
    } | {TYPE, DCTERMS + "source", DCTERMS + "license"}
    for document in folder.of(Role.REFERENCE):
        if not any(quad.predicate.value == DCTERMS + "source" for quad in document.quads):
            yield Finding(
                document.path, 0, Severity.ERROR, "reference-source",
                "say where these data come from: <base>graph/reference#<file> dcterms:source ...",
            )  # fmt: skip
        places = Places(document)
        for quad in document.quads:
            if quad.predicate.value in allowed or not isinstance(quad.subject, NamedNode):
                continue
            path, line = places.of_quad(quad)
            name = folder.compact(quad.predicate.value, document.path)
            yield Finding(
                path, line, Severity.ERROR, "claim-without-passage",
                f"{name} is no sco:ReferenceProperty: reference data say what exists and how it is "
                "called; put this claim into the graph of the passage that makes it",
            )  # fmt: skip


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
        elif of_record and not _home(asserted, graph, home).startswith(home):
            rule = "foreign-passage"
            message = f"{name} belongs to another source: move it to that source's record"
        else:
            continue
        path, line = places.of_graph(graph)
        yield Finding(path, line, Severity.ERROR, rule, message)


def _home(asserted: Asserted, graph: str, unknown: str) -> str:
    """Return the passage of *graph*; *unknown* for a claim that names none, a fault of its own."""
    is_claim = graph in asserted.claims
    return asserted.claim_passage.get(graph, unknown) if is_claim else graph


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
    # A source of another name is a finding already.
    if document.role is Role.RECORD and not sources:
        yield Finding(
            document.path, 0, Severity.ERROR, "no-source",
            "describe the source, outside any block: "
            f"{folder.compact(own, document.path)} a {folder.compact(SOURCE)} ; ...",
        )  # fmt: skip


def _world_elsewhere(folder: Folder, document: Document) -> Iterator[Finding]:
    """Report things of the world where no claim may stand: all of it enters the default graph."""
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


def _passages(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    silent = {
        triple.subject.value
        for triple in asserted.graph("sources")
        if triple.predicate.value == CARRIES_NO_CLAIM and isinstance(triple.subject, NamedNode)
    }
    speaking = {iri for iri in asserted.graphs if asserted.graphs[iri]}
    speaking |= {asserted.claim_passage.get(claim, "") for claim in asserted.claims & speaking}
    for iri in sorted(asserted.passages | asserted.claims | asserted.inferences):
        file, line = locator.locate(iri) or (folder.documents[0].path, 0)
        name = folder.compact(iri, file)
        if iri in silent and iri in speaking:
            message = f"{name} says sco:carriesNoClaim and has claims: remove one of the two"
        elif iri not in silent and iri not in speaking:
            message = f"{name} has no claims: add its block, or say why by sco:carriesNoClaim"
        else:
            continue
        yield Finding(file, line, Severity.ERROR, "empty-passage", message)


def _graph_contents(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    for iri, triples in asserted.world_graphs():
        typed = {triple.subject for triple in triples if triple.predicate.value == TYPE}
        told = set()
        for triple in sorted(triples, key=reading_order):
            if not isinstance(triple.subject, NamedNode):
                continue
            subject = triple.subject.value
            problem = _problem(asserted, iri, triple, triple.subject in typed)
            if problem is not None and (subject, problem) not in told:
                told.add((subject, problem))
                place = locator.locate(subject, triple.predicate.value, None, iri)
                file, line = place or (folder.documents[0].path, 0)
                rule, text = problem
                message = f"{folder.compact(subject, file)}: {text}"
                yield Finding(file, line, Severity.ERROR, rule, message)


def _problem(asserted: Asserted, graph: str, triple: Triple, typed: bool) -> tuple[str, str] | None:
    predicate = triple.predicate.value
    if predicate in (STATED_IN, CONCLUDED_IN):
        return "derived-by-hand", "evidence links are derived by the build: remove this one"
    if predicate == PREF_LABEL:
        return (
            "label-outside-reference",
            "a preferred label is reference data; what the page prints is sco:nameAsWritten (M12)",
        )
    if not typed and graph not in asserted.claims:
        return (
            "untyped-node",
            "give it its type and key in this block too: a block is complete by itself (M1)",
        )
    if graph in asserted.passages and isinstance(triple.subject, NamedNode):
        return _utterance_elsewhere(asserted.base, graph, triple.subject.value)
    return None


def _utterance_elsewhere(base: str, graph: str, subject: str) -> tuple[str, str] | None:
    found = _UTTERANCE.search(subject)
    place = graph.removeprefix(f"{base}id/source/").replace("/", "-")
    if found is None or re.fullmatch(re.escape(place) + r"(-[1-9]\d*)?", found.group("place")):
        return None
    return (
        "utterance-elsewhere",
        f"an utterance or a figure belongs to one passage (M2): in this block name it {place}",
    )


def _plans_as_events(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    issued = {
        triple.subject.value: triple.object.value
        for triple in asserted.graph("sources")
        if triple.predicate.value == DCTERMS + "issued"
        and isinstance(triple.subject, NamedNode)
        and isinstance(triple.object, Literal)
    }
    events = f"{folder.metadata.base}id/event/"
    for iri in sorted(asserted.passages):
        day = issued.get(iri.rsplit("/", 1)[0])
        for triple in asserted.graphs.get(iri, ()):
            is_start = triple.predicate.value in (SCO + "startDate", SCO + "date")
            if not (day and is_start and str(triple.subject).startswith(f"<{events}")):
                continue
            value = getattr(triple.object, "value", "")
            if value[: len(day)] > day[: len(value)]:
                subject = getattr(triple.subject, "value", "")
                place = locator.locate(subject, triple.predicate.value, value, iri)
                file, line = place or (folder.documents[0].path, 0)
                yield Finding(
                    file, line, Severity.ERROR, "planned-event",
                    f"{folder.compact(subject, file)} begins on {value}, after its "
                    f"source was published ({day}): a plan is a sco:Announcement (M7)",
                )  # fmt: skip
