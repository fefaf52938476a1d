"""The explanation of a triple, in each of its forms."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Triple
from rich.console import Console

from scograph.explanations.as_json import explanation_data
from scograph.explanations.as_prov import explanation_iri, explanation_triples
from scograph.explanations.as_text import explanation_text
from scograph.explanations.explainer import Explainer, Explanation
from scograph.explanations.resolve import find_fact
from scograph.rdf.turtle import turtle
from scograph.sparql.engine import Engine


@dataclass(frozen=True)
class ExplainedTriple:
    """An explanation of a triple, as text, JSON and PROV."""

    engine: Engine
    explanation: Explanation

    def text(self, width: int = 100) -> str:
        """Return the explanation as trees of plain text, *width* characters wide."""
        console = Console(file=io.StringIO(), width=width, color_system=None)
        self.show(console)
        return str(console.file.getvalue())  # type: ignore[attr-defined]

    def show(self, console: Console) -> None:
        """Print the explanation as trees on *console*."""
        console.print(explanation_text(self.engine, self.explanation))

    def data(self) -> dict[str, Any]:
        """Return the explanation for JSON; terms as in SPARQL 1.1 results in JSON."""
        return explanation_data(self.engine, self.explanation)

    def json(self) -> str:
        """Return the explanation as JSON."""
        return json.dumps(self.data(), indent=2, ensure_ascii=False) + "\n"

    def triples(self) -> list[Triple]:
        """Return the explanation as triples of PROV."""
        return explanation_triples(self.engine, self.explanation)

    def turtle(self) -> bytes:
        """Return the explanation as PROV in Turtle."""
        return turtle(self.triples(), self.prefixes())

    def prefixes(self) -> dict[str, str]:
        """Return the release's prefixes, and ``this`` for the statements and steps in it."""
        release = self.engine.release
        own = explanation_iri(release.base, self.explanation.fact) + "#"
        return {**release.prefixes, "this": own}


def explain(
    engine: Engine, explainer: Explainer, subject: str, predicate: str, value: str
) -> ExplainedTriple:
    """Explain why the release holds the triple that is named; see `find_fact` for names.

    Raises:
        GraphError: no graph holds such a triple, or the names fit several.

    """
    fact = find_fact(engine, subject, predicate, value)
    return ExplainedTriple(engine, explainer.explain(fact))
