"""Adoptions: what a dispute adopts is one of its versions, and does not contradict itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from scograph.checks.check import Inspection
from scograph.folder.dataset import Asserted
from scograph.folder.document import Document, Role
from scograph.folder.folder import Folder
from scograph.folder.positions import Places
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.vocabulary import (
    ADOPTED_VERSION,
    TYPE,
    VERSION,
)


def check_adoptions(inspection: Inspection) -> Iterator[Finding]:
    """Report what is adopted and no version, and adopted claims that contradict each other.

    No shape can tell the first: where sco:adoptedVersion is closed under its superproperty
    sco:version, what is adopted is a version. None can tell the second, since shapes see one
    graph at a time. Claims that say the same may be adopted together; types and the wording
    of a page, which has a language, may differ.
    """
    for document in inspection.folder.of(Role.DISPUTES):
        yield from _adoptions(inspection.folder, inspection.asserted, document)


def _adoptions(folder: Folder, asserted: Asserted, document: Document) -> Iterator[Finding]:
    places = Places(document)
    versions, adopted = links_in(document, VERSION), links_in(document, ADOPTED_VERSION)
    for dispute in sorted(adopted):
        said: dict[tuple[str, str], tuple[str, set[str]]] = {}
        for claim in sorted(adopted[dispute] & asserted.claims):
            place = places.of(dispute, ADOPTED_VERSION, claim)
            name = folder.compact(claim, document.path)
            if claim not in versions[dispute]:
                yield Finding(
                    *place, Severity.ERROR, "adopted-version",
                    f"{name} is adopted and no version: name it by sco:version too",
                )  # fmt: skip
            for key, values in sorted(_values(asserted.graphs.get(claim, set())).items()):
                other, others = said.setdefault(key, (claim, values))
                if values != others:
                    about, point = (folder.compact(iri, document.path) for iri in key)
                    yield Finding(
                        *place, Severity.ERROR, "contradictory-adoption",
                        f"{name} and {folder.compact(other, document.path)} are both adopted and "
                        f"differ on {point} of {about}: adopt one of them",
                    )  # fmt: skip


def _values(triples: Iterable[Triple]) -> dict[tuple[str, str], set[str]]:
    values: dict[tuple[str, str], set[str]] = defaultdict(set)
    for triple in triples:
        predicate = triple.predicate.value
        worded = isinstance(triple.object, Literal) and triple.object.language
        if isinstance(triple.subject, NamedNode) and predicate != TYPE and not worded:
            values[triple.subject.value, predicate].add(str(triple.object))
    return values


def links_in(document: Document, predicate: str) -> dict[str, set[str]]:
    """Return what each subject of *document* is tied to by *predicate*, IRIs both."""
    found: dict[str, set[str]] = defaultdict(set)
    for quad in document.quads:
        if quad.predicate.value != predicate:
            continue
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            found[quad.subject.value].add(quad.object.value)
    return found
