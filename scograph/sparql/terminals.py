"""The terminals of SPARQL, read one after the other."""

from __future__ import annotations

import re
from typing import Final, NoReturn

# SPARQL 1.1, section 19.8, the terminals. What the engine has accepted needs no exact classes of
# characters here: a name goes on for as long as it can.
_SPACE: Final = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)*")
_ESCAPE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_NAME = r"[^\W\d_][\w\-·]*(?:\.+[\w\-·]+)*"
_TERMINALS: Final = re.compile(
    rf"""(?P<IRIREF><(?:[^<>"{{}}|^`\\\x00-\x20]|{_ESCAPE})*>)
    |(?P<BLANK_NODE_LABEL>_:\w[\w\-·]*(?:\.+[\w\-·]+)*)
    |(?P<PNAME>(?:{_NAME})?:
        (?:[\w:\-·]|%[0-9A-Fa-f]{{2}}|\\[^uU\s]|\.(?=[\w:.\-·%\\]))*)
    |(?P<VAR>[?$]\w[\w·]*)
    |(?P<LANGTAG>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[a-z]+)?)
    |(?P<NUMBER>[+-]?(?:\d+\.\d*[eE][+-]?\d+|\.?\d+[eE][+-]?\d+|\d*\.\d+|\d+))
    |(?P<STRING>\"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*(?:\"\"\")?|'''(?:(?:'|'')?(?:[^'\\]|\\.))*(?:''')?
        |"(?:[^"\\\r\n]|\\.)*"?|'(?:[^'\\\r\n]|\\.)*'?)
    |(?P<WORD>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<SIGN>\^\^|\|\||&&|!=|<=|>=|<<\(|\)>>|<<|>>|\{{\||\|\}}|.)""",
    re.VERBOSE | re.DOTALL,
)


class UnreadableError(Exception):
    """The text has syntax that is not read here, ``position`` says where."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class Cursor:
    """A place in a query, *text*, and the terminal that begins there.

    ``kind`` is the name of the terminal, ``token`` its text, ``word`` that of a keyword in upper
    case; ``end`` is where the terminal before ended.
    """

    def __init__(self, text: str) -> None:
        """Begin with the first terminal of *text*."""
        self.text = text
        self.end = 0  # of the terminal before
        self.advance(0)

    def advance(self, position: int) -> None:
        """Go to *position*, or to the first terminal after it."""
        space = _SPACE.match(self.text, position)
        self.at = space.end() if space else position
        found = _TERMINALS.match(self.text, self.at)
        self.kind = found.lastgroup or "" if found else ""
        self.token = found[0] if found else ""
        self.word = self.token.upper() if self.kind == "WORD" else ""

    def next(self) -> None:
        """Go to the next terminal."""
        self.end = self.at + len(self.token)
        self.advance(self.end)

    def fail(self) -> NoReturn:
        """Raise an `UnreadableError` for this place."""
        raise UnreadableError(self.at)

    def expect(self, token: str) -> None:
        """Read *token*, or fail."""
        if not self.accept(token):
            self.fail()

    def accept(self, token: str) -> bool:
        """Read *token*, a sign or a keyword, if it stands here."""
        if token in (self.token, self.word) and self.kind in ("SIGN", "WORD"):
            self.next()
            return True
        # `{|`, `<<` and the like are read as one, though here they may be two.
        if self.kind == "SIGN" and len(token) == 1 and self.token.startswith(token):
            self.token = token
            self.next()
            return True
        return False

    def here(self, *tokens: str) -> bool:
        """Tell whether one of *tokens*, signs or keywords, stands here."""
        return self.kind in ("SIGN", "WORD") and (self.word or self.token) in tokens
