"""Rule files: name, origin and sentences in the head, then a CONSTRUCT or a template of one.

``README.md`` in this folder describes the form of the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
    parse,
)

from scograph.rdf.namespaces import RDF
from scograph.reasoning.rules.notation import (
    TOKEN,
    coded,
    filters_in,
    line_of,
    masked,
)
from scograph.reasoning.rules.patterns import Node, Pattern, variables_in
from scograph.reasoning.rules.values import FUNCTIONS, TERM

LANGUAGES = ("en", "ru", "zh")
_HEADER = re.compile(r"# ([\w-]+) \((.+)\)$")
_SENTENCE = re.compile(r"# (en|ru|zh): (.+)$")
_FORM = re.compile(
    r"\bCONSTRUCT\s*\{(?P<head>[^{}]*)\}\s*WHERE\s*\{(?P<body>[^{}]*)\}\s*$", re.IGNORECASE
)
_PREFIX = re.compile(r"\bPREFIX\s+([\w-]*):\s*<([^>\s]*)>", re.IGNORECASE)
# Functions of SPARQL that return another value on each call.
_NONDETERMINISTIC = re.compile(r"\b(RAND|NOW|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)
_VARIABLE = re.compile(r"\?(\w+)")
# Stands for a variable while its pattern is parsed as Turtle.
_VARIABLE_IRI = "urn:x-scograph:variable:"
_FIRST, _REST, _NIL = (NamedNode(RDF + name) for name in ("first", "rest", "nil"))


class RuleError(Exception):
    """A rule file that cannot be used; ``line`` counts from 1."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class ListPattern:
    """An RDF collection in a rule: the variable for its first node, and those for its members."""

    node: Variable
    members: tuple[Variable, ...]


@dataclass(frozen=True)
class Rule:
    """A rule. An empty ``head`` concludes *false*: a match of the body is an inconsistency.

    ``filters`` are SPARQL expressions over coded terms (see `scograph.reasoning.rules.coding`);
    ``sentences`` state the rule, by language; ``origin`` says where it comes from.
    """

    name: str
    origin: str
    sentences: dict[str, str]
    text: str
    prefixes: dict[str, str]
    head: tuple[Pattern, ...]
    body: tuple[Pattern, ...]
    lists: tuple[ListPattern, ...]
    filters: tuple[str, ...]

    def sentence(self, language: str = "en") -> str:
        """Return the sentence that states the rule in *language*, else in English."""
        return self.sentences.get(language) or self.sentences.get("en", "")


@cache
def load_rules() -> tuple[Rule, ...]:
    """Read the rules of OWL 2 RL/RDF, in the order of their names."""
    paths = sorted(Path(__file__).parent.glob("*.rq"))
    return tuple(read_rule(path.read_text("utf-8"), path.stem, {}) for path in paths)


def read_rule(text: str, stem: str, prefixes: dict[str, str]) -> Rule:
    """Read the rule file *text*; *stem* is its file's name without ``.rq``.

    Args:
        text: the whole file.
        stem: the name that the rule must have.
        prefixes: those that the file may use without declaring them.

    Raises:
        RuleError: the file is not a valid rule.

    """
    name, origin, sentences = _header(text, stem)
    _check_sparql(text, prefixes)
    plain = masked(text)
    form = _FORM.search(plain)
    if form is None:
        raise RuleError(
            "a rule is `CONSTRUCT { triples } WHERE { triples and FILTER (...) }`, "
            "with no OPTIONAL, UNION, EXISTS or other block inside",
            line_of(text, max(plain.upper().find("CONSTRUCT"), 0)),
        )
    known = {**prefixes, **dict(_PREFIX.findall(text))}
    reader = _Reader(text, known)
    head = tuple(reader.patterns(*form.span("head")))
    if reader.lists or reader.filters:
        raise RuleError(
            "a list or a literal cannot be concluded", line_of(text, form.start("head"))
        )
    body: list[Pattern] = []
    filters = []
    start = form.start("body")
    for first, last in filters_in(plain, *form.span("body")):
        body += reader.patterns(start, first)
        filters.append(coded(text[text.index("(", first) : last], known))
        start = last
    body += reader.patterns(start, form.end("body"))
    filters += reader.filters
    nondeterministic = _NONDETERMINISTIC.search(plain, form.start())
    if nondeterministic:
        function = nondeterministic.group(1).upper()
        message = f"{function}() gives another value every time: what follows must stay the same"
        raise RuleError(message, line_of(text, nondeterministic.start()))
    if not body:
        raise RuleError("the body has no triple pattern", line_of(text, form.start("body")))
    rule = Rule(name, origin, sentences, text, known, head, tuple(body),
                tuple(reader.lists), tuple(filters))  # fmt: skip
    _check_variables(rule, line_of(text, form.start()))
    return rule


