"""Words as names are compared: stemmed in Russian and English, since names inflect.

Two words are the same where their stems are, and all but the last two letters of the
shorter one. A stem is what Snowball's stemmer leaves when it is applied until nothing falls
off: only then do all cases of a surname in -ov or -in meet. Letters are compared in
lower case, and ё as е.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

import snowballstemmer

_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LETTER = re.compile(r"[^\W\d_]")
# Languages by the script of the language that stands for it; Uzbek and Kazakh have two.
_WRITTEN = {
    "zh": {"zh", "ja"},
    "ru": {"ru", "be", "uk", "ky", "tg", "mn", "uz", "kk"},
    "en": {"en", "uz", "kk"},
}


@dataclass(frozen=True)
class Word:
    """A word of a text: where it begins and ends, as it is written, and its stem."""

    start: int
    end: int
    text: str
    stem: str

    def same_as(self, other: Word) -> bool:
        """Tell whether the two are forms of one word, by the rule of this module."""
        least = max(min(len(self.text), len(other.text)) - 2, 1)
        return self.stem == other.stem and self.alike(other) >= least

    def alike(self, other: Word) -> int:
        """Return how many letters the two have in common, from the first on."""
        pairs = zip(_folded(self.text), _folded(other.text), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def words(text: str) -> list[Word]:
    """Return the words of *text*; a hyphen and an apostrophe end a word."""
    return [
        Word(found.start(), found.end(), found[0], stem(found[0])) for found in _WORD.finditer(text)
    ]


def stem(word: str) -> str:
    """Return the stem of a word in Cyrillic or Latin letters; another word stays as it is."""
    folded = _folded(word)
    if _CYRILLIC.search(folded):
        return _fixed("russian", folded)
    return _fixed("english", folded) if folded.isascii() else folded


def is_chinese(text: str) -> bool:
    """Tell whether *text* has Chinese characters: then it has no boundaries of words."""
    return _HAN.search(text) is not None


def language_of(text: str, usual: str) -> str:
    """Return the language to tag *text* with, on a page whose *usual* language is known.

    Where most of its letters are of a script in which that language is not written, it is
    taken to be Chinese, Russian or English, by the script.
    """
    chinese, cyrillic = len(_HAN.findall(text)), len(_CYRILLIC.findall(text))
    latin = len(_LETTER.findall(text)) - chinese - cyrillic
    # Chinese says in a character what others say in some four letters.
    counts = {"zh": chinese * 4, "ru": cyrillic, "en": latin}
    script = max(counts, key=lambda name: counts[name])
    elsewhere = {other for name, others in _WRITTEN.items() if name != script for other in others}
    fits = usual in _WRITTEN[script] or usual not in elsewhere
    return usual if fits or not counts[script] else script


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word).lower().replace("ё", "е")


@lru_cache(maxsize=65536)
def _fixed(language: str, word: str) -> str:
    stemmed = _stemmer(language)
    while (shorter := stemmed(word)) != word:
        word = shorter
    return word


@lru_cache(maxsize=2)
def _stemmer(language: str) -> Callable[[str], str]:
    made: Callable[[str], str] = snowballstemmer.stemmer(language).stemWord
    return made
