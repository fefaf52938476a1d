"""The terms that a graph folder declares, and the IRIs that its files use as terms."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from scograph.folder.document import Document, Role
from scograph.folder.folder import Folder
from scograph.rdf.namespaces import (
    OWL,
    RDF,
    RDFS,
    compact,
)
from scograph.rdf.vocabulary import (
    TYPE,
)

_CLASS = frozenset({OWL + "Class", RDFS + "Class"})
_PROPERTY = frozenset(
    {
        *(OWL + f"{kind}Property" for kind in ("Object", "Datatype", "Annotation")),
        RDF + "Property",
    }
)
# Properties that every file may use although the ontology does not declare them.
GIVEN_TERMS = frozenset(
    {TYPE, *(RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy"))}
)

DATA = (Role.REFERENCE, Role.RECORD, Role.INFERENCES, Role.DISPUTES)


@dataclass(frozen=True)
class DeclaredTerms:
    """The terms that the ontology and the topics declare; ``homes`` are their namespaces."""

    classes: frozenset[str]
    properties: frozenset[str]
    individuals: frozenset[str]
    homes: frozenset[str]

    def kind(self, iri: str) -> str | None:
        """Return as what *iri* is declared, with its article; None where it is not declared."""
        if iri in self.classes:
            return "a class"
        if iri in self.properties:
            return "a property"
        return "an individual" if iri in self.individuals else None

    def fits(self, iri: str, role: str) -> bool:
        """Return whether *iri* may be used in the *role*: property, class or individual.

        As an individual, any declared term may be used, and any IRI outside ``homes``.
        """
        if role == "individual":
            return self.kind(iri) is not None or namespace_of(iri) not in self.homes
        return iri in self.of(role)

    def of(self, role: str) -> frozenset[str]:
        """Return the declared terms that may be used in the *role*."""
        kinds = {"class": self.classes, "property": self.properties}
        return kinds.get(role, self.classes | self.properties | self.individuals)


def is_thing(iri: str, base: str) -> bool:
    """Return whether *iri* is a thing of the world: below ``<base>id/``, and not a topic."""
    return iri.startswith(f"{base}id/") and not iri.startswith(f"{base}id/topic/")


def declared_terms(folder: Folder) -> DeclaredTerms:
    """Return the typed IRIs of the ontology and the topics, without things of the world."""
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
    properties = frozenset(iri for iri, types in kinds.items() if types & _PROPERTY) | GIVEN_TERMS
    individuals = frozenset(kinds) - classes - properties
    homes = frozenset(namespace_of(iri) for iri in kinds)
    return DeclaredTerms(classes, properties, individuals, homes)


def names_in(document: Document) -> Iterator[tuple[str, str, Quad]]:
    """Yield each IRI used in *document* with its role (see `DeclaredTerms.fits`) and first quad."""
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


def hint(iri: str, names: Iterable[str], prefixes: dict[str, str]) -> str:
    """Return the end of a message that suggests the most similar of *names*; may be empty."""
    # Only names in the same namespace are compared, by their local parts.
    home = namespace_of(iri)
    local = sorted(name.removeprefix(home) for name in names if namespace_of(name) == home)
    near = difflib.get_close_matches(iri.removeprefix(home), local, n=1, cutoff=0.7)
    return f"; did you mean {compact(home + near[0], prefixes)}?" if near else ""


def namespace_of(iri: str) -> str:
    """Return *iri* up to its last hash or slash."""
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
