"""The syntax tree of a query: productions of the grammar of SPARQL 1.1, with their positions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    """A part of a query: the name of its production, where it stands, what it is made of."""

    rule: str
    start: int
    end: int = 0
    children: list[Node] = field(default_factory=list)

    def every(self, *rules: str) -> Iterator[Node]:
        """Yield the parts below of these *rules*, in the order of the text."""
        for child in self.children:
            if child.rule in rules:
                yield child
            yield from child.every(*rules)

    def parts(self) -> Parts:
        """Return all parts below by their rules, each in the order of the text."""
        found: Parts = defaultdict(list)
        pending = [self]
        while pending:
            node = pending.pop()
            found[node.rule].append(node)
            pending.extend(reversed(node.children))
        return found

    def of(self, *rules: str) -> list[Node]:
        """Return the direct parts of these *rules*."""
        return [child for child in self.children if child.rule in rules]


Parts = defaultdict[str, list[Node]]
