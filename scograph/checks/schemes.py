"""Schemes of IRIs: none by which a link on a page would run or hold a program."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Quad

from scograph.checks.check import Inspection
from scograph.folder.positions import Places
from scograph.rdf.findings import Finding, Severity, shortened

_ACTIVE = frozenset(["blob", "data", "filesystem", "javascript", "vbscript"])


def check_schemes(inspection: Inspection) -> Iterator[Finding]:
    """Report each IRI with such a scheme, wherever a triple has it."""
    for document in inspection.folder.documents:
        places = Places(document)
        for quad in document.quads:
            for iri in _iris(quad):
                scheme = iri.partition(":")[0].lower()
                if scheme in _ACTIVE:
                    message = (
                        f"<{shortened(iri)}>: a link to it may run a program, "
                        f"so {scheme}: is not used here"
                    )
                    yield Finding(*places.of_quad(quad), Severity.ERROR, "iri-scheme", message)


def _iris(quad: Quad) -> Iterator[str]:
    for term in quad:
        if isinstance(term, NamedNode):
            yield term.value
        elif isinstance(term, Literal):
            yield term.datatype.value
