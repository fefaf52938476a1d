"""Terms: every property, class and individual in the data is one that the ontology declares."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from pyoxigraph import BlankNode, NamedNode, Quad

from scograph.findings import Finding, Severity
from scograph.sources.dataset import Asserted
from scograph.sources.document import Document, Role
from scograph.sources.folder import Folder
from scograph.sources.positions import Locator, graph_of
from scograph.vocab import RDF, RDFS, TYPE, XSD, compact

# Said of everything without being declared anew.
_GIVEN = (RDF, RDFS, XSD)
_DATA = (Role.REFERENCE, Role.RECORD, Role.INFERENCES, Role.DISPUTES)


def check_terms(folder: Folder, locator: Locator) -> Iterator[Finding]:
    """Report names that nothing declares, with the nearest one that is declared."""
    declared = {
        quad.subject.value
        for document in folder.of(Role.ONTOLOGY, Role.TOPICS)
        for quad in document.quads
        if isinstance(quad.subject, NamedNode)
    }
    for document in folder.of(*_DATA):
        for iri, role, quad in _used(document):
            if iri in declared or iri.startswith(_GIVEN):
                continue
            own = _namespace(iri) in {_namespace(name) for name in declared}
            if role == "individual" and not own:
                continue
            path, line = locate(locator, document, quad)
            message = _message(iri, role, declared, folder.metadata.prefixes)
            yield Finding(path, line, Severity.ERROR, "unknown-term", message)


def check_references(folder: Folder, asserted: Asserted, locator: Locator) -> Iterator[Finding]:
    """Report things that are referred to and described nowhere: mostly a slip of the pen."""
    things = folder.metadata.base + "id/"
    described = {
        triple.subject.value
        for triples in asserted.graphs.values()
        for triple in triples
        if triple.predicate.value == TYPE and isinstance(triple.subject, NamedNode)
    }
    for document in folder.of(*_DATA):
        for iri, _, quad in _used(document):
            if iri.startswith(things) and iri not in described:
                path, line = locate(locator, document, quad)
                message = _message(iri, "thing", described, folder.metadata.prefixes)
                yield Finding(path, line, Severity.ERROR, "undescribed-thing", message)


def check_blank_nodes(folder: Folder, locator: Locator) -> Iterator[Finding]:
    """Report blank nodes in data: what has no name cannot be cited or linked to."""
    for document in folder.of(Role.DATASET, *_DATA):
        for quad in document.quads:
            if not isinstance(quad.object, BlankNode) and not isinstance(quad.subject, BlankNode):
                continue
            named = isinstance(quad.subject, NamedNode)
            path, line = locate(locator, document, quad) if named else _first(locator, document)
            if named or _is_anonymous_subject(document, quad):
                yield Finding(
                    path, line, Severity.ERROR, "blank-node",
                    f"blank node under {compact(quad.predicate.value, folder.metadata.prefixes)}: "
                    "give it an IRI of its kind",
                )  # fmt: skip


def locate(locator: Locator, document: Document, quad: Quad) -> tuple[str, int]:
    """Return (path, line) of *quad*, the file alone where it is not found again."""
    if not isinstance(quad.subject, NamedNode):
        return document.path, 0
    value = getattr(quad.object, "value", None)
    found = locator.locate(quad.subject.value, quad.predicate.value, value, graph_of(quad))
    return found or (document.path, 0)


def _used(document: Document) -> Iterator[tuple[str, str, Quad]]:
    seen: set[tuple[str, str]] = set()
    for quad in document.quads:
        names = [(quad.predicate.value, "property")]
        if isinstance(quad.object, NamedNode):
            role = "class" if quad.predicate.value == TYPE else "individual"
            names.append((quad.object.value, role))
        for iri, role in names:
            if (iri, role) not in seen:
                seen.add((iri, role))
                yield iri, role, quad


def _message(iri: str, role: str, declared: set[str], prefixes: dict[str, str]) -> str:
    # Names of the same kind are compared by what follows the namespace they share.
    home = _namespace(iri)
    names = sorted(name.removeprefix(home) for name in declared if _namespace(name) == home)
    near = difflib.get_close_matches(iri.removeprefix(home), names, n=1, cutoff=0.7)
    hint = f"; did you mean {compact(home + near[0], prefixes)}?" if near else ""
    name = compact(iri, prefixes)
    if role == "thing":
        return f"nothing says what {name} is: no file gives it a type{hint}"
    what = {"property": "property", "class": "class", "individual": "term"}[role]
    return f"the ontology declares no {what} {name}{hint}"


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


def _first(locator: Locator, document: Document) -> tuple[str, int]:
    for line, quad in locator.lines(document):
        if isinstance(quad.subject, BlankNode):
            return document.path, line
    return document.path, 0


def _is_anonymous_subject(document: Document, quad: Quad) -> bool:
    """Tell whether no other triple leads to this blank subject, so that it is reported once."""
    pointed_at = any(other.object == quad.subject for other in document.quads)
    first = next(other for other in document.quads if other.subject == quad.subject)
    return not pointed_at and first == quad
