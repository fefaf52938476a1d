"""Terms: the ontology declares every property, class and individual that the data use."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode

from scograph.checks.check import Inspection
from scograph.checks.declared import (
    DATA,
    GIVEN_TERMS,
    declared_terms,
    hint,
    is_thing,
    names_in,
)
from scograph.folder.document import Role
from scograph.folder.positions import Places
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.namespaces import (
    DCAT,
    DCTERMS,
    FOAF,
    LANGUAGE_NAMESPACES,
    OWL,
    SCHEMA,
    VOID,
    compact,
)
from scograph.rdf.vocabulary import (
    TYPE,
)
from scograph.reasoning.annotations import annotation_properties
from scograph.reasoning.rules.patterns import Pattern

# Properties that data/dataset.ttl may use; the ontology need not declare them.
_DATASET_PROPERTIES = GIVEN_TERMS | {
    *(DCTERMS + name for name in ("title", "description", "publisher", "license", "language")),
    *(DCTERMS + name for name in ("issued", "modified", "creator", "source")),
    VOID + "uriSpace",
    OWL + "versionInfo",
    SCHEMA + "correctionsPolicy",
    FOAF + "homepage",
    DCAT + "contactPoint",
    DCAT + "landingPage",
}


def check_terms(inspection: Inspection) -> Iterator[Finding]:
    """Report undeclared terms in the data, and suggest the most similar declared one."""
    folder = inspection.folder
    terms = declared_terms(folder)
    prefixes = folder.metadata.prefixes
    for document in folder.of(Role.TOPICS, *DATA):
        places = Places(document)
        for iri, role, quad in names_in(document):
            if not terms.fits(iri, role):
                path, line = places.of_quad(quad)
                kind = terms.kind(iri)
                near = hint(iri, terms.of(role), prefixes)
                name = compact(iri, prefixes)
                what = "term" if role == "individual" else role
                message = f"the ontology declares no {what} {name}{near}"
                if kind is not None:
                    near = near if near.lower().endswith(f" {name.lower()}?") else ""
                    message = f"{name} is {kind}, not a {role}{near}"
                yield Finding(path, line, Severity.ERROR, "unknown-term", message)
    for document in folder.of(Role.DATASET):
        places = Places(document)
        for iri, role, quad in names_in(document):
            thing = is_thing(getattr(quad.subject, "value", ""), folder.metadata.base)
            if role == "property" and iri not in _DATASET_PROPERTIES and not thing:
                path, line = places.of_quad(quad)
                near = hint(iri, _DATASET_PROPERTIES, prefixes)
                message = f"{compact(iri, prefixes)} is no property that describes a dataset{near}"
                yield Finding(path, line, Severity.ERROR, "unknown-term", message)


def check_rules(inspection: Inspection) -> Iterator[Finding]:
    """Report undeclared terms in the folder's own rules, and annotations, which no rule sees."""
    folder = inspection.folder
    terms = declared_terms(folder)
    prefixes = folder.metadata.prefixes
    ontology = (quad.triple for part in folder.of(Role.ONTOLOGY) for quad in part.quads)
    annotations = annotation_properties(ontology)
    for rule in folder.rules:
        path = f"rules/{rule.name}.rq"
        for name in {p.predicate.value for p in rule.body if p.predicate in annotations}:
            line = rule.lines.get(name, 0)
            message = (
                f"{compact(name, prefixes)} is an annotation, which takes no part in reasoning: "
                "a rule cannot ask for it; see scograph/reasoning/rules/README.md"
            )
            yield Finding(path, line, Severity.ERROR, "rule", message)
        for pattern in (*rule.head, *rule.body):
            for iri, role in _roles(pattern):
                if not terms.fits(iri, role) and not iri.startswith(LANGUAGE_NAMESPACES):
                    near = hint(iri, terms.of(role), prefixes)
                    name = compact(iri, prefixes)
                    what = "term" if role == "individual" else role
                    message = f"the ontology declares no {what} {name}{near}"
                    line = rule.lines.get(iri, 0)
                    yield Finding(path, line, Severity.ERROR, "unknown-term", message)


def _roles(pattern: Pattern) -> Iterator[tuple[str, str]]:
    """Yield the IRIs of predicate and object, each with its role, as `names_in` does."""
    if isinstance(pattern.predicate, NamedNode):
        yield pattern.predicate.value, "property"
        if isinstance(pattern.object, NamedNode):
            is_type = pattern.predicate.value == TYPE
            yield pattern.object.value, "class" if is_type else "individual"
