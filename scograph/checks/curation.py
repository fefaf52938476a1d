"""Curation: what disputes adopt, and what inferences rest on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from scograph.folder.dataset import Asserted
from scograph.folder.document import Document, Role
from scograph.folder.folder import Folder
from scograph.folder.positions import Locator, Places
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.vocabulary import ADOPTED_VERSION, DERIVED_FROM, TYPE, VERSION


def check_adoptions(folder: Folder, asserted: Asserted, document: Document) -> Iterator[Finding]:
    """Report what is adopted and no version, and adopted claims that contradict each other.

    No shape can tell the first: where sco:adoptedVersion is closed under its superproperty
    sco:version, what is adopted is a version. None can tell the second, since shapes see one
    graph at a time. Claims that say the same may be adopted together; types and the wording
    of a page, which has a language, may differ.
    """
    places = Places(document)
    versions, adopted = _links(document, VERSION), _links(document, ADOPTED_VERSION)
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


def check_chains(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    """Report inferences that rest on themselves, and those that rest on nothing else."""
    premises: dict[str, set[str]] = defaultdict(set)
    for document in folder.of(Role.INFERENCES):
        for inference, found in _links(document, DERIVED_FROM).items():
            premises[inference] |= found
    for inference in sorted(asserted.inferences & set(premises)):
        reached: set[str] = set()
        todo = [inference]
        while todo:
            new = premises.get(todo.pop(), set()) - reached
            reached |= new
            todo += new
        if inference in reached:
            rule = "circular-inference"
            text = "is a premise of itself: mend prov:wasDerivedFrom along the way"
        elif reached <= asserted.inferences:
            rule = "baseless-inference"
            text = "rests on inferences alone: none of them leads to a passage, claim or source"
        else:
            continue
        file, line = locator.locate(inference, DERIVED_FROM) or (folder.documents[0].path, 0)
        name = folder.compact(inference, file)
        yield Finding(file, line, Severity.ERROR, rule, f"{name} {text}")


def _links(document: Document, predicate: str) -> dict[str, set[str]]:
    links: dict[str, set[str]] = defaultdict(set)
    for quad in document.quads:
        if quad.predicate.value != predicate:
            continue
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            links[quad.subject.value].add(quad.object.value)
    return links
