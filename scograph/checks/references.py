"""References: every thing that the data refer to has a type in some file."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode

from scograph.checks.check import Inspection
from scograph.checks.declared import DATA, hint, names_in
from scograph.folder.positions import Places
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.namespaces import (
    compact,
)
from scograph.rdf.vocabulary import (
    TYPE,
)


def check_references(inspection: Inspection) -> Iterator[Finding]:
    """Report things that no file gives a type; mostly the IRI is misspelt."""
    folder, asserted = inspection.folder, inspection.asserted
    things = folder.metadata.base + "id/"
    described = {
        triple.subject.value
        for triples in asserted.graphs.values()
        for triple in triples
        if triple.predicate.value == TYPE and isinstance(triple.subject, NamedNode)
    }
    prefixes = folder.metadata.prefixes
    for document in folder.of(*DATA):
        places = Places(document)
        for iri, _, quad in names_in(document):
            if iri.startswith(things) and iri not in described:
                path, line = places.of_quad(quad)
                name, near = compact(iri, prefixes), hint(iri, described, prefixes)
                message = f"nothing says what {name} is: no file gives it a type{near}"
                yield Finding(path, line, Severity.ERROR, "undescribed-thing", message)
