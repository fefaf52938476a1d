"""Why the graph holds a triple: who states it, who contradicts it, what it follows from.

A triple of the adopted graph stands in a passage, in a claim of a dispute, in a curator's
inference, in a file of the record, or follows by a rule from others; of those the same
is told again, down to passages and the ontology's axioms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, QuerySolutions, Triple

from scograph.rdf.errors import GraphError
from scograph.rdf.namespaces import SH
from scograph.rdf.queries import solutions_of
from scograph.rdf.terms import Fact
from scograph.rdf.vocabulary import (
    ADOPTED_VERSION,
    CLAIM,
    DERIVED_FROM,
    IN_PASSAGE,
    INFERENCE,
    PASSAGE,
    SOURCE,
    TYPE,
    VERSION,
    graph_iri,
)
from scograph.reasoning.closure import Saturated, saturate
from scograph.reasoning.facts import is_cell
from scograph.reasoning.proofs import Proof, Prover
from scograph.reasoning.rules.errors import RuleError
from scograph.reasoning.rules.files import Rule, load_rules, read_rule
from scograph.sparql.release import Release

_KINDS = ("passage", "claim", "inference", "source", "record")


@dataclass(frozen=True, eq=False)
class Evidence:
    """A named graph that holds a triple, and what it is.

    ``kind`` is ``passage``, ``claim``, ``inference`` or ``record`` (reference data, the
    ontology, descriptions). ``passage`` is the passage of a passage or claim; ``grounds``
    are what an inference rests on, which may be a ``source`` as a whole. ``adopted`` is
    false for a version that a dispute does not adopt, and for the shapes. Each graph has one
    evidence, which all that rests on it share.
    """

    kind: str
    graph: str
    passage: str | None = None
    grounds: tuple[Evidence, ...] = field(default=(), repr=False)
    adopted: bool = True


@dataclass(frozen=True)
class Contradiction:
    """Another version of the same attribute: the fact, who states it, and the dispute."""

    fact: Fact
    evidence: Evidence
    dispute: str


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a fact holds, and for each of its premises the same.

    ``rule`` is None for what somebody states; ``height`` is that of the proof, 0 for
    what is stated. ``adopted`` tells whether the default graph holds the fact. Explanations
    share their parts: each fact is explained once, however often it is a premise.
    """

    fact: Fact
    adopted: bool
    evidence: tuple[Evidence, ...]
    contradictions: tuple[Contradiction, ...]
    rule: Rule | None
    premises: tuple[Explanation, ...] = field(repr=False)
    height: int

    def every(self) -> Iterator[Explanation]:
        """Yield it and those of all premises, each once, at its first mention."""
        seen: set[int] = set()
        todo = [self]
        while todo:
            item = todo.pop()
            if id(item) not in seen:
                seen.add(id(item))
                yield item
                todo += reversed(item.premises)

    def every_evidence(self) -> Iterator[Evidence]:
        """Yield all evidence of it and its premises, of contradictions and inferences, too."""
        seen: set[str] = set()
        for item in self.every():
            others = (other.evidence for other in reversed(item.contradictions))
            todo = [*others, *reversed(item.evidence)]
            while todo:
                evidence = todo.pop()
                if evidence.graph not in seen:
                    seen.add(evidence.graph)
                    yield evidence
                    todo += reversed(evidence.grounds)


