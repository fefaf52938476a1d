"""The front end: limits that need no query, files, the cache, and the choice of a worker.

It runs on one event loop, so that an answer from the cache costs a look into a table, and
a client that stalls costs nothing. Everything else is asked of a worker, whole or not at
all; how that failed is told in the status and in one sentence.

It speaks RSGI, granian's own interface, and not WSGI, which has a thread for each request
that waits: with those, most of the time went into handing over Python's lock.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from werkzeug.exceptions import HTTPException

from scograph.http import errors
from scograph.http.conditional import unless_known
from scograph.http.encoding import encoded, encoding_for
from scograph.http.files import CONDITIONS, file_response
from scograph.http.messages import Request, Response
from scograph.http.root import without_root
from scograph.server.access_log import AccessLog, Visit, rows_in
from scograph.server.cache import Cache, Key, key_of
from scograph.server.client_limits import ClientLimits, TooManyQueries
from scograph.server.metrics import Metrics, route_of
from scograph.server.pool import Busy, Deaths, Died, Gone, Raised
from scograph.server.rsgi import body_of, client_of, query_of, request_of, send
from scograph.server.settings import Settings

if TYPE_CHECKING:
    from granian.rsgi import Headers as ScopeHeaders
    from granian.rsgi import HTTPProtocol, Scope

# A worker that ended for reasons of its own has done nothing to the request.
_TRY_AGAIN = ("killed", "done", "stopped")
_ATTEMPTS = 3
# Larger bodies are compressed in a thread, so that the event loop is not blocked.
_SMALL = 50_000
_ADDRESS_TOO_LONG = 414
_METRICS = ("Content-Type", "text/plain; version=0.0.4; charset=utf-8")


class Workers(Protocol):
    """Whoever answers requests; see `scograph.server.pool.Pool`."""

    address: str

    async def ask(self, request: Request, patience: float) -> Response:
        """Answer *request*, after at most *patience* seconds of waiting."""
        ...

    async def close(self, then: Callable[[], None]) -> None:
        """Call *then* when nothing is being answered any more."""
        ...


@dataclass(frozen=True)
class ServedRelease:
    """A release that is served: its folder and hash, its files, its workers, its cache.

    ``published`` are the files that may be had, each with its SHA-256.
    """

    path: Path
    hash: str
    published: Mapping[str, str]
    workers: Workers
    cache: Cache


class FrontEnd:
    """The RSGI application that granian runs; see `use`."""

    def __init__(self, settings: Settings, deaths: Deaths, log: AccessLog | None = None) -> None:
        self._settings = settings
        self._clients = ClientLimits(settings.per_client)
        self._metrics = Metrics(deaths)
        self._log = log
        self._root = ""
        self._served: ServedRelease | None = None
        self._changed = asyncio.Event()

    def use(self, served: ServedRelease) -> ServedRelease | None:
        """Answer from *served* from now on; return the release before."""
        old, self._served = self._served, served
        self._changed.set()
        self._changed = asyncio.Event()
        return old

    def mount(self, root: str) -> None:
        """Be found below the path *root*, too: ``/kg`` for example."""
        self._root = root

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer a request."""
        began = time.perf_counter()
        served = await self._current()
        request = without_root(request_of(scope), self._root)
        known = None
        try:
            refuse_head(request, scope.headers, self._settings)
            if request.method == "POST":
                body = await body_of(scope, protocol, self._settings)
                request = replace(request, body=body)
            encoding = encoding_for(scope.headers.get("accept-encoding") or "")
            # A part of a file is another answer than the file.
            key = None if "range" in scope.headers else key_of(request, encoding)
            known = served.cache.get(key) if key else None
            response = known or await self._answer(served, scope, request, key, encoding)
        except HTTPException as error:
            response = await self._refused(served, request, error)
        sent = unless_known(response, scope.headers.get("if-none-match"))
        self._record(scope, request, sent, time.perf_counter() - began, cached=known is not None)
        await send(protocol, sent, whole=scope.method != "HEAD")

    async def _current(self) -> ServedRelease:
        while self._served is None:
            await self._changed.wait()
        return self._served

    async def _replaced(self, served: ServedRelease) -> bool:
        """Wait until other workers take the place of those of *served*; tell whether they do."""
        try:
            async with asyncio.timeout(self._settings.wait):
                while served is self._served:
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def _record(
        self, scope: Scope, request: Request, sent: Response, seconds: float, *, cached: bool
    ) -> None:
        self._metrics.count(route_of(request.path), sent.status, seconds)
        if self._log is not None:
            client = client_of(scope, self._settings.proxies)
            self._log.write(
                Visit(scope.method, request.path, query_of(request), sent.status, seconds,
                      sent.size, sent.rows, cached, client)
            )  # fmt: skip

    async def _answer(
        self, served: ServedRelease, scope: Scope, request: Request, key: Key | None, encoding: str
    ) -> Response:
        response = await self._route(served, scope, request)
        if response.status != 200 or response.pieces is not None:
            return response
        rows = rows_in(response.header("content-type"), response.body)
        response = replace(await _encoded(response, encoding), rows=rows)
        # The release may have changed since: then the answer is kept with its own release.
        if key and ("Cache-Control", "no-store") not in response.headers:
            served.cache.put(key, response)
        return response

    async def _route(self, served: ServedRelease, scope: Scope, request: Request) -> Response:
        """Return what answers *request*: the figures, a file, or a worker."""
        if request.path == "/metrics":
            text = self._metrics.text(served.cache, served.hash)
            return Response(200, [_METRICS], text)
        conditions = {name: scope.headers.get(name) or "" for name in CONDITIONS
                      if name in scope.headers}  # fmt: skip
        found = file_response(request, conditions, served.path, served.published)
        if found is not None:
            return found
        if request.path == "/health":
            return await self._ask(request)
        return await self._ask_in_turn(request, client_of(scope, self._settings.proxies))

    async def _ask_in_turn(self, request: Request, client: str) -> Response:
        try:
            async with self._clients.turn(client, self._settings.wait):
                return await self._ask(request)
        except TooManyQueries as error:
            raise errors.too_many_queries(self._settings.per_client) from error

    async def _ask(self, request: Request) -> Response:
        for attempt in range(1, _ATTEMPTS + 1):
            served = await self._current()
            try:
                return await served.workers.ask(request, self._settings.wait)
            except Busy as busy:
                if served is self._served:
                    raise errors.overloaded() from busy
            except Gone as gone:
                if not await self._replaced(served) or attempt == _ATTEMPTS:
                    raise errors.being_loaded() from gone
            except Raised as raised:
                raise errors.failed() from raised
            except Died as died:
                if died.cause not in _TRY_AGAIN or attempt == _ATTEMPTS:
                    raise worker_died(died.cause, self._settings) from died
        raise errors.overloaded()

    async def _refused(
        self, served: ServedRelease, request: Request, error: HTTPException
    ) -> Response:
        """Show *error*: to a browser as a page, if a worker has time for it."""
        if "text/html" in (request.accept or "") and error.code is not None:
            # The form keeps the query, so that it can be mended.
            query = request.query if error.code != _ADDRESS_TOO_LONG else ""
            page = replace(
                request, method="GET", path=request.path if query else "/", query=query, body=b"",
                failure=(error.code, error.description or ""),
            )  # fmt: skip
            try:
                shown = await served.workers.ask(page, 0)
                return replace(shown, headers=[*shown.headers, *errors.headers_of(error)])
            except (Busy, Died, Gone, Raised):
                pass  # the sentence alone will do
        return errors.plain(error)


