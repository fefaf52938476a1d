"""Serving without workers, where the kernel cannot confine them: for this machine alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from scograph.http.files import open_files
from scograph.http.messages import Request, Response
from scograph.server.access_log import Log
from scograph.server.cache import MB, Cache
from scograph.server.front_end import FrontEnd, ServedRelease
from scograph.server.pool import Deaths
from scograph.server.settings import Settings
from scograph.sparql.release import find_release, open_release
from scograph.web.dispatch import Dispatcher, Respond


class InProcess:
    """Answers requests in threads of this process; see `scograph.server.front_end.Workers`."""

    address = ""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    async def ask(self, request: Request, patience: float) -> Response:  # noqa: ARG002 - nobody waits
        """Answer *request*."""
        return await asyncio.to_thread(self._respond, request)

    async def close(self, then: Callable[[], None]) -> None:
        """Call *then*: there is nothing to close."""
        then()


def load_front_end(folder: Path, settings: Settings, address: str, log: Log | None) -> FrontEnd:
    """Return a front end over the release of *folder* that answers in this process.

    *address* is what clients call the service, with a slash at the end.

    Raises:
        GraphError: there is no release, or it is damaged.

    """
    release = open_release(find_release(folder))
    front_end = FrontEnd(settings, Deaths(), log.open() if log else None)
    workers = InProcess(Dispatcher(release, settings, address))
    files = open_files(release.path, release.files)
    cache = Cache(settings.cache * MB)
    front_end.use(ServedRelease(release.hash, files, workers, cache))
    return front_end
