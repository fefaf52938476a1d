"""Literals: every store and every format must return them as they are written.

This is rule M17 of ontology/STYLE.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pyoxigraph import Literal, NamedNode, Quad, Store

from scograph.checks.check import Inspection
from scograph.folder.document import Document
from scograph.folder.notation import language_tags
from scograph.folder.positions import Places
from scograph.rdf.findings import Finding, Severity, shortened
from scograph.rdf.namespaces import RDF, XSD, compact

# Characters that XML 1.0 does not allow (section 2.2), nor RDF/XML and SPARQL results in XML.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PROBE = NamedNode("urn:x-scograph:probe")


def check_literals(inspection: Inspection) -> Iterator[Finding]:
    """Report literals that a store rewrites, that are ill-typed, or that XML cannot carry."""
    folder = inspection.folder
    problems: dict[Literal, str | None] = {}
    for document in folder.documents:
        places = Places(document)
        for quad in document.quads:
            literal = quad.object
            if not isinstance(literal, Literal):
                continue
            if literal not in problems:
                problems[literal] = _problem(literal, folder.metadata.prefixes)
            message = problems[literal]
            if message is not None:
                path, line = places.of_quad(quad)
                yield Finding(path, line, Severity.ERROR, "unstable-literal", message)
        yield from _upper_case_tags(document)


def _problem(literal: Literal, prefixes: dict[str, str]) -> str | None:
    """Return the message about *literal*, None where nothing is wrong with it."""
    if _NOT_XML.search(literal.value):
        quoted = repr(shortened(literal.value))
        return f"{quoted} has a control character, which XML cannot carry: remove it"
    store = Store()
    store.add(Quad(_PROBE, _PROBE, literal))
    stored = next(iter(store)).object
    if stored == literal:
        return _ill_typed(literal, prefixes)
    back = f'"{shortened(stored.value)}"^^{compact(stored.datatype.value, prefixes)}'
    datatype = compact(literal.datatype.value, prefixes)
    return f'a store rewrites "{shortened(literal.value)}"^^{datatype} as {back}: write the latter'


# Canonical lexical forms; a store keeps some others as they are, although they are ill-typed.
_FORMS = {
    XSD + "integer": r"-?(0|[1-9]\d*)",
    XSD + "decimal": r"-?(0|[1-9]\d*)(\.\d*[1-9])?",
    XSD + "boolean": r"true|false",
    XSD + "gYear": r"-?\d{4,}",
    XSD + "gYearMonth": r"-?\d{4,}-(0[1-9]|1[0-2])",
}

# Further datatypes in use: text of any form, and dates, which `_is_day` checks.
_PLAIN = frozenset([XSD + "string", RDF + "langString", XSD + "anyURI", XSD + "date"])


def _ill_typed(literal: Literal, prefixes: dict[str, str]) -> str | None:
    datatype = literal.datatype.value
    if datatype not in _PLAIN and datatype not in _FORMS:
        allowed = ", ".join(compact(name, prefixes) for name in sorted({*_FORMS, XSD + "date"}))
        return f"{compact(datatype, prefixes)} is not used here (M17): there are {allowed} and text"
    form = _FORMS.get(datatype)
    is_valid = bool(re.fullmatch(form, literal.value)) if form else True
    if datatype == XSD + "date":
        is_valid = _is_day(literal.value)
    if is_valid:
        return None
    return f'"{shortened(literal.value)}" is no {compact(datatype, prefixes)} in canonical form'


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _upper_case_tags(document: Document) -> Iterator[Finding]:
    for line, tag in language_tags(document.content):
        if tag != tag.lower():
            yield Finding(
                document.path, line, Severity.ERROR, "language-tag",
                f"language tag @{tag}: write it in lower case, @{tag.lower()}",
            )  # fmt: skip
