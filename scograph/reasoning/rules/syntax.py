"""What stands in a rule's CONSTRUCT: its triple patterns, lists and filters, from its tokens.

The text has passed the engine's parser, so it is SPARQL. Here it is held against the smaller
grammar of rules (see ``README.md``): every token either has its place in that, or is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple, Variable, parse

from scograph.rdf.namespaces import RDF, expand
from scograph.rdf.queries import solutions_of
from scograph.reasoning.rules.errors import RuleError
from scograph.reasoning.rules.filters import Filter
from scograph.reasoning.rules.lexer import Token
from scograph.reasoning.rules.patterns import Node, Pattern
from scograph.reasoning.rules.values import TERM

# Stands for a variable while its pattern is parsed as Turtle.
_VARIABLE_IRI: Final = "urn:x-scograph:variable:"
# Names that the program gives itself.
_RESERVED: Final = "urn:x-scograph:"
_FIRST, _REST = (NamedNode(RDF + name) for name in ("first", "rest"))

_FORM: Final = "a rule is `CONSTRUCT { triples } WHERE { triples and FILTER (...) }`"
# What SPARQL has and rules have not, and what to write in its place.
_REFUSED: Final = {
    "OPTIONAL": "write a second rule without it",
    "UNION": "write a rule for each alternative",
    "MINUS": "what follows would no longer follow as soon as more is known",
    "NOT EXISTS": "what follows would no longer follow as soon as more is known",
    "EXISTS": "write its triples into the WHERE",
    "GRAPH": "rules see all that is adopted as one graph",
    "BIND": "a rule makes no new terms; an expression may stand in a FILTER",
    "VALUES": "write FILTER (?x IN (...))",
    "SERVICE": "rules see this graph alone",
    "SELECT": "write its triples into the WHERE",
    "FROM": "rules see all that is adopted as one graph",
    "{": "write its triples without braces of their own",
    "ORDER": "all that matches is concluded",
    "LIMIT": "all that matches is concluded",
    "OFFSET": "all that matches is concluded",
}
# Functions of SPARQL that return another value on each call.
_UNSTEADY: Final = frozenset(["RAND", "NOW", "UUID", "STRUUID", "BNODE"])
_PATH: Final = frozenset(["/", "|", "^", "*", "+", "?", "!", "-"])


@dataclass(frozen=True)
class ListPattern:
    """An RDF collection in a rule: the variable for its first node, and those for its members."""

    node: Variable
    members: tuple[Variable, ...]


class RuleParser:
    """Reads the tokens of one rule; then ``head``, ``body``, ``lists`` and ``filters`` are known.

    ``start`` is the line of the word CONSTRUCT. ``lines`` has the first line of each IRI,
    ``calls`` that of each function that filters call by an IRI, ``filtered`` that of each variable
    in filters.
    """

    def __init__(self, tokens: Sequence[Token], prefixes: dict[str, str]) -> None:
        """Read *tokens*; they may use *prefixes* without declaring them.

        Raises:
            RuleError: they are no rule.

        """
        self.lists: list[ListPattern] = []
        self.filters: list[Filter] = []
        self.lines: dict[str, int] = {}
        self.calls: dict[str, int] = {}
        self.filtered: dict[str, int] = {}
        self._tokens = [*tokens, Token("end", "", tokens[-1].line if tokens else 1)]
        self._position = 0
        self._names = {token.text[1:] for token in tokens if token.kind == "variable"}
        self._prologue = self._read_prologue(prefixes)
        self.prefixes = _declared(self._prologue)
        self.start = self._next.line
        self.head = self._read_head()
        self.body = self._read_body()

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

    def _take(self) -> Token:
        self._position += 1
        return self._tokens[self._position - 1]

    def _read_prologue(self, prefixes: dict[str, str]) -> str:
        """Return all declarations in Turtle, on one line."""
        known = [f"PREFIX {name}: <{iri}>" for name, iri in prefixes.items()]
        while self._next.word in ("BASE", "PREFIX", "VERSION"):
            count = 3 if self._next.word == "PREFIX" else 2
            declaration = [self._take() for _ in range(count)]
            if declaration[0].word != "VERSION":
                known.append(" ".join(token.text for token in declaration))
        return " ".join(known)

    def _read_head(self) -> tuple[Pattern, ...]:
        if self._next.word != "CONSTRUCT":
            raise RuleError("a rule is a CONSTRUCT query", self._next.line)
        self._take()
        if self._next.text != "{":
            raise RuleError(_FORM, self._next.line)
        line = self._take().line
        patterns = tuple(self._patterns(self._triples()))
        self._take()
        if self.lists or self.filters:
            raise RuleError("a list or a literal cannot be concluded", line)
        return patterns

    def _read_body(self) -> tuple[Pattern, ...]:
        if self._next.word == "WHERE":
            self._take()
        if self._next.text != "{":
            self._refuse(self._next)
        line = self._take().line
        patterns: list[Pattern] = []
        while self._next.text != "}":
            if self._next.word == "FILTER":
                self._take()
                self.filters.append(self._filter())
            else:
                patterns += self._patterns(self._triples())
        self._take()
        if self._next.kind != "end":
            self._refuse(self._next)
            raise RuleError(_FORM, self._next.line)
        if not patterns:
            raise RuleError("the body has no triple pattern", line)
        return tuple(patterns)

    def _refuse(self, token: Token) -> None:
        """Raise the error that *token* has no place in a rule, if so."""
        if token.kind == "end":
            raise RuleError(_FORM, token.line)
        if token.text in ("<<", "{|", "~"):
            raise RuleError("a triple within a triple stands here: rules have none", token.line)
        name = token.word or token.text
        after = self._tokens[self._position + 1].word
        if name == "NOT" and after == "EXISTS":
            name = "NOT EXISTS"
        if name == "{" and after == "SELECT":
            name = after
        if name == "{" and any(later.word == "UNION" for later in self._tokens[self._position :]):
            name = "UNION"
        if name in _REFUSED:
            what = "block" if name == "{" else name
            raise RuleError(f"{_FORM}, with no {what} inside: {_REFUSED[name]}", token.line)

    def _triples(self) -> list[Token]:
        """Take the tokens up to the next FILTER or the closing brace."""
        taken: list[Token] = []
        while self._next.text != "}" and self._next.word != "FILTER":
            token = self._next
            self._refuse(token)
            if token.kind == "blank" or token.text == "[":
                raise RuleError(_BLANK, token.line)
            if token.kind == "sign" and token.text in _PATH:
                message = "a property path stands here: write a triple pattern for each step"
                raise RuleError(message, token.line)
            taken.append(self._take())
        return taken

    def _patterns(self, tokens: list[Token]) -> Iterator[Pattern]:
        """Yield the patterns that *tokens* are, with lists and literals taken out."""
        while tokens and tokens[0].text == ".":
            tokens = tokens[1:]
        if not tokens:
            return
        triples = self._parsed(tokens)
        for token in tokens:
            if token.kind in ("iri", "name"):
                self.lines.setdefault(self._iri(token), token.line)
        cells = {
            triple.subject
            for triple in triples
            if triple.predicate in (_FIRST, _REST) and isinstance(triple.subject, BlankNode)
        }
        first = tokens[0].line
        for triple in triples:
            if triple.subject in cells and triple.predicate in (_FIRST, _REST):
                continue
            if isinstance(triple.subject, BlankNode):
                raise RuleError("a list stands only as the object of a triple pattern", first)
            terms = (triple.subject, triple.predicate, triple.object)
            yield Pattern(*(self._node(term, triples, first) for term in terms))

    def _parsed(self, tokens: list[Token]) -> list[Triple]:
        """Parse *tokens* as Turtle, variables being IRIs, and each on the line that it has."""
        text, before = [self._prologue], tokens[0]
        for token in tokens:
            breaks = token.line - before.line - before.text.count("\n")
            text.append("\n" * breaks or ("" if _is_glued(before, token) else " "))
            text.append(_in_turtle(token))
            before = token
        end = "" if before.text == "." else " ."
        try:
            found = parse("".join([*text, end]), format=RdfFormat.TURTLE)
            triples = [quad.triple for quad in found]
        except SyntaxError as error:
            place = tokens[0].line + (error.lineno or 1) - 1
            message = "only triple patterns and FILTER (...) may stand here: variables, IRIs, and "
            raise RuleError(message + "literals as objects", place) from error
        return triples

    def _node(self, term: object, triples: list[Triple], line: int) -> Node:
        if isinstance(term, NamedNode):
            return _variable_or_iri(term)
        fresh = self._fresh()
        if isinstance(term, Literal):
            self.filters.append(Filter.equal(fresh, term))
            return fresh
        members = tuple(_members(term, triples))
        if not members or not all(isinstance(member, Variable) for member in members):
            raise RuleError(_BLANK, line)
        self.lists.append(ListPattern(fresh, members))  # type: ignore[arg-type]
        return fresh

    def _fresh(self) -> Variable:
        """Return a variable that the rule does not have."""
        number = 0
        while f"given{number}" in self._names:
            number += 1
        self._names.add(f"given{number}")
        return Variable(f"given{number}")

    def _filter(self) -> Filter:
        """Take an expression in brackets, or a call of a function."""
        taken: list[Token] = []
        depth = 0
        while depth or not taken or taken[-1].text != ")":
            token = self._next
            self._refuse(token)
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
            taken.append(self._take())
        for index, token in enumerate(taken):
            if token.word in ("REGEX", "REPLACE"):
                _check_expression(token, list(_arguments(taken[index + 2 :])))
        parts = list(self._coded(taken))
        is_call = taken[0].text != "("
        return Filter(("(", *parts, ")") if is_call else tuple(parts))

    def _coded(self, tokens: list[Token]) -> Iterator[str | Node]:
        """Yield the parts of an expression over terms as one over codes.

        Each variable is decoded by a function call, except in a sameTerm of two variables: equal
        terms have equal codes. A variable of a rule is always bound.
        """
        before = tokens[0]
        index = 0
        while index < len(tokens):
            token = tokens[index]
            call = [item.text for item in tokens[index + 1 : index + 6]]
            if index and not _is_glued(before, token):
                yield " "
            names = [Variable(name[1:]) for name in call[1:4:2] if name[:1] in ("?", "$")]
            if token.word == "SAMETERM" and call[::2] == ["(", ",", ")"] and len(names) == 2:
                yield from ("sameTerm(", names[0], ", ", names[1], ")")
                length = 6
            elif token.word == "BOUND" and names:
                yield "true"
                length = 4
            else:
                yield from self._part(token, call[:1] == ["("])
                length = 1
            for item in tokens[index : index + length]:
                if item.kind == "variable":
                    self.filtered.setdefault(item.text[1:], item.line)
            index += length
            before = tokens[index - 1]

    def _part(self, token: Token, is_call: bool) -> Iterator[str | Node]:
        if token.kind == "variable":
            yield from (f"{TERM}(", Variable(token.text[1:]), ")")
            return
        if is_call and token.word in _UNSTEADY:
            message = (
                f"{token.word}() gives another value every time: what follows must stay the same"
            )
            raise RuleError(message, token.line)
        if token.kind not in ("iri", "name"):
            yield token.text
            return
        iri = self._iri(token)
        self.lines.setdefault(iri, token.line)
        if is_call:
            self.calls.setdefault(iri, token.line)
        yield f"<{iri}>"

    def _iri(self, token: Token) -> str:
        """Return the IRI that *token* stands for."""
        iri = expand(token.text, self.prefixes) if token.kind == "name" else None
        if iri is None:
            # Relative to BASE, or with escapes: the parser of Turtle resolves it.
            (quad,) = parse(f"{self._prologue} <urn:x:s> <urn:x:p> {token.text} .",
                            format=RdfFormat.TURTLE)  # fmt: skip
            iri = str(quad.object.value)
        if iri.startswith(_RESERVED):
            raise RuleError(f"{_RESERVED} is a name space of this program: use another", token.line)
        return iri


_BLANK: Final = "a blank node, or a list of anything but variables, stands here: use variables"


def _arguments(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the arguments of a call, of which *tokens* follow the opening bracket."""
    taken: list[Token] = []
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
        if depth < 0 or (depth == 0 and token.text == ","):
            yield taken
            taken = []
        else:
            taken.append(token)
        if depth < 0:
            return