def refuse_head(request: Request, headers: ScopeHeaders, settings: Settings) -> None:
    """Refuse what the head of a request alone shows to be too large or unreadable.

    Raises:
        HTTPException: 413, 414 or 415, with the limit in the sentence.

    """
    longest = settings.url_size * 1000
    if len(request.query) + len(request.path) > longest:
        raise errors.address_too_long(longest)
    declared = headers.get("content-length") or ""
    largest = settings.query_size * 1000
    if declared.isdecimal() and int(declared) > largest:
        raise errors.request_too_large(largest)
    encoding = headers.get("content-encoding") or "identity"
    if encoding.lower() != "identity":
        raise errors.unsupported_encoding(encoding[:40])


def worker_died(cause: str, settings: Settings) -> HTTPException:
    """Return what the end of a worker means to the client whose query it ran."""
    if cause == "deadline":
        return errors.deadline_passed(settings.deadline)
    if cause == "memory":
        return errors.out_of_memory(settings.memory)
    if cause == "sort":
        return errors.not_sortable()
    if cause == "unknown":
        return errors.unknown_end()
    return errors.crashed() if cause == "crash" else errors.worker_stopped()


async def _encoded(response: Response, encoding: str) -> Response:
    if len(response.body) > _SMALL:
        return await asyncio.to_thread(encoded, response, encoding)
    return encoded(response, encoding)
