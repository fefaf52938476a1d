"""Generate graphs of this ontology in any size: `python -m bench.generate 35000 > graph.nt`.

The ontology and the topics are included whole. The rest comes in rounds, each a
quarter as large as the data of this repository and with its shares of classes and
properties (`shares.txt`). A round links mostly to itself, one time in four to things of an
earlier round, and to the first of a kind more often than to the last: so there are
hubs, as in a real record. The same size and seed give the same bytes.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from itertools import chain, count, islice
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from bench.shares import SHARES, Kind, Link, expand, read_shares
from scograph.rdf.namespaces import SKOS, XSD
from scograph.rdf.vocabulary import TYPE

ROOT = Path(__file__).parent.parent
ID = "https://w3id.org/scograph/id/"
_ONTOLOGY = tuple(ROOT / "ontology" / name for name in ("scograph.ttl", "topics.ttl"))
_ELSEWHERE = 0.25
# A passage is evidence for what its own source says.
_EVIDENCE = frozenset(("source", "passage", "inference"))
_WORDS = {
    "en": (
        "forum of the heads regions member states trade growth programme plan joint statement on "
        "cooperation in culture transport tourism agriculture council secretariat governor held "
        "according to which was adopted by summit session and first half year project border city"
    ).split(),
    "ru": (
        "форум глав регионов государств членов торговля рост программа план совместное заявление "
        "сотрудничество культура транспорт туризм сельское хозяйство совет секретариат губернатор"
    ).split(),
    "zh": "论坛 地方 领导人 成员国 贸易 增长 纲要 计划 联合 声明 合作 文化 交通 理事会".split(),
}


class _Thing:
    """What the literals of one thing are made from: its number, its own day."""

    def __init__(self, kind: Kind, turn: int, place: int, dice: random.Random) -> None:
        self.kind = kind
        self.turn = turn
        self.place = place
        self.dice = dice
        self.iri = _iri(kind, turn, place)
        self.year = 2001 + dice.randrange(25)
        self.month = 1 + dice.randrange(12)
        self.day = 1 + dice.randrange(24)

    def words(self, language: str, fewest: int, most: int) -> str:
        """Return some words as a literal, with the thing's number at their end."""
        number = self.dice.randint(fewest, most)
        text = " ".join(self.dice.choices(_WORDS[language], k=number))
        return f'"{text} {self.turn}.{self.place}"@{language}'

    def date(self, days: int = 0) -> str:
        """Return a day, *days* after the thing's own."""
        return _typed(f"{self.year}-{self.month:02}-{self.day + days:02}", "date")


def generate(size: int, seed: int = 0) -> Iterator[str]:
    """Yield *size* different triples as lines of N-Triples.

    Raises:
        ValueError: *size* is less than what the ontology and the topics have.

    """
    schema = list(_schema())
    if size < len(schema):
        raise ValueError(f"the ontology alone has {len(schema)} triples, more than {size}")
    topics = _concepts("topic/fields"), _concepts("topic/measures")
    yield from islice(chain(schema, _data(random.Random(seed), *topics)), size)


