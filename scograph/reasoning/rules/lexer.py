"""The tokens of a rule, by the terminals of SPARQL (SPARQL 1.1, section 19.8), with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

# Characters of names. The engine's parser sees to it that beyond ASCII there are only those that
# names can have; so each class is told by what it lacks of ASCII, which compiles fast.
_LETTER: Final = r"[^\x00-@\[-`{-\x7f]"
_WORD: Final = r"[^\x00-/:-@\[-^`{-\x7f]"  # a letter, a digit or _
_CHAR: Final = r"[^\x00-,./:-@\[-^`{-\x7f]"  # or -
_CHAR_OR_DOT: Final = r"[^\x00-,/:-@\[-^`{-\x7f]"
_PLX: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_PREFIX: Final = f"(?:{_LETTER}(?:{_CHAR_OR_DOT}*{_CHAR})?)?:"
_LOCAL: Final = rf"(?:{_WORD}|:|{_PLX})(?:{_CHAR}|:|{_PLX}|\.+(?={_CHAR}|[:%\\]))*"
_EXPONENT: Final = "[eE][+-]?[0-9]+"
_NUMBER: Final = rf"[+-]?(?:[0-9]+\.?[0-9]*{_EXPONENT}|\.[0-9]+{_EXPONENT}|[0-9]*\.[0-9]+|[0-9]+)"

_IRI: Final = r'<(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>'
_SKIPPED: Final = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)+")
_TOKEN: Final = re.compile(
    rf"(?P<iri>{_IRI})"
    r'|(?P<string>"""(?:"{0,2}(?:[^"\\]|\\.))*"""|\'\'\'(?:\'{0,2}(?:[^\'\\]|\\.))*\'\'\''
    r'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\')'
    rf"|(?P<variable>[?$]{_WORD}+)"
    rf"|(?P<blank>_:{_WORD}(?:{_CHAR_OR_DOT}*{_CHAR})?)"
    rf"|(?P<name>{_PREFIX}(?:{_LOCAL})?)"
    r"|(?P<tag>@[A-Za-z]+(?:-+[A-Za-z0-9]+)*)"
    rf"|(?P<number>{_NUMBER})"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\^\^|&&|\|\||!=|<=|>=|<<|>>|\{\||\|\}|.)",
    re.DOTALL,
)
# Where an operand has ended, `<` compares, and `+` or `-` is no part of a number.
_OPERATOR: Final = re.compile(r"(?P<sign>\^\^|&&|\|\||!=|<=|>=|[<>+-])")
_LINE: Final = re.compile(r"\r\n|\r|\n")
_OPERANDS: Final = ("iri", "string", "variable", "name", "tag", "number")


class Token(NamedTuple):
    """A token: its kind, which is a group of the expression above, its text, and its line.

    ``is_in_filter`` tells whether it stands in the brackets after FILTER.
    """

    kind: str
    text: str
    line: int
    is_in_filter: bool = False

    @property
    def word(self) -> str:
        """A keyword, in upper case; empty for another token."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def is_in_pattern(self) -> bool:
        """Whether it is a term, or part of one, outside filters."""
        return self.kind != "sign" and not self.is_in_filter

    @property
    def ends_operand(self) -> bool:
        """Whether an operand of an expression may end here."""
        return self.kind in _OPERANDS or self.text == ")" or self.text.upper() in ("TRUE", "FALSE")


def lines_in(text: str) -> list[str]:
    """Return the lines of *text*; comments of SPARQL end where they end."""
    return _LINE.split(text)


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the tokens of *text*, without comments.

    In brackets after FILTER, and nowhere else, stand expressions; only there are ``<`` and ``>``
    operators. What is no token of SPARQL is a token of one character.
    """
    position, line = 0, 1
    depth, is_filter, before = 0, False, Token("sign", "", 1)
    while True:
        skipped = _SKIPPED.match(text, position)
        if skipped:
            line += len(_LINE.findall(skipped.group()))
            position = skipped.end()
        if position >= len(text):
            return
        in_filter = is_filter and depth > 0
        found = _OPERATOR.match(text, position) if in_filter and before.ends_operand else None
        found = found or _TOKEN.match(text, position)
        if found is None:  # pragma: no cover - a sign is any character
            return
        token = Token(str(found.lastgroup), found.group(), line, in_filter)
        yield token
        if token.word == "FILTER":
            is_filter, depth = True, 0
        elif is_filter and token.kind == "sign":
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            is_filter = depth > 0 or token.text != ")"
        line += len(_LINE.findall(token.text))
        position, before = found.end(), token
