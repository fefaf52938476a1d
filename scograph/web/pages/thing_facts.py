"""The facts on a thing's page, each with the citations of its evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from pyoxigraph import BlankNode, Literal, NamedNode

from scograph.explanations.addresses import LONGEST
from scograph.explanations.citations import Citation, Citations, Link
from scograph.explanations.resolve import fact_writer
from scograph.rdf.findings import shortened
from scograph.rdf.terms import AnyTerm, text_of
from scograph.rdf.vocabulary import (
    COMMENT,
    CONCLUDED_IN,
    IN_SOURCE,
    LABEL,
    PREF_LABEL,
    STATED_IN,
    TYPE,
    graph_iri,
)
from scograph.sparql.engine import Engine
from scograph.sparql.select import select, values
from scograph.web.pages.words import terms, words

_MENTIONS = 400
# So many characters of a blank node are shown.
_LONGEST_NODE = 300
# Properties that are shown as evidence, and not among the facts.
_HIDDEN = frozenset([STATED_IN, CONCLUDED_IN])


@dataclass
class PropertyValue:
    """One value of a property, with its evidence, and the address of its explanation."""

    value: Link
    evidence: list[Citation] = field(default_factory=list)
    why: str | None = None

    @property
    def is_inferred(self) -> bool:
        """Whether it only follows by rules."""
        return all(item.kind == "inferred" for item in self.evidence)


@dataclass(frozen=True)
class Group:
    """A property and its values."""

    name: Link
    facts: list[PropertyValue]

    def part(self, *, inferred: bool) -> Group:
        """Return the group with only its inferred facts, or only the others."""
        kept = [fact for fact in self.facts if fact.is_inferred == inferred]
        return Group(self.name, kept)


@dataclass(frozen=True)
class Mentions:
    """What refers to a thing, by property; ``all`` is the address of a query for all of it.

    It is None where nothing is left out.
    """

    groups: list[Group]
    all: str | None


@dataclass(frozen=True)
class Described:
    """A thing, and what one graph says of it: pairs of property and value."""

    subject: Link
    claims: list[tuple[Link, Link]]


class Reader(Citations):
    """Reads the graph for one page, in one language."""

    def __init__(self, engine: Engine, language: str) -> None:
        word = words(language)
        fixed = {**terms(language), TYPE: word["type"], COMMENT: word["comment"]}
        super().__init__(engine, language, fixed)
        self.writer = fact_writer(engine)

    def link(self, term: AnyTerm | None) -> Link:
        """Return *term* as a link; a blank node as what is said of it, which has no page."""
        if isinstance(term, BlankNode):
            return Link(shortened(self.writer.term(term), _LONGEST_NODE))
        return super().link(term)

    def facts(self, node: NamedNode) -> list[Group]:
        """Return all that any graph says of *node*, grouped by property, types first."""
        shapes = graph_iri(self._base, "shapes")
        rows = select(
            self._engine,
            f"SELECT ?p ?o ?g WHERE {{ GRAPH ?g {{ {node} ?p ?o }} FILTER (?g != <{shapes}>) }} "
            "ORDER BY ?g",
        )
        rows = [row for row in rows if text_of(row["p"]) not in _HIDDEN]
        self.learn(term for row in rows for term in (row["p"], row["o"]))
        self.learn_graphs({text_of(row["g"]) for row in rows})
        grouped: dict[str, dict[str, PropertyValue]] = defaultdict(dict)
        for row in rows:
            values_of = grouped[text_of(row["p"])]
            fact = values_of.setdefault(str(row["o"]), PropertyValue(self.link(row["o"])))
            fact.why = self.why(node, row["p"], row["o"])
            fact.evidence.append(self.citation(text_of(row["g"])))
        for fact in (fact for values_of in grouped.values() for fact in values_of.values()):
            fact.evidence.sort(key=lambda item: item.rank)
        # Labels that follow are there already, as preferred labels for example.
        labels = grouped.pop(LABEL, {})
        stated = {text: fact for text, fact in labels.items() if not fact.is_inferred}
        grouped |= {LABEL: stated} if stated else {}
        names = sorted(grouped, key=lambda name: (*_rank(name), self.label(name)))
        return [Group(self.name(name), _ordered(grouped[name].values())) for name in names]

    def why(
        self, subject: AnyTerm | None, predicate: AnyTerm | None, value: AnyTerm | None
    ) -> str | None:
        """Return the address of a triple's explanation; None if a blank node is in it.

        None, too, if the address would be longer than one may be.
        """
        if not isinstance(subject, NamedNode) or not isinstance(predicate, NamedNode):
            return None
        if not isinstance(value, NamedNode | Literal):
            return None
        verb = "a" if predicate.value == TYPE else self._named(predicate)
        named = {"s": self._named(subject), "p": verb, "o": self._named(value)}
        address = "/explain?" + urlencode(named, quote_via=quote, safe=":/")
        return address if len(address) <= LONGEST else None

    def _named(self, term: NamedNode | Literal) -> str:
        """Write *term* legibly in an address, where slashes need no escape."""
        written = self.writer.term(term)
        return written if isinstance(term, Literal) else written.replace("\\/", "/")

    def mentions(self, node: NamedNode, passages: Collection[Citation]) -> Mentions:
        """Return the subjects of adopted, stated triples about *node*, by property.

        *passages* are those that the page lists as such.
        """
        inferred = graph_iri(self._base, "inferred")
        hidden = values(NamedNode(name) for name in (STATED_IN, CONCLUDED_IN))
        listed = {item.link for item in passages}
        most = _MENTIONS + len(listed) + 1
        rows = select(
            self._engine,
            f"SELECT ?p ?s WHERE {{ ?s ?p {node} FILTER (isIRI(?s) && ?s != {node}) "
            f"FILTER NOT EXISTS {{ GRAPH <{inferred}> {{ ?s ?p {node} }} }} "
            f"FILTER NOT EXISTS {{ VALUES ?p {{ {hidden} }} }} }} ORDER BY ?s LIMIT {most}",
        )
        rows = [
            row
            for row in rows
            if not (text_of(row["p"]) == IN_SOURCE and self.passage_link(row["s"]) in listed)
        ]
        more, rows = len(rows) > _MENTIONS, rows[:_MENTIONS]
        self.learn(term for row in rows for term in (row["p"], row["s"]))
        grouped: dict[str, dict[str, PropertyValue]] = defaultdict(dict)
        for row in rows:
            fact = PropertyValue(self.link(row["s"]))
            grouped[text_of(row["p"])].setdefault(text_of(row["s"]), fact)
        groups = [
            Group(self.name(name), _ordered(grouped[name].values()))
            for name in sorted(grouped, key=self.label)
        ]
        query = f"SELECT ?property ?subject WHERE {{ ?subject ?property {node} }}"
        all_ = "/sparql?" + urlencode({"query": query})
        return Mentions(groups, all_ if more else None)

    def passage_link(self, passage: AnyTerm | None) -> Link | None:
        """Return how *passage* is listed among those of its source, None where it is not."""
        found = self._passages.get(text_of(passage))
        return found.link if found else None

    def claims(self, graph: NamedNode) -> list[Described]:
        """Return what the named graph *graph* states, by subject."""
        rows = select(
            self._engine,
            f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }} ORDER BY ?s ?p",
        )
        self.learn(term for row in rows for term in row.values())
        found: dict[str, Described] = {}
        for row in rows:
            thing = found.setdefault(text_of(row["s"]), Described(self.link(row["s"]), []))
            thing.claims.append((self.name(text_of(row["p"])), self.link(row["o"])))
        return list(found.values())

    def passages(self, source: NamedNode) -> list[Citation]:
        """Return the passages of *source* in their order."""
        rows = select(
            self._engine,
            f"SELECT ?g WHERE {{ ?g sco:inSource {source} ; sco:paragraph ?n ; sco:sentence ?m }} "
            "ORDER BY ?n ?m",
        )
        graphs = [text_of(row["g"]) for row in rows]
        self.learn_graphs(set(graphs))
        return [self._passages[graph] for graph in graphs if graph in self._passages]


def _rank(name: str) -> tuple[bool, bool, bool]:
    return name != TYPE, name != PREF_LABEL, name != LABEL


def _ordered(facts: Iterable[PropertyValue]) -> list[PropertyValue]:
    return sorted(facts, key=lambda fact: (fact.value.href is None, fact.value.text))
