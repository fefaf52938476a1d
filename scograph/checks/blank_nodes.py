"""Blank nodes in data, which nobody can cite or link to."""

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
    """Report blank nodes in the data and in the description of the dataset."""
    folder, locator = inspection.folder, inspection.locator
    for document in folder.of(Role.DATASET, *DATA):
        for quad in document.quads:
            if not isinstance(quad.object, BlankNode) and not isinstance(quad.subject, BlankNode):
                continue
            has_iri = isinstance(quad.subject, NamedNode)
            path, line = Places(document).of_quad(quad) if has_iri else _first(locator, document)
            if has_iri or _is_anonymous_subject(document, quad):
                yield Finding(
                    path, line, Severity.ERROR, "blank-node",
                    f"blank node under {compact(quad.predicate.value, folder.metadata.prefixes)}: "
                    "give it an IRI of its kind",
                )  # fmt: skip


def _first(locator: Locator, document: Document) -> tuple[str, int]:
    """Return (path, line) of the first triple whose subject is a blank node."""
    for line, quad in locator.lines(document):
        if isinstance(quad.subject, BlankNode):
            return document.path, line
    return document.path, 0


def _is_anonymous_subject(document: Document, quad: Quad) -> bool:
    """Return whether *quad* is the first about a blank node that is no object of a triple.

    By this, each blank node is reported once.
    """
    is_object = any(other.object == quad.subject for other in document.quads)
    first = next(other for other in document.quads if other.subject == quad.subject)
    return not is_object and first == quad
