"""The web process: a front that hears from the keeper which release is served, and by whom."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from scograph.cache import Cache
from scograph.findings import GraphError
from scograph.front import Front, Service
from scograph.metrics import AccessLog
from scograph.settings import Settings
from scograph.store import read_manifest
from scograph.workers import linux
from scograph.workers.pool import Deaths, Pool

_MB = 10**6


@dataclass(frozen=True)
class Log:
    """Where the access log goes (``-``: standard output), and whether it names addresses."""

    path: str
    addresses: bool = False

    def open(self) -> AccessLog:
        """Open the log; a file is written to at its end."""
        if self.path == "-":
            return AccessLog(sys.stdout, addresses=self.addresses)
        file = Path(self.path).open("a", encoding="utf-8")  # noqa: SIM115 - as long as we run
        return AccessLog(file, addresses=self.addresses)


class Web(Front):
    """The front that granian loads: it hears from the keeper as long as it runs."""

    def __init__(self, control: str, settings: Settings, log: Log | None) -> None:
        """Connect to *control*, the keeper's socket."""
        deaths = Deaths()
        super().__init__(settings, deaths, log.open() if log else None)
        self._deaths = deaths
        self._link = linux.connect(control)
        self._tasks: set[asyncio.Task[None]] = set()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to listen to the keeper (granian calls this with its loop)."""
        self._start(self._follow(), loop)

    def _start(self, what: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> None:
        task = loop.create_task(what)
        # A loop alone does not keep its tasks alive.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow(self) -> None:
        """Do what the keeper says until it is gone; then the server is to end."""
        self._link.setblocking(False)
        lines, keeper = await asyncio.open_unix_connection(sock=self._link)
        try:
            async for line in lines:
                what = json.loads(line)
                if "cause" in what:
                    self._deaths.add(what["pid"], what["cause"])
                else:
                    self._change(what, keeper)
        except ConnectionError:
            pass  # gone, too
        # Not where this task is only cancelled: the server is ending then.
        os.kill(os.getppid(), signal.SIGTERM)

    def _change(self, what: dict[str, Any], keeper: asyncio.StreamWriter) -> None:
        path = Path(what["release"])
        try:
            manifest = read_manifest(path)
        except GraphError as error:  # it was there when the zygote read it
            print(f"scograph: {error}; the old release is served on", file=sys.stderr)  # noqa: T201
            return
        settings = self._settings
        pool = Pool(what["address"], settings.processes, settings.deadline, self._deaths)
        published = frozenset(("manifest.json", *manifest["files"]))
        cache = Cache(settings.cache * _MB)
        old = self.use(Service(path, str(manifest["release"]), published, pool, cache))
        if old is not None:
            idle = json.dumps({"idle": old.workers.address}).encode() + b"\n"
            self._start(old.workers.close(partial(keeper.write, idle)), asyncio.get_running_loop())


def load_web(control: str, settings: Settings, log: Log | None) -> Web:
    """Return the application of the web process, which ends with the one that started it."""
    linux.die_with(os.getppid())
    return Web(control, settings, log)
