"""Property paths that the engine answers otherwise than SPARQL 1.1, written as other patterns.

An alternative outside of a closure is a Union, which keeps duplicates (section 18.4); a path of
length zero from a term that is in no triple ends at that term (18.4, ALP). The engine finds each
end of an alternative once, and no end of such a term.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field

from scograph.rdf.namespaces import RDF
from scograph.sparql.edits import Edit, Names
from scograph.sparql.syntax_tree import Node

_VARIABLES = ("Var", "BlankNode", "BlankNodePropertyListPath", "CollectionPath")

# Verbs that are no paths.
_PLAIN = ("A", "iri", "Var")
_NIL = f"<{RDF}nil>"


@dataclass(frozen=True)
class End:
    """The subject or object of a path: its text, and what it is if it is a constant."""

    text: str
    constant: Node | None = None


@dataclass
class PathRewriter:
    """Rewrites the triples of one query: *text*, of which the nodes are parts.

    *is_absent* tells of a term, and of the name of a graph (None: the default graph), whether the
    term is in no triple there; None if that differs by graph. *names* gives variables that the
    query does not have.
    """

    text: str
    names: Names
    is_absent: Callable[[Node, Node | None], bool | None]
    _labels: dict[str, str] = field(default_factory=dict)

    def edits(self, block: Node, graph: Node | None) -> Iterator[Edit]:
        """Yield the edits of a ``TriplesBlock`` inside of *graph*."""
        for triples in block.of("TriplesSameSubjectPath"):
            if self._is_concerned(triples, graph):
                yield Edit(triples.start, triples.end, self._flat(triples, graph))

    def unlabelled(self, block: Node, flat: Container[int]) -> Iterator[Edit]:
        """Yield edits that make variables of the blank nodes with labels in a ``TriplesBlock``.

        *flat* is where triples begin that are written anew. A label stands for a blank node in
        one basic graph pattern only (section 4.1.4), and what was one pattern may have become
        several.
        """
        for triples in block.of("TriplesSameSubjectPath"):
            if triples.start not in flat:
                for label in triples.every("BlankNode"):
                    yield Edit(label.start, label.end, self._variable(label))

    def _is_concerned(self, triples: Node, graph: Node | None) -> bool:
        subject = triples.children[0]
        lists = triples.of("PropertyListPathNotEmpty")
        inner = triples.every("PropertyListPathNotEmpty")
        return any(
            self._differs(verb, self._end(subject if item in lists else None),
                          self._end(end.children[0]), graph)
            for item in inner
            for verb, ends in _pairs(item)
            if verb.rule not in _PLAIN
            for end in ends.children
        )  # fmt: skip

    def _end(self, node: Node | None) -> End:
        if node is None or (node.rule in _VARIABLES and not _is_nil(node)):
            return End("")
        return End(self._slice(node), node)

    def _absent(self, end: End, graph: Node | None) -> bool | None:
        return False if end.constant is None else self.is_absent(end.constant, graph)

    def _slice(self, node: Node) -> str:
        return self.text[node.start : node.end]

    def _variable(self, label: Node) -> str:
        return self._labels.setdefault(self._slice(label), self.names.fresh())

    # The question, whether the engine's answer may differ

    def _differs(self, path: Node, start: End, end: End, graph: Node | None) -> bool:
        inside = End("")
        match path.rule:
            case "PathAlternative":
                return True
            case "PathNegatedPropertySet":
                return 0 < self._inverted(path) < len(path.children)
            case "PathInverse":
                return self._differs(path.children[0], end, start, graph)
            case "Path":
                return self._differs(path.children[0], start, end, graph)
            case "PathSequence":
                last = len(path.children) - 1
                return any(
                    self._differs(part, inside if i else start, inside if i < last else end, graph)
                    for i, part in enumerate(path.children)
                )
            case "PathElt":
                return self._is_nullable(path) and not all(
                    self._absent(item, graph) is False for item in (start, end)
                )
        return False

    def _inverted(self, path: Node) -> int:
        return sum(self.text[item.start] == "^" for item in path.children)

    def _is_nullable(self, path: Node) -> bool:
        """Tell whether *path* may have length zero."""
        match path.rule:
            case "PathElt":
                return self._slice(path.children[1]) != "+" or self._is_nullable(path.children[0])
            case "PathAlternative":
                return any(map(self._is_nullable, path.children))
            case "PathSequence" | "PathInverse" | "Path":
                return all(map(self._is_nullable, path.children))
        return False

    # The patterns in its place

    def _flat(self, triples: Node, graph: Node | None) -> str:
        """Write *triples* as patterns with one verb each."""
        found: list[str] = []
        subject = self._node(triples.children[0], graph, found)
        for item in triples.of("PropertyListPathNotEmpty"):
            self._list(subject, item, graph, found)
        return " ".join(found).removesuffix(" .")

    def _list(self, subject: End, item: Node, graph: Node | None, found: list[str]) -> None:
        for verb, ends in _pairs(item):
            for end in ends.children:
                object_ = self._node(end.children[0], graph, found)
                if end.of("Annotation"):
                    rest = self.text[end.children[0].end : end.end]
                    found.append(f"{subject.text} {self._slice(verb)} {object_.text}{rest} .")
                else:
                    found.append(self._pattern(subject, verb, object_, graph))

    def _node(self, node: Node, graph: Node | None, found: list[str]) -> End:
        """Return *node* as the end of a path; what it holds itself is added to *found*."""
        match node.rule:
            case "BlankNode":
                return End(self._variable(node))
            case "BlankNodePropertyListPath":
                end = End(self.names.fresh())
                for item in node.children:
                    self._list(end, item, graph, found)
                return end
            case "CollectionPath" if not _is_nil(node):
                return self._collection(node, graph, found)
            case "Var":
                return End(self._slice(node))
        text = _NIL if _is_nil(node) else self._slice(node)
        return End(text, node)

    def _collection(self, node: Node, graph: Node | None, found: list[str]) -> End:
        cells = [self.names.fresh() for _ in node.children]
        for cell, rest, member in zip(cells, [*cells[1:], _NIL], node.children, strict=True):
            value = self._node(member, graph, found)
            found.append(f"{cell} <{RDF}first> {value.text} ; <{RDF}rest> {rest} .")
        return End(cells[0])

    def _pattern(self, start: End, path: Node, end: End, graph: Node | None) -> str:
        if path.rule in _PLAIN or not self._differs(path, start, end, graph):
            return f"{start.text} {self._slice(path)} {end.text} ."
        match path.rule:
            case "PathAlternative":
                parts = [self._pattern(start, part, end, graph) for part in path.children]
                return " UNION ".join(f"{{ {part} }}" for part in parts)
            case "PathNegatedPropertySet":
                return self._two_ways(start, path, end)
            case "PathInverse":
                return self._pattern(end, path.children[0], start, graph)
            case "PathSequence":
                return self._sequence(start, path, end, graph)
            case "PathElt":
                return self._zero_length(start, path, end, graph)
        return self._pattern(start, path.children[0], end, graph)

    def _two_ways(self, start: End, path: Node, end: End) -> str:
        names = [self._slice(item) for item in path.children]
        forward = "|".join(name for name in names if name[0] != "^")
        backward = "|".join(name[1:] for name in names if name[0] == "^")
        return (
            f"{{ {start.text} !({forward}) {end.text} }} UNION "
            f"{{ {end.text} !({backward}) {start.text} }}"
        )

    def _sequence(self, start: End, path: Node, end: End, graph: Node | None) -> str:
        inner = [End(self.names.fresh()) for _ in path.children[1:]]
        steps = zip([start, *inner], path.children, [*inner, end], strict=True)
        return " ".join(self._pattern(*step, graph) for step in steps)

    def _zero_length(self, start: End, path: Node, end: End, graph: Node | None) -> str:
        """Write a path from, or to, a term that is in no triple: it leads to the term itself."""
        constants = [item for item in (start, end) if item.text[0] not in "?$"]
        if len(constants) == 1:
            variable = end if constants[0] is start else start
            itself = f"VALUES {variable.text} {{ {constants[0].text} }}"
        else:
            itself = f"FILTER (sameTerm({start.text}, {end.text}))"
        if True in (self._absent(start, graph), self._absent(end, graph)):
            return itself
        pattern = f"{start.text} {self._slice(path)} {end.text}"
        graphs = self.names.every_graph(self._slice(graph)) if graph is not None else ""
        return f"{{ {pattern} }} UNION {{ {itself} {graphs} FILTER NOT EXISTS {{ {pattern} }} }}"


def _is_nil(node: Node) -> bool:
    """Tell whether *node* is ``()``, which is rdf:nil (section 4.2.3)."""
    return node.rule == "CollectionPath" and not node.children


def _pairs(property_list: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the verbs of a ``PropertyListPathNotEmpty``, each with its list of objects."""
    parts = iter(property_list.children)
    return zip(parts, parts, strict=True)
