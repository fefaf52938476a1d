"""What follows from the adopted facts under OWL 2 RL, by the field's reference reasoner.

Most of a closure says nothing: axioms of the language, reflexive triples, types
that everything has. `is_informative` says what is kept (DESIGN section 4).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import owlrl
from pyoxigraph import NamedNode, Triple

from scograph.interop import from_rdflib, to_graph
from scograph.vocab import LANGUAGE_NAMESPACES, OWL, RDF, RDFS, TYPE

# Types that say only that a term is used as such a term.
_UNINFORMATIVE_TYPES = frozenset(
    (
        *(OWL + name for name in ("Thing", "Class", "NamedIndividual")),
        *(RDFS + name for name in ("Resource", "Class", "Literal", "Datatype")),
        RDF + "Property",
    )
)
_IRI = re.compile(r"https?://[^\s,()'\"]+")
_ILL_TYPED = "Lexical value of the literal"
_SUB_CLASS = RDFS + "subClassOf"
_SUB_PROPERTY = RDFS + "subPropertyOf"


@dataclass(frozen=True)
class Clash:
    """A contradiction: what the reasoner says, and the IRIs that it names."""

    message: str
    iris: tuple[str, ...]


@dataclass(frozen=True)
class Closure:
    """The informative triples that follow, and the contradictions met."""

    inferred: frozenset[Triple]
    clashes: tuple[Clash, ...]


def reason(asserted: set[Triple]) -> Closure:
    """Compute the informative part of the OWL 2 RL closure of *asserted*.

    Source: OWL 2 Profiles, section 4.3, tables 4 to 9; by owlrl without axiomatic
    and datatype triples. Annotations take no part and are left out beforehand.
    owlrl is unsound on owl:hasKey and incomplete on owl:AllDifferent and
    owl:AllDisjointProperties; `scograph check` refuses ontologies that use them.
    """
    graph = to_graph(_without_annotations(asserted))
    semantics = owlrl.OWLRL_Semantics(graph, axioms=False, daxioms=False, rdfs=False)
    semantics.closure()
    inferred = set()
    for subject, predicate, value in graph:
        term = from_rdflib(subject)
        if isinstance(term, NamedNode):
            triple = Triple(term, NamedNode(str(predicate)), from_rdflib(value))
            if triple not in asserted and is_informative(triple):
                inferred.add(triple)
    messages = sorted(str(message) for message in semantics.error_messages)
    # What is wrong with a literal, the check of literals says, with its line.
    messages = [text for text in messages if not text.startswith(_ILL_TYPED)]
    clashes = tuple(Clash(text, tuple(_IRI.findall(text))) for text in messages)
    return Closure(frozenset(inferred), clashes)


def is_informative(triple: Triple) -> bool:
    """Tell whether an inferred triple says something that its reader did not know.

    Kept out: subjects and objects that are blank nodes, reflexive triples, what is
    about a term of RDF, RDFS, OWL or XSD, and typing by rdfs:Resource and its kin.
    """
    subject, value = triple.subject, triple.object
    if not isinstance(subject, NamedNode) or subject == value:
        return False
    if subject.value.startswith(LANGUAGE_NAMESPACES):
        return False
    if triple.predicate.value.startswith(OWL):
        return isinstance(value, NamedNode) and not value.value.startswith(LANGUAGE_NAMESPACES)
    if isinstance(value, NamedNode):
        about_language = value.value.startswith(LANGUAGE_NAMESPACES)
        if triple.predicate.value in (_SUB_CLASS, _SUB_PROPERTY):
            return not about_language
        return value.value not in _UNINFORMATIVE_TYPES
    return hasattr(value, "datatype")


def subsumption(asserted: set[Triple]) -> set[Triple]:
    """Close *asserted* under subclasses and subproperties only (rules cax-sco and prp-spo1).

    Validation runs on this: a domain or range that infers a type would make
    ``sh:class`` unable to fail.
    """
    classes = _ancestors(asserted, _SUB_CLASS)
    properties = _ancestors(asserted, _SUB_PROPERTY)
    closed = set(asserted)
    for triple in asserted:
        for name in properties.get(triple.predicate.value, ()):
            closed.add(Triple(triple.subject, NamedNode(name), triple.object))
    for triple in list(closed):
        if triple.predicate.value == TYPE and isinstance(triple.object, NamedNode):
            for name in classes.get(triple.object.value, ()):
                closed.add(Triple(triple.subject, triple.predicate, NamedNode(name)))
    return closed


def _ancestors(triples: Iterable[Triple], relation: str) -> Mapping[str, frozenset[str]]:
    parents: dict[str, set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate.value != relation:
            continue
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
            parents[triple.subject.value].add(triple.object.value)
    return {name: _reach(name, parents) for name in list(parents)}


def _reach(name: str, parents: Mapping[str, set[str]]) -> frozenset[str]:
    seen: set[str] = set()
    todo = [name]
    while todo:
        for parent in parents.get(todo.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                todo.append(parent)
    return frozenset(seen - {name})


def _without_annotations(triples: set[Triple]) -> Iterable[Triple]:
    annotations = {RDFS + name for name in ("label", "comment", "isDefinedBy", "seeAlso")}
    annotation = NamedNode(OWL + "AnnotationProperty")
    annotations |= {
        triple.subject.value
        for triple in triples
        if triple.object == annotation and isinstance(triple.subject, NamedNode)
    }
    return (triple for triple in triples if triple.predicate.value not in annotations)
