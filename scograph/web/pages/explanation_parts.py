"""The parts of an explanation's page: statements in words, and their evidence as a tree."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import BlankNode, NamedNode

from scograph.explanations.citations import Citation, Link
from scograph.explanations.explainer import Contradiction, Evidence, Explanation
from scograph.rdf.terms import Fact, Term
from scograph.rdf.vocabulary import SYSTEM_GRAPHS
from scograph.reasoning.facts import is_axiom
from scograph.sparql.engine import Engine
from scograph.web.pages.thing_facts import Reader
from scograph.web.pages.words import words

# How many steps a page shows below each other, and how many facts at all.
_MAX_DEPTH, _MAX_TOLD = 12, 500
_STATED = ("passage", "claim")
_RECORDS = frozenset(SYSTEM_GRAPHS) - {"inferred"}


@dataclass(frozen=True)
class Statement:
    """A triple for a page: its parts as links, in Turtle, and the address of its explanation."""

    parts: tuple[Link, Link, Link]
    written: tuple[str, str, str]
    href: str | None

    @property
    def text(self) -> str:
        """The triple in words, for titles."""
        return " ".join(part.text for part in self.parts)


@dataclass(frozen=True)
class Concluded:
    """A curator's inference: its name, its reason, and what it rests on."""

    link: Link
    reason: str
    passages: list[Citation]
    concluded: list[Concluded]
    others: list[Link]


@dataclass(frozen=True)
class Version:
    """A contradicting statement, its citation, and the dispute that has both."""

    statement: Statement
    evidence: Citation
    dispute: Link


@dataclass(frozen=True)
class Applied:
    """A rule by which something follows: its name, and its sentence in the page's language."""

    name: str
    sentence: str


@dataclass(frozen=True)
class Reason:
    """Why a triple holds, and for the premises of a rule the same, data before axioms.

    ``anchor`` is its place on the page. Where ``is_told`` an earlier place tells the
    same, premises and all, and ``anchor`` is that one's. Where ``is_deep`` the premises are left
    out, as they stand far below what is explained, and there is no anchor; its own page has
    them.
    """

    statement: Statement
    anchor: str
    adopted: bool
    is_axiom: bool
    is_told: bool
    is_deep: bool
    stated: list[Citation]
    concluded: list[Concluded]
    records: list[Link]
    contradicted: list[Version]
    rule: Applied | None
    premises: list[Reason]

    @property
    def is_of_language(self) -> bool:
        """Whether it is axiomatic: neither stated nor derived by a rule."""
        return not (self.stated or self.concluded or self.records or self.rule)


def reason_of(engine: Engine, explanation: Explanation, language: str) -> Reason:
    """Return *explanation* for a page in *language*."""
    reader = Reader(engine, language)
    near = list(islice(_nearest(explanation), _MAX_TOLD))
    _learn(reader, near)
    return _Arranger(reader, language, near).reason(explanation)


def statements(engine: Engine, facts: Sequence[Fact], language: str) -> list[Statement]:
    """Return *facts* for a page in *language*."""
    reader = Reader(engine, language)
    reader.learn(term for fact in facts for term in fact)
    return [statement(reader, fact) for fact in facts]


def statement(reader: Reader, fact: Fact) -> Statement:
    """Return *fact* for a page, with the labels that *reader* has fetched."""
    return Statement(
        parts=tuple(_link(reader, term) for term in fact),  # type: ignore[arg-type]
        written=tuple(_written(reader, term) for term in fact),  # type: ignore[arg-type]
        href=reader.why(*fact),
    )


def _link(reader: Reader, term: Term) -> Link:
    return Link(reader.writer.term(term)) if isinstance(term, BlankNode) else reader.link(term)


def _written(reader: Reader, term: Term) -> str:
    return term.value if isinstance(term, NamedNode) else reader.writer.term(term)


def _nearest(explanation: Explanation) -> Iterator[Explanation]:
    """Yield *explanation* and those of all premises, each once, the nearest first."""
    seen = {id(explanation)}
    todo = deque([explanation])
    while todo:
        item = todo.popleft()
        yield item
        for premise in item.premises:
            if id(premise) not in seen:
                seen.add(id(premise))
                todo.append(premise)


