"""The skeleton of a record: what can be generated for a new source, with TODO comments.

A skeleton is valid TriG, and `scograph check` reports every passage that is not yet encoded.
Of the text of the source it quotes only the first and last words of each sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal

from scograph.checks.texts import digest, paragraphs, sentences
from scograph.folder.dataset import Asserted
from scograph.folder.folder import Folder
from scograph.rdf.errors import GraphError
from scograph.recording.hints import PATTERNS, hints
from scograph.recording.mentions import Known, known_names
from scograph.recording.quoting import Quoted, quote
from scograph.recording.source import Description, record_path
from scograph.recording.stems import language_of
from scograph.system.files import expect_inside, write

# The most things that a comment lists for one ambiguous name.
_MAX_THINGS = 4
_EXAMPLE = """\
# For each sentence that is encoded{more}:
#
# src:p1s1 a sco:Passage ;
#     sco:inSource source:{name} ;
#     sco:paragraph 1 ;
#     sco:sentence 1 ;
#     sco:firstWords "..."@{language} ;
#     sco:lastWords "..."@{language} ;
#     dcterms:description "..."@en .
# src:p1s1 {{
#     event:... a sco:Event ;
#         sco:venue settlement:... .
# }}
"""


@dataclass(frozen=True)
class Passage:
    """A sentence as a passage; ``things`` has, for each name in it, the IRIs that it may mean."""

    paragraph: int
    sentence: int
    text: str
    language: str
    words: Quoted
    things: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Made:
    """The written file, and the numbers of passages, of mentions, and of things mentioned."""

    path: Path
    passages: int
    mentions: int
    things: int


def write_skeleton(
    folder: Folder, asserted: Asserted, described: Description, text: str | None
) -> Made:
    """Write the skeleton of the record of a new source, atomically.

    With *text*, it has a passage for each of its sentences.

    Raises:
        GraphError: *text* has no sentence, or the file cannot be written.

    """
    known = known_names(asserted)
    passages = [] if text is None else list(_passages(text, described.language, known))
    if text is not None and not passages:
        raise GraphError("--text: the file has no sentence: one line is one paragraph")
    path = folder.root / record_path(described.name)
    _write(folder.root, record_path(described.name), _render(folder, described, passages, known))
    named = [things for passage in passages for things in passage.things]
    return Made(path, len(passages), len(named), len({iri for things in named for iri in things}))


def _passages(text: str, language: str, known: Known) -> Iterator[Passage]:
    places = [
        (paragraph, number, sentence)
        for paragraph, line in enumerate(paragraphs(text), 1)
        for number, sentence in enumerate(sentences(line), 1)
    ]
    every = [sentence for _, _, sentence in places]
    for paragraph, number, sentence in places:
        things = dict.fromkeys(mention.things for mention in known.mentions(sentence))
        tag = language_of(sentence, language)
        yield Passage(paragraph, number, sentence, tag, quote(sentence, every), tuple(things))


def _render(folder: Folder, described: Description, passages: list[Passage], known: Known) -> str:
    home = f"{folder.metadata.base}id/source/"
    prefixes = folder.metadata.prefixes | {
        "source": home, "src": f"{home}{described.name}/",
    }  # fmt: skip
    lines = [f"@prefix {name}: <{iri}> ." for name, iri in sorted(prefixes.items())]
    lines += ["", *_source(described), ""]
    for passage in passages:
        lines += [*_comments(folder, passage, known), *_passage(described.name, passage)]
        lines += [*_block(folder, described.name, passage), ""]
    if passages:
        return "\n".join(lines)
    more = f" (more of them in {PATTERNS})" if (folder.root / PATTERNS).is_dir() else ""
    example = {"name": described.name, "language": described.language, "more": more}
    return "\n".join(lines) + "\n" + _EXAMPLE.format(**example)


def _source(described: Description) -> Iterator[str]:
    yield f"source:{described.name} a sco:Source ;"
    if any(name == "sco:dateBasis" and value is None for name, value in described.parts):
        yield '    # TODO sco:dateBasis "what the date rests on, or why there is none"@en ;'
    parts = [f"    {name} {value}" for name, value in described.parts if value is not None]
    yield " ;\n".join(parts) + " ."


def _comments(folder: Folder, passage: Passage, known: Known) -> Iterator[str]:
    yield f"# {passage.paragraph}.{passage.sentence}"
    for things in passage.things:
        names = [f"{folder.compact(iri)} ({known.labels.get(iri, '?')})" for iri in things]
        others = f" or {len(names) - _MAX_THINGS} more" if len(names) > _MAX_THINGS else ""
        yield f"# names {' or '.join(names[:_MAX_THINGS])}{others}"


def _passage(name: str, passage: Passage) -> Iterator[str]:
    first, last = (
        Literal(words, language=passage.language)
        for words in (passage.words.first, passage.words.last)
    )
    yield f"src:p{passage.paragraph}s{passage.sentence} a sco:Passage ;"
    yield f"    sco:inSource source:{name} ;"
    yield f"    sco:paragraph {passage.paragraph} ;"
    yield f"    sco:sentence {passage.sentence} ;"
    yield f"    sco:firstWords {first} ;"
    yield f"    sco:lastWords {last} ;"
    yield '    # TODO dcterms:description "what it says, in our own words"@en ;'
    yield '    # TODO the block below, or: sco:carriesNoClaim "why it has none"@en ;'
    yield f'    sco:sha256 "{digest(passage.text)}" .'


def _block(folder: Folder, name: str, passage: Passage) -> Iterator[str]:
    """Yield the block of the passage as comments, with the first lines of nodes it may need."""
    place = f"p{passage.paragraph}s{passage.sentence}"
    yield f"# src:{place} {{"
    for hint in hints(passage.text):
        pattern = f"{PATTERNS}/{hint.pattern}"
        has_pattern = (folder.root / pattern).is_file()
        yield f"#     # like {pattern}" if has_pattern else f"#     # perhaps {hint.need}"
        if lines := [line.format(place=f"{name}-{place}") for line in hint.block]:
            yield "#     " + " ;\n#         ".join(lines) + " ."
    yield "# }"


def _write(root: Path, name: str, content: str) -> None:
    path = root / name
    try:
        expect_inside(root, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, content.encode())
    except OSError as error:
        raise GraphError(f"cannot write {path}: {error.strerror}") from error
