"""What stands before the application: the cache, the limits that need no query, and the workers.

It runs on one event loop, so that an answer that is known costs a look into a table, and
a client that stalls costs nothing. What is not known is asked of a worker, whole or not
at all; how that failed is told in the status and in one sentence.

It speaks RSGI, granian's own interface, and not WSGI, which has a thread for each request
that waits: with those, most of the time went into handing over Python's lock.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from scograph.cache import Answer, Cache, Key, encoding_for, finished
from scograph.clients import Clients, TooMany
from scograph.files import CONDITIONS, file_answer
from scograph.incoming import body_of, client_of, request_of, send, text_of
from scograph.metrics import AccessLog, Metrics, Visit, route_of
from scograph.refusals import Refusal, overloaded, refuse_head, too_many, worker_died
from scograph.settings import Settings
from scograph.workers.pool import Busy, Deaths, Died
from scograph.workers.wire import Reply, Request

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope

# A worker that ended for reasons of its own has done nothing to the request.
_AGAIN = ("killed", "done")
_ATTEMPTS = 3
# A longer header is nobody's who would ask again.
_LONGEST_HEADER = 300
# What is larger is compressed beside the event loop, which others wait for.
_AT_ONCE = 50_000
_METRICS = "text/plain; version=0.0.4; charset=utf-8"


class Workers(Protocol):
    """Whoever answers requests; see `scograph.workers.pool.Pool`."""

    address: str

    async def ask(self, request: Request, patience: float) -> Reply:
        """Answer *request*, after at most *patience* seconds of waiting."""
        ...

    async def close(self, then: Callable[[], None]) -> None:
        """Call *then* when nothing is being answered any more."""
        ...


@dataclass(frozen=True)
class Service:
    """A release that is served: folder, hash, files, who answers, and the answers so far."""

    path: Path
    release: str
    published: Container[str]
    workers: Workers
    cache: Cache


class Front:
    """The RSGI application that granian runs; see `use`."""

    def __init__(self, settings: Settings, deaths: Deaths, log: AccessLog | None = None) -> None:
        self._settings = settings
        self._clients = Clients(settings.per_client)
        self._metrics = Metrics(deaths)
        self._log = log
        self._service: Service | None = None
        self._there = asyncio.Event()

    def use(self, service: Service) -> Service | None:
        """Answer from *service* from now on; return the one before."""
        old, self._service = self._service, service
        self._there.set()
        return old

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer a request."""
        began = time.perf_counter()
        service = await self._current()
        request = request_of(scope)
        key, known = None, None
        try:
            refuse_head(request, scope.headers, self._settings)
            if request.method == "POST":
                body = await body_of(scope, protocol, self._settings)
                request = replace(request, body=body)
            encoding = encoding_for(scope.headers.get("accept-encoding") or "")
            if "range" not in scope.headers:
                key = _key(request, encoding)
            known = service.cache.get(key) if key else None
            answer = known or await self._answer(service, scope, request, key, encoding)
        except Refusal as refusal:
            answer = await self._refused(service, request, refusal)
        sent = _unless_known(answer, scope.headers.get("if-none-match"))
        seconds = time.perf_counter() - began
        self._metrics.count(route_of(request.path), sent.status, seconds)
        if self._log is not None:
            client = client_of(scope, self._settings.proxies)
            text = text_of(request)
            self._log.write(
                Visit(scope.method, request.path, text, sent.status, seconds, sent.size,
                      sent.rows, known is not None, client)
            )  # fmt: skip
        await send(protocol, sent, whole=scope.method != "HEAD")

    async def _current(self) -> Service:
        while self._service is None:
            await self._there.wait()
        return self._service

    async def _answer(
        self, service: Service, scope: Scope, request: Request, key: Key | None, encoding: str
    ) -> Answer:
        if request.path == "/metrics":
            text = self._metrics.text(service.cache, service.release)
            return Answer(200, [("Content-Type", _METRICS)], text)
        conditions = {name: scope.headers.get(name) or "" for name in CONDITIONS
                      if name in scope.headers}  # fmt: skip
        answer = file_answer(request, conditions, service.path, service.published)
        if answer is None:
            if request.path == "/health":
                reply = await self._ask(request)
            else:
                client = client_of(scope, self._settings.proxies)
                reply = await self._ask_in_turn(request, client)
            answer = Answer(reply.status, reply.headers, reply.body)
        if answer.status != 200 or not isinstance(answer.body, bytes):
            return answer
        if len(answer.body) > _AT_ONCE:
            answer = await asyncio.to_thread(finished, answer, encoding)
        else:
            answer = finished(answer, encoding)
        # The release may have changed since: then the answer is kept with its own release.
        if key and ("Cache-Control", "no-store") not in answer.headers:
            service.cache.put(key, answer)
        return answer

    async def _ask_in_turn(self, request: Request, client: str) -> Reply:
        try:
            async with self._clients.turn(client, self._settings.wait):
                return await self._ask(request)
        except TooMany as error:
            raise too_many(self._settings) from error

    async def _ask(self, request: Request) -> Reply:
        for attempt in range(1, _ATTEMPTS + 1):
            service = await self._current()
            try:
                return await service.workers.ask(request, self._settings.wait)
            except Busy as busy:
                if service is self._service:
                    raise overloaded() from busy
            except Died as died:
                if died.cause not in _AGAIN or attempt == _ATTEMPTS:
                    raise worker_died(died.cause, self._settings) from died
        raise overloaded()

    async def _refused(self, service: Service, request: Request, refusal: Refusal) -> Answer:
        """Show *refusal*: to a browser as a page, if a worker has time for it."""
        if "text/html" in request.headers.get("HTTP_ACCEPT", ""):
            # The form keeps the query, so that it can be mended.
            query = request.query if refusal.status != 414 else ""
            page = replace(
                request, method="GET", path=request.path if query else "/", query=query, body=b"",
                failure=(refusal.status, refusal.sentence),
            )  # fmt: skip
            try:
                reply = await service.workers.ask(page, 0)
                return Answer(reply.status, [*reply.headers, *refusal.headers], reply.body)
            except (Busy, Died):
                pass  # the sentence alone will do
        return refusal.plain()


def _key(request: Request, encoding: str) -> Key | None:
    """Return all that an answer depends on; None where none is to be kept."""
    method, path, headers = request.method, request.path, request.headers
    if not (method == "GET" or (method == "POST" and path == "/sparql")):
        return None
    if path in ("/health", "/metrics") or max(map(len, headers.values()), default=0) > (
        _LONGEST_HEADER
    ):
        return None
    kind = headers.get("CONTENT_TYPE", "") if method == "POST" else ""
    accept, language = headers.get("HTTP_ACCEPT", ""), headers.get("HTTP_ACCEPT_LANGUAGE", "")
    return method, path, request.query, accept, language, kind, request.body, encoding


def _unless_known(answer: Answer, tags: str | None) -> Answer:
    """Return what is sent of *answer*: nothing but its name where one of *tags* is its ETag."""
    if not tags or not answer.etag or answer.status != 200:
        return answer
    known = {part.strip().removeprefix("W/") for part in tags.split(",")}
    if answer.etag not in known and "*" not in known:
        return answer
    left_out = ("content-length", "content-type", "content-encoding")
    headers = [item for item in answer.headers if item[0].lower() not in left_out]
    return Answer(304, headers, b"")