def _learn(reader: Reader, told: list[Explanation]) -> None:
    others = [other for item in told for other in item.contradictions]
    named: set[str] = set()
    todo = [evidence for item in told for evidence in item.evidence]
    todo += [other.evidence for other in others]
    while todo:
        evidence = todo.pop()
        if evidence.graph not in named:
            named.add(evidence.graph)
            todo += evidence.grounds
    reader.learn_graphs(named)
    facts = [item.fact for item in told] + [other.fact for other in others]
    iris = named | {other.dispute for other in others}
    terms: list[Term] = [term for fact in facts for term in fact]
    reader.learn([*terms, *(NamedNode(iri) for iri in iris)])


class _Arranger:
    def __init__(self, reader: Reader, language: str, near: Sequence[Explanation]) -> None:
        self._reader = reader
        self._language = language
        self._words = words(language)
        self._near = {item.fact for item in near}
        self._anchors: dict[Fact, str] = {}
        self._inferences: set[str] = set()

    def reason(self, explanation: Explanation, depth: int = 0) -> Reason:
        fact, rule = explanation.fact, explanation.rule
        is_told = rule is not None and fact in self._anchors
        is_near = depth < _MAX_DEPTH and all(p.fact in self._near for p in explanation.premises)
        is_deep = rule is not None and not is_told and not is_near
        anchor = ""
        if not is_deep:
            anchor = self._anchors.setdefault(fact, f"fact-{len(self._anchors) + 1}")
        evidence = explanation.evidence
        is_open = not (is_told or is_deep)
        premises = sorted(explanation.premises, key=_axioms_last) if is_open else []
        return Reason(
            statement=statement(self._reader, fact),
            anchor=anchor,
            adopted=explanation.adopted,
            is_axiom=is_axiom(fact),
            is_told=is_told,
            is_deep=is_deep,
            stated=self._stated(evidence),
            concluded=self._inferences_in(evidence, depth),
            records=self._others(evidence),
            contradicted=[self._version(other) for other in explanation.contradictions],
            rule=Applied(rule.name, rule.sentence(self._language)) if rule else None,
            premises=[self.reason(premise, depth + 1) for premise in premises],
        )

    def _cited(self, item: Evidence) -> Citation:
        found = self._reader.citation(item.graph)
        if found.link is not None:
            return found
        return Citation("passage", self._reader.name(item.graph), adopted=item.adopted)

    def _stated(self, evidence: Sequence[Evidence]) -> list[Citation]:
        return [self._cited(item) for item in evidence if item.kind in _STATED]

    def _inferences_in(self, evidence: Sequence[Evidence], depth: int) -> list[Concluded]:
        return [self._inference(item, depth) for item in evidence if item.kind == "inference"]

    def _inference(self, item: Evidence, depth: int) -> Concluded:
        """Return an inference with what it rests on, unless that is told, or lies deep."""
        is_open = item.graph not in self._inferences and depth < _MAX_DEPTH
        if is_open:
            self._inferences.add(item.graph)
        grounds = item.grounds if is_open else ()
        return Concluded(
            link=self._reader.name(item.graph),
            reason=self._reader.citation(item.graph).summary,
            passages=self._stated(grounds),
            concluded=self._inferences_in(grounds, depth + 1),
            others=self._others(grounds),
        )

    def _others(self, evidence: Sequence[Evidence]) -> list[Link]:
        known = (*_STATED, "inference")
        return [self._record(item) for item in evidence if item.kind not in known]

    def _record(self, item: Evidence) -> Link:
        link = self._reader.name(item.graph)
        name = (link.href or "").removeprefix("/graph/")
        return Link(self._words[f"graph_{name}"], link.href) if name in _RECORDS else link

    def _version(self, other: Contradiction) -> Version:
        return Version(
            statement(self._reader, other.fact),
            self._cited(other.evidence),
            self._reader.name(other.dispute),
        )


def _axioms_last(explanation: Explanation) -> bool:
    return is_axiom(explanation.fact)
