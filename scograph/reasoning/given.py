"""The graph that is given: by predicate, coded and stored only as far as rules ask for it.

Half of what a graph says no rule ever looks at; it need not be copied into the engine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import NamedNode, Store, Triple

from scograph.rdf.namespaces import OWL, RDFS
from scograph.reasoning.annotations import annotation_properties
from scograph.reasoning.rules.coding import Coding
from scograph.reasoning.rules.patterns import LIST, A, Key


class GivenGraph:
    """The triples of one graph, but for its annotations."""

    def __init__(self, triples: Iterable[Triple], coding: Coding, store: Store) -> None:
        self._all = frozenset(triples)
        self._coding = coding
        self._store = store
        groups: dict[NamedNode, list[Triple]] = defaultdict(list)
        for triple in self._all:
            groups[triple.predicate].append(triple)
        annotations = annotation_properties(groups[A])
        self._groups = {k: v for k, v in groups.items() if k not in annotations}
        self._waiting = set(self._groups)
        kinds = {triple.object for triple in self._groups[A]}
        self._keys: frozenset[Key] = frozenset(
            [None, *self._groups, *((A, coding.node(kind)) for kind in kinds)]
        )

    def __contains__(self, triple: object) -> bool:
        """Tell whether *triple*, not coded, is given."""
        return triple in self._all

    def of(self, predicate: NamedNode) -> list[Triple]:
        """Return the triples of *predicate*, not coded."""
        return self._groups.get(predicate, [])

    def without(self, triples: set[Triple]) -> set[Triple]:
        """Return those of *triples*, which are not coded, that are not given."""
        return triples - self._all

    def keys(self) -> frozenset[Key]:
        """Return all that a pattern can watch and find something."""
        return self._keys

    def load_schema(self) -> None:
        """Put the ontology into the store, with its lists, but for types."""
        names = (OWL, RDFS)
        self._load(name for name in self._groups if name.value.startswith(names) or name in LIST)

    def load(self, keys: Iterable[Key]) -> None:
        """Put what *keys* watch into the store, as far as it is not there."""
        wanted = {key[0] if isinstance(key, tuple) else key for key in keys}
        self._load(self._waiting if None in wanted else wanted & self._waiting)

    def _load(self, names: Iterable[NamedNode | None]) -> None:
        for name in [name for name in names if name in self._waiting]:
            self._waiting.discard(name)
            self._store.bulk_extend(self._coding.quads(self._groups[name]))