def _check_expression(function: Token, arguments: list[list[Token]]) -> None:
    """Raise an error if a regular expression, where it is written out, cannot be read.

    A filter that fails on each match would let the rule conclude nothing, and say nothing.
    """
    pattern = arguments[1]
    flags = arguments[2 if function.word == "REGEX" else 3 :]
    if any([token.kind for token in argument] != ["string"] for argument in (pattern, *flags)):
        return
    written = ", ".join(argument[0].text for argument in (pattern, *flags))
    found = solutions_of(Store(), f'SELECT (REGEX("", {written}) AS ?is) {{}}')
    if next(found)["is"] is None:
        message = f"{pattern[0].text} is no regular expression, or its flags are none"
        raise RuleError(message, pattern[0].line)


def _declared(prologue: str) -> dict[str, str]:
    """Return the prefixes that *prologue* declares, a later declaration in place of an earlier."""
    parser = parse(f"{prologue} <urn:x:s> <urn:x:p> <urn:x:o> .", format=RdfFormat.TURTLE)
    list(parser)
    return dict(parser.prefixes)


def _in_turtle(token: Token) -> str:
    if token.kind == "variable":
        return f"<{_VARIABLE_IRI}{token.text[1:]}>"
    return token.text


def _is_glued(before: Token, token: Token) -> bool:
    """Whether no space may stand between the parts of a literal, *before* and *token*."""
    return token.kind == "tag" or "^^" in (before.text, token.text)


def _variable_or_iri(term: NamedNode) -> Node:
    name = term.value.removeprefix(_VARIABLE_IRI)
    return term if name == term.value else Variable(name)


def _members(node: object, triples: list[Triple]) -> Iterator[Node | None]:
    while isinstance(node, BlankNode):
        values = {t.predicate: t.object for t in triples if t.subject == node}
        first = values.get(_FIRST)
        yield _variable_or_iri(first) if isinstance(first, NamedNode) else None
        node = values.get(_REST)
