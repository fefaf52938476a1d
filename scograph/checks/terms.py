"""Terms: every property, class and individual in the data is one that the ontology declares."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Quad

from scograph.folder.dataset import Asserted
from scograph.folder.document import Document, Role
from scograph.folder.folder import Folder
from scograph.folder.positions import Locator, Places
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.namespaces import (
    DCAT,
    DCTERMS,
    FOAF,
    LANGUAGE_NAMESPACES,
    OWL,
    RDF,
    RDFS,
    SCHEMA,
    VOID,
    compact,
)
from scograph.rdf.vocabulary import TYPE
from scograph.reasoning.rules.patterns import Pattern

_CLASS = frozenset({OWL + "Class", RDFS + "Class"})
_PROPERTY = frozenset(
    {
        *(OWL + f"{kind}Property" for kind in ("Object", "Datatype", "Annotation")),
        RDF + "Property",
    }
)
# Said of everything without being declared anew.
_GIVEN = frozenset(
    {TYPE, *(RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy"))}
)
# What data/dataset.ttl may say; of this, the ontology declares only what the data use too.
_OF_A_DATASET = _GIVEN | {
    *(DCTERMS + name for name in ("title", "description", "publisher", "license", "language")),
    *(DCTERMS + name for name in ("issued", "modified", "creator", "source")),
    VOID + "uriSpace",
    OWL + "versionInfo",
    SCHEMA + "correctionsPolicy",
    FOAF + "homepage",
    DCAT + "contactPoint",
    DCAT + "landingPage",
}
_DATA = (Role.REFERENCE, Role.RECORD, Role.INFERENCES, Role.DISPUTES)


@dataclass(frozen=True)
class _Terms:
    """What the ontology and the topics declare, by kind; ``homes`` are their namespaces."""

    classes: frozenset[str]
    properties: frozenset[str]
    individuals: frozenset[str]
    homes: frozenset[str]

    def kind(self, iri: str) -> str | None:
        if iri in self.classes:
            return "a class"
        if iri in self.properties:
            return "a property"
        return "an individual" if iri in self.individuals else None

    def fits(self, iri: str, role: str) -> bool:
        """Tell whether *iri* may stand where it stands; any term may be a value."""
        if role == "individual":
            return self.kind(iri) is not None or _namespace(iri) not in self.homes
        return iri in self.of(role)

    def of(self, role: str) -> frozenset[str]:
        kinds = {"class": self.classes, "property": self.properties}
        return kinds.get(role, self.classes | self.properties | self.individuals)


def check_terms(folder: Folder) -> Iterator[Finding]:
    """Report names that nothing declares, with the nearest one that is declared."""
    terms = _declared(folder)
    prefixes = folder.metadata.prefixes
    for document in folder.of(Role.TOPICS, *_DATA):
        places = Places(document)
        for iri, role, quad in _used(document):
            if not terms.fits(iri, role):
                path, line = places.of_quad(quad)
                kind = terms.kind(iri)
                hint = _hint(iri, terms.of(role), prefixes)
                name = compact(iri, prefixes)
                what = "term" if role == "individual" else role
                message = f"the ontology declares no {what} {name}{hint}"
                if kind is not None:
                    hint = hint if hint.lower().endswith(f" {name.lower()}?") else ""
                    message = f"{name} is {kind}, not a {role}{hint}"
                yield Finding(path, line, Severity.ERROR, "unknown-term", message)
    for document in folder.of(Role.DATASET):
        places = Places(document)
        for iri, role, quad in _used(document):
            thing = is_thing(getattr(quad.subject, "value", ""), folder.metadata.base)
            if role == "property" and iri not in _OF_A_DATASET and not thing:
                path, line = places.of_quad(quad)
                hint = _hint(iri, _OF_A_DATASET, prefixes)
                message = f"{compact(iri, prefixes)} is no property that describes a dataset{hint}"
                yield Finding(path, line, Severity.ERROR, "unknown-term", message)


def check_rules(folder: Folder) -> Iterator[Finding]:
    """Report names in the folder's own rules that nothing declares."""
    terms = _declared(folder)
    prefixes = folder.metadata.prefixes
    for rule in folder.rules:
        path = f"rules/{rule.name}.rq"
        for pattern in (*rule.head, *rule.body):
            for iri, role in _roles(pattern):
                if not terms.fits(iri, role) and not iri.startswith(LANGUAGE_NAMESPACES):
                    hint = _hint(iri, terms.of(role), prefixes)
                    name = compact(iri, prefixes)
                    what = "term" if role == "individual" else role
                    message = f"the ontology declares no {what} {name}{hint}"
                    line = _line_of(rule.text, name, iri)
                    yield Finding(path, line, Severity.ERROR, "unknown-term", message)


