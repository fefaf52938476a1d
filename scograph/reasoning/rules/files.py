"""Rule files: name, origin and sentences in the head, then a CONSTRUCT or a template of one.

``README.md`` in this folder describes the form of the files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import Store, Variable

from scograph.rdf.findings import shortened
from scograph.reasoning.rules.errors import RuleError
from scograph.reasoning.rules.filters import Filter
from scograph.reasoning.rules.lexer import Token, lines_in, tokens_of
from scograph.reasoning.rules.patterns import Pattern, variables_in
from scograph.reasoning.rules.syntax import ListPattern, RuleParser
from scograph.reasoning.rules.values import FUNCTIONS

LANGUAGES = ("en", "ru", "zh")
_NAME = re.compile(r"[\w-]+")
_HEADER = re.compile(r"# (\S+) \((.+)\)\s*")
_SENTENCE = re.compile(r"# (en|ru|zh): (.+)")
# XML, in which rules are put out, too, can carry no other control characters.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# The engine's parser is recursive, its planning cubic; no rule comes near these.
_MAX_DEPTH, _MAX_TOKENS, _MAX_TERMS = 50, 3000, 150
# Variables that stand for each member of a list, and what they are numbered to.
_NUMBERED = re.compile(r"(?P<stem>.+)_(?:each|next|first|last|[0-9]+)")


@dataclass(frozen=True)
class Rule:
    """A rule. An empty ``head`` concludes *false*: a match of the body is an inconsistency.

    ``filters`` are over coded terms (see `scograph.reasoning.rules.coding`); ``sentences`` state
    the rule, by language; ``origin`` says where it comes from; ``lines`` has the first line of
    each IRI.
    """

    name: str
    origin: str
    sentences: dict[str, str]
    text: str
    lines: dict[str, int]
    head: tuple[Pattern, ...]
    body: tuple[Pattern, ...]
    lists: tuple[ListPattern, ...]
    filters: tuple[Filter, ...]

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
    text = text.removeprefix("\ufeff")
    origin, sentences = _header(lines_in(text), stem)
    _check_characters(text)
    tokens = list(tokens_of(text))
    _check_size(tokens)
    unknown = _check_sparql(text, prefixes)
    found = RuleParser(tokens, prefixes)
    if unknown:
        line = next((n for iri, n in found.calls.items() if f"<{iri}>" in unknown), found.start)
        raise RuleError(f"a FILTER calls what is no function here: {unknown}", line)
    rule = Rule(stem, origin, sentences, text, found.lines, found.head, found.body,
                tuple(found.lists), tuple(found.filters))  # fmt: skip
    _check_lists(rule, found.start)
    _check_variables(rule, found)
    return rule


def _header(lines: list[str], stem: str) -> tuple[str, dict[str, str]]:
    if not _NAME.fullmatch(stem):
        raise RuleError(f"{stem!r} is no name of a rule: letters, digits, - and _ make one")
    header = _HEADER.fullmatch(lines[0])
    if header is None or header.group(1) != stem:
        raise RuleError(f"the first line is not `# {stem} (where the rule comes from)`")
    sentences: dict[str, str] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.startswith("#"):
            break
        if match := _SENTENCE.fullmatch(line.rstrip()):
            if match.group(1) in sentences:
                raise RuleError(f"a second line `# {match.group(1)}: ...`: write one", number)
            sentences[match.group(1)] = match.group(2)
    if "en" not in sentences:
        raise RuleError("no line says what the rule means: add `# en: ...`", 2)
    return header.group(2), sentences


def _check_characters(text: str) -> None:
    for number, line in enumerate(lines_in(text), 1):
        if found := _CONTROL.search(line):
            code = f"U+{ord(found.group()):04X}"
            raise RuleError(f"a control character, {code}, stands here: remove it", number)


def _check_size(tokens: list[Token]) -> None:
    """Raise an error where the engine's parser could end the process, or take very long."""
    if len(tokens) > _MAX_TOKENS:
        raise RuleError(f"the rule is longer than {_MAX_TOKENS} words and signs")
    depth = signs = terms = 0
    for token in tokens:
        terms = 0 if token.word == "CONSTRUCT" else terms + token.is_in_pattern
        if terms > _MAX_TERMS:
            message = f"the triple patterns have more than {_MAX_TERMS} terms: write several rules"
            raise RuleError(message, token.line)
        signs = signs + 1 if token.text in ("!", "-", "+") else 0
        if token.kind == "sign":
            depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(token.text, 0)
        if depth + signs > _MAX_DEPTH:
            raise RuleError(f"brackets nest deeper than {_MAX_DEPTH}", token.line)


def _check_sparql(text: str, prefixes: dict[str, str]) -> str:
    """Raise an error where *text* is no query; return what the engine says of functions."""
    try:
        Store().query(text, prefixes=prefixes, custom_functions=FUNCTIONS)
    except SyntaxError as error:
        # The parser gives the position in its message only.
        place = re.match(r"error at (\d+):\d+: ", str(error.msg))
        message = " ".join(str(error.msg)[place.end() if place else 0 :].split())
        line = int(place.group(1)) if place else 1
        raise RuleError(f"this is no SPARQL: {shortened(message, 160)}", line) from error
    except RuntimeError as error:
        return str(error)
    return ""


def _check_lists(rule: Rule, line: int) -> None:
    if len(rule.lists) > 1 or any(len(item.members) > 2 for item in rule.lists):
        raise RuleError("a rule has one list at most, with one or two members named", line)
    nodes = {item.node for item in rule.lists}
    if not all(p.is_schema and p.object in nodes for p in rule.body if nodes & variables_in([p])):
        message = "a list stands only after a property of OWL or RDFS; else use rdf:first, rdf:rest"
        raise RuleError(message, line)
    members = {member for item in rule.lists for member in item.members}
    each = [member for member in members if member.value.endswith("_each")]
    if each and len(members) > 1:
        raise RuleError(f"a list with {each[0]} has no other member", line)
    if not each:
        return
    for pattern in rule.body:
        names = {name for name in variables_in([pattern]) if _NUMBERED.fullmatch(name.value)}
        if pattern.is_schema and names:
            name = min(map(str, names))
            message = f"{name} stands for members of a list: an axiom cannot be asked of each"
            raise RuleError(message, line)
    for variable in variables_in((*rule.head, *rule.body)):
        if re.search(r"_[0-9]+$", variable.value):
            raise RuleError(
                f"{variable} may be a member of the list: use a name without number", line
            )


def _check_variables(rule: Rule, found: RuleParser) -> None:
    listed = {member for item in rule.lists for member in item.members}
    known = variables_in(rule.body) | listed
    if any(member.value.endswith("_each") for member in listed):
        stems = {name.value.rsplit("_", 1)[0] for name in known if name.value.endswith("_each")}
        known |= {Variable(f"{stem}_{end}") for stem in stems for end in ("next", "first", "last")}
    missing = sorted(str(name) for name in variables_in(rule.head) - known)
    if missing:
        message = f"the conclusion has {', '.join(missing)}, which the body does not bind"
        raise RuleError(message, found.start)
    unbound = sorted(found.filtered.keys() - {name.value for name in known})
    if unbound:
        message = f"a FILTER has ?{', ?'.join(unbound)}, which no triple pattern binds"
        raise RuleError(message, found.filtered[unbound[0]])
