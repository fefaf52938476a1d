"""What a server may be told, in one table: each setting's default, its help, what it protects."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any


def _setting(default: float | None, words: str, **rest: str | float) -> Any:
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
class Settings:
    """The settings of a server. Times are seconds, sizes as the table's units say."""

    deadline: float = _setting(
        10.0, "How long one query may run.", unit="s", least=0.1,
        limit="a query that never ends, or whose optimisation does not",
    )  # fmt: skip
    memory: int = _setting(
        1024, "What one query may need besides the release.", unit="MB", least=64,
        limit="a query that sorts, groups or concatenates without bound",
    )  # fmt: skip
    result_size: int = _setting(
        32, "The largest answer to a query.", unit="MB", least=1,
        limit="a product of patterns, which streams for ever",
    )  # fmt: skip
    query_size: int = _setting(
        256, "The longest body of a request.", unit="kB", least=1,
        limit="lists and unions that take long to read",
    )  # fmt: skip
    url_size: int = _setting(
        16, "The longest address of a request.", unit="kB", least=1,
        limit="addresses that proxies cut; longer queries are posted",
    )  # fmt: skip
    depth: int = _setting(
        200, "How deep the brackets of a query may nest.", least=8,
        limit="recursion in the parser and the optimiser",
    )  # fmt: skip
    list_length: int = _setting(
        100, "How many members a collection ( ... ) in a pattern may have.", least=2,
        limit="join orders without number",
    )  # fmt: skip
    unions: int = _setting(
        500, "How many UNION, BIND, OPTIONAL, MINUS and FILTER a query may have.", least=10,
        limit="plans that take longer to make than to run",
    )  # fmt: skip
    parallel: int | None = _setting(
        None, "How many queries of one client run at once; one less than the workers unless given.",
        limit="one client that takes all workers", least=1,
    )  # fmt: skip
    wait: float = _setting(
        2.0, "How long a query waits for a worker before 429 or 503.", unit="s",
        limit="a queue that grows without end", least=0,
    )  # fmt: skip
    workers: int | None = _setting(
        None, "How many processes answer queries; one more than the cores unless given.", least=1
    )
    proxies: int = _setting(
        0, "How many proxies in front are trusted to name the client in X-Forwarded-For.", least=0
    )  # fmt: skip
    cache: int = _setting(64, "What the cache of answers may hold.", unit="MB", least=0)

    @property
    def processes(self) -> int:
        """How many workers there are."""
        return self.workers or (os.cpu_count() or 1) + 1

    @property
    def per_client(self) -> int:
        """How many queries of one client run at once."""
        return self.parallel or max(1, self.processes - 1)


def table() -> Iterator[Setting]:
    """Yield the rows of the table in their order."""
    for item in fields(Settings):
        default: Any = item.default
        yield Setting(item.name, default, **item.metadata)


def limits(settings: Settings) -> list[str]:
    """Return each limit as a sentence with its value."""
    return [
        f"{row.help} {value}{' ' + row.unit if row.unit else ''}: against {row.limit}."
        for row in table()
        if row.limit
        for value in [_value(settings, row.name)]
    ]


def _value(settings: Settings, name: str) -> float:
    value: float = settings.per_client if name == "parallel" else getattr(settings, name)
    return int(value) if value == int(value) else value
