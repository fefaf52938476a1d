"""What one query may cost: a table of limits, each with its default and what it is against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from scograph.sparql.tokens import Shape

# The keywords that make a query plan grow.
_PLANNED = ("UNION", "BIND", "OPTIONAL", "MINUS", "FILTER", "EXISTS", "VALUES", "SELECT")


def setting(default: float | None, words: str, **rest: str | float) -> Any:
    """Return a field of a table of settings: *words* are its help, *rest* see `Setting`."""
    return field(default=default, metadata={"help": words, **rest})


@dataclass(frozen=True)
class Setting:
    """A row of the table. ``limit`` says what it protects against, empty where it is no limit."""

    name: str
    default: float | None
    help: str
    least: float
    unit: str = ""
    limit: str = ""

    @property
    def option(self) -> str:
        """The name on the command line."""
        return "--" + self.name.replace("_", "-")


@dataclass(frozen=True)
class Limits:
    """The limits of a query. Times are seconds, sizes as the table's units say."""

    deadline: float = setting(
        10.0, "How long one query may run.", unit="s", least=0.1,
        limit="a query that never ends, or whose optimisation does not",
    )  # fmt: skip
    memory: int = setting(
        1024, "What one query may need besides the release.", unit="MB", least=64,
        limit="a query that sorts, groups or concatenates without bound",
    )  # fmt: skip
    result_size: int = setting(
        32, "The largest answer to a query.", unit="MB", least=1,
        limit="a product of patterns, which streams for ever",
    )  # fmt: skip
    query_size: int = setting(
        256, "The longest body of a request.", unit="kB", least=1,
        limit="lists and unions that take long to read",
    )  # fmt: skip
    url_size: int = setting(
        16, "The longest address of a request.", unit="kB", least=1,
        limit="addresses that proxies cut; longer queries are posted",
    )  # fmt: skip
    depth: int = setting(
        200, "How deep the brackets of a query may nest.", least=8,
        limit="recursion in the parser and the optimiser",
    )  # fmt: skip
    list_length: int = setting(
        100, "How many members a collection ( ... ) in a pattern may have.", least=2,
        limit="join orders without number",
    )  # fmt: skip
    unions: int = setting(
        500, "How many UNION, BIND, OPTIONAL, MINUS and FILTER a query may have.", least=10,
        limit="plans that take longer to make than to run",
    )  # fmt: skip

    @classmethod
    def table(cls) -> Iterator[Setting]:
        """Yield the rows of the table in their order."""
        for item in fields(cls):
            default: Any = item.default
            yield Setting(item.name, default, **item.metadata)

    def value(self, name: str) -> float:
        """Return the value that the setting *name* has."""
        found: float = getattr(self, name)
        return int(found) if found == int(found) else found

    def sentences(self) -> list[str]:
        """Return each limit as a sentence with its value."""
        return [
            f"{row.help} {self.value(row.name)}{' ' + row.unit if row.unit else ''}: "
            f"against {row.limit}."
            for row in self.table()
            if row.limit
        ]


def too_complex(shape: Shape, limits: Limits) -> str | None:
    """Say which of *limits* a query of this *shape* exceeds; None if it exceeds none."""
    if shape.depth > limits.depth:
        return f"its brackets nest deeper than {limits.depth}"
    if shape.longest > limits.list_length:
        return f"a collection in it has more than {limits.list_length} members"
    count = sum(shape.words[word] for word in _PLANNED)
    if count > limits.unions:
        names = ", ".join(_PLANNED[:5])
        return f"it has {count:,} of {names} and the like, more than {limits.unions:,}"
    return None