def _header(text: str, stem: str) -> tuple[str, str, dict[str, str]]:
    lines = text.splitlines()
    header = _HEADER.match(lines[0]) if lines else None
    if header is None or header.group(1) != stem:
        raise RuleError(f"the first line is not `# {stem} (where the rule comes from)`")
    matches = [match for line in lines[1:] if (match := _SENTENCE.match(line))]
    sentences = {match.group(1): match.group(2) for match in matches}
    if "en" not in sentences:
        raise RuleError("no line says what the rule means: add `# en: ...`", 2)
    return stem, header.group(2), sentences


def _check_sparql(text: str, prefixes: dict[str, str]) -> None:
    try:
        results = Store().query(text, prefixes=prefixes, custom_functions=FUNCTIONS)
    except SyntaxError as error:
        # The parser gives the position in its message only.
        place = re.match(r"error at (\d+):\d+: ", str(error.msg))
        message = str(error.msg)[place.end() if place else 0 :]
        line = int(place.group(1)) if place else 1
        raise RuleError(f"this is no SPARQL: {message}", line) from error
    if not isinstance(results, QueryTriples):
        raise RuleError("a rule is a CONSTRUCT query")


class _Reader:
    """Parses triple patterns as Turtle, after replacing variables by IRIs.

    Collects the list patterns and the filters that literals in the patterns amount to.
    """

    def __init__(self, text: str, prefixes: dict[str, str]) -> None:
        self._text = text
        self._prefixes = prefixes
        self.lists: list[ListPattern] = []
        self.filters: list[str] = []

    def patterns(self, start: int, end: int) -> Iterator[Pattern]:
        """Yield the patterns between two positions of the file."""
        chunk = TOKEN.sub(self._variable, self._text[start:end]).strip().strip(".").strip()
        if not chunk:
            return
        declared = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in self._prefixes.items())
        line = line_of(self._text, start)
        try:
            triples = [
                quad.triple for quad in parse(f"{declared}{chunk} .", format=RdfFormat.TURTLE)
            ]
        except SyntaxError as error:
            raise RuleError(
                "only triple patterns and FILTER (...) may stand here: no property path, "
                "BIND or FILTER without parentheses",
                line,
            ) from error
        cells = {
            triple.subject: triple for triple in triples if triple.predicate in (_FIRST, _REST)
        }
        for triple in triples:
            if triple.subject not in cells:
                terms = (triple.subject, triple.predicate, triple.object)
                yield Pattern(*(self._node(term, triples, line) for term in terms))

    @staticmethod
    def _variable(match: re.Match[str]) -> str:
        if match.group("name"):
            return f"<{_VARIABLE_IRI}{match.group('name')}>"
        return "" if match.group().startswith("#") else match.group()

    def _node(self, term: object, triples: list[Triple], line: int) -> Node:
        if isinstance(term, NamedNode):
            return _variable_or_iri(term)
        fresh = Variable(f"given{len(self.lists) + len(self.filters)}")
        if isinstance(term, Literal):
            self.filters.append(f"({TERM}({fresh}) = {term})")
            return fresh
        members = tuple(_members(term, triples))
        if not members or not all(isinstance(member, Variable) for member in members):
            raise RuleError(
                "a blank node, or a list of anything but variables, stands here: use variables",
                line,
            )
        self.lists.append(ListPattern(fresh, members))  # type: ignore[arg-type]
        return fresh


def _variable_or_iri(term: NamedNode) -> Node:
    name = term.value.removeprefix(_VARIABLE_IRI)
    return term if name == term.value else Variable(name)


def _members(node: object, triples: list[Triple]) -> Iterator[Node | None]:
    while isinstance(node, BlankNode):
        values = {t.predicate: t.object for t in triples if t.subject == node}
        first = values.get(_FIRST)
        yield _variable_or_iri(first) if isinstance(first, NamedNode) else None
        node = values.get(_REST)


def _check_variables(rule: Rule, line: int) -> None:
    listed = {member for item in rule.lists for member in item.members}
    known = variables_in(rule.body) | listed
    if any(member.value.endswith("_each") for member in listed):
        stems = {name.value.rsplit("_", 1)[0] for name in known if name.value.endswith("_each")}
        known |= {Variable(f"{stem}_{end}") for stem in stems for end in ("next", "first", "last")}
    missing = sorted(str(name) for name in variables_in(rule.head) - known)
    if missing:
        raise RuleError(
            f"the conclusion has {', '.join(missing)}, which the body does not bind", line
        )
    unbound = sorted({name for item in rule.filters for name in _VARIABLE.findall(item)}
                     - {name.value for name in known})  # fmt: skip
    if unbound:
        raise RuleError(f"a FILTER has ?{', ?'.join(unbound)}, which no triple pattern binds", line)
    if len(rule.lists) > 1 or any(len(item.members) > 2 for item in rule.lists):
        raise RuleError("a rule has one list at most, with one or two members named", line)
