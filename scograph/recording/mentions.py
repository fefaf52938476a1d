"""Finding the names of known people, places, bodies, posts, documents and events in sentences.

Names are the labels of the reference data, in all languages, and the names in recorded
passages (sco:nameAsWritten). Of overlapping names the longest is taken: "Governor of the
Chelyabinsk Region" is the post, not the region. A person is found by the surname alone, too.
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
# Letters that a surname must have to be looked for by itself.
_MIN_SURNAME_LENGTH = 4


@dataclass(frozen=True)
class Mention:
    """A name in a sentence, from ``start`` to ``end``, and the IRIs that it may stand for."""

    start: int
    end: int
    things: tuple[str, ...]


@dataclass(frozen=True)
class _Name:
    """A name as a sequence of words, and the IRI of the thing that it stands for."""

    words: tuple[Word, ...]
    thing: str


@dataclass
class Known:
    """An index of names; ``labels`` has a label of each IRI, in English if there is one.

    Names with Chinese characters, in which words are not separated, are kept as strings.
    """

    labels: dict[str, str] = field(default_factory=dict)
    _by_stem: dict[str, list[_Name]] = field(default_factory=lambda: defaultdict(list))
    _chinese: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, name: str, thing: str) -> None:
        """Add *name* as a name of the IRI *thing*."""
        name = normalise(name)
        if is_chinese(name):
            self._chinese[name].add(thing)
        elif name_words := tuple(words(name)):
            self._by_stem[name_words[0].stem].append(_Name(name_words, thing))

    def mentions(self, sentence: str) -> list[Mention]:
        """Return the mentions in *sentence*, in order of position; they do not overlap."""
        text = normalise(sentence)
        candidates = [*self._in_words(words(text)), *self._in_characters(text)]
        taken: list[Mention] = []
        for mention in sorted(candidates, key=lambda item: (item.start - item.end, item.start)):
            if all(mention.end <= other.start or other.end <= mention.start for other in taken):
                taken.append(mention)
        return sorted(taken, key=lambda item: item.start)

    def _in_words(self, text: list[Word]) -> Iterator[Mention]:
        for start, word in enumerate(text):
            # By number of words: the things with such a name, and how similar the name is.
            matches: dict[int, list[tuple[int, str]]] = defaultdict(list)
            for name in self._by_stem.get(word.stem, ()):
                part = text[start : start + len(name.words)]
                if _fits(name.words, part):
                    matches[len(part)].append((_similarity(name.words, part), name.thing))
            for length, scored in matches.items():
                # Different names can have the same stems: the most similar ones are taken.
                best = max(score for score, _ in scored)
                things = {thing for score, thing in scored if score == best}
                yield Mention(word.start, text[start + length - 1].end, tuple(sorted(things)))

    def _in_characters(self, text: str) -> Iterator[Mention]:
        for name, things in self._chinese.items():
            start = text.find(name)
            while start >= 0:
                yield Mention(start, start + len(name), tuple(sorted(things)))
                start = text.find(name, start + 1)


def known_names(asserted: Asserted) -> Known:
    """Return the index of the names in the reference data and in recorded passages."""
    known = Known()
    homes = tuple(f"{asserted.base}id/{kind}/" for kind in KINDS)
    for iri, predicate, name in sorted(_literals(asserted), key=str):
        if not iri.startswith(homes):
            continue
        known.add(name.value, iri)
        if predicate == PREF_LABEL and (iri not in known.labels or name.language == "en"):
            known.labels[iri] = name.value
        surname = words(name.value)[-1:]
        if iri.startswith(homes[0]) and surname and len(surname[0].text) >= _MIN_SURNAME_LENGTH:
            known.add(surname[0].text, iri)
    return known


def _literals(asserted: Asserted) -> Iterator[tuple[str, str, Literal]]:
    graphs = [triples for _, triples in asserted.world_graphs()]
    for triple in asserted.graph("reference").union(*graphs):
        if triple.predicate.value not in _NAMES:
            continue
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, Literal):
            yield triple.subject.value, triple.predicate.value, triple.object


def _similarity(name: tuple[Word, ...], part: list[Word]) -> int:
    return sum(ours.common_letters(theirs) for ours, theirs in zip(name, part, strict=True))


def _fits(name: tuple[Word, ...], part: list[Word]) -> bool:
    """Return whether *part* of a sentence is *name*, perhaps inflected."""
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
