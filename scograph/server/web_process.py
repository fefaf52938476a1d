"""The web process: the front end, told by the supervisor which release is current."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from scograph.http.files import open_files
from scograph.rdf.errors import GraphError
from scograph.rdf.visible import visible
from scograph.server import linux
from scograph.server.access_log import Log
from scograph.server.cache import MB, Cache
from scograph.server.front_end import FrontEnd, ServedRelease
from scograph.server.pool import Deaths, Pool
from scograph.server.settings import Settings
from scograph.sparql.release import published_files, read_manifest


class WebProcess(FrontEnd):
    """The front end that granian loads, connected to the supervisor."""

    def __init__(self, control: str, settings: Settings, log: Log | None) -> None:
        """Connect to *control*, the supervisor's socket."""
        deaths = Deaths()
        super().__init__(settings, deaths, log.open() if log else None)
        self._deaths = deaths
        self._link = linux.connect(control)
        self._tasks: set[asyncio.Task[None]] = set()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start to read what the supervisor sends (granian calls this with its event loop)."""
        self._start(self._follow(), loop)

    def _start(self, what: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> None:
        task = loop.create_task(what)
        # The event loop holds only weak references to its tasks.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow(self) -> None:
        """Act on the messages of the supervisor; when it has ended, end the server."""
        self._link.setblocking(False)
        lines, supervisor = await asyncio.open_unix_connection(sock=self._link)
        try:
            async for line in lines:
                what = json.loads(line)
                if "cause" in what:
                    self._deaths.add(what["pid"], what["cause"])
                else:
                    self._change(what, supervisor)
        except ConnectionError:
            pass  # it has ended
        # Not reached when this task is cancelled, that is, when the server is ending already.
        os.kill(os.getppid(), signal.SIGTERM)

    def _change(self, what: dict[str, Any], supervisor: asyncio.StreamWriter) -> None:
        path = Path(what["release"])
        try:
            released, files = str(read_manifest(path)["release"]), published_files(path)
        except GraphError as error:  # it has changed since the zygote read it
            told = visible(f"scograph: {error}; the old release is served on")
            print(told, file=sys.stderr)  # noqa: T201
            return
        settings = self._settings
        pool = Pool(what["address"], settings.processes, settings.deadline, self._deaths)
        cache = Cache(settings.cache * MB)
        old = self.use(ServedRelease(released, open_files(path, files), pool, cache))
        if old is not None:
            idle = json.dumps({"idle": old.workers.address}).encode() + b"\n"
            closing = old.workers.close(partial(supervisor.write, idle))
            self._start(closing, asyncio.get_running_loop())


def load_web_process(control: str, settings: Settings, log: Log | None) -> WebProcess:
    """Return the application of the web process, which ends with the one that started it."""
    linux.die_with(os.getppid())
    return WebProcess(control, settings, log)
