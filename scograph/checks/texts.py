"""Verification of passages against the texts of their sources, where these are at hand.

The texts are not in the repository. In ``DIR/<source>.txt`` each line is a paragraph. The
sentence at the place that a passage names must begin and end with the words that it quotes,
and have its SHA-256.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from scograph.checks.check import Inspection
from scograph.folder.dataset import Asserted
from scograph.folder.document import MAX_BYTES
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.namespaces import SCO
from scograph.system.files import read

# The end of a sentence; `_ABBREVIATION` has the full stops that end none.
_END = re.compile(r"(?<=[.!?…])[\"'”»)]*\s+(?=[\"'“«(]*[A-ZА-ЯЁ0-9])|(?<=[。！？])[”』」）]*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|No|Nos|vs|г|гг|ул|им|тыс|млн|млрд)|\b[A-ZА-ЯЁ])\.$"
)


@dataclass(frozen=True)
class DescribedPassage:
    """The description of a passage in its record: place in the text, quoted words, SHA-256.

    ``last`` is the number of the last sentence, ``sentence`` that of the first.
    """

    iri: str
    paragraph: int
    sentence: int
    last: int
    first_words: str
    last_words: str
    sha256: str | None

    @property
    def source(self) -> str:
        """The name of the source, as in its IRI."""
        return self.iri.rsplit("/", 2)[1]


def normalise(text: str) -> str:
    """Return *text* in NFC, stripped, with each run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def digest(text: str) -> str:
    """Return the SHA-256 of the normalised text in UTF-8, in hexadecimal."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()


def paragraphs(text: str) -> list[str]:
    """Return the lines of *text* that are not blank; paragraph n is at index n - 1."""
    return [line for line in text.splitlines() if line.strip()]


def sentences(paragraph: str) -> list[str]:
    """Split a paragraph into normalised sentences, as records number them."""
    pieces: list[str] = []
    for piece in _END.split(normalise(paragraph)):
        if pieces and _ABBREVIATION.search(pieces[-1]):
            pieces[-1] += " " + piece
        elif piece.strip():
            pieces.append(piece.strip())
    return pieces


def check_texts(inspection: Inspection) -> Iterator[Finding]:
    """Verify the passages of every source whose text is in the folder of texts, if one is given.

    Raises:
        GraphError: that is not a folder, or has no text of any source.

    """
    folder, asserted, locator = inspection.folder, inspection.asserted, inspection.locator
    texts = inspection.texts
    if texts is None:
        return
    if not texts.is_dir():
        raise GraphError(f"--texts: {texts} is not a folder")
    has_text = False
    passages = sorted(described_passages(asserted), key=lambda item: (item.source, item.paragraph))
    for passage in passages:
        file = texts / f"{passage.source}.txt"
        if not os.path.lexists(file):
            continue
        has_text = True
        problem = _compare(passage, paragraphs(read_text(file)))
        if problem:
            path, line = locator.locate(passage.iri) or (folder.documents[0].path, 0)
            name = folder.compact(passage.iri, path)
            yield Finding(path, line, Severity.ERROR, "passage-text", f"{name}: {problem}")
    if not has_text:
        raise GraphError(f"--texts: {texts} has no <source>.txt of any source of {folder.root}")


def read_text(file: Path) -> str:
    """Return the text in *file*.

    Raises:
        GraphError: it cannot be read, or is not UTF-8.

    """
    try:
        return read(file, MAX_BYTES).decode()
    except UnicodeDecodeError as error:
        raise GraphError(f"--texts: {file} is not UTF-8: save it in UTF-8") from error
    except OSError as error:
        raise GraphError(f"--texts: cannot read {file}: {error.strerror}") from error


def _compare(passage: DescribedPassage, lines: list[str]) -> str | None:
    """Return how *passage* differs from the text, None where it does not."""
    if passage.paragraph > len(lines):
        return f"the text has {len(lines)} paragraphs, not {passage.paragraph}"
    parts = sentences(lines[passage.paragraph - 1])
    if passage.last > len(parts):
        return f"paragraph {passage.paragraph} has {len(parts)} sentences, not {passage.last}"
    text = " ".join(parts[passage.sentence - 1 : passage.last])
    if not text.startswith(normalise(passage.first_words)):
        return _elsewhere(passage, lines)
    if not text.endswith(normalise(passage.last_words)):
        return f"the passage does not end in the words given, {passage.last_words!r}"
    if passage.sha256 is not None and digest(text) != passage.sha256:
        return "the text has changed since it was encoded: its digest is another (M15)"
    return None


def _elsewhere(passage: DescribedPassage, lines: list[str]) -> str:
    """Return the message for a passage that begins with other words than those given."""
    words = normalise(passage.first_words)
    for number, line in enumerate(lines, 1):
        for count, sentence in enumerate(sentences(line), 1):
            if sentence.startswith(words):
                return f"the words {words!r} begin paragraph {number}, sentence {count}"
    return f"no sentence of the text begins with the words given, {words!r}"


def described_passages(asserted: Asserted) -> Iterator[DescribedPassage]:
    """Yield the passages whose description is complete enough to find them in a text."""
    values: dict[str, dict[str, str]] = {iri: {} for iri in asserted.passages}
    for triple in asserted.graph("sources"):
        if isinstance(triple.subject, NamedNode) and triple.subject.value in values:
            name = triple.predicate.value.removeprefix(SCO)
            if isinstance(triple.object, Literal):
                values[triple.subject.value][name] = triple.object.value
    for iri, known in values.items():
        numbers = [known.get(name, "1") for name in ("paragraph", "sentence", "lastSentence")]
        if not all(re.fullmatch(r"[1-9]\d*", number) for number in numbers):
            continue  # the shapes report such numbers
        if {"paragraph", "sentence", "firstWords", "lastWords"} <= known.keys():
            sentence = int(known["sentence"])
            last = int(known.get("lastSentence", sentence))
            yield DescribedPassage(
                iri, int(known["paragraph"]), sentence, last,
                known["firstWords"], known["lastWords"], known.get("sha256"),
            )  # fmt: skip
