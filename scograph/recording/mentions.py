"""Which known people, places, bodies, posts, documents and events a sentence names.

They are found by their labels in all languages and by the names that recorded passages
print. The longest name wins: "Governor of the Chelyabinsk Region" is the post, not the
region. A person is found by the surname alone, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from scograph.checks.texts import normalise
from scograph.folder.dataset import Asserted
from scograph.rdf.namespaces import SCO, SKOS
from scograph.rdf.vocabulary import PREF_LABEL
from scograph.recording.stems import Word, is_chinese, words

KINDS = (
    *("person", "state", "region", "settlement", "building", "organisation", "post"),
    *("agreement", "event", "series"),
)
_NAMES = (PREF_LABEL, SKOS + "altLabel", SCO + "nameAsWritten")
_LEAST_SURNAME = 4


@dataclass(frozen=True)
class Mention:
    """A name in a sentence, from ``start`` to ``end``, and the IRIs that it may stand for."""

    start: int
    end: int
    things: tuple[str, ...]


@dataclass(frozen=True)
class _Name:
    """A name and what it stands for: its words, in a script that has words."""

    words: tuple[Word, ...]
    thing: str


@dataclass
class Known:
    """The names of a graph, ready to be looked for; ``labels`` tell what each IRI is called."""

    labels: dict[str, str] = field(default_factory=dict)
    _by_stem: dict[str, list[_Name]] = field(default_factory=lambda: defaultdict(list))
    _chinese: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, name: str, thing: str) -> None:
        """Let *name* stand for *thing*."""
        name = normalise(name)
        if is_chinese(name):
            self._chinese[name].add(thing)
        elif found := tuple(words(name)):
            self._by_stem[found[0].stem].append(_Name(found, thing))

    def mentions(self, sentence: str) -> list[Mention]:
        """Return the mentions in *sentence*, in order; none within another."""
        text = normalise(sentence)
        found = [*self._in_words(words(text)), *self._in_characters(text)]
        taken: list[Mention] = []
        for mention in sorted(found, key=lambda item: (item.start - item.end, item.start)):
            if all(mention.end <= other.start or other.end <= mention.start for other in taken):
                taken.append(mention)
        return sorted(taken, key=lambda item: item.start)

    def _in_words(self, text: list[Word]) -> Iterator[Mention]:
        for start, word in enumerate(text):
            fitting: dict[int, list[tuple[int, str]]] = defaultdict(list)
            for name in self._by_stem.get(word.stem, ()):
                part = text[start : start + len(name.words)]
                if _fits(name.words, part):
                    fitting[len(part)].append((_alike(name.words, part), name.thing))
            for length, found in fitting.items():
                # Of words with one stem those that have most letters in common.
                best = max(alike for alike, _ in found)
                things = {thing for alike, thing in found if alike == best}
                yield Mention(word.start, text[start + length - 1].end, tuple(sorted(things)))

    def _in_characters(self, text: str) -> Iterator[Mention]:
        for name, things in self._chinese.items():
            start = text.find(name)
            while start >= 0:
                yield Mention(start, start + len(name), tuple(sorted(things)))
                start = text.find(name, start + 1)


def known_names(asserted: Asserted) -> Known:
    """Gather the labels of the reference data and the names as recorded passages print them."""
    known = Known()
    homes = tuple(f"{asserted.base}id/{kind}/" for kind in KINDS)
    for iri, predicate, name in sorted(_literals(asserted), key=str):
        if not iri.startswith(homes):
            continue
        known.add(name.value, iri)
        if predicate == PREF_LABEL and (iri not in known.labels or name.language == "en"):
            known.labels[iri] = name.value
        surname = words(name.value)[-1:]
        if iri.startswith(homes[0]) and surname and len(surname[0].text) >= _LEAST_SURNAME:
            known.add(surname[0].text, iri)
    return known


def _literals(asserted: Asserted) -> Iterator[tuple[str, str, Literal]]:
    worlds = [triples for _, triples in asserted.world_graphs()]
    for triple in asserted.graph("reference").union(*worlds):
        if triple.predicate.value not in _NAMES:
            continue
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, Literal):
            yield triple.subject.value, triple.predicate.value, triple.object


def _alike(name: tuple[Word, ...], part: list[Word]) -> int:
    return sum(ours.alike(theirs) for ours, theirs in zip(name, part, strict=True))


def _fits(name: tuple[Word, ...], part: list[Word]) -> bool:
    if len(name) != len(part):
        return False
    if len(name) > 1:
        return all(ours.same_as(theirs) for ours, theirs in zip(name, part, strict=True))
    ours, theirs = name[0], part[0]
    if ours.text.isupper():  # an acronym: "US" is not "us"
        return ours.text == theirs.text
    if ours.text[:1].isupper() and not theirs.text[:1].isupper():
        return False
    return ours.same_as(theirs)
