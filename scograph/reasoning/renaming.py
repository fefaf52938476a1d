"""Instances of rules that copy triples one by one, with another predicate.

They have one premise, and no rule has their conclusion as a premise, so a loop over the
asserted triples replaces queries and iteration. The usual case is a subproperty axiom whose
superproperty occurs in no rule; where it is about names, it concerns many triples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from scograph.reasoning.instances import Instance
from scograph.reasoning.rules.coding import looks_coded
from scograph.reasoning.rules.patterns import A, Key, Pattern


def renamings(instances: Iterable[Instance]) -> list[Instance]:
    """Return those of *instances* that only copy asserted triples, with another predicate."""
    instances = list(instances)
    concluded = {instance.head.key for instance in instances if instance.head}
    if concluded & {None, A}:
        return []
    matched = {pattern.key for instance in instances for pattern in instance.body}
    return [instance for instance in instances if _renames(instance, concluded, matched)]


def _renames(instance: Instance, concluded: set[Key], matched: set[Key]) -> bool:
    if instance.head is None or len(instance.body) != 1 or instance.filters:
        return False
    (premise,), head = instance.body, instance.head
    return (
        isinstance(premise.predicate, NamedNode)
        and premise.predicate != A
        and premise.key not in concluded
        and not isinstance(premise.subject, NamedNode)
        and not isinstance(premise.object, NamedNode)
        and premise.subject != premise.object
        and isinstance(head.predicate, NamedNode)
        and not matched & {None, head.predicate, head.key}
        and not head.is_schema
        and not any(looks_coded(node) for node in (*premise, *head))
    )


def rename(instance: Instance, triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield the conclusions of *instance*, one of `renamings`.

    *triples* match its premise. Conclusions with a literal as subject are left out, since
    RDF has no such triples.

    Raises:
        ValueError: *instance* concludes *false*.

    """
    (premise,), head = instance.body, instance.head
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
