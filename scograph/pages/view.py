"""What a page of a thing shows: its facts, each with the evidence it rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from scograph.engine import Engine
from scograph.pages.asking import Row, Term, select, text_of, values
from scograph.pages.layout import text_fragment
from scograph.pages.words import words
from scograph.vocab import COMMENT, CONCLUDED_IN, PREF_LABEL, RDFS, SCO, STATED_IN, TYPE, graph_iri

_MENTIONS = 400
_KINDS = ("passage", "concluded", "reference", "described", "inferred")
# Shown as evidence, or as the page's title, not as facts.
_HIDDEN = frozenset([STATED_IN, CONCLUDED_IN, RDFS + "label", SCO + "version"])


@dataclass(frozen=True)
class Link:
    """Something to follow: where it leads, and what it is called. No address: plain text."""

    text: str
    href: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Evidence:
    """What a fact rests on.

    ``kind`` is ``passage``, ``concluded``, ``reference``, ``described`` or
    ``inferred``; ``adopted`` is false for a version that a dispute does not adopt.
    """

    kind: str
    link: Link | None = None
    source: str = ""
    publisher: str = ""
    date: str = ""
    place: str = ""
    summary: str = ""
    open_at: str = ""
    adopted: bool = True
    order: tuple[str, int, int] = ("", 0, 0)

    @property
    def rank(self) -> tuple[int, str, int, int]:
        """Where it stands in a list: passages first, in the order of their sources."""
        return (_KINDS.index(self.kind), *self.order)


@dataclass
class Fact:
    """One value of a property, with all its evidence."""

    value: Link
    evidence: list[Evidence] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """A property and its values."""

    name: Link
    facts: list[Fact]

    def part(self, *, inferred: bool) -> Group:
        """Return the group with those facts alone that only reasoning gives, or without them."""
        kept = [f for f in self.facts if all(e.kind == "inferred" for e in f.evidence) == inferred]
        return Group(self.name, kept)


@dataclass(frozen=True)
class Described:
    """A thing, and what one graph says of it: pairs of property and value."""

    subject: Link
    claims: list[tuple[Link, Link]]


class Reader:
    """Reads the graph for one page, in one language."""

    def __init__(self, engine: Engine, language: str) -> None:
        self._engine = engine
        self._language = language
        self._base = engine.release.base
        self._labels: dict[str, str] = {}
        self._passages: dict[str, Evidence] = {}

    def link(self, term: Term | None) -> Link:
        """Return *term* as something to show; IRIs of this dataset lead to local pages."""
        if isinstance(term, Literal):
            return Link(term.value, None, term.language)
        iri = text_of(term)
        return Link(self.label(iri), self.href(iri))

    def href(self, iri: str) -> str | None:
        """Return the local path of *iri*, or *iri* itself where it is of another host."""
        if iri.startswith(self._base):
            return "/" + iri[len(self._base) :]
        return iri if iri.startswith(("https://", "http://")) else None

    def label(self, iri: str) -> str:
        """Return the label of *iri* in the page's language, else English, else its last part."""
        if iri in (TYPE, COMMENT):
            return words(self._language)["type" if iri == TYPE else "comment"]
        return self._labels.get(iri) or _last_part(iri, self._base)

    def learn(self, terms: Iterable[Term | None]) -> None:
        """Fetch the labels of all IRIs among *terms* with one query."""
        nodes = {term for term in terms if isinstance(term, NamedNode)}
        nodes = {node for node in nodes if node.value not in self._labels}
        if not nodes:
            return
        rows = select(
            self._engine,
            f"SELECT ?x ?label WHERE {{ VALUES ?x {{ {values(nodes)} }} "
            "?x rdfs:label|dcterms:title ?label }",
        )
        ranked = sorted(rows, key=lambda row: self._rank(row["label"]))
        for row in ranked:
            self._labels.setdefault(text_of(row["x"]), text_of(row["label"]))

    def _rank(self, label: Term | None) -> tuple[bool, bool, str]:
        language = label.language if isinstance(label, Literal) else None
        return (language != self._language, language != "en", text_of(label))

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
        self._learn_graphs({text_of(row["g"]) for row in rows})
        grouped: dict[str, dict[str, Fact]] = defaultdict(dict)
        for row in rows:
            values_of = grouped[text_of(row["p"])]
            fact = values_of.setdefault(str(row["o"]), Fact(self.link(row["o"])))
            fact.evidence.append(self._evidence(text_of(row["g"])))
        for fact in (fact for values_of in grouped.values() for fact in values_of.values()):
            fact.evidence.sort(key=lambda item: item.rank)
        names = sorted(grouped, key=lambda name: (*_rank(name), self.label(name)))
        return [Group(self._name(name), _ordered(grouped[name].values())) for name in names]

    def mentions(self, node: NamedNode) -> list[Group]:
        """Return what leads to *node* without reasoning, in the adopted graph, by property."""
        inferred = graph_iri(self._base, "inferred")
        hidden = values(NamedNode(name) for name in (STATED_IN, CONCLUDED_IN, SCO + "inSource"))
        rows = select(
            self._engine,
            f"SELECT ?p ?s WHERE {{ ?s ?p {node} FILTER (isIRI(?s) && ?s != {node}) "
            f"FILTER NOT EXISTS {{ GRAPH <{inferred}> {{ ?s ?p {node} }} }} "
            f"FILTER NOT EXISTS {{ VALUES ?p {{ {hidden} }} }} }} ORDER BY ?s LIMIT {_MENTIONS}",
        )
        self.learn(term for row in rows for term in (row["p"], row["s"]))
        grouped: dict[str, dict[str, Fact]] = defaultdict(dict)
        for row in rows:
            fact = Fact(self.link(row["s"]))
            grouped[text_of(row["p"])].setdefault(text_of(row["s"]), fact)
        return [
            Group(self._name(name), _ordered(grouped[name].values()))
            for name in sorted(grouped, key=self.label)
        ]

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
            thing.claims.append((self._name(text_of(row["p"])), self.link(row["o"])))
        return list(found.values())

    def passages(self, source: NamedNode) -> list[Evidence]:
        """Return the passages of *source* in their order."""
        rows = select(
            self._engine,
            f"SELECT ?g WHERE {{ ?g sco:inSource {source} ; sco:paragraph ?n ; sco:sentence ?m }} "
            "ORDER BY ?n ?m",
        )
        graphs = [text_of(row["g"]) for row in rows]
        self._learn_graphs(set(graphs))
        return [self._passages[graph] for graph in graphs if graph in self._passages]

    def title(self, node: NamedNode) -> str:
        """Return what to call *node*: its label, else what its passage says, else its name."""
        self.learn([node])
        found = self._passages.get(node.value)
        return found.place if found and found.place else self.label(node.value)

    def evidence_of(self, graph: str) -> Evidence | None:
        """Return the evidence that the passage *graph* is; None for another node."""
        self._learn_graphs({graph})
        return self._passages.get(graph)

    def _name(self, iri: str) -> Link:
        return Link(self.label(iri), self.href(iri))

    def _evidence(self, graph: str) -> Evidence:
        if graph in self._passages:
            return self._passages[graph]
        for name, kind in (("reference", "reference"), ("inferred", "inferred")):
            if graph == graph_iri(self._base, name):
                return Evidence(kind)
        return Evidence("described")

    def _learn_graphs(self, graphs: set[str]) -> None:
        nodes = {NamedNode(graph) for graph in graphs if graph not in self._passages}
        if not nodes:
            return
        rows = select(self._engine, _PASSAGES.format(values=values(nodes)))
        self.learn(row["publisher"] for row in rows)
        for row in sorted(rows, key=lambda row: self._rank(row["title"]), reverse=True):
            self._passages[text_of(row["g"])] = self._passage(row)
        pattern = f"VALUES ?g {{ {values(nodes)} }} ?g a sco:Inference ; <{COMMENT}> ?why"
        for row in select(self._engine, f"SELECT ?g ?why WHERE {{ {pattern} }}"):
            iri = text_of(row["g"])
            link = Link(_last_part(iri, self._base), self.href(iri))
            self._passages[iri] = Evidence("concluded", link, summary=text_of(row["why"]))

    def _passage(self, row: Row) -> Evidence:
        passage = text_of(row["passage"])
        last = f"-{text_of(row['last'])}" if row["last"] else ""
        place = f"¶{text_of(row['paragraph'])} s{text_of(row['sentence'])}{last}"
        return Evidence(
            "passage",
            Link(place, self.href(passage)),
            source=text_of(row["title"]),
            publisher=self.label(text_of(row["publisher"])),
            date=text_of(row["issued"]),
            place=f"{text_of(row['title'])}, {place}",
            summary=text_of(row["summary"]),
            open_at=text_fragment(text_of(row["url"]), text_of(row["first"]), text_of(row["end"])),
            adopted=row["g"] == row["passage"] or bool(row["adopts"]),
            order=(
                text_of(row["title"]),
                int(text_of(row["paragraph"])),
                int(text_of(row["sentence"])),
            ),
        )


