"""Instances of rules: schema patterns are matched with the axioms, and lists are unrolled.

A rule such as cax-sco becomes one small query per subclass axiom. Its patterns then have
constants where the rule has variables: they match fast, and it is known which new triples
can concern them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pyoxigraph import DefaultGraph, NamedNode, Store, Triple, Variable

from scograph.rdf.namespaces import RDF
from scograph.rdf.queries import solutions_of
from scograph.reasoning.informative import is_trivial_type
from scograph.reasoning.rules.coding import Coding
from scograph.reasoning.rules.files import Rule
from scograph.reasoning.rules.filters import Filter
from scograph.reasoning.rules.patterns import (
    A,
    Binding,
    Key,
    Pattern,
    variables_in,
)
from scograph.reasoning.rules.syntax import ListPattern

_FIRST, _REST, _NIL = (NamedNode(RDF + name) for name in ("first", "rest", "nil"))


@dataclass(frozen=True, eq=False)
class Instance:
    """A rule whose schema patterns are bound to ``axioms``; ``head`` is None for *false*."""

    rule: Rule
    head: Pattern | None
    body: tuple[Pattern, ...]
    axioms: tuple[Triple, ...]
    filters: tuple[Filter, ...]

    @property
    def query(self) -> tuple[Pattern | None, tuple[Pattern, ...], tuple[Filter, ...]]:
        """Head, body and filters: of instances that agree in these one needs to be evaluated."""
        return (self.head, self.body, self.filters)

    def bind(self, binding: Binding) -> Instance:
        """Return the instance with its variables replaced by their values in *binding*."""
        return Instance(
            self.rule,
            self.head.bind(binding) if self.head else None,
            tuple(pattern.bind(binding) for pattern in self.body),
            self.axioms,
            tuple(item.bind(binding) for item in self.filters),
        )

    def where(self, patterns: Sequence[str] = ()) -> str:
        """Return the body in SPARQL; *patterns*, if there are any, replace its own."""
        texts = patterns or [pattern.text() for pattern in self.body]
        return " ".join([*texts, *(f"FILTER {item.text()}" for item in self.filters)])


@dataclass(frozen=True)
class _Collection:
    """An RDF collection: its members, its triples in order, and whether it ends in rdf:nil."""

    members: tuple[NamedNode, ...]
    triples: tuple[Triple, ...]
    is_complete: bool


def instantiate(rules: Iterable[Rule], store: Store, coding: Coding) -> list[Instance]:
    """Return the instances of *rules* for the schema in *store*, useful ones only."""
    instances = [instance for rule in rules for instance in _instances(rule, store, coding)]
    matched = {pattern.key for instance in instances for pattern in instance.body}
    matched |= {pattern.key for rule in rules for pattern in rule.body if pattern.is_schema}
    return [instance for instance in instances if _is_useful(instance, matched)]


def applicable(instances: Iterable[Instance], keys: set[Key]) -> list[Instance]:
    """Return those of *instances* that may have a match, for each of their patterns.

    *keys* are those under which there are triples; the conclusions of an applicable
    instance add to them. Where an applicable instance may conclude any predicate or any
    type, all instances count as applicable.
    """
    rest = list(instances)
    chosen: list[Instance] = []
    count_before = -1
    while len(chosen) != count_before:
        count_before = len(chosen)
        matching = [item for item in rest if all(p.key in keys for p in item.body)]
        if any(instance.head and instance.head.key in (None, A) for instance in matching):
            return [*chosen, *rest]
        added = set(matching)
        rest = [instance for instance in rest if instance not in added]
        chosen += matching
        for head in (instance.head for instance in matching if instance.head):
            keys = keys | {None, head.key, head.predicate}  # type: ignore[arg-type]
    return chosen


def is_schema_rule(rule: Rule) -> bool:
    """Return whether *rule* has schema patterns only, and no list: it is its own only instance."""
    return not rule.lists and all(pattern.is_schema for pattern in rule.body)


def _is_useful(instance: Instance, matched: set[Key]) -> bool:
    """Return whether *instance* can derive something new that is published or matched.

    Not useful are a conclusion that is also a premise, and a trivial type (see
    `is_trivial_type`) that no pattern matches; *matched* are the keys of all patterns.
    """
    if instance.head is None:
        return True
    if instance.head in instance.body:
        return False
    if instance.head.predicate != A or not isinstance(instance.head.object, NamedNode):
        return True
    return instance.head.key in matched or not is_trivial_type(instance.head.object.value)


def _instances(rule: Rule, store: Store, coding: Coding) -> Iterator[Instance]:
    lists = {item.node for item in rule.lists}
    schema = [p for p in rule.body if p.is_schema or p.object in lists]
    if not schema or is_schema_rule(rule):
        yield from _one_per_head(rule, rule.head, rule.body, (), rule.filters)
        return
    data = tuple(pattern for pattern in rule.body if pattern not in schema)
    bound = variables_in(schema)
    # Filters over variables of the schema alone are evaluated here, the others with the data.
    schema_filters = [item for item in rule.filters if item.variables <= bound]
    data_filters = tuple(item for item in rule.filters if item not in schema_filters)
    for binding in _solutions(schema, schema_filters, store, coding):
        for extended, list_triples, length in _unrolled(rule.lists, binding, store):
            heads = tuple(_expand(rule.head, extended, length))
            body = tuple(_expand(data, extended, length))
            if heads and all(head in body for head in heads):
                continue
            axioms = tuple(pattern.bind(binding).ground() for pattern in schema)
            filters = tuple(_expand_filters(data_filters, extended, length))
            yield from _one_per_head(rule, heads, body, axioms + list_triples, filters)


def _one_per_head(
    rule: Rule,
    heads: tuple[Pattern, ...],
    body: tuple[Pattern, ...],
    axioms: tuple[Triple, ...],
    filters: tuple[Filter, ...],
) -> Iterator[Instance]:
    for head in heads or (None,):
        yield Instance(rule, head, body, axioms, filters)


def _solutions(
    schema: list[Pattern], filters: list[Filter], store: Store, coding: Coding
) -> list[dict[Variable, NamedNode]]:
    names = variables_in(schema)
    where = " ".join([*(p.text() for p in schema), *(f"FILTER {item.text()}" for item in filters)])
    query = f"SELECT * WHERE {{ {where} }}"
    solutions = solutions_of(store, query, custom_functions=coding.functions())
    return [{name: solution[name] for name in names} for solution in solutions]


def _unrolled(
    lists: tuple[ListPattern, ...], binding: Binding, store: Store
) -> Iterator[tuple[Binding, tuple[Triple, ...], int]]:
    """Yield the ways to bind the rule's list pattern, if it has one.

    Each consists of the extended binding, the triples of the collection that it rests on,
    and the number of members where the pattern repeats for each of them (``_each``), else 0.
    """
    if not lists:
        yield binding, (), 0
        return
    (pattern,) = lists
    collection = _read_collection(binding[pattern.node], store)
    if pattern.members[0].value.endswith("_each"):
        if collection.is_complete and collection.members:
            stem = pattern.members[0].value.removesuffix("_each")
            named = {Variable(f"{stem}_{n}"): m for n, m in enumerate(collection.members, 1)}
            yield {**binding, **named}, collection.triples, len(collection.members)
        return
    for indexes in _index_choices(len(collection.members), len(pattern.members)):
        members = [collection.members[index] for index in indexes]
        chosen = dict(zip(pattern.members, members, strict=True))
        if any(binding.get(name, member) != member for name, member in chosen.items()):
            continue
        yield {**binding, **chosen}, collection.triples[: 2 * indexes[-1] + 1], 0


def _index_choices(length: int, count: int) -> Iterator[tuple[int, ...]]:
    """Yield each choice of *count*, 1 or 2, ascending indexes into a list of *length* members."""
    if count == 1:
        yield from ((index,) for index in range(length))
    else:
        yield from ((i, j) for i in range(length) for j in range(i + 1, length))


def _read_collection(node: NamedNode, store: Store) -> _Collection:
    members: list[NamedNode] = []
    triples: list[Triple] = []
    seen: set[NamedNode] = set()
    while node != _NIL and node not in seen:
        seen.add(node)
        first = _least_triple(store, node, _FIRST)
        if first is None:
            break
        members.append(first.object)  # type: ignore[arg-type]
        triples.append(first)
        rest = _least_triple(store, node, _REST)
        if rest is None:
            break
        triples.append(rest)
        node = rest.object  # type: ignore[assignment]
    return _Collection(tuple(members), tuple(triples), node == _NIL)


def _least_triple(store: Store, node: NamedNode, predicate: NamedNode) -> Triple | None:
    """Return the first triple, by its text, with this subject and predicate.

    There can be several where owl:sameAs holds between members; the lists are then equal.
    """
    quads = store.quads_for_pattern(node, predicate, None, DefaultGraph())
    return min((quad.triple for quad in quads), key=str, default=None)


def _expand(patterns: Iterable[Pattern], binding: Binding, length: int) -> Iterator[Pattern]:
    """Bind *patterns*; repeat those with numbered variables for each of *length* members."""
    for pattern in patterns:
        for node_of in _numberings(variables_in([pattern]), length):
            named = (node_of(node) if isinstance(node, Variable) else node for node in pattern)
            yield Pattern(*named).bind(binding)


def _expand_filters(filters: Iterable[Filter], binding: Binding, length: int) -> Iterator[Filter]:
    """Bind *filters*; repeat those with numbered variables for each of *length* members."""
    for item in filters:
        for node_of in _numberings(item.variables, length):
            yield item.rename(node_of).bind(binding)


def _numberings(names: Iterable[Variable], length: int) -> Iterator[Callable[[Variable], Variable]]:
    """Yield how variables are named, for each of *length* members that *names* ask for.

    *length* is 0 where nothing is repeated.
    """
    repeated = any(name.value.endswith(("_each", "_next")) for name in names)
    for number in range(1, (length if repeated and length else 1) + 1):
        numbers = {"_each": number, "_next": number + 1, "_first": 1, "_last": length + 1}
        yield partial(_numbered, numbers if length else {})


def _numbered(numbers: Mapping[str, int], name: Variable) -> Variable:
    for suffix, number in numbers.items():
        if name.value.endswith(suffix):
            return Variable(f"{name.value.removesuffix(suffix)}_{number}")
    return name
