"""Blank nodes: what has no name cannot be cited or linked to."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, NamedNode, Quad

from scograph.checks.check import Inspection
from scograph.checks.declared import DATA
from scograph.folder.document import Document, Role
from scograph.folder.positions import Locator, Places
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.namespaces import (
    compact,
)


def check_blank_nodes(inspection: Inspection) -> Iterator[Finding]:
    """Report blank nodes in data: what has no name cannot be cited or linked to."""
    folder, locator = inspection.folder, inspection.locator
    for document in folder.of(Role.DATASET, *DATA):
        for quad in document.quads:
            if not isinstance(quad.object, BlankNode) and not isinstance(quad.subject, BlankNode):
                continue
            named = isinstance(quad.subject, NamedNode)
            path, line = Places(document).of_quad(quad) if named else _first(locator, document)
            if named or _is_anonymous_subject(document, quad):
                yield Finding(
                    path, line, Severity.ERROR, "blank-node",
                    f"blank node under {compact(quad.predicate.value, folder.metadata.prefixes)}: "
                    "give it an IRI of its kind",
                )  # fmt: skip


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
