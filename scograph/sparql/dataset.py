"""The RDF dataset that a query is asked of (SPARQL 1.1, section 13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store

from scograph.rdf.terms import AnyTerm


@dataclass(frozen=True)
class QueryDataset:
    """Graphs of *store*: all that it has, or those that were chosen.

    ``default`` are merged into the default graph, ``named`` are those that GRAPH may name; both
    are None where nobody has chosen.
    """

    source: Store
    default: tuple[NamedNode, ...] | None = None
    named: tuple[NamedNode, ...] | None = None

    @property
    def is_chosen(self) -> bool:
        """Whether graphs were chosen."""
        return self.default is not None

    def of(self, default: Iterable[NamedNode], named: Iterable[NamedNode]) -> QueryDataset:
        """Return the dataset of these graphs, each of which counts once (section 13.1)."""
        return replace(
            self, default=tuple(dict.fromkeys(default)), named=tuple(dict.fromkeys(named))
        )

    @cached_property
    def store(self) -> Store:
        """What is to be asked: a store of its own where several graphs are merged.

        A merge is a set of triples (section 13.2.1); the engine would find a triple once for
        each graph that has it.
        """
        if not self._is_merged:
            return self.source
        store = Store()
        for graph in self.default or ():
            quads = self.source.quads_for_pattern(None, None, None, graph)
            store.bulk_extend(Quad(q.subject, q.predicate, q.object) for q in quads)
        for graph in self.named or ():
            store.bulk_extend(self.source.quads_for_pattern(None, None, None, graph))
        return store

    @property
    def _is_merged(self) -> bool:
        return len(self.default or ()) > 1

    @property
    def default_graph(self) -> list[NamedNode | BlankNode | DefaultGraph] | None:
        """The default graph as the engine takes it; None for the one of the `store`."""
        return None if self.default is None or self._is_merged else list(self.default)

    @property
    def named_graphs(self) -> list[NamedNode | BlankNode] | None:
        """The named graphs as the engine takes them; None for all of the `store`."""
        return None if self.named is None else list(self.named)

    def is_absent(self, term: AnyTerm, graph: NamedNode | None) -> bool:
        """Tell whether *term* is neither subject nor object in *graph*, None: the default graph."""
        if graph is not None:
            is_named = self.named is None or graph in self.named
            return not (is_named and self._has(term, graph))
        if self.default is None or self._is_merged:
            return not self._has(term, DefaultGraph())
        return not any(self._has(term, name) for name in self.default)

    def _has(self, term: AnyTerm, graph: NamedNode | DefaultGraph) -> bool:
        found = [self.store.quads_for_pattern(None, None, term, graph)]
        if isinstance(term, NamedNode):
            found.append(self.store.quads_for_pattern(term, None, None, graph))
        return any(next(iter(quads), None) is not None for quads in found)
