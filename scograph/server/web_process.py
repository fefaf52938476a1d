"""The web process: the front end, told by the supervisor which release is current."""

from __future__ import annotations

import asyncio
import json
import os
import traceback
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from scograph.http.files import open_files
from scograph.server import linux
from scograph.server.access_log import Log
from scograph.server.cache import MB, Cache
from scograph.server.front_end import FrontEnd, ServedRelease
from scograph.server.pool import Deaths, Pool
from scograph.server.settings import Settings
from scograph.server.stderr import tell, write
from scograph.system.confined import die_with

_LONGEST_LINE = 2**20
_SILENCE = 30.0  # seconds; the supervisor asks every few seconds whether we live


class WebProcess(FrontEnd):
    """The front end that granian loads, connected to the supervisor."""

    def __init__(self, control: str, settings: Settings, log: Log | None) -> None:
        """Connect to *control*, the supervisor's socket.

        Raises:
            OSError: the supervisor has ended.

        """
        deaths = Deaths()
        super().__init__(settings, deaths, log.open() if log else None)
        self._deaths = deaths
        self._control = control
        self._link = linux.connect(control)
        self._supervisor: asyncio.StreamWriter | None = None
        self._pool: Pool | None = None
        self._released: tuple[Path, dict[str, str]] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start to read what the supervisor sends (granian calls this with its event loop)."""
        self._start(self._follow(), loop)

    def _start(self, what: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> None:
        task = loop.create_task(what)
        # The event loop holds only weak references to its tasks.
        self._tasks.add(task)
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # Nobody would listen to the supervisor any more: another web process does better.
            write("".join(traceback.format_exception(error)))
            os._exit(1)

    async def _follow(self) -> None:
        """Act on the messages of the supervisor, until it has ended, which ends the server."""
        while True:
            self._link.setblocking(False)
            lines, self._supervisor = await asyncio.open_unix_connection(
                sock=self._link, limit=_LONGEST_LINE
            )
            try:
                while line := await self._line(lines):
                    self._act_on(json.loads(line))
            except ConnectionError:
                pass
            self._supervisor.close()
            # Whoever has read nothing for long, as a process that was stopped, is cut off.
            try:
                self._link = linux.connect(self._control)
            except OSError:
                return

    async def _line(self, lines: asyncio.StreamReader) -> bytes:
        """Return the next line, none at the end; it tells once of a supervisor that is silent."""
        try:
            async with asyncio.timeout(_SILENCE):
                return await lines.readline()
        except TimeoutError:
            tell("the supervisor does not answer: no new release is loaded until it does")
        return await lines.readline()

    def _act_on(self, what: dict[str, Any]) -> None:
        if "lives" in what:
            self._tell(alive=True)
        elif "cause" in what:
            self._deaths.add(what["pid"], what["cause"])
        elif "lost" in what:
            if self._pool is not None and self._pool.address == what["lost"]:
                self._pool.lose()
        elif self._pool is None or self._pool.address != what["address"]:
            self._change(what)

    def _change(self, what: dict[str, Any]) -> None:
        settings, path, files = self._settings, Path(what["release"]), dict(what["files"])
        self._pool = Pool(
            what["address"], settings.processes, settings.deadline, self._deaths,
            partial(self._end_worker, what["address"]),
        )  # fmt: skip
        cache, old = Cache(settings.cache * MB), self._served
        if old is not None and self._released == (path, files):
            cache = old.cache  # the same release, loaded again
        self._released = path, files
        self.use(ServedRelease(what["hash"], open_files(path, files), self._pool, cache))
        if old is not None:
            closing = old.workers.close(partial(self._tell, idle=True, address=old.workers.address))
            self._start(closing, asyncio.get_running_loop())

    def _end_worker(self, address: str, pid: int, cause: str) -> None:
        self._tell(kill=pid, cause=cause, address=address)

    def _tell(self, **what: object) -> None:
        if self._supervisor is not None and not self._supervisor.is_closing():
            self._supervisor.write(json.dumps(what).encode() + b"\n")


def load_web_process(control: str, settings: Settings, log: Log | None, parent: int) -> WebProcess:
    """Return the application of the web process, which ends with *parent*, its own.

    Raises:
        OSError: the supervisor has ended.

    """
    die_with(parent)
    return WebProcess(control, settings, log)
