"""The engine: evaluates queries over a release and serialises their results.

Everything that asks the graph, the endpoint, the pages and the command line,
comes through `Engine.query`: text in, bytes out. What a server runs, it runs in
processes that are expendable (`scograph.server`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Triple

from scograph.rdf.namespaces import WELL_KNOWN_PREFIXES
from scograph.sparql.dataset import QueryDataset
from scograph.sparql.errors import QueryError
from scograph.sparql.evaluation import evaluate
from scograph.sparql.formats import Format
from scograph.sparql.guard import asks_service, is_stable
from scograph.sparql.limits import Limits, too_complex
from scograph.sparql.release import Release
from scograph.sparql.serialization import (
    SerializedResult,
    write_graph,
    write_results,
    write_triples,
)
from scograph.sparql.syntax_help import explain_syntax, misspelt
from scograph.sparql.tokens import UPDATES, Shape, shape_of, unescaped


@dataclass(frozen=True)
class Engine:
    """Answers SPARQL 1.1 queries over one release.

    *limits* bound what a query may be and how large its answer.
    """

    release: Release
    limits: Limits = field(default_factory=Limits)

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of the release, which a query may leave out."""
        return self.release.prefixes

    def query(
        self,
        text: str,
        results: Format | None,
        graph: Format | None,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> SerializedResult:
        """Evaluate *text* and serialise the whole answer.

        SELECT and ASK are written in *results*, CONSTRUCT and DESCRIBE in *graph*;
        None means that the client accepts no such format. *default_graphs* and
        *named_graphs* are IRIs that make up the dataset (SPARQL 1.1 Protocol,
        section 2.1.4); without any, the release's own dataset is used. The release's
        prefixes may be left out in *text*.

        Raises:
            QueryError: the text is no query, or nothing can be sent that is accepted.

        """
        text = unescaped(text)
        known = prefixes_in(text, self.release.prefixes)
        shape = shape_of(text)
        self._refuse(text, shape, known)
        dataset = _dataset(self.release, default_graphs, named_graphs)
        try:
            found, warnings = evaluate(text, dataset, self.release.base, known)
            answer = self._written(found, text, results, graph)
        except SyntaxError as error:
            raise QueryError("syntax", explain_syntax(str(error), text)) from error
        except (RuntimeError, ValueError) as error:  # a function that does not exist, for example
            raise QueryError("evaluation", str(error).rstrip(".")) from error
        stable = is_stable(text, shape, known, self.release.base)
        return replace(answer, stable=stable, warnings=warnings)

    def project_query(
        self, text: str, results: Format | None, graph: Format | None
    ) -> SerializedResult:
        """Evaluate a query of this project's own, which uses the prefixes that it knows.

        What the dataset declares, or leaves out, does not change what such a query means. It is
        written such that the engine answers it rightly, and is asked as it is.

        Raises:
            QueryError: nothing can be sent that is accepted.

        """
        prefixes = prefixes_in(text, {**self.release.prefixes, **WELL_KNOWN_PREFIXES})
        store, base = self.release.store, self.release.base
        found = store.query(text, base_iri=base, prefixes=prefixes)
        return self._written(found, text, results, graph)

    def _written(
        self,
        found: QuerySolutions | QueryTriples | QueryBoolean,
        text: str,
        results: Format | None,
        graph: Format | None,
    ) -> SerializedResult:
        if isinstance(found, QueryTriples):
            return write_graph(found, graph, self.release.prefixes, self.limits)
        careful = self._may_have_triple_terms(text, results)
        return write_results(found, results, self.limits, triple_terms=careful)

    def write(
        self, triples: Iterable[Triple], graph: Format, prefixes: dict[str, str] | None = None
    ) -> SerializedResult:
        """Serialise *triples* in a format for graphs, in a fixed order.

        Prefixed names use *prefixes*, the release's unless others are given.

        Raises:
            TypeError: *graph* is no format for graphs.

        """
        known = self.release.prefixes if prefixes is None else prefixes
        return write_triples(triples, graph, known)

    def _may_have_triple_terms(self, text: str, results: Format | None) -> bool:
        if results is None or results.name != "csv":
            return False  # of all formats, it alone has no way to write them
        written = "<<" in text or "\\" in text or "triple" in text.lower()
        return written or self._data_have_triple_terms

    @cached_property
    def _data_have_triple_terms(self) -> bool:
        found = "{ ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } FILTER (isTRIPLE(?o))"
        return bool(self.release.store.query(f"ASK {{ {found} }}"))

    def _refuse(self, text: str, shape: Shape, prefixes: dict[str, str]) -> None:
        beyond = too_complex(shape, self.limits)
        if beyond is not None:
            raise QueryError("syntax", beyond)
        form = shape.form
        try:
            if asks_service(text, shape, prefixes, self.release.base):
                message = (
                    "SERVICE is switched off: this endpoint asks nobody else, nothing leaves it"
                )
                raise QueryError("service", message)
        except SyntaxError as error:
            if form is not None and form not in UPDATES:
                raise QueryError("syntax", explain_syntax(str(error), text)) from error
        if form is None:
            none = "this is no query: it has none of SELECT, ASK, CONSTRUCT, DESCRIBE"
            raise QueryError("syntax", misspelt(text) or none)
        if form in UPDATES:
            raise QueryError("update", f"{form} is an update: this endpoint is read-only")


def prefixes_in(text: str, prefixes: dict[str, str]) -> dict[str, str]:
    """Return those of *prefixes* that *text* may use, as the engine parses each for every query."""
    if "\\" in text:  # a prefix may be written in escapes (SPARQL 1.1, section 19.2)
        return prefixes
    return {name: iri for name, iri in prefixes.items() if name + ":" in text}


def _dataset(
    release: Release, default_graphs: Sequence[str], named_graphs: Sequence[str]
) -> QueryDataset:
    dataset = QueryDataset(release.store)
    if not default_graphs and not named_graphs:
        return dataset
    try:
        return dataset.of(map(NamedNode, default_graphs), map(NamedNode, named_graphs))
    except ValueError as error:
        raise QueryError("syntax", f"a graph IRI of the request is not valid: {error}") from error