_PASSAGES = """
SELECT ?g ?passage ?title ?publisher ?issued ?url ?paragraph ?sentence ?last ?first ?end
    ?summary ?adopts
WHERE {{
    VALUES ?g {{ {values} }}
    {{ ?g a sco:Passage . BIND (?g AS ?passage) }}
    UNION {{ ?g a sco:Claim ; sco:inPassage ?passage }}
    ?passage sco:inSource ?source ; sco:paragraph ?paragraph ; sco:sentence ?sentence ;
        sco:firstWords ?first ; sco:lastWords ?end .
    OPTIONAL {{ ?passage sco:lastSentence ?last }}
    OPTIONAL {{ ?passage dcterms:description ?summary }}
    OPTIONAL {{ ?dispute sco:adoptedVersion ?g . BIND (true AS ?adopts) }}
    ?source dcterms:title ?title ; schema:url ?url ; dcterms:publisher ?publisher .
    OPTIONAL {{ ?source dcterms:issued ?issued }}
}}"""


def _rank(name: str) -> tuple[bool, bool]:
    return name != TYPE, name != PREF_LABEL


def _ordered(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: (fact.value.href is None, fact.value.text))


def _last_part(iri: str, base: str) -> str:
    if iri.startswith(base + "id/source/") and iri.count("/", len(base)) > 2:
        return " ".join(iri.rsplit("/", 2)[1:])
    tail = iri.rstrip("/#")
    return tail[max(tail.rfind("/"), tail.rfind("#")) + 1 :] or iri
