"""Filters of rules: SPARQL expressions over coded terms, with their variables told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import Literal, Variable

from scograph.reasoning.rules.patterns import Binding, Node
from scograph.reasoning.rules.values import TERM


@dataclass(frozen=True)
class Filter:
    """An expression in brackets: its text, in which variables and their values are apart."""

    parts: tuple[str | Node, ...]

    @classmethod
    def equal(cls, name: Variable, literal: Literal) -> Filter:
        """Return the filter that the term coded as *name* has the value of *literal*."""
        return cls((f"({TERM}(", name, f") = {literal})"))

    @property
    def variables(self) -> frozenset[Variable]:
        """The variables that have no value yet."""
        return frozenset(part for part in self.parts if isinstance(part, Variable))

    def bind(self, binding: Binding) -> Filter:
        """Return the filter with its variables replaced by their values in *binding*."""
        return self.rename(lambda name: binding.get(name, name))

    def rename(self, node_of: Callable[[Variable], Node]) -> Filter:
        """Return the filter with each of its variables replaced by what *node_of* gives for it."""
        parts = (node_of(part) if isinstance(part, Variable) else part for part in self.parts)
        return Filter(tuple(parts))

    def text(self) -> str:
        """Return the filter in SPARQL, without the word FILTER."""
        return "".join(map(str, self.parts))
