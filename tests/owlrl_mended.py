"""owlrl with the rules that it leaves out or cuts short put right, and with heights.

Each departure from owlrl 7.6 names the W3C rule (OWL 2 Profiles, section 4.3) that it restores.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import owlrl
from pyoxigraph import Literal, NamedNode, Triple
from rdflib import OWL, RDF, RDFS, Graph
from rdflib.term import Literal as RdflibLiteral
from rdflib.term import Node

from scograph.rdf.rdflib_bridge import from_rdflib, to_rdflib
from scograph.rdf.terms import Fact
from scograph.reasoning.informative import is_informative
from tests.ontologies import DATATYPES, KNOWN_LITERALS

RdflibTriple = tuple[Node, Node, Node]

_TYPES: dict[Node, tuple[frozenset[Node], str]] = {
    to_rdflib(literal): (frozenset(map(to_rdflib, datatypes)), value)
    for literal, (datatypes, value) in KNOWN_LITERALS.items()
}
_DATATYPES = {to_rdflib(name) for name in DATATYPES} | {RDFS.Literal}
# What owlrl says of a clash, and the rule of ours that finds it.
_KINDS = (
    ("Disjoint classes", "cax-dw cax-adc"),
    ("Violation of complementarity", "cls-com"),
    ("is defined of type 'Nothing'", "cls-nothing2"),
    ("Erroneous usage of maximum cardinality", "cls-maxc1"),
    ("Erroneous usage of maximum qualified", "cls-maxqc1 cls-maxqc2"),
    ("Irreflexive property", "prp-irp"),
    ("Erroneous usage of asymmetric", "prp-asyp"),
    ("Erroneous usage of disjoint properties", "prp-pdw"),
    ("Disjoint properties in an 'AllDisjointProperties'", "prp-adp"),
    ("Negative (object)", "prp-npa1"),
    ("Negative (datatype)", "prp-npa2"),
    ("'sameAs' and 'differentFrom'", "eq-diff1 eq-diff1-ref"),
    ("'sameAs' and 'AllDifferent'", "eq-diff2 eq-diff3 eq-diff2-ref eq-diff3-ref"),
    ("Literal out of its range", "dt-not-type dt-not-type-avf"),
    ("Literals of different value", "dt-diff"),
)


@dataclass(frozen=True)
class Mended:
    """What owlrl infers: facts with their least height, and kinds of contradictions."""

    heights: dict[Fact, int]
    inferred: frozenset[Triple]
    inconsistencies: frozenset[str]


class _Semantics(owlrl.OWLRL_Semantics):  # type: ignore[misc]
    def __init__(self, graph: Graph) -> None:
        super().__init__(graph, axioms=False, daxioms=False, rdfs=False)
        self.heights: dict[RdflibTriple, int] = {}
        self._round = 0
        self._first = dict(graph.subject_objects(RDF.first))

    def rules(self, t: RdflibTriple, cycle_num: int) -> None:
        self._round = cycle_num
        self._datatypes(t)
        self._reflexive(t)
        self._any_two(t)
        super().rules(t, cycle_num)

    def store_triple(self, t: RdflibTriple) -> None:
        """In round n come the triples that all premises of up to round n - 1 give."""
        if t not in self.graph:
            self.heights.setdefault(t, self._round)
        super().store_triple(t)

    def _one_time_rules_datatypes(self) -> None:
        """Not owlrl's dt-type2, which goes by the datatype and leaves out plain strings."""

    def _datatypes(self, t: RdflibTriple) -> None:
        for literal in {*t} & _TYPES.keys():
            for datatype in _TYPES[literal][0]:
                self.store_triple((literal, RDF.type, datatype))  # dt-type2

    def _list(self, l: Node) -> list[Node]:  # noqa: E741, the name is owlrl's
        """Read lists as asserted: eq-rep-o gives a cell a second rdf:first, owlrl takes any."""
        cells = self.graph.transitive_objects(l, RDF.rest)
        return [self._first[cell] for cell in cells if cell in self._first]

    def _equality(self, triple: RdflibTriple, _cycle: int) -> None:
        """Table 4 without eq-ref, and eq-rep not for sameAs itself (``rules/README.md``).

        In eq-rep-o, owlrl turns sameAs around. That saves it an eq-sym: the same
        closure, but not the least height.
        """
        s, p, o = triple
        if p == OWL.sameAs:
            self.store_triple((o, OWL.sameAs, s))  # eq-sym
            for z in self.graph.objects(o, OWL.sameAs):
                if s != z:
                    self.store_triple((s, OWL.sameAs, z))  # eq-trans
            self._replaced(s, o)
        elif p == OWL.differentFrom and (s == o or (s, OWL.sameAs, o) in self.graph):
            self.add_error(f"'sameAs' and 'differentFrom' {s} {o}")  # eq-diff1

    def _replaced(self, s: Node, o: Node) -> None:
        for p, value in self.graph.predicate_objects(s):
            if p != OWL.sameAs:
                self.store_triple((o, p, value))  # eq-rep-s
        for subject, value in self.graph.subject_objects(s):
            self.store_triple((subject, o, value))  # eq-rep-p
        for subject, p in self.graph.subject_predicates(s):
            if p != OWL.sameAs:
                self.store_triple((subject, p, o))  # eq-rep-o

    def _reflexive(self, t: RdflibTriple) -> None:
        """What owlrl skips as trivial is a premise of scm-svf1, scm-avf1, scm-hv and others."""
        s, p, o = t
        if p in (OWL.equivalentClass, OWL.equivalentProperty) and s == o:
            below = RDFS.subClassOf if p == OWL.equivalentClass else RDFS.subPropertyOf
            self.store_triple((s, below, s))  # scm-eqc1, scm-eqp1
        elif p in (RDFS.subClassOf, RDFS.subPropertyOf):
            equal = OWL.equivalentClass if p == RDFS.subClassOf else OWL.equivalentProperty
            if (o, p, s) in self.graph:
                self.store_triple((s, p, s))  # scm-sco, scm-spo
                self.store_triple((s, equal, o))  # scm-eqc2, scm-eqp2

    def _any_two(self, t: RdflibTriple) -> None:
        """Rules eq-diff2, eq-diff3, prp-adp: owlrl never reaches the last member of a list."""
        x, p, kind = t
        if p != RDF.type or kind not in (OWL.AllDifferent, OWL.AllDisjointProperties):
            return
        lists = [*self.graph.objects(x, OWL.members), *self.graph.objects(x, OWL.distinctMembers)]
        for one, other in (pair for head in lists for pair in combinations(self._list(head), 2)):
            if kind == OWL.AllDifferent:
                # The same term twice: by eq-ref it is the same as itself.
                if one == other or (one, OWL.sameAs, other) in self.graph:
                    self.add_error(f"'sameAs' and 'AllDifferent' {one} {other}")
            elif any((s, other, o) in self.graph for s, o in self.graph.subject_objects(one)):
                self.add_error(f"Disjoint properties in an 'AllDisjointProperties' {one} {other}")

    def post_process(self) -> None:
        """Rules dt-not-type and dt-diff, which owlrl leaves out."""
        for literal in {term for triple in self.graph for term in triple} & _TYPES.keys():
            datatypes, value = _TYPES[literal]
            if any(self._asked_of(literal) - datatypes):
                self.add_error(f"Literal out of its range {literal}")
            for other in self.graph.objects(literal, OWL.sameAs):
                if isinstance(other, RdflibLiteral) and _TYPES[other][1] != value:
                    self.add_error(f"Literals of different value {literal} {other}")
        super().post_process()

    def _asked_of(self, literal: Node) -> set[Node]:
        """Return the datatypes that prp-rng and cls-avf, our way to dt-not-type, give *literal*."""
        asked: set[Node] = set()
        for x, p in self.graph.subject_predicates(literal):
            asked |= set(self.graph.objects(p, RDFS.range))
            for c in set(self.graph.subjects(OWL.onProperty, p)):
                if (x, RDF.type, c) in self.graph:
                    asked |= set(self.graph.objects(c, OWL.allValuesFrom))
        return asked & _DATATYPES


