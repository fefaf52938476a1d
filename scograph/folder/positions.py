"""The lines of triples in their files, by a second parse, made only where there are findings."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator

from pyoxigraph import DefaultGraph, NamedNode, Quad, parse

from scograph.folder.document import Document


class _LineByLine(io.BytesIO):
    """A stream that gives a parser one line at a time: ``line`` is then that of what it emits."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._lines = iter(content.splitlines(keepends=True))
        self._rest = b""
        self.line = 0

    def read(self, size: int | None = -1) -> bytes:
        if not self._rest:
            self._rest = next(self._lines, b"")
            self.line += 1
        end = len(self._rest) if size is None or size < 0 else size
        chunk, self._rest = self._rest[:end], self._rest[end:]
        return chunk


def quads_with_lines(document: Document) -> Iterator[tuple[int, Quad]]:
    """Yield each quad of *document* with the line, counted from 1, on which it ends."""
    stream = _LineByLine(document.content)
    for quad in parse(stream, format=document.format):
        yield stream.line, quad


# How well a quad matches what is looked for; the weights are added up.
_GRAPH, _PREDICATE, _VALUE = 4, 2, 1
_EXACT = _PREDICATE + _VALUE


class Locator:
    """Finds the lines of triples in several documents; parses each at most once."""

    def __init__(self, documents: tuple[Document, ...]) -> None:
        self._documents = documents
        self._lines: dict[str, list[tuple[int, Quad]]] = {}
        self._by_subject: dict[str, dict[str, list[tuple[int, Quad]]]] = {}

    def locate(
        self,
        subject: str,
        predicate: str | None = None,
        value: str | None = None,
        graph: str | None = None,
        *,
        exactly: bool = False,
    ) -> tuple[str, int] | None:
        """Return (path, line) of the quad that matches best, None where no quad has *subject*.

        Among the quads with *subject*, those in *graph* rank first, then those with
        *predicate*, then those with *value* (an IRI or the lexical form of a literal); of
        equal ones the first is taken. With *exactly*, predicate and value must match.
        """
        best: tuple[int, str, int] | None = None
        for document in self._documents:
            for line, quad in self._about(document).get(subject, ()):
                score = _score(quad, predicate, value, graph)
                if exactly and score & _EXACT != _EXACT:
                    continue
                if best is None or score > best[0]:
                    best = (score, document.path, line)
        return None if best is None else best[1:]

    def graph_line(self, graph: str) -> tuple[str, int] | None:
        """Return (path, line) of the first quad in the named graph *graph*."""
        for document in self._documents:
            for line, quad in self.lines(document):
                if graph_of(quad) == graph:
                    return document.path, line
        return None

    def _about(self, document: Document) -> dict[str, list[tuple[int, Quad]]]:
        """Return the quads of *document* by the IRI of their subject, each with its line."""
        if document.path not in self._by_subject:
            found = defaultdict(list)
            for line, quad in self.lines(document):
                if isinstance(quad.subject, NamedNode):
                    found[quad.subject.value].append((line, quad))
            self._by_subject[document.path] = found
        return self._by_subject[document.path]

    def lines(self, document: Document) -> list[tuple[int, Quad]]:
        """Return the quads of *document*, each with its line."""
        if document.path not in self._lines:
            self._lines[document.path] = list(quads_with_lines(document))
        return self._lines[document.path]


def graph_of(quad: Quad) -> str | None:
    """Return the IRI of the quad's named graph, None for the default graph."""
    return None if isinstance(quad.graph_name, DefaultGraph) else str(quad.graph_name.value)


def _score(quad: Quad, predicate: str | None, value: str | None, graph: str | None) -> int:
    fits_graph = graph is not None and graph_of(quad) == graph
    fits_predicate = predicate is not None and quad.predicate.value == predicate
    fits_value = fits_predicate and value is not None and _text(quad) == value
    return _GRAPH * fits_graph + _PREDICATE * fits_predicate + _VALUE * fits_value


def _text(quad: Quad) -> str:
    return str(getattr(quad.object, "value", quad.object))


class Places:
    """Finds the lines of triples in one document, whatever other files say about the same things.

    The document is parsed when the first line is asked for.
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
        """Return (path, line) as `Locator.locate` does; line 0 where no quad has *subject*."""
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
