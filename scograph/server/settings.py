"""The settings of `scograph serve`, in one table: default, help, and what a limit is against."""

from __future__ import annotations

import os
from dataclasses import dataclass

from scograph.sparql.limits import Limits, setting


@dataclass(frozen=True)
class Settings(Limits):
    """The settings of a server: the limits of its queries, and how many run at once."""

    parallel: int | None = setting(
        None, "How many queries of one client run at once; one less than the workers unless given.",
        limit="one client that takes all workers", least=1,
    )  # fmt: skip
    wait: float = setting(
        2.0, "How long a query waits for a worker before 429 or 503.", unit="s",
        limit="a queue that grows without end", least=0,
    )  # fmt: skip
    silence: float = setting(
        20.0, "How long a client may be silent, sending a request or reading an answer.",
        unit="s", limit="connections that are held and not used", least=0.1,
    )  # fmt: skip
    workers: int | None = setting(
        None, "How many processes answer queries; one more than the cores unless given.", least=1
    )
    proxies: int = setting(
        0, "How many proxies in front are trusted to name the client in X-Forwarded-For.", least=0
    )  # fmt: skip
    cache: int = setting(64, "What the cache of answers may hold.", unit="MB", least=0)

    @property
    def processes(self) -> int:
        """How many workers there are."""
        return self.workers or (os.cpu_count() or 1) + 1

    @property
    def per_client(self) -> int:
        """How many queries of one client run at once."""
        return self.parallel or max(1, self.processes - 1)

    def value(self, name: str) -> float:
        """Return the value that the setting *name* has, worked out where it follows from others."""
        return self.per_client if name == "parallel" else super().value(name)
