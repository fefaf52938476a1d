"""Rules that rename triples one by one: with one premise, and with nobody who waits for the result.

They need no join, no second look and hence no engine. A subproperty that only readers
of the graph ask for is the usual case, and with labels a large one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from scograph.reasoning.instances import Instance
from scograph.reasoning.rules.coding import looks_coded
from scograph.reasoning.rules.patterns import A, Key, Pattern


def renamings(alive: Iterable[Instance]) -> list[Instance]:
    """Return those of *alive*, which all may find something, that only rename what is given."""
    items = list(alive)
    concluded = {item.head.key for item in items if item.head}
    if concluded & {None, A}:
        return []
    asked = {pattern.key for item in items for pattern in item.body}
    return [item for item in items if _renames(item, concluded, asked)]


def _renames(item: Instance, concluded: set[Key], asked: set[Key]) -> bool:
    if item.head is None or len(item.body) != 1 or item.filters:
        return False
    (premise,), head = item.body, item.head
    return (
        isinstance(premise.predicate, NamedNode)
        and premise.predicate != A
        and premise.key not in concluded
        and not isinstance(premise.subject, NamedNode)
        and not isinstance(premise.object, NamedNode)
        and premise.subject != premise.object
        and isinstance(head.predicate, NamedNode)
        and not asked & {None, head.predicate, head.key}
        and not head.is_schema
        and not any(looks_coded(node) for node in (*premise, *head))
    )


def rename(item: Instance, triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield what *item*, one of `renamings`, concludes from *triples*, which match its premise."""
    (premise,), head = item.body, item.head
    if head is None:
        raise ValueError("a rule without a head renames nothing")
    predicate = head.predicate
    if head == Pattern(premise.subject, predicate, premise.object):
        for subject, _, value in triples:
            yield Triple(subject, predicate, value)  # type: ignore[arg-type]
        return
    for subject, _, value in triples:
        terms = {premise.subject: subject, premise.object: value}
        start, end = (terms.get(node, node) for node in (head.subject, head.object))
        if not isinstance(start, Literal):
            yield Triple(start, predicate, end)  # type: ignore[arg-type]
