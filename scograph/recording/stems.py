"""Comparison of words by their stems, in Russian and English, since names are inflected.

Two words count as the same if they have the same stem and agree in all but the last two
letters of the shorter one. Snowball's stemmer is applied until the stem no longer changes:
only then do all cases of a surname in -ov or -in have one stem. Letters are compared in lower
case, and ё as е.
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
# For each script, named by its main language: the languages written in it. Uzbek and Kazakh
# are written in two.
_SCRIPTS = {
    "zh": {"zh", "ja"},
    "ru": {"ru", "be", "uk", "ky", "tg", "mn", "uz", "kk"},
    "en": {"en", "uz", "kk"},
}


@dataclass(frozen=True)
class Word:
    """A word of a text: its start and end in it, its form as written, and its stem."""

    start: int
    end: int
    text: str
    stem: str

    def same_as(self, other: Word) -> bool:
        """Return whether the two are forms of one word, as the docstring of this module defines."""
        least = max(min(len(self.text), len(other.text)) - 2, 1)
        return self.stem == other.stem and self.common_letters(other) >= least

    def common_letters(self, other: Word) -> int:
        """Return the length of the common prefix of the two."""
        pairs = zip(_folded(self.text), _folded(other.text), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def words(text: str) -> list[Word]:
    """Return the words of *text*; hyphens and apostrophes separate words."""
    return [
        Word(match.start(), match.end(), match[0], stem(match[0])) for match in _WORD.finditer(text)
    ]


def stem(word: str) -> str:
    """Return the stem of a word in Cyrillic or ASCII letters; other words are only folded."""
    folded = _folded(word)
    if _CYRILLIC.search(folded):
        return _repeatedly_stemmed("russian", folded)
    return _repeatedly_stemmed("english", folded) if folded.isascii() else folded


def is_chinese(text: str) -> bool:
    """Return whether *text* has Chinese characters; if so, its words are not separated."""
    return _HAN.search(text) is not None


def language_of(text: str, usual: str) -> str:
    """Return the language tag for *text* on a page whose *usual* language is known.

    Where the usual language is not written in the script of most letters, the language is
    taken to be Chinese, Russian or English, by that script.
    """
    chinese, cyrillic = len(_HAN.findall(text)), len(_CYRILLIC.findall(text))
    latin = len(_LETTER.findall(text)) - chinese - cyrillic
    # A Chinese character corresponds to about four letters of an alphabetic script.
    counts = {"zh": chinese * 4, "ru": cyrillic, "en": latin}
    script = max(counts, key=lambda name: counts[name])
    in_others = {code for name, codes in _SCRIPTS.items() if name != script for code in codes}
    fits = usual in _SCRIPTS[script] or usual not in in_others
    return usual if fits or not counts[script] else script


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word).lower().replace("ё", "е")


@lru_cache(maxsize=65536)
def _repeatedly_stemmed(language: str, word: str) -> str:
    stemmed = _stemmer(language)
    while (shorter := stemmed(word)) != word:
        word = shorter
    return word


@lru_cache(maxsize=2)
def _stemmer(language: str) -> Callable[[str], str]:
    stem_word: Callable[[str], str] = snowballstemmer.stemmer(language).stemWord
    return stem_word
