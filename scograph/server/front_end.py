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
from typing import TYPE_CHECKING, Protocol

from werkzeug.exceptions import HTTPException

from scograph.http import errors
from scograph.http.conditional import only_if, unless_known
from scograph.http.encoding import encoded, encoding_for
from scograph.http.files import ReleaseFile, file_response, is_file
from scograph.http.headers import RESPONSE_HEADERS
from scograph.http.messages import Request, Response
from scograph.http.ranges import part_of
from scograph.http.root import without_root
from scograph.server.access_log import AccessLog, Visit, rows_in
from scograph.server.cache import Cache, Key, key_of
from scograph.server.client_limits import BodyLimits, ClientLimits, TooManyQueries
from scograph.server.metrics import Metrics, route_of
from scograph.server.pool import Busy, Deaths, Died, Gone, Raised
from scograph.server.request_head import options, refuse_head
from scograph.server.rsgi import body_of, client_of, listed, query_of, request_of
from scograph.server.settings import Settings
from scograph.server.transfers import SMALL, Transfers

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope

# A worker that ended for reasons of its own has done nothing to the request.
_TRY_AGAIN = ("killed", "done", "stopped")
_ATTEMPTS = 3
# Larger bodies are compressed in a thread, so that the event loop is not blocked.
_SMALL = 50_000
_ADDRESS_TOO_LONG = 414
# What no page is made of: tables have decided it, and no worker is to be had for it.
_PLAIN = (405, 410, 412, 416, 431)
_METRICS = [
    ("Content-Type", "text/plain; version=0.0.4; charset=utf-8"),
    ("Cache-Control", "no-store"),
    *RESPONSE_HEADERS,
]


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
    """A release that is served: its hash, its open files by name, its workers, its cache."""

    hash: str
    files: Mapping[str, ReleaseFile]
    workers: Workers
    cache: Cache


class FrontEnd:
    """The RSGI application that granian runs; see `use`."""

    def __init__(self, settings: Settings, deaths: Deaths, log: AccessLog | None = None) -> None:
        self._settings = settings
        self._clients = ClientLimits(settings.per_client)
        self._bodies = BodyLimits()
        self._transfers = Transfers(settings.silence)
        self._metrics = Metrics(deaths, lambda: 0 if log is None else log.dropped)
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

    def reopen_log(self) -> None:
        """Open the access log anew, as it may have been renamed."""
        if self._log is not None:
            self._log.reopen()

    def __rsgi_del__(self, _: asyncio.AbstractEventLoop) -> None:
        """Write what of the log is not written yet (granian calls this at the end)."""
        if self._log is not None:
            self._log.close()

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer a request."""
        began = time.perf_counter()
        served = await self._current()
        request = without_root(request_of(scope), self._root)
        client = client_of(scope, self._settings.proxies)
        known = None
        try:
            refuse_head(request, scope.headers, self._settings)
            if request.method == "POST":
                request = replace(request, body=await self._body(scope, protocol, client))
            encoding = encoding_for(listed(scope, "accept-encoding") or "")
            key = key_of(request, encoding)
            known = served.cache.get(key) if key else None
            response = known or await self._answer(served, request, client, key, encoding)
            response = _as_conditions_say(response, scope)
            self._transfers.admit(client, response)
        except HTTPException as error:
            response = await self._refused(served, request, error)
        self._record(
            scope, request, client, response, time.perf_counter() - began, cached=known is not None
        )
        if scope.method == "HEAD" or not response.size:
            protocol.response_empty(response.status, response.headers)
        else:
            await self._transfers.send(protocol, scope.client, client, response)

    async def _body(self, scope: Scope, protocol: HTTPProtocol, client: str) -> bytes:
        with self._bodies.reading(client) as take:
            return await body_of(scope, protocol, self._settings, take)

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
        self, scope: Scope, request: Request, client: str, sent: Response, seconds: float, *,
        cached: bool,
    ) -> None:  # fmt: skip
        self._metrics.count(route_of(request.path), sent.status, seconds)
        if self._log is not None:
            self._log.write(
                Visit(scope.method, request.path, query_of(request), sent.status, seconds,
                      sent.size, sent.rows, cached, client)
            )  # fmt: skip

    async def _answer(
        self, served: ServedRelease, request: Request, client: str, key: Key | None, encoding: str
    ) -> Response:
        if request.method == "OPTIONS":
            return options(request.path)
        if request.path == "/metrics":
            text = self._metrics.text(served.cache, served.hash)
            return await _complete(Response(200, _METRICS, text), encoding)
        if is_file(request.path):
            response = await file_response(request.path, served.files)
        elif request.path == "/health":
            return await _complete(await self._ask(request), encoding)
        else:
            return await self._answer_in_turn(served, request, client, key, encoding)
        return _kept(served, key, await _complete(response, encoding))

    async def _answer_in_turn(
        self, served: ServedRelease, request: Request, client: str, key: Key | None, encoding: str
    ) -> Response:
        try:
            async with self._clients.turn(client, self._settings.wait):
                # Somebody may have been given the answer while this request was waiting.
                known = served.cache.look(key) if key else None
                if known is not None:
                    return known
                return _kept(served, key, await _complete(await self._ask(request), encoding))
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
        is_plain = error.code in _PLAIN or is_file(request.path) or request.path.startswith("//")
        if "text/html" in (request.accept or "") and error.code is not None and not is_plain:
            # The form keeps the query, so that it can be mended.
            query = request.query if error.code != _ADDRESS_TOO_LONG else ""
            page = replace(
                request, method="GET", path=request.path if query else "/", query=query, body=b"",
                failure=(error.code, error.description or ""),
            )  # fmt: skip
            try:
                shown = await served.workers.ask(page, 0)
                if shown.size <= SMALL:  # a large page would have to be admitted, too
                    return replace(shown, headers=[*shown.headers, *errors.headers_of(error)])
            except (Busy, Died, Gone, Raised):
                pass  # the sentence alone will do
        return errors.plain(error)


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


def _as_conditions_say(response: Response, scope: Scope) -> Response:
    """Return what is to be sent of *response*: all, a part, or nothing that is known already."""
    if scope.method not in ("GET", "HEAD"):
        return response
    headers = scope.headers
    response = only_if(response, headers.get("if-match") or "")
    response = unless_known(response, headers.get("if-none-match") or "")
    if scope.method == "GET" and "range" in headers:
        return part_of(response, headers.get("range") or "", headers.get("if-range") or "")
    return response


def _kept(served: ServedRelease, key: Key | None, response: Response) -> Response:
    """Keep *response* in the cache if it may be, with the release that it is from."""
    may_be = key and response.status == 200 and response.file is None
    if key and may_be and ("Cache-Control", "no-store") not in response.headers:
        served.cache.put(key, response)
    return response


async def _complete(response: Response, encoding: str) -> Response:
    """Return *response* compressed, named and with the number of its rows, if it is whole."""
    if response.status != 200 or response.file is not None:
        return response
    rows = rows_in(response.header("content-type"), response.body)
    if len(response.body) > _SMALL:
        done = await asyncio.to_thread(encoded, response, encoding)
    else:
        done = encoded(response, encoding)
    return replace(done, rows=rows)
