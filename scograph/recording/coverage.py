"""How much of each source is recorded, and which sentences and noted facts are not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from scograph.checks.texts import (
    DescribedPassage,
    described_passages,
    paragraphs,
    read_text,
    sentences,
)
from scograph.folder.dataset import Asserted
from scograph.folder.folder import Folder
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import shortened
from scograph.rdf.namespaces import SCO
from scograph.rdf.vocabulary import (
    CARRIES_NO_CLAIM,
    DERIVED_FROM,
    IN_SOURCE,
    SOURCE,
    TYPE,
)
from scograph.recording.names import is_source_name, near
from scograph.recording.sheets import read_sheets
from scograph.recording.table import table_problems


@dataclass
class Covered:
    """Counts for one source.

    ``passages`` is the sum of ``speaking`` (with claims), ``silent`` (with the reason why they
    have none) and ``open`` (with neither).
    """

    source: str
    passages: int = 0
    speaking: int = 0
    silent: int = 0
    open: int = 0
    claims: int = 0
    inferences: int = 0
    extent: str = ""


@dataclass(frozen=True)
class Coverage:
    """The counts for each source, and ``problems``: messages about what is not recorded."""

    sources: list[Covered]
    problems: list[str] = field(default_factory=list)

    @property
    def total(self) -> Covered:
        """The sums over all sources; an inference that rests on two of them counts twice."""
        total = Covered(f"{len(self.sources)} source{'' if len(self.sources) == 1 else 's'}")
        for column in fields(Covered):
            if column.name not in ("source", "extent"):
                setattr(total, column.name, sum(getattr(row, column.name) for row in self.sources))
        return total


def cover(
    folder: Folder,
    asserted: Asserted,
    texts: Path | None = None,
    sheets: Path | None = None,
    only: Collection[str] = (),
) -> Coverage:
    """Count what is recorded of the sources, and list what is not.

    Args:
        folder: the graph folder.
        asserted: its dataset.
        texts: a folder of ``<source>.txt``, to list their sentences that have no passage.
        sheets: a folder of notes, to list their facts that have no row in the table.
        only: the sources to report on; all of them where it is empty.

    Raises:
        GraphError: a source of *only* is not recorded, or *texts* or *sheets* have no usable file.

    """
    sources = _sources(folder, asserted)
    for name in only:
        if name not in sources:
            raise GraphError(f"no source {name} is recorded{near(name, sources)}")
    chosen = {name: row for name, row in sources.items() if not only or name in only}
    problems = list(_open_passages(asserted, chosen))
    if texts is not None:
        problems += _texts(folder, asserted, texts, chosen, everything=not only)
    notes = None if sheets is None else read_sheets(sheets)
    problems += table_problems(folder, asserted, notes, only)
    return Coverage(list(chosen.values()), problems)


def _sources(folder: Folder, asserted: Asserted) -> dict[str, Covered]:
    home = f"{folder.metadata.base}id/source/"
    described = asserted.graph("sources")
    names = sorted(
        triple.subject.value.removeprefix(home)
        for triple in described
        if triple.predicate.value == TYPE
        and triple.object == NamedNode(SOURCE)
        and isinstance(triple.subject, NamedNode)
    )
    rows = {name: Covered(name) for name in names}
    for iri, extent in _links(described, SCO + "readExtent"):
        if row := rows.get(iri.removeprefix(home)):
            row.extent = extent.removeprefix(SCO)
    _count_passages(asserted, rows)
    for premises in _premises(asserted).values():
        for name in {_source_of(iri, asserted, home) for iri in premises} & rows.keys():
            rows[name].inferences += 1
    return rows


def _count_passages(asserted: Asserted, rows: dict[str, Covered]) -> None:
    silent, speaking = _silent(asserted), _speaking(asserted)
    for iri in asserted.passages:
        row = rows.get(_source(iri))
        if row is not None:
            row.passages += 1
            row.speaking += iri in speaking
            row.silent += iri in silent - speaking
            row.open += iri not in silent | speaking
    for claim, passage in asserted.claim_passage.items():
        row = rows.get(_source(passage))
        if row is not None and claim in asserted.claims and asserted.graphs.get(claim):
            row.claims += 1


def _silent(asserted: Asserted) -> set[str]:
    """Return the passages with the reason why they have no claims."""
    return {
        triple.subject.value
        for triple in asserted.graph("sources")
        if triple.predicate.value == CARRIES_NO_CLAIM and isinstance(triple.subject, NamedNode)
    }


def _speaking(asserted: Asserted) -> set[str]:
    """Return the passages with claims, in their own graph or in a claim graph."""
    graphs = {iri for iri, triples in asserted.graphs.items() if triples}
    return graphs | {asserted.claim_passage.get(claim, "") for claim in asserted.claims & graphs}


def _source(passage: str) -> str:
    """Return the name of the source of a passage."""
    return passage.rsplit("/", 2)[1]


def _source_of(premise: str, asserted: Asserted, home: str) -> str:
    """Return the name of the source of a passage, claim or source; empty for another IRI."""
    place = asserted.claim_passage.get(premise, premise)
    return place.removeprefix(home).partition("/")[0] if place.startswith(home) else ""


def _premises(asserted: Asserted) -> dict[str, set[str]]:
    """Return all premises of each inference, also those through other inferences."""
    direct: dict[str, set[str]] = defaultdict(set)
    for inference, premise in _links(asserted.graph("curation"), DERIVED_FROM):
        direct[inference].add(premise)
    premises: dict[str, set[str]] = {}
    for inference in asserted.inferences:
        reached, todo = set[str](), {inference}
        while todo:
            reached |= todo
            todo = set().union(*(direct.get(iri, set()) for iri in todo)) - reached
        premises[inference] = reached
    return premises


def _links(triples: Collection[Triple], predicate: str) -> Iterator[tuple[str, str]]:
    for triple in triples:
        if triple.predicate.value == predicate and isinstance(triple.object, NamedNode):
            yield getattr(triple.subject, "value", ""), triple.object.value


def _open_passages(asserted: Asserted, chosen: Collection[str]) -> Iterator[str]:
    known = {iri for iri, _ in _links(asserted.graph("sources"), IN_SOURCE)}
    for iri in sorted(asserted.passages & known - _silent(asserted) - _speaking(asserted)):
        name, passage = iri.rsplit("/", 2)[1:]
        if name in chosen:
            yield f"{name}: {passage} has no claims: add its block, or say why it has none"


def _texts(
    folder: Folder, asserted: Asserted, texts: Path, chosen: Collection[str], *, everything: bool
) -> Iterator[str]:
    """Yield the sentences of the texts that no passage covers."""
    if not texts.is_dir():
        raise GraphError(f"--texts: {texts} is not a folder")
    places: dict[str, list[DescribedPassage]] = defaultdict(list)
    for place in described_passages(asserted):
        places[place.source].append(place)
    files = [path for path in sorted(texts.glob("*.txt")) if is_source_name(path.stem)]
    if not any(path.stem in chosen for path in files):
        raise GraphError(f"--texts: {texts} has no <source>.txt of any source of {folder.root}")
    for path in files:
        if path.stem in chosen:
            yield from _missing(path.stem, read_text(path), places[path.stem])
        elif everything:
            yield f"{path.stem}: the text has no record: `scograph new source` makes one"


def _missing(source: str, text: str, places: list[DescribedPassage]) -> Iterator[str]:
    covered = {
        (place.paragraph, number)
        for place in places
        for number in range(place.sentence, place.last + 1)
    }
    for paragraph, line in enumerate(paragraphs(text), 1):
        for number, sentence in enumerate(sentences(line), 1):
            if (paragraph, number) not in covered:
                begins = shortened(sentence, 40)
                yield f"{source}: no passage for paragraph {paragraph}, sentence {number}: {begins}"
