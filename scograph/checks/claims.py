"""The triples of blocks: which are allowed there, and which are missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from scograph.checks.check import Inspection
from scograph.folder.dataset import Asserted
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.turtle import reading_order
from scograph.rdf.vocabulary import (
    CONCLUDED_IN,
    PREF_LABEL,
    STATED_IN,
    TYPE,
)

# What belongs to one passage, and has its name in the IRI (ontology/STYLE.md, M2).
_UTTERANCE = re.compile(r"id/(statement|announcement|observation|tie)/(?P<place>[^/]+)$")


def check_claims(inspection: Inspection) -> Iterator[Finding]:
    """Report triples that a block must not hold, and nodes to which it gives no type."""
    folder, asserted, locator = inspection.folder, inspection.asserted, inspection.locator
    for iri, triples in asserted.world_graphs():
        typed = {triple.subject for triple in triples if triple.predicate.value == TYPE}
        reported = set()
        for triple in sorted(triples, key=reading_order):
            if not isinstance(triple.subject, NamedNode):
                continue
            subject = triple.subject.value
            problem = _problem(asserted, iri, triple, triple.subject in typed)
            if problem is not None and (subject, problem) not in reported:
                reported.add((subject, problem))
                place = locator.locate(subject, triple.predicate.value, None, iri)
                file, line = place or (folder.documents[0].path, 0)
                rule, text = problem
                message = f"{folder.compact(subject, file)}: {text}"
                yield Finding(file, line, Severity.ERROR, rule, message)


def _problem(asserted: Asserted, graph: str, triple: Triple, typed: bool) -> tuple[str, str] | None:
    """Return rule and message for a triple of *graph*; *typed*: its subject has a type there."""
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
    match = _UTTERANCE.search(subject)
    place = graph.removeprefix(f"{base}id/source/").replace("/", "-")
    if match is None or re.fullmatch(re.escape(place) + r"(-[1-9]\d*)?", match.group("place")):
        return None
    return (
        "utterance-elsewhere",
        f"an utterance or a figure belongs to one passage (M2): in this block name it {place}",
    )