def _roles(pattern: Pattern) -> Iterator[tuple[str, str]]:
    if isinstance(pattern.predicate, NamedNode):
        yield pattern.predicate.value, "property"
        if isinstance(pattern.object, NamedNode):
            is_type = pattern.predicate.value == TYPE
            yield pattern.object.value, "class" if is_type else "individual"


def _line_of(text: str, *names: str) -> int:
    """Return the first line of *text* that has one of *names*, 0 where none has."""
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if any(name in line for name in names)), 0)


def is_thing(iri: str, base: str) -> bool:
    """Tell whether *iri* is a thing of the world: below ``<base>id/`` and no topic."""
    return iri.startswith(f"{base}id/") and not iri.startswith(f"{base}id/topic/")


def _declared(folder: Folder) -> _Terms:
    """Sort what has a type in the ontology and the topics; a thing of the world is no term."""
    kinds: dict[str, set[str]] = {}
    for document in folder.of(Role.ONTOLOGY, Role.TOPICS):
        for quad in document.quads:
            if quad.predicate.value != TYPE or not isinstance(quad.subject, NamedNode):
                continue
            if not is_thing(quad.subject.value, folder.metadata.base):
                kind = getattr(quad.object, "value", "")
                kinds.setdefault(quad.subject.value, set()).add(kind)
    kinds = {iri: types for iri, types in kinds.items() if OWL + "Ontology" not in types}
    classes = frozenset(iri for iri, types in kinds.items() if types & _CLASS)
    properties = frozenset(iri for iri, types in kinds.items() if types & _PROPERTY) | _GIVEN
    individuals = frozenset(kinds) - classes - properties
    homes = frozenset(_namespace(iri) for iri in kinds)
    return _Terms(classes, properties, individuals, homes)


def check_references(folder: Folder, asserted: Asserted) -> Iterator[Finding]:
    """Report things that are referred to and described nowhere: mostly a slip of the pen."""
    things = folder.metadata.base + "id/"
    described = {
        triple.subject.value
        for triples in asserted.graphs.values()
        for triple in triples
        if triple.predicate.value == TYPE and isinstance(triple.subject, NamedNode)
    }
    prefixes = folder.metadata.prefixes
    for document in folder.of(*_DATA):
        places = Places(document)
        for iri, _, quad in _used(document):
            if iri.startswith(things) and iri not in described:
                path, line = places.of_quad(quad)
                name, hint = compact(iri, prefixes), _hint(iri, described, prefixes)
                message = f"nothing says what {name} is: no file gives it a type{hint}"
                yield Finding(path, line, Severity.ERROR, "undescribed-thing", message)


def check_blank_nodes(folder: Folder, locator: Locator) -> Iterator[Finding]:
    """Report blank nodes in data: what has no name cannot be cited or linked to."""
    for document in folder.of(Role.DATASET, *_DATA):
        for quad in document.quads:
            if not isinstance(quad.object, BlankNode) and not isinstance(quad.subject, BlankNode):
                continue
            named = isinstance(quad.subject, NamedNode)
            path, line = locate(document, quad) if named else _first(locator, document)
            if named or _is_anonymous_subject(document, quad):
                yield Finding(
                    path, line, Severity.ERROR, "blank-node",
                    f"blank node under {compact(quad.predicate.value, folder.metadata.prefixes)}: "
                    "give it an IRI of its kind",
                )  # fmt: skip


def locate(document: Document, quad: Quad) -> tuple[str, int]:
    """Return (path, line) of *quad* in its document; see `Places`."""
    return Places(document).of_quad(quad)


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


def _hint(iri: str, names: Iterable[str], prefixes: dict[str, str]) -> str:
    # Names of the same kind are compared by what follows the namespace they share.
    home = _namespace(iri)
    local = sorted(name.removeprefix(home) for name in names if _namespace(name) == home)
    near = difflib.get_close_matches(iri.removeprefix(home), local, n=1, cutoff=0.7)
    return f"; did you mean {compact(home + near[0], prefixes)}?" if near else ""


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