class Explainer:
    """Explains the triples of one release. The closure is computed on first use and kept."""

    def __init__(self, release: Release) -> None:
        self._release = release
        self._store = release.store
        self._inferred = NamedNode(graph_iri(release.base, "inferred"))
        self._lock = Lock()
        self._prover: Prover | None = None
        self._closed: Saturated | None = None
        self._rules: tuple[Rule, ...] | None = None
        self._premises: dict[Fact, Explanation] = {}
        self._known: dict[str, Evidence] = {}

    def explain(self, fact: Fact) -> Explanation:
        """Return why the release holds *fact*."""
        # Proofs are memoised without locks of their own, so one thread works at a time.
        with self._lock:
            return self._explain(fact)

    def _explain(self, fact: Fact) -> Explanation:
        evidence = tuple(self._evidence(fact))
        adopted = self._is_adopted(fact)
        follows = adopted and not any(item.adopted for item in evidence)
        proof = self.prover.prove(fact) if follows else None
        return self._explained(fact, proof, evidence, adopted=adopted)

    @property
    def prover(self) -> Prover:
        """The prover over the closure of what the release adopts."""
        if self._prover is None:
            self._prover = Prover(self.closed)
        return self._prover

    @property
    def closed(self) -> Saturated:
        """The whole closure, with the uninformative triples that the release leaves out."""
        if self._closed is None:
            self._closed = saturate(self._asserted(), self.rules)
        return self._closed

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules by which the release was made: those of OWL 2 RL, then the folder's own."""
        if self._rules is None:
            self._rules = (*load_rules(), *self._own_rules())
        return self._rules

    def _explained(
        self, fact: Fact, proof: Proof | None, evidence: tuple[Evidence, ...], *, adopted: bool
    ) -> Explanation:
        return Explanation(
            fact,
            adopted,
            evidence,
            # What stands in no graph of its own is no version of a dispute.
            tuple(self._contradictions(fact)) if evidence else (),
            proof.rule if proof else None,
            tuple(self._premise(premise) for premise in _told(proof)),
            proof.height if proof else 0,
        )

    def _premise(self, proof: Proof) -> Explanation:
        todo = [proof]
        while todo:
            item = todo[-1]
            missing = [premise for premise in _told(item) if premise.fact not in self._premises]
            if missing:
                todo += missing
                continue
            if item.fact not in self._premises:
                evidence = tuple(self._evidence(item.fact))
                found = self._explained(item.fact, item, evidence, adopted=True)
                self._premises[item.fact] = found
            todo.pop()
        return self._premises[proof.fact]

    def _asserted(self) -> set[Triple]:
        inferred = {
            quad.triple for quad in self._store.quads_for_pattern(None, None, None, self._inferred)
        }
        adopted = self._store.quads_for_pattern(None, None, None, DefaultGraph())
        return {quad.triple for quad in adopted} - inferred

    def _own_rules(self) -> Iterator[Rule]:
        """Read the folder's rules, which the release describes."""
        release = graph_iri(self._release.base, "release")
        prefix = f"{self._release.base}rules/"
        for row in self._rows(
            f"SELECT ?rule ?text WHERE {{ GRAPH <{release}> "
            f"{{ ?rule a <{SH}SPARQLRule> ; <{SH}construct> ?text }} }} ORDER BY ?rule"
        ):
            name = str(row["rule"].value).removeprefix(prefix)
            try:
                yield read_rule(str(row["text"].value), name, self._release.prefixes)
            except RuleError as error:
                raise GraphError(f"the release has a rule {name} for another version") from error

    def _is_adopted(self, fact: Fact) -> bool:
        return any(graph is None for graph in self._graphs(fact))

    def _evidence(self, fact: Fact) -> Iterator[Evidence]:
        graphs = {graph for graph in self._graphs(fact) if graph is not None}
        evidence = [self._evidence_of(graph) for graph in graphs - {self._inferred.value}]
        yield from sorted(evidence, key=_reading_order)

    def _graphs(self, fact: Fact) -> list[str | None]:
        """Return the names of the graphs that hold *fact*, None for the default graph."""
        subject, predicate, value = fact
        if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
            return []
        found = self._store.quads_for_pattern(subject, predicate, value, None)
        names = [quad.graph_name for quad in found]
        # A graph that a blank node names cannot be cited.
        return [getattr(name, "value", None) for name in names if not isinstance(name, BlankNode)]

    def _evidence_of(self, graph: str) -> Evidence:
        todo, begun = [graph], set[str]()
        while todo:
            name = todo[-1]
            premises = self._grounds(name)
            missing = [
                premise
                for premise in premises
                if premise not in self._known and premise not in begun
            ]
            begun.add(name)
            if missing:
                todo += missing
                continue
            if name not in self._known:
                # What rests on itself, which no check lets pass, is no ground.
                grounds = [self._known[premise] for premise in premises if premise in self._known]
                self._known[name] = self._evidence_on(name, sorted(grounds, key=_reading_order))
            todo.pop()
        return self._known[graph]

    def _grounds(self, graph: str) -> list[str]:
        """Return the graphs that an inference rests on, none for other evidence."""
        is_inference = self._says(graph, TYPE, INFERENCE)
        return list(self._objects(graph, DERIVED_FROM)) if is_inference else []

    def _evidence_on(self, graph: str, grounds: list[Evidence]) -> Evidence:
        if self._says(graph, TYPE, PASSAGE):
            return Evidence("passage", graph, graph)
        if self._says(graph, TYPE, CLAIM):
            passage = next(self._objects(graph, IN_PASSAGE), None)
            return Evidence("claim", graph, passage, adopted=self._adopts(graph))
        if self._says(graph, TYPE, INFERENCE):
            return Evidence("inference", graph, grounds=tuple(grounds))
        if self._says(graph, TYPE, SOURCE):
            return Evidence("source", graph)
        return Evidence("record", graph, adopted=graph != graph_iri(self._release.base, "shapes"))

    def _adopts(self, claim: str) -> bool:
        pattern = (None, NamedNode(ADOPTED_VERSION), NamedNode(claim), DefaultGraph())
        return any(True for _ in self._store.quads_for_pattern(*pattern))

    def _says(self, subject: str, predicate: str, value: str) -> bool:
        return value in self._objects(subject, predicate)

    def _objects(self, subject: str, predicate: str) -> Iterator[str]:
        pattern = (NamedNode(subject), NamedNode(predicate), None, DefaultGraph())
        for quad in self._store.quads_for_pattern(*pattern):
            if isinstance(quad.object, NamedNode):
                yield quad.object.value

    def _contradictions(self, fact: Fact) -> Iterator[Contradiction]:
        subject, predicate, value = fact
        if not isinstance(subject, NamedNode) or isinstance(value, BlankNode):
            return
        versions = f"<{VERSION}>|<{ADOPTED_VERSION}>"
        # Claims that are adopted together agree: the check of adoptions makes sure of it.
        rows = self._rows(
            "SELECT DISTINCT ?dispute ?claim ?other WHERE { "
            f"GRAPH ?own {{ {subject} {predicate} {value} }} ?dispute {versions} ?own , ?claim . "
            f"GRAPH ?claim {{ {subject} {predicate} ?other }} "
            f"FILTER NOT EXISTS {{ GRAPH ?claim {{ {subject} {predicate} {value} }} }} "
            f"FILTER NOT EXISTS {{ ?dispute <{ADOPTED_VERSION}> ?own , ?claim }} "
            "} ORDER BY STR(?other)"
        )
        found = [
            Contradiction(
                Fact(subject, predicate, row["other"]),
                self._evidence_of(row["claim"].value),
                row["dispute"].value,
            )
            for row in rows
        ]
        yield from sorted(found, key=lambda item: (item.dispute, _reading_order(item.evidence)))

    def _rows(self, query: str) -> QuerySolutions:
        return solutions_of(self._store, query)


def _told(proof: Proof | None) -> list[Proof]:
    """Return the premises of *proof* that are told: not the cells of lists, which axioms show."""
    return [] if proof is None else [p for p in proof.premises if not is_cell(p.fact)]


def _reading_order(evidence: Evidence) -> tuple[int, list[tuple[bool, int, str]]]:
    """Sort passages first, then by IRI, numbers in it by value: sentence 2 before 12."""
    parts = re.split(r"(\d+)", evidence.graph)
    return (
        _KINDS.index(evidence.kind),
        [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts],
    )
