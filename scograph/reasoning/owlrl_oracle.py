"""The closure computed by owlrl: slow, but independent, to compare the rules with."""

from __future__ import annotations

from dataclasses import dataclass

import owlrl
from pyoxigraph import NamedNode, Triple

from scograph.rdf.rdflib_bridge import from_rdflib, to_graph
from scograph.reasoning.annotations import without_annotations
from scograph.reasoning.informative import is_informative

_ILL_TYPED = "Lexical value of the literal"


@dataclass(frozen=True)
class OwlrlClosure:
    """The informative triples that owlrl infers, and its messages about inconsistencies."""

    inferred: frozenset[Triple]
    messages: tuple[str, ...]


def owlrl_closure(asserted: set[Triple]) -> OwlrlClosure:
    """Compute the informative part of the OWL 2 RL closure of *asserted* by owlrl.

    Annotations, axiomatic triples and datatype triples are left out. Known faults of owlrl:
    it is unsound on owl:hasKey, ignores the last member of owl:AllDifferent and
    owl:AllDisjointProperties, and gives no type to plain string literals.
    """
    graph = to_graph(without_annotations(asserted))
    semantics = owlrl.OWLRL_Semantics(graph, axioms=False, daxioms=False, rdfs=False)
    semantics.closure()
    inferred = set()
    for subject, predicate, value in graph:
        term = from_rdflib(subject)
        if isinstance(term, NamedNode):
            triple = Triple(term, NamedNode(str(predicate)), from_rdflib(value))
            if triple not in asserted and is_informative(triple):
                inferred.add(triple)
    # Ill-typed literals are left to the check of literals, which reports their lines.
    texts = {" ".join(str(message).split()) for message in semantics.error_messages}
    messages = tuple(sorted(text for text in texts if not text.startswith(_ILL_TYPED)))
    return OwlrlClosure(frozenset(inferred), messages)
