"""A graph for Python: open a release, or connect to an endpoint; ask it, and ask it why."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

from scograph.explanations.explained import ExplainedTriple, explain
from scograph.explanations.explainer import Explainer
from scograph.explanations.resolve import find_thing
from scograph.rdf.errors import GraphError
from scograph.sparql.answer import Answer, Value, read_answer
from scograph.sparql.client import Endpoint, fetch, is_address
from scograph.sparql.engine import Engine
from scograph.sparql.formats import GRAPHS, RESULTS
from scograph.sparql.release import find_release, open_release
from scograph.sparql.select import description_of

_JSON, _TURTLE = RESULTS[0], GRAPHS[0]


class _Queries:
    """What can be asked of a release and of an endpoint alike."""

    engine: Engine | Endpoint

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that queries may use without declaring them."""
        return self.engine.prefixes

    def query(self, text: str) -> Answer:
        """Ask the SPARQL query *text*.

        Raises:
            QueryError: the query cannot be read, or is refused; the message says why.
            GraphError: an endpoint does not answer.

        """
        return read_answer(self.engine.query(text, _JSON, _TURTLE), self.prefixes)

    def rows(self, text: str) -> list[tuple[Value, ...]]:
        """Return the rows of the SELECT *text* as Python values; see `Answer.rows`."""
        return self.query(text).rows

    def describe(self, name: str) -> Answer:
        """Return the triples about a thing: an IRI, a prefixed name or a label.

        Raises:
            GraphError: nothing is called so, or several things are.

        """
        node = find_thing(self.engine, name)
        found = self.engine.project_query(description_of(node), None, _TURTLE)
        return read_answer(found, self.prefixes)


@dataclass(frozen=True)
class Graph(_Queries):
    """The current release of a graph folder.

    >>> graph = Graph.open(".")
    >>> graph.rows("SELECT ?name { settlement:chelyabinsk rdfs:label ?name }")
    >>> print(graph.explain("settlement:chelyabinsk", "sco:locatedIn", "state:RU").text())
    """

    engine: Engine
    explainer: Explainer = field(repr=False)

    @classmethod
    def open(cls, folder: str | Path = ".") -> Graph:
        """Open the release of *folder*: itself, or what ``releases/current`` points to.

        Raises:
            GraphError: there is none, or it is damaged.

        """
        release = open_release(find_release(Path(folder)))
        return cls(Engine(release), Explainer(release))

    @staticmethod
    def connect(address: str) -> RemoteGraph:
        """Return the graph behind the SPARQL endpoint at *address*, with the same methods.

        Raises:
            GraphError: *address* is no http(s) address.

        """
        if not is_address(address):
            raise GraphError(f"an endpoint has an http(s) address, not {address!r}")
        return RemoteGraph(Endpoint(address))

    def explain(self, subject: str, predicate: str, value: str) -> ExplainedTriple:
        """Explain why the graph holds a triple.

        Each part is an IRI, a prefixed name or a label; *value* may be a literal.

        Raises:
            GraphError: no graph holds such a triple, or the names fit several.

        """
        return explain(self.engine, self.explainer, subject, predicate, value)


@dataclass(frozen=True)
class RemoteExplanation:
    """An explanation by a server elsewhere, in the forms of `ExplainedTriple`."""

    address: str

    def text(self) -> str:
        """Return the explanation as a tree of plain text."""
        return self._get("text").decode()

    def data(self) -> dict[str, Any]:
        """Return the explanation for JSON; terms as in SPARQL 1.1 results in JSON."""
        try:
            found: dict[str, Any] = json.loads(self.json())
        except ValueError as error:
            raise GraphError(f"{self.address} answers with no explanation") from error
        return found

    def json(self) -> str:
        """Return the explanation as JSON."""
        return self._get("json").decode()

    def turtle(self) -> bytes:
        """Return the explanation as PROV in Turtle."""
        return self._get("ttl")

    def _get(self, form: str) -> bytes:
        return fetch(f"{self.address}&format={form}")


@dataclass(frozen=True)
class RemoteGraph(_Queries):
    """The graph behind a SPARQL endpoint; what `Graph.connect` returns."""

    engine: Endpoint

    def explain(self, subject: str, predicate: str, value: str) -> RemoteExplanation:
        """Have the server explain why its graph holds a triple; see `Graph.explain`.

        Raises:
            GraphError: it does not hold such a triple, or it explains nothing.

        """
        asked = urlencode({"s": subject, "p": predicate, "o": value})
        found = RemoteExplanation(f"{urljoin(self.engine.address, 'explain')}?{asked}")
        found.data()
        return found
