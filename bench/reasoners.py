"""The reasoners beside each other: parsed triples in, informative triples out.

Each function imports its reasoner itself, so that none pays memory for the
libraries of another. Each yields the steps that can be told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

from pyoxigraph import NamedNode, Triple

from scograph.reasoning.informative import is_informative

# The names of the steps: from parsed triples to the form that the reasoner reads, the
# reasoning, from its answer to informative triples. WHOLE: they cannot be told apart.
IN, REASON, OUT, WHOLE = "in", "reason", "out", "whole"

# A run yields the name of each step as it ends, and returns what is inferred.
Run = Iterator[tuple[str, frozenset[Triple] | None]]


def scograph(asserted: set[Triple]) -> Run:
    """Close *asserted* by the rules of this project."""
    from scograph.reasoning.reason import reason

    yield "import", None
    yield WHOLE, reason(asserted).inferred


def owlrl(asserted: set[Triple]) -> Run:
    """Close *asserted* by owlrl, the reference."""
    from scograph.reasoning.owlrl_oracle import owlrl_closure

    yield "import", None
    yield WHOLE, owlrl_closure(asserted).inferred


def reasonable(asserted: set[Triple]) -> Run:
    """Close *asserted* by reasonable, which reads and answers tuples of rdflib's terms."""
    from reasonable import PyReasoner

    from scograph.rdf.rdflib_bridge import from_rdflib, to_rdflib
    from scograph.reasoning.annotations import without_annotations

    yield "import", None
    reasoner = PyReasoner()
    native = _Cached(to_rdflib)
    reasoner.from_graph(
        [(native[s], native[p], native[o]) for s, p, o in without_annotations(asserted)]
    )
    yield IN, None
    closure = reasoner.reason()
    yield REASON, None
    back = _Cached(from_rdflib)
    triples = (
        Triple(back[s], back[p], back[o]) for s, p, o in closure if isinstance(back[s], NamedNode)
    )
    yield OUT, frozenset(t for t in triples if t not in asserted and is_informative(t))


class _Cached(dict[Any, Any]):
    """A mapping that converts each term once."""

    def __init__(self, convert: Callable[[Any], Any]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, term: Any) -> Any:
        self[term] = value = self._convert(term)
        return value


def available() -> list[str]:
    """Return the names of the reasoners that are installed."""
    return [name for name in REASONERS if find_spec(name)]


REASONERS: dict[str, Callable[[set[Triple]], Run]] = {
    "scograph": scograph,
    "owlrl": owlrl,
    "reasonable": reasonable,
}
