"""The front end without a server: requests as granian hands them over, and what it is given."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from scograph.http.files import open_files
from scograph.http.messages import Request, Response
from scograph.server.access_log import AccessLog, Log
from scograph.server.cache import MB, Cache
from scograph.server.frames import Reply, read_reply, read_request, reply_frame, request_frame
from scograph.server.front_end import FrontEnd, ServedRelease
from scograph.server.pool import Deaths
from scograph.server.settings import Settings
from scograph.sparql.release import Release, published_files
from scograph.web.dispatch import Dispatcher, Respond

Head = list[tuple[str, str]]
ADDRESS = "http://127.0.0.1:8123/"


@dataclass
class Given:
    """The headers of a request, as granian's have them."""

    lines: Head

    def get(self, name: str) -> str | None:
        return next(iter(self.get_all(name)), None)

    def get_all(self, name: str) -> list[str]:
        return [value for key, value in self.lines if key == name]

    def items(self) -> Head:
        return self.lines

    def __contains__(self, name: str) -> bool:
        return bool(self.get_all(name))


@dataclass
class Asked:
    """A request: what of it granian calls the scope."""

    method: str
    path: str
    query_string: str
    headers: Given
    client: str


@dataclass
class Got:
    """An answer: its status, its headers by their names in lower case, its body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Exchange:
    """The body of a request, piece by piece, and what is answered: granian's protocol."""

    pieces: list[bytes]
    got: Got | None = None
    reader: threading.Thread | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece

    def response_empty(self, status: int, headers: Head) -> None:
        self._begin(status, headers)

    def response_bytes(self, status: int, headers: Head, body: bytes) -> None:
        self._begin(status, headers).body = body

    def response_file(self, status: int, headers: Head, path: str) -> None:
        """Read the file as granian does, in a thread, while the front end fills the pipe."""
        got = self._begin(status, headers)

        def read() -> None:
            with open(path, "rb") as file:  # noqa: PTH123 - no folder has it
                got.body = file.read()

        self.reader = threading.Thread(target=read)
        self.reader.start()

    def finish(self) -> Got:
        """Return what was answered, all of it."""
        if self.reader is not None:
            self.reader.join()
        assert self.got is not None
        return self.got

    def _begin(self, status: int, headers: Head) -> Got:
        assert self.got is None, "answered twice"
        self.got = Got(status, {name.lower(): value for name, value in headers}, b"")
        return self.got


@dataclass
class AtHand:
    """Workers that answer in this process, with what passes on the wire; some fail as told."""

    respond: Respond
    asked: list[Request] = field(default_factory=list)
    failures: Iterator[Exception | None] = field(default_factory=lambda: iter(()))
    held: asyncio.Event | None = None
    address: str = "at hand"

    async def ask(self, request: Request, patience: float) -> Response:  # noqa: ARG002
        self.asked.append(request)
        if self.held is not None:
            await self.held.wait()
        failure = next(self.failures, None)
        if failure is not None:
            raise failure
        sent = read_request(bytearray(request_frame(request)))
        assert sent is not None
        found = read_reply(bytearray(reply_frame(Reply(self.respond(sent), last=False))))
        assert found is not None
        return found.response

    async def close(self, then: Callable[[], None]) -> None:
        then()


@dataclass
class Fronted:
    """A front over a release, its workers at hand, and its log."""

    release: Release
    settings: Settings = field(default_factory=Settings)
    addresses: bool = False

    def __post_init__(self) -> None:
        self.workers = AtHand(Dispatcher(self.release, self.settings, ADDRESS))
        self.deaths = Deaths()
        self._written = os.memfd_create("log")
        self._log = AccessLog(Log(f"/proc/self/fd/{self._written}", self.addresses))
        self.front = FrontEnd(self.settings, self.deaths, self._log)
        self.use(self.release)

    @property
    def written(self) -> str:
        """What is in the log; nothing more is written to it."""
        self._log.close()
        return os.pread(self._written, 10**6, 0).decode()

    def use(self, release: Release, name: str = "") -> ServedRelease | None:
        # A release that is made up has no files.
        files = published_files(release.path) if (release.path / "manifest.json").exists() else {}
        opened = open_files(release.path, files)
        cache = Cache(self.settings.cache * MB)
        return self.front.use(ServedRelease(name or release.hash, opened, self.workers, cache))

    async def send(
        self, path: str, *body: bytes, method: str = "GET", client: str = "192.0.2.1:5", **head: str
    ) -> Got:
        """Send one request; *head* names headers as Python does, values that repeat by lines."""
        items = [
            (name.replace("_", "-").lower(), value)
            for name, values in head.items()
            for value in values.split("\n")
        ]
        place, _, query = path.partition("?")
        asked = Asked("POST" if body else method, place, query, Given(items), client)
        exchange = Exchange(list(body))
        await self.front.__rsgi__(cast(Any, asked), cast(Any, exchange))
        return exchange.finish()

    def get(self, path: str, *body: bytes, **head: str) -> Got:
        """Send one request and wait for its answer."""
        return asyncio.run(self.send(path, *body, **head))

    async def all(self, *requests: Awaitable[Got]) -> list[Got]:
        return list(await asyncio.gather(*requests))
