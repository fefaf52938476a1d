"""What an address names: the IRIs of a release that are requested there.

The server has decoded the path of an address, in which ``a%2Fb`` and ``a/b`` are then one. Hence
IRIs with escapes are looked up by their decoded path; where two differ in nothing else, the
address names both. What follows ``?`` belongs to the IRI (RFC 3986, section 3.4), what follows
``#`` is not sent: an address names all IRIs that differ only there.
"""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode

from scograph.explanations.addresses import address_of
from scograph.rdf.queries import solutions_of
from scograph.rdf.terms import text_of
from scograph.sparql.release import Release
from scograph.web.pages.words import LANGUAGES

_WITH_CARE = """
SELECT DISTINCT ?x WHERE {{
    {{ ?x ?p ?o }} UNION {{ ?s ?x ?o }} UNION {{ ?s ?p ?x }}
    FILTER (isIRI(?x) && STRSTARTS(STR(?x), {base}) && REGEX(STR(?x), "[%?#]"))
}} ORDER BY ?x"""
# A path, decoded, and a query.
_Place = tuple[str, str]


class Addressed:
    """Finds the IRIs of *release* by address."""

    def __init__(self, release: Release) -> None:
        self._store = release.store
        self._base = release.base
        # Both are ordered sets, as dictionaries are.
        self._written: dict[_Place, dict[str, None]] = defaultdict(dict)
        self._parts: dict[str, dict[NamedNode, None]] = defaultdict(dict)
        select = _WITH_CARE.format(base=Literal(release.base))
        for row in solutions_of(self._store, select, use_default_graph_as_union=True):
            self._add(text_of(row["x"]))
        for graph in self._store.named_graphs():
            if isinstance(graph, NamedNode) and graph.value.startswith(self._base):
                self._add(graph.value)

    def _add(self, iri: str) -> None:
        whole, mark, _ = iri.partition("#")
        if mark:
            self._parts[whole][NamedNode(iri)] = None
        path, _, query = whole[len(self._base) :].partition("?")
        if "%" in whole or "?" in whole:
            place = (unquote(path, errors="replace"), address_of(query))
            self._written[place][whole] = None

    def things(self, iri: str) -> list[NamedNode]:
        """Return the things at *iri*: that of this name, and what it is followed by ``#`` for."""
        try:
            node = NamedNode(iri)
        except ValueError:
            return []
        own = [node] if self._occurs(node) else []
        return own + [part for part in self._parts.get(iri, ()) if part != node]

    def at(self, path: str, query: str) -> list[str]:
        """Return the IRIs that are requested by *path*, decoded, and *query*, not decoded.

        ``lang=`` at its end, which links of the pages have, is part of the IRI only where the
        release has such a one.
        """
        found = self._exactly(path, query)
        before, _, last = f"&{query}".rpartition("&")
        if not found and last in [f"lang={language}" for language in LANGUAGES]:
            found = self._exactly(path, before[1:])
        return found

    def _exactly(self, path: str, query: str) -> list[str]:
        written = self._written.get((path, address_of(query)), {})
        is_plain = not query and not set("%?#") & set(path)
        plain = [self._base + path] if is_plain else []
        iris = dict.fromkeys([*plain, *written])
        return [iri for iri in iris if self.things(iri)]

    def _occurs(self, node: NamedNode) -> bool:
        places = ((node, None, None, None), (None, None, node, None), (None, node, None, None),
                  (None, None, None, node))  # fmt: skip
        return any(next(self._store.quads_for_pattern(*place), None) for place in places)
