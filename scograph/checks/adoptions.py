"""Adopted claims: each is one of the versions of its dispute, and they do not conflict."""

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
    """Report adopted claims that are not versions of their dispute, or that conflict.

    SHACL cannot check the first: data are validated after closure under subproperties, where
    sco:adoptedVersion implies its superproperty sco:version. It cannot check the second
    either, since a shape sees no named graphs. Claims with equal values may be adopted
    together; types, and literals with a language tag (the wording of a page), may differ.
    """
    for document in inspection.folder.of(Role.DISPUTES):
        yield from _adoptions(inspection.folder, inspection.asserted, document)


def _adoptions(folder: Folder, asserted: Asserted, document: Document) -> Iterator[Finding]:
    places = Places(document)
    versions, adopted = links_in(document, VERSION), links_in(document, ADOPTED_VERSION)
    for dispute in sorted(adopted):
        # By subject and predicate: the first claim about them, and its values.
        first: dict[tuple[str, str], tuple[str, set[str]]] = {}
        for claim in sorted(adopted[dispute] & asserted.claims):
            place = places.of(dispute, ADOPTED_VERSION, claim)
            name = folder.compact(claim, document.path)
            if claim not in versions[dispute]:
                yield Finding(
                    *place, Severity.ERROR, "adopted-version",
                    f"{name} is adopted and no version: name it by sco:version too",
                )  # fmt: skip
            for key, values in sorted(_values(asserted.graphs.get(claim, set())).items()):
                other, other_values = first.setdefault(key, (claim, values))
                if values != other_values:
                    subject, predicate = (folder.compact(iri, document.path) for iri in key)
                    yield Finding(
                        *place, Severity.ERROR, "contradictory-adoption",
                        f"{name} and {folder.compact(other, document.path)} are both adopted and "
                        f"differ on {predicate} of {subject}: adopt one of them",
                    )  # fmt: skip


def _values(triples: Iterable[Triple]) -> dict[tuple[str, str], set[str]]:
    values: dict[tuple[str, str], set[str]] = defaultdict(set)
    for triple in triples:
        predicate = triple.predicate.value
        is_wording = isinstance(triple.object, Literal) and triple.object.language
        if isinstance(triple.subject, NamedNode) and predicate != TYPE and not is_wording:
            values[triple.subject.value, predicate].add(str(triple.object))
    return values


def links_in(document: Document, predicate: str) -> dict[str, set[str]]:
    """Return the objects of *predicate* in *document* by subject; IRIs only."""
    objects: dict[str, set[str]] = defaultdict(set)
    for quad in document.quads:
        if quad.predicate.value != predicate:
            continue
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            objects[quad.subject.value].add(quad.object.value)
    return objects
