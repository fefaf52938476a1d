"""Where in its own file a check found something: one helper for all checks of documents."""

from __future__ import annotations

from pyoxigraph import NamedNode, Quad

from scograph.sources.document import Document
from scograph.sources.positions import Locator, graph_of


class Places:
    """Finds lines in one document; another file that describes the same thing is no answer.

    The document is parsed for its lines when something is wrong, not before.
    """

    def __init__(self, document: Document) -> None:
        self._path = document.path
        self._locator = Locator((document,))

    def of(
        self,
        subject: str,
        predicate: str | None = None,
        value: str | None = None,
        graph: str | None = None,
    ) -> tuple[str, int]:
        """Return (path, line) of what fits best, line 0 where the document lacks *subject*."""
        return self._locator.locate(subject, predicate, value, graph) or (self._path, 0)

    def of_quad(self, quad: Quad) -> tuple[str, int]:
        """Return (path, line) of *quad*."""
        if not isinstance(quad.subject, NamedNode):
            return self._path, 0
        value = getattr(quad.object, "value", None)
        return self.of(quad.subject.value, quad.predicate.value, value, graph_of(quad))

    def of_graph(self, graph: str) -> tuple[str, int]:
        """Return (path, line) of the first quad of the block *graph*."""
        return self._locator.graph_line(graph) or (self._path, 0)
