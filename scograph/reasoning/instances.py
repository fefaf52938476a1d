"""Rules with the schema's axioms in place of their schema patterns, and lists unrolled.

A rule such as cax-sco becomes one small query per subclass axiom; the engine then
meets constants where the rule has variables, and knows what each query waits for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, QuerySolutions, Store, Triple, Variable

from scograph.rdf.namespaces import RDF
from scograph.reasoning.informative import says_nothing
from scograph.reasoning.rules.coding import Coding
from scograph.reasoning.rules.files import ListPattern, Rule
from scograph.reasoning.rules.patterns import (
    A,
    Binding,
    Key,
    Pattern,
    variables_in,
)

_FIRST, _REST, _NIL = (NamedNode(RDF + name) for name in ("first", "rest", "nil"))
_NAME = re.compile(r"[?$](\w+)")
_NUMBERED = ("_each", "_next", "_first", "_last")


@dataclass(frozen=True, eq=False)
class Instance:
    """A rule under given axioms. ``head`` is None for *false*; ``axioms`` are coded triples."""

    rule: Rule
    head: Pattern | None
    body: tuple[Pattern, ...]
    axioms: tuple[Triple, ...]
    filters: tuple[str, ...]

    @property
    def does(self) -> tuple[Pattern | None, tuple[Pattern, ...], tuple[str, ...]]:
        """What it does, whatever the axioms: two with the same need to run only once."""
        return (self.head, self.body, self.filters)

    def bind(self, binding: Binding) -> Instance:
        """Put the values of *binding* in place of its variables."""
        return Instance(
            self.rule,
            self.head.bind(binding) if self.head else None,
            tuple(pattern.bind(binding) for pattern in self.body),
            self.axioms,
            tuple(_bound(item, binding) for item in self.filters),
        )

    def where(self, given: Sequence[str] = ()) -> str:
        """Write the body as SPARQL, with *given* in place of its patterns where not empty."""
        patterns = given or [pattern.text() for pattern in self.body]
        return " ".join([*patterns, *(f"FILTER {item}" for item in self.filters)])


@dataclass(frozen=True)
class _Items:
    """A list as found: its members, the triples up to each of them, and whether it ends."""

    members: tuple[NamedNode, ...]
    cells: tuple[Triple, ...]
    complete: bool


def instantiate(rules: Iterable[Rule], store: Store, coding: Coding) -> list[Instance]:
    """Return the instances of *rules* under the schema that *store* holds, useful ones only."""
    found = [item for rule in rules for item in _instances(rule, store, coding)]
    asked = {pattern.key for item in found for pattern in item.body}
    asked |= {pattern.key for rule in rules for pattern in rule.body if pattern.is_schema}
    return [item for item in found if _is_useful(item, asked)]


def live(instances: Iterable[Instance], found: set[Key]) -> list[Instance]:
    """Return those of *instances* whose every pattern can match something.

    *found* are the keys under which there is something; what one instance may conclude
    can let another live. Where it cannot be told what one concludes, all may live.
    """
    rest = list(instances)
    alive: list[Instance] = []
    before = -1
    while len(alive) != before:
        before = len(alive)
        now = [item for item in rest if all(p.key in found for p in item.body)]
        if any(item.head and item.head.key in (None, A) for item in now):
            return [*alive, *rest]
        fresh = set(now)
        rest = [item for item in rest if item not in fresh]
        alive += now
        for head in (item.head for item in now if item.head):
            found = found | {None, head.key, head.predicate}  # type: ignore[arg-type]
    return alive


def is_pure(rule: Rule) -> bool:
    """Tell whether *rule* is about the schema alone and runs as it is."""
    return not rule.lists and all(pattern.is_schema for pattern in rule.body)


def _is_useful(item: Instance, asked: set[Key]) -> bool:
    """Leave out what concludes a premise, or a type that says nothing and that nothing asks for."""
    if item.head is None:
        return True
    if item.head in item.body:
        return False
    if item.head.predicate != A or not isinstance(item.head.object, NamedNode):
        return True
    return item.head.key in asked or not says_nothing(item.head.object.value)


def _instances(rule: Rule, store: Store, coding: Coding) -> Iterator[Instance]:
    lists = {item.node for item in rule.lists}
    schema = [p for p in rule.body if p.is_schema or p.object in lists]
    if not schema or is_pure(rule):
        yield from _each_head(rule, rule.head, rule.body, (), rule.filters)
        return
    data = tuple(pattern for pattern in rule.body if pattern not in schema)
    bound = variables_in(schema)
    early = [item for item in rule.filters if _names(item) <= bound]
    late = tuple(item for item in rule.filters if item not in early)
    for binding in _solutions(schema, early, store, coding):
        for more, cells, length in _unrolled(rule.lists, binding, store):
            heads = tuple(_expand(rule.head, more, length))
            body = tuple(_expand(data, more, length))
            if heads and all(head in body for head in heads):
                continue
            axioms = tuple(pattern.bind(binding).ground() for pattern in schema)
            filters = tuple(_bound(item, more) for item in late)
            yield from _each_head(rule, heads, body, axioms + cells, filters)


def _each_head(
    rule: Rule,
    heads: tuple[Pattern, ...],
    body: tuple[Pattern, ...],
    axioms: tuple[Triple, ...],
    filters: tuple[str, ...],
) -> Iterator[Instance]:
    for head in heads or (None,):
        yield Instance(rule, head, body, axioms, filters)


def _solutions(
    schema: list[Pattern], filters: list[str], store: Store, coding: Coding
) -> list[dict[Variable, NamedNode]]:
    names = variables_in(schema)
    where = " ".join([*(p.text() for p in schema), *(f"FILTER {item}" for item in filters)])
    found = store.query(f"SELECT * WHERE {{ {where} }}", custom_functions=coding.functions())
    if not isinstance(found, QuerySolutions):
        raise TypeError("a SELECT has solutions")
    return [{name: row[name] for name in names} for row in found]


def _unrolled(
    lists: tuple[ListPattern, ...], binding: Binding, store: Store
) -> Iterator[tuple[Binding, tuple[Triple, ...], int]]:
    """Yield, for each way to read the rule's list, binding, list cells, and length for _each."""
    if not lists:
        yield binding, (), 0
        return
    (pattern,) = lists
    items = _items(binding[pattern.node], store)
    if pattern.members[0].value.endswith("_each"):
        if items.complete and items.members:
            stem = pattern.members[0].value.removesuffix("_each")
            named = {Variable(f"{stem}_{n}"): m for n, m in enumerate(items.members, 1)}
            yield {**binding, **named}, items.cells, len(items.members)
        return
    for places in _choices(len(items.members), len(pattern.members)):
        chosen = {name: items.members[at] for name, at in zip(pattern.members, places, strict=True)}
        yield {**binding, **chosen}, items.cells[: 2 * places[-1] + 1], 0


