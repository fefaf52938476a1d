"""The asserted graph, of which only what rules can match is coded and put into the store.

Often no rule matches half of the triples; copying those into the store would waste time.
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
    """The asserted triples of one graph, annotations excluded, by predicate."""

    def __init__(self, triples: Iterable[Triple], coding: Coding, store: Store) -> None:
        self._all = frozenset(triples)
        self._coding = coding
        self._store = store
        groups: dict[NamedNode, list[Triple]] = defaultdict(list)
        for triple in self._all:
            groups[triple.predicate].append(triple)
        annotations = annotation_properties(groups[A])
        self._groups = {k: v for k, v in groups.items() if k not in annotations}
        self._not_loaded = set(self._groups)
        classes = {triple.object for triple in self._groups[A]}
        self._keys: frozenset[Key] = frozenset(
            [None, *self._groups, *((A, coding.node(name)) for name in classes)]
        )

    def __contains__(self, triple: object) -> bool:
        """Return whether *triple*, which is not coded, is asserted."""
        return triple in self._all

    def of(self, predicate: NamedNode) -> list[Triple]:
        """Return the asserted triples with *predicate*, not coded."""
        return self._groups.get(predicate, [])

    def without(self, triples: set[Triple]) -> set[Triple]:
        """Return those of *triples*, which are not coded, that are not asserted."""
        return triples - self._all

    def keys(self) -> frozenset[Key]:
        """Return the keys under which there is an asserted triple."""
        return self._keys

    def load_schema(self) -> None:
        """Load the schema and its RDF collections into the store, without rdf:type."""
        names = (OWL, RDFS)
        self._load(name for name in self._groups if name.value.startswith(names) or name in LIST)

    def load(self, keys: Iterable[Key]) -> None:
        """Load the triples under *keys* into the store, unless they are loaded."""
        names = {key[0] if isinstance(key, tuple) else key for key in keys}
        self._load(self._not_loaded if None in names else names & self._not_loaded)

    def _load(self, names: Iterable[NamedNode | None]) -> None:
        for name in [name for name in names if name in self._not_loaded]:
            self._not_loaded.discard(name)
            self._store.bulk_extend(self._coding.quads(self._groups[name]))