def write(path: Path, size: int, seed: int = 0) -> None:
    """Write a graph of *size* triples to the N-Triples file *path*."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(generate(size, seed))


def _schema() -> Iterator[str]:
    """Yield the ontology and the topics, blank nodes numbered in order of appearance."""
    numbers: dict[BlankNode, BlankNode] = {}

    def fixed(term: object) -> object:
        if isinstance(term, BlankNode):
            return numbers.setdefault(term, BlankNode(f"b{len(numbers)}"))
        return term

    for path in _ONTOLOGY:
        for quad in parse(path=str(path)):
            yield f"{fixed(quad.subject)} {quad.predicate} {fixed(quad.object)} .\n"


def _concepts(scheme: str) -> list[str]:
    """Return the concepts of a scheme in the topics."""
    in_scheme = NamedNode(SKOS + "inScheme"), NamedNode(ID + scheme)
    quads = parse(path=str(_ONTOLOGY[1]))
    return [str(q.subject) for q in quads if (q.predicate, q.object) == in_scheme]


def _data(dice: random.Random, fields: list[str], measures: list[str]) -> Iterator[str]:
    kinds = read_shares(SHARES.read_text(encoding="utf-8"))
    terms = {"topic": fields, "measure": measures}
    for turn in count():
        for kind in kinds.values():
            for place in range(kind.count if turn == 0 or not kind.once else 0):
                yield from _describe(_Thing(kind, turn, place, dice), kinds, terms)


def _describe(thing: _Thing, kinds: dict[str, Kind], terms: dict[str, list[str]]) -> list[str]:
    """Return what is said of *thing*, each triple once."""
    said = {f"{thing.iri} <{TYPE}> <{thing.kind.iri}> .\n": None}
    for link in thing.kind.links:
        whole = int(link.rate)
        for _ in range(whole + (thing.dice.random() < link.rate - whole)):
            value = _value(thing, link, kinds, terms)
            if value is not None:
                said[f"{thing.iri} <{link.predicate}> {value} .\n"] = None
    return list(said)


def _value(
    thing: _Thing, link: Link, kinds: dict[str, Kind], terms: dict[str, list[str]]
) -> str | None:
    """Make up an object for a link of *thing*; None: there is no thing before the first."""
    choice = thing.dice.choice(link.objects)
    if choice.startswith("="):
        return _MAKERS[choice[1:]](thing)
    if choice.startswith("<"):
        return _iri(thing.kind, thing.turn, thing.place - 1) if thing.place else None
    if choice.startswith("@"):
        kind = kinds[choice[1:]]
        return _iri(kind, 0 if kind.once else thing.turn, thing.place % kind.count)
    if choice in terms:
        return terms[choice][_skewed(len(terms[choice]), thing.dice)]
    if ":" in choice:
        return f"<{expand(choice)}>"
    kind = kinds[choice]
    return _iri(kind, _round(kind, thing), _skewed(kind.count, thing.dice))


def _round(kind: Kind, thing: _Thing) -> int:
    """Return the round from which a thing of *kind* is taken."""
    if kind.once:
        return 0
    stays = kind.name in _EVIDENCE or thing.dice.random() >= _ELSEWHERE
    return thing.turn if stays or not thing.turn else _skewed(thing.turn, thing.dice)


def _skewed(number: int, dice: random.Random) -> int:
    """Return one of 0 to *number* - 1, the small ones more often."""
    return int(number * dice.random() ** 2)


def _iri(kind: Kind, turn: int, place: int) -> str:
    return f"<{ID}{kind.segment}/{kind.name}-{turn}-{place}>"


def _typed(text: str, datatype: str) -> str:
    return f'"{text}"^^<{XSD}{datatype}>'


_MAKERS: dict[str, Callable[[_Thing], str]] = {
    "en": lambda thing: thing.words("en", 1, 8),
    "ru": lambda thing: thing.words("ru", 1, 8),
    "zh": lambda thing: thing.words("zh", 1, 6),
    "text": lambda thing: thing.words("en", 8, 24),
    "code": lambda thing: f'"{thing.kind.name[0].upper()}{thing.turn}-{thing.place}"',
    "language": lambda thing: f'"{thing.dice.choice(("en", "ru", "zh"))}"',
    "digest": lambda thing: f'"{thing.dice.getrandbits(256):064x}"',
    "number": lambda thing: _typed(str(1 + thing.dice.randrange(90)), "integer"),
    "degrees": lambda thing: _typed(f"{thing.dice.randrange(30, 90)}.{thing.place}5", "decimal"),
    "true": lambda _: _typed("true", "boolean"),
    "day": lambda thing: thing.date(),
    "later": lambda thing: thing.date(3),
    "date": lambda thing: thing.date(thing.dice.randrange(4)),
    "month": lambda thing: _typed(f"{thing.year}-{thing.month:02}", "gYearMonth"),
    "year": lambda thing: _typed(str(thing.year), "gYear"),
    "address": lambda thing: f"<https://news.example/{thing.turn}/{thing.place}>",
    "outside": lambda thing: f"<https://places.example/{thing.turn}-{thing.place}>",
}


def triples(size: int, seed: int = 0) -> set[Triple]:
    """Return a generated graph of *size* triples."""
    text = "".join(generate(size, seed))
    quads = parse(text, RdfFormat.N_TRIPLES)
    return {Triple(quad.subject, quad.predicate, quad.object) for quad in quads}


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.writelines(generate(int(sys.argv[1])))