def _choices(length: int, count: int) -> Iterator[tuple[int, ...]]:
    if count == 1:
        yield from ((place,) for place in range(length))
    else:
        yield from ((i, j) for i in range(length) for j in range(i + 1, length))


def _items(node: NamedNode, store: Store) -> _Items:
    members: list[NamedNode] = []
    cells: list[Triple] = []
    seen: set[NamedNode] = set()
    while node != _NIL and node not in seen:
        seen.add(node)
        first = _one(store, node, _FIRST)
        if first is None:
            break
        members.append(first.object)  # type: ignore[arg-type]
        cells.append(first)
        rest = _one(store, node, _REST)
        if rest is None:
            break
        cells.append(rest)
        node = rest.object  # type: ignore[assignment]
    return _Items(tuple(members), tuple(cells), node == _NIL)


def _one(store: Store, node: NamedNode, predicate: NamedNode) -> Triple | None:
    """Return the first of what may be several: owl:sameAs between members gives equal lists."""
    found = store.quads_for_pattern(node, predicate, None, DefaultGraph())
    return min((quad.triple for quad in found), key=str, default=None)


def _expand(patterns: Iterable[Pattern], binding: Binding, length: int) -> Iterator[Pattern]:
    """Bind *patterns*; repeat those with numbered variables for each of *length* members."""
    if not length:
        yield from (pattern.bind(binding) for pattern in patterns)
        return
    for pattern in patterns:
        repeated = any(n.value.endswith(("_each", "_next")) for n in variables_in([pattern]))
        for number in range(1, (length if repeated else 1) + 1):
            numbers = {"_each": number, "_next": number + 1, "_first": 1, "_last": length + 1}
            yield _numbered(pattern, numbers).bind(binding)


def _numbered(pattern: Pattern, numbers: Mapping[str, int]) -> Pattern:
    def name(node: NamedNode | Variable) -> NamedNode | Variable:
        if isinstance(node, Variable):
            for suffix, number in numbers.items():
                if node.value.endswith(suffix):
                    return Variable(f"{node.value.removesuffix(suffix)}_{number}")
        return node

    return Pattern(*(name(node) for node in pattern))


def _names(expression: str) -> set[Variable]:
    return {Variable(name) for name in _NAME.findall(expression)}


def _bound(expression: str, binding: Binding) -> str:
    def put(match: re.Match[str]) -> str:
        value = binding.get(Variable(match.group(1)))
        return match.group() if value is None else str(value)

    return _NAME.sub(put, expression)
