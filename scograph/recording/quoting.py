"""The first and last words that identify a sentence: as few as are unique."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scograph.recording.stems import is_chinese

# sh:maxLength of sco:firstWords and sco:lastWords in shapes/data.ttl.
MOST_CHARACTERS = 60
# How many words, or Chinese characters, are quoted at least.
_MIN_WORDS, _MIN_CHARACTERS = 3, 6


@dataclass(frozen=True)
class Quoted:
    """The words with which a sentence begins and ends."""

    first: str
    last: str


def quote(sentence: str, every: Sequence[str]) -> Quoted:
    """Return the words that begin and end *sentence* but no other sentence of *every*.

    At least three words (six characters in Chinese, or a third of a short sentence) are
    quoted, and more where another sentence has the same beginning or end, up to
    `MOST_CHARACTERS`.
    """
    others = [other for other in every if other != sentence]
    chinese = is_chinese(sentence)
    units = list(sentence) if chinese else sentence.split(" ")
    join = "".join if chinese else " ".join
    least = max(1, min(_MIN_CHARACTERS if chinese else _MIN_WORDS, len(units) // 3))

    def shortest(take: Callable[[int], str], alike: Callable[[str, str], bool]) -> str:
        best = take(least)
        for count in range(least, len(units) + 1):
            words = take(count)
            if len(words) > MOST_CHARACTERS:
                break
            best = words
            if not any(alike(other, words) for other in others):
                break
        return best

    first = shortest(lambda count: join(units[:count]), str.startswith)
    last = shortest(lambda count: join(units[-count:]), str.endswith)
    return Quoted(first[:MOST_CHARACTERS].rstrip(), last[-MOST_CHARACTERS:].lstrip())
