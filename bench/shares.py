"""Read `shares.txt`: what a round of generated data holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from scograph.rdf.namespaces import WELL_KNOWN_PREFIXES

SHARES = Path(__file__).parent / "shares.txt"


@dataclass(frozen=True)
class Link:
    """One property of a kind: how many values a thing has on average, and which."""

    predicate: str
    rate: float
    objects: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of thing: the part of its IRIs, its class, how many a round holds."""

    name: str
    segment: str
    iri: str
    count: int
    once: bool
    links: list[Link] = field(default_factory=list)


def read_shares(text: str) -> dict[str, Kind]:
    """Return the kinds that *text* describes, in its order."""
    kinds: dict[str, Kind] = {}
    for line in text.splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if line.startswith(" "):
            predicate, rate, objects = words
            link = Link(expand(predicate), float(rate), tuple(objects.split(",")))
            kinds[next(reversed(kinds))].links.append(link)
        else:
            name, segment, iri, count, *once = words
            kinds[name] = Kind(name, segment, expand(iri), int(count), bool(once))
    return kinds


def expand(name: str) -> str:
    """Return the IRI that the prefixed *name* stands for."""
    prefix, local = name.split(":")
    return WELL_KNOWN_PREFIXES[prefix] + local
