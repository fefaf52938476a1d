"""Labels of things, and citations of evidence, in one language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from scograph.explanations.addresses import is_web_address, link_to
from scograph.rdf.term_text import term_text
from scograph.rdf.terms import AnyTerm, text_of
from scograph.rdf.vocabulary import COMMENT, graph_iri
from scograph.sparql.engine import Engine
from scograph.sparql.select import Row, select, values

# Longer numbers are none of paragraphs, and Python reads only so many digits.
_DIGITS = 10
_KINDS = ("passage", "concluded", "reference", "described", "inferred")


@dataclass(frozen=True)
class Link:
    """A link, by its text and address; without an address it is shown as plain text."""

    text: str
    href: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Citation:
    """What a page shows of the evidence for a fact.

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


class Citations:
    """Labels things and cites named graphs, for one response in one language.

    What it has asked for once it keeps.
    """

    def __init__(self, engine: Engine, language: str, fixed: dict[str, str] | None = None) -> None:
        self._engine = engine
        self._language = language
        self._base = engine.release.base
        self._fixed = fixed or {}
        self._labels: dict[str, str] = {}
        self._passages: dict[str, Citation] = {}

    def link(self, term: AnyTerm | None) -> Link:
        """Return *term* as a link; IRIs of this dataset lead to local pages."""
        if isinstance(term, Literal):
            return Link(term.value, None, term.language)
        if isinstance(term, Triple):
            return Link(term_text(term, self._engine.release.prefixes))
        iri = text_of(term)
        return Link(self.label(iri), self.href(iri))

    def href(self, iri: str) -> str | None:
        """Return where a link to *iri* leads (see `link_to`)."""
        return link_to(iri, self._base)

    def label(self, iri: str) -> str:
        """Return the label of *iri* in the page's language, else English, else its last part."""
        return self._fixed.get(iri) or self._labels.get(iri) or self.last_part(iri)

    def last_part(self, iri: str) -> str:
        """Return the end of *iri*, by which it is called where it has no label."""
        return _last_part(iri, self._base)

    def learn(self, terms: Iterable[AnyTerm | None]) -> None:
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

    def _rank(self, label: AnyTerm | None) -> tuple[bool, bool, str]:
        language = label.language if isinstance(label, Literal) else None
        return (language != self._language, language != "en", text_of(label))

    def title(self, node: NamedNode) -> str:
        """Return a title for *node*: its label, else its place as a passage, else its name."""
        self.learn([node])
        found = self._passages.get(node.value)
        return found.place if found and found.place else self.label(node.value)

    def citation_of(self, graph: str) -> Citation | None:
        """Return the citation of the passage *graph*; None for another node."""
        self.learn_graphs({graph})
        return self._passages.get(graph)

    def name(self, iri: str) -> Link:
        """Return the label of *iri* and where it leads."""
        return Link(self.label(iri), self.href(iri))

    def citation(self, graph: str) -> Citation:
        """Return the citation of the named graph *graph*."""
        if graph in self._passages:
            return self._passages[graph]
        for name, kind in (("reference", "reference"), ("inferred", "inferred")):
            if graph == graph_iri(self._base, name):
                return Citation(kind)
        return Citation("described")

    def learn_graphs(self, graphs: set[str]) -> None:
        """Fetch the citations of the passages, claims and inferences *graphs*, with two queries."""
        # A graph may be named by a blank node, of which nothing can be asked.
        named = {graph for graph in graphs if ":" in graph}
        nodes = {NamedNode(graph) for graph in named if graph not in self._passages}
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
            self._passages[iri] = Citation("concluded", link, summary=text_of(row["why"]))

    def _passage(self, row: Row) -> Citation:
        passage = text_of(row["passage"])
        last = f"-{text_of(row['last'])}" if row["last"] else ""
        place = f"¶{text_of(row['paragraph'])} s{text_of(row['sentence'])}{last}"
        return Citation(
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
                _number(row["paragraph"]),
                _number(row["sentence"]),
            ),
        )


def text_fragment(url: str, first: str, last: str) -> str:
    """Return *url* with a text fragment from *first* to *last* words; empty if it is of no web.

    Without *last*, of a passage that was not read to its end, *first* alone is sought.
    Source: URL Fragment Text Directives (WICG), section 3. A dash, a comma and an
    ampersand have a meaning in the directive and are escaped.
    """

    def escaped(text: str) -> str:
        return quote(text, safe="").replace("-", "%2D")

    if not is_web_address(url):
        return ""
    joint = "&" if "#" in url else "#"
    return f"{url}{joint}:~:text=" + ",".join(escaped(words) for words in (first, last) if words)


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


def _number(term: AnyTerm | None) -> int:
    """Return the number of a paragraph or a sentence; 0 of what is none, which data may have."""
    text = text_of(term)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else 0


def _last_part(iri: str, base: str) -> str:
    if iri.startswith(base + "id/source/") and iri.count("/", len(base)) > 2:
        return " ".join(iri.rsplit("/", 2)[1:])
    tail = iri.rstrip("/#")
    return tail[max(tail.rfind("/"), tail.rfind("#")) + 1 :] or iri
