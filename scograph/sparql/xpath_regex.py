"""Regular expressions of XPath, written as those of the engine.

SPARQL 1.1 (section 17.4.3.14) takes them from XPath and XQuery Functions and Operators, section
7.6.1, and that from XML Schema part 2, appendix F. The engine has those of Rust's crate *regex*,
which reads the same text otherwise, or not at all.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from scograph.rdf.xml_names import BASE, FURTHER

_NAME_START: Final = f":_{BASE}"
_NAME: Final = rf"{_NAME_START}{FURTHER}.\-"
# XML Schema part 2, section F.1.1, multi-character escapes.
_CLASSES: Final = {
    "s": r"[ \t\n\r]", "S": r"[^ \t\n\r]", "d": r"\p{Nd}", "D": r"\P{Nd}",
    "w": r"[^\p{P}\p{Z}\p{C}]", "W": r"[\p{P}\p{Z}\p{C}]",
    "i": f"[{_NAME_START}]", "I": f"[^{_NAME_START}]", "c": f"[{_NAME}]", "C": f"[^{_NAME}]",
}  # fmt: skip
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t"}
_PLAIN_ESCAPES: Final = r"\|.-^?*+{}()[]$"
# What has a meaning in the engine's expressions, or in its classes of characters alone.
_SPECIAL: Final = frozenset("\\.+*?()|[]{}^$#&-~")
_QUANTITY: Final = re.compile(r"\{[0-9]+(?:,[0-9]*)?\}")
_PROPERTY: Final = re.compile(r"\{([A-Za-z][A-Za-z0-9-]*)\}")
_GROUP_NUMBER: Final = re.compile(r"\$([0-9]+)")


class PatternError(ValueError):
    """A regular expression, or a replacement, that is none or cannot be evaluated."""


class Translated(NamedTuple):
    """A regular expression for the engine, and how many groups it captures."""

    pattern: str
    groups: int


def translate_pattern(pattern: str, flags: str = "") -> Translated:
    """Translate *pattern*; with the flag ``x``, white space in it does not count.

    Raises:
        PatternError: it is no regular expression of XPath, or needs what the engine has not.

    """
    if "q" in flags:
        return Translated(pattern, 0)
    return _Translator(pattern, ignores_space="x" in flags).translated()


def translate_replacement(replacement: str, groups: int) -> str:
    r"""Translate the third argument of REPLACE (F&O, section 7.6.3): ``$1``, ``\$`` and ``\\``.

    Raises:
        PatternError: it has a backslash or a dollar that stands for nothing.

    """
    parts, position = [], 0
    while position < len(replacement):
        sign, following = replacement[position], replacement[position + 1 : position + 2]
        if sign == "\\":
            if following not in ("$", "\\") or not following:
                raise PatternError(r"a backslash in a replacement stands before \ or $ only")
            parts.append("$$" if following == "$" else "\\")
            position += 2
        elif sign == "$":
            found = _GROUP_NUMBER.match(replacement, position)
            if found is None:
                raise PatternError(r"a dollar in a replacement stands before a number; else \$")
            digits = found[1]
            while len(digits) > 1 and int(digits) > groups:
                digits = digits[:-1]
            parts.append(f"${{{digits}}}")
            position += 1 + len(digits)
        else:
            parts.append(sign)
            position += 1
    return "".join(parts)


class _Translator:
    def __init__(self, pattern: str, *, ignores_space: bool) -> None:
        self._pattern = pattern
        self._at = 0
        self._ignores_space = ignores_space
        self._groups = 0

    def translated(self) -> Translated:
        parts = []
        while self._at < len(self._pattern):
            parts.append(self._atom())
        return Translated("".join(parts), self._groups)

    def _next(self) -> str:
        self._at += 1
        found = self._pattern[self._at - 1 : self._at]
        if not found:
            raise PatternError(f"the regular expression {self._pattern!r} ends too early")
        return found

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _atom(self) -> str:
        sign = self._next()
        if sign == "\\":
            return self._escape()
        if sign == "[":
            return self._class()
        if sign == "(":
            return self._group()
        if sign == "{":
            found = _QUANTITY.match(self._pattern, self._at - 1)
            if found is None:
                raise PatternError(f"{{ in {self._pattern!r} begins no quantity: write \\{{")
            self._at = found.end()
            return found[0]
        if sign in "]}":
            raise PatternError(f"{sign} in {self._pattern!r} ends nothing: write \\{sign}")
        if self._ignores_space and sign in " \t\n\r":
            return ""
        return sign

    def _group(self) -> str:
        if self._peek() != "?":
            self._groups += 1
            return "("
        if not self._pattern.startswith("?:", self._at):
            raise PatternError(f"(? in {self._pattern!r} begins nothing that XPath has but (?:")
        self._at += 2
        return "(?:"

    def _escape(self) -> str:
        """Return what an escape outside of a character class, or inside of one, stands for."""
        sign = self._next()
        if sign in _CLASSES:
            return _CLASSES[sign]
        if sign in _CONTROLS:
            return _literal(_CONTROLS[sign])
        if sign in "pP":
            return self._property(sign)
        if sign in _PLAIN_ESCAPES:
            return _literal(sign)
        if sign.isdigit():
            raise PatternError(f"\\{sign} in {self._pattern!r}: back-references are not evaluated")
        raise PatternError(f"\\{sign} in {self._pattern!r} is no escape of XPath's")

    def _property(self, sign: str) -> str:
        found = _PROPERTY.match(self._pattern, self._at)
        if found is None or found[1].startswith("Is"):
            what = found[1] if found else "what follows"
            raise PatternError(
                f"\\{sign} in {self._pattern!r}: {what} is no category of characters that is known"
            )
        self._at = found.end()
        return f"\\{sign}{{{found[1]}}}"

    def _class(self) -> str:
        """Read a character class after its bracket: ``[^a-z-[aeiou]]``."""
        negated = self._peek() == "^"
        if negated:
            self._next()
        parts: list[str] = []
        subtracted = ""
        while (sign := self._next()) != "]" or not parts:
            if sign == "[":
                raise PatternError(f"[ inside of [] in {self._pattern!r}: write \\[")
            if sign == "-" and self._peek() == "[" and parts:
                self._next()
                subtracted = f"--{self._class()}"
                if self._next() != "]":
                    raise PatternError(f"what follows -[] in {self._pattern!r} is not ]")
                break
            parts.append(self._member(sign))
        inner = f"[{'^' if negated else ''}{''.join(parts)}]"
        return f"[{inner}{subtracted}]" if subtracted else inner

    def _member(self, sign: str) -> str:
        """Read a character, a range of them, or an escape."""
        if sign == "\\":
            found = self._escape()
            if len(found) > 1 and found[0] in "[\\" and not _is_literal(found):
                return found
        else:
            found = _literal(sign)
        following = self._pattern[self._at : self._at + 2]
        if following[:1] != "-" or following[1:] in ("", "]", "["):
            return found
        self._next()
        last = self._next()
        return f"{found}-{self._escape() if last == chr(92) else _literal(last)}"


def _literal(character: str) -> str:
    """Return *character* such that the engine gives it no meaning, in or out of a class."""
    if character not in _SPECIAL:
        return character
    return rf"\x{{{ord(character):X}}}"


def _is_literal(found: str) -> bool:
    return found.startswith("\\x{")