def mended_closure(facts: Iterable[Iterable[object]]) -> Mended:
    """Close *facts*, triples in which a literal may be a subject."""
    graph = Graph(bind_namespaces="none")
    for fact in facts:
        graph.add(tuple(map(to_rdflib, fact)))  # type: ignore[arg-type]
    asserted = {_fact(triple) for triple in graph}
    semantics = _Semantics(graph)
    semantics.closure()
    found = semantics.heights.items()
    heights = {_fact(triple): height for triple, height in found if triple in graph}
    triples = (
        Triple(*fact)  # type: ignore[arg-type]
        for fact in heights
        if not isinstance(fact.subject, Literal) and isinstance(fact.predicate, NamedNode)
    )
    kinds = {name for text in semantics.error_messages for name in _kind(str(text))}
    return Mended(
        dict.fromkeys(asserted, 0) | heights,
        frozenset(triple for triple in triples if is_informative(triple)),
        frozenset(kinds),
    )


def _kind(message: str) -> list[str]:
    return [rules for text, rules in _KINDS if text in message]


def _fact(triple: RdflibTriple) -> Fact:
    return Fact(*(from_rdflib(term) for term in triple))  # type: ignore[arg-type]


def kinds_of(names: Iterable[str]) -> frozenset[str]:
    """Return the kinds of contradiction that the rules called *names* find."""
    known = {name: rules for _, rules in _KINDS for name in rules.split()}
    return frozenset(known[name] for name in names)
