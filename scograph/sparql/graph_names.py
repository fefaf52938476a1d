"""GRAPH with a variable, where the engine loses or misuses the name of the graph.

``GRAPH ?g { P }`` evaluates P in each named graph by itself and binds ``?g`` to its name (SPARQL
1.1, section 18.6). The engine adds the name to each triple pattern instead: it is lost where P has
none, by a subquery that does not select it, and MINUS compares it besides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scograph.sparql.edits import Edit, Names
from scograph.sparql.errors import RefusedError
from scograph.sparql.syntax_tree import Node

AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")


@dataclass(frozen=True)
class GraphNameRewriter:
    """Rewrites what stands inside of GRAPH with a variable in the query *text*.

    ``selected`` are variables that the ``*`` of a subquery selects besides, by its position.
    """

    text: str
    names: Names
    selected: dict[int, str] = field(default_factory=dict)

    def edits(self, graph: Node) -> Iterator[Edit]:
        """Yield the edits of *graph*, a ``GraphGraphPattern`` with a variable.

        Raises:
            RefusedError: the pattern in it cannot be evaluated rightly.

        """
        name, group = graph.children
        yield from self._group(group, self._slice(name))

    def _slice(self, node: Node) -> str:
        return self.text[node.start : node.end]

    def _group(self, group: Node, name: str) -> Iterator[Edit]:
        if not _binds(group):
            pattern = self.names.every_graph(name)
            yield Edit(group.start + 1, group.start + 1, f" {pattern} ")
        yield from self._inside(group, name)

    def _inside(self, group: Node, name: str) -> Iterator[Edit]:
        for index, part in enumerate(group.children):
            if part.rule == "SubSelect":
                yield from self._sub_select(part, name)
                continue
            if part.rule == "MinusGraphPattern":
                yield from self._minus(group.children[:index], part)
            for inner in _groups(part):
                yield from self._inside(inner, name)

    def _sub_select(self, select: Node, name: str) -> Iterator[Edit]:
        clause, wheres = select.children[0], select.of("WhereClause")
        if not wheres:
            return  # it is no query
        where = wheres[0]
        selected = {self._slice(node) for node in clause.of("Var")}
        group = where.children[0]
        inside = [node for node in select.every("Var") if self._slice(node)[1:] == name[1:]]
        if select.of("LimitClause", "OffsetClause") or self._aggregates_all(select):
            raise RefusedError(
                f"a subquery with LIMIT, OFFSET or an aggregate of all rows inside of GRAPH {name} "
                f"is not evaluated for each graph: write GRAPH {name} {{ ... }} inside of it"
            )
        if name in selected or (inside and clause.of("Star")):
            yield from self._group(group, name)
            return
        if any(self._slice(part.children[-1])[1:] == name[1:] for part in clause.of("Projection")):
            raise RefusedError(f"a subquery inside of GRAPH {name} has another value for {name}")
        own = self.names.fresh() if inside else ""
        for node in inside:  # it is not selected, so it has nothing to do with the graph
            yield Edit(node.start, node.end, own)
        yield from self._group(group, name)
        for star in clause.of("Star"):
            self.selected[star.start] = name
        if not clause.of("Star"):
            yield Edit(clause.end, clause.end, f" {name}")
        for grouping in select.of("GroupClause"):
            yield Edit(grouping.end, grouping.end, f" {name}")

    def _aggregates_all(self, select: Node) -> bool:
        if select.of("GroupClause"):
            return False
        clauses = select.of("SelectClause", "HavingClause")
        calls = [call for clause in clauses for call in clause.every("BuiltInCall")]
        return any(self._slice(call).upper().startswith(AGGREGATES) for call in calls)

    def _minus(self, before: list[Node], minus: Node) -> Iterator[Edit]:
        """Drop a MINUS that has no variable in common with what it follows: it removes nothing."""
        left = {name for part in before for name in self._variables(part)}
        right = self._variables(minus)
        if not left & right:
            yield Edit(minus.start, minus.end, "")
        elif not self._certain(before) & self._certain(minus.children[0].children):
            raise RefusedError(
                "MINUS inside of GRAPH with a variable is evaluated only where both of its sides "
                "have a triple pattern with the same variable"
            )

    def _variables(self, part: Node) -> set[str]:
        return {self._slice(node)[1:] for node in part.every("Var")}

    def _certain(self, parts: list[Node]) -> set[str]:
        blocks = [part for part in parts if part.rule == "TriplesBlock"]
        return {name for block in blocks for name in self._variables(block)}


def _groups(part: Node) -> Iterator[Node]:
    """Yield the groups directly below *part* that are evaluated in the same graph."""
    for child in part.children:
        if child.rule == "GroupGraphPattern":
            yield child
        elif part.rule != "GraphGraphPattern" and child.rule != "GraphGraphPattern":
            yield from _groups(child)


def _binds(group: Node) -> bool:
    """Tell whether the engine binds the name of the graph in each solution of *group*."""
    rules = {part.rule for part in group.children}
    if "TriplesBlock" in rules or "SubSelect" in rules:
        return True
    if not rules & {"InlineData", "GroupOrUnionGraphPattern", "GraphGraphPattern"}:
        return True  # an empty pattern, whatever is added to it
    unions = [part for part in group.children if part.rule == "GroupOrUnionGraphPattern"]
    return any(all(map(_binds, part.children)) for part in unions)
