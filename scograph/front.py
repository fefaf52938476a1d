"""What stands before the application: the cache, the limits that need no query, and the workers.

A bare WSGI application, so that an answer that is known costs a look into a table. What
is not known is asked of a worker, whole or not at all; how that failed is told in the
status and in one sentence.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs

from scograph.cache import Answer, Cache, Key, encoding_for, finished
from scograph.clients import Clients, TooMany
from scograph.files import file_answer
from scograph.metrics import AccessLog, Metrics, Visit, route_of
from scograph.refusals import Refusal, overloaded, refuse_request, too_many, worker_died
from scograph.settings import Settings
from scograph.workers.pool import Busy, Deaths, Died
from scograph.workers.wire import Reply, Request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# A worker that ended for reasons of its own has done nothing to the request.
_AGAIN = ("killed", "done")
_ATTEMPTS = 3
# All of a request's headers that an answer may depend on.
_HEADERS = ("HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "CONTENT_TYPE")
_LONGEST_HEADER = 300
_METRICS = "text/plain; version=0.0.4; charset=utf-8"


class Workers(Protocol):
    """Whoever answers requests; see `scograph.workers.pool.Pool`."""

    address: str

    def ask(self, request: Request, patience: float) -> Reply:
        """Answer *request*, after at most *patience* seconds of waiting."""
        ...

    def close(self, then: Callable[[], None]) -> None:
        """Call *then* when nothing is being answered any more."""
        ...


@dataclass(frozen=True)
class Service:
    """A release that is served: its folder and hash, who answers, and the answers so far."""

    path: Path
    release: str
    workers: Workers
    cache: Cache


class Front:
    """The WSGI application (PEP 3333) that the server runs; see `use`."""

    def __init__(self, settings: Settings, deaths: Deaths, log: AccessLog | None = None) -> None:
        self._settings = settings
        self._clients = Clients(settings.per_client)
        self._metrics = Metrics(deaths)
        self._log = log
        self._service: Service | None = None
        self._there = threading.Event()

    def use(self, service: Service) -> Service | None:
        """Answer from *service* from now on; return the one before."""
        old, self._service = self._service, service
        self._there.set()
        return old

    def wait(self) -> None:
        """Wait until there is something to serve."""
        self._there.wait()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        began = time.perf_counter()
        service = self._service
        if service is None:
            raise RuntimeError("a front serves nothing before it is told what")
        method = environ["REQUEST_METHOD"]
        body, cached = b"", False
        try:
            refuse_request(environ, self._settings)
            if method == "POST":
                body = _body(environ, self._settings)
            key = _key(environ, body)
            answer = service.cache.get(key) if key else None
            cached = answer is not None
            if answer is None:
                answer = self._answer(service, environ, body, key)
        except Refusal as refusal:
            answer = self._refused(service, environ, refusal)
        found = _sent(environ, answer)
        seconds = time.perf_counter() - began
        self._metrics.count(route_of(environ["PATH_INFO"]), found.status, seconds)
        if self._log is not None:
            self._log.write(_visit(environ, body, found, seconds, cached, self._client(environ)))
        start(f"{found.status} ", found.headers)
        return [] if method == "HEAD" else found.body

    def _answer(
        self, service: Service, environ: WSGIEnvironment, body: bytes, key: Key | None
    ) -> Answer:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            text = self._metrics.text(service.cache, service.release)
            return Answer(200, [("Content-Type", _METRICS)], [text])
        answer = file_answer(environ, service.path)
        if answer is None:
            request = _request(environ, body)
            if path == "/health":
                reply = self._ask(request)
            else:
                reply = self._ask_in_turn(request, self._client(environ))
            answer = Answer(reply.status, reply.headers, [reply.body])
        if answer.status != 200 or not isinstance(answer.body, list):
            return answer
        answer = finished(answer, encoding_for(environ.get("HTTP_ACCEPT_ENCODING", "")))
        # The release may have changed since: then the answer is kept with its own release.
        if key and path != "/health" and ("Cache-Control", "no-store") not in answer.headers:
            service.cache.put(key, answer)
        return answer

    def _ask_in_turn(self, request: Request, client: str) -> Reply:
        try:
            with self._clients.turn(client, self._settings.wait):
                return self._ask(request)
        except TooMany as error:
            raise too_many(self._settings) from error

    def _ask(self, request: Request) -> Reply:
        for attempt in range(1, _ATTEMPTS + 1):
            service = self._service
            if service is None:
                break
            try:
                return service.workers.ask(request, self._settings.wait)
            except Busy as busy:
                if service is self._service:
                    raise overloaded() from busy
            except Died as died:
                if died.cause not in _AGAIN or attempt == _ATTEMPTS:
                    raise worker_died(died.cause, self._settings) from died
        raise overloaded()

    def _refused(self, service: Service, environ: WSGIEnvironment, refusal: Refusal) -> Answer:
        """Show *refusal*: to a browser as a page, if a worker has time for it."""
        if "text/html" in environ.get("HTTP_ACCEPT", ""):
            failure = (refusal.status, refusal.sentence)
            headers = {name: environ[name] for name in _HEADERS[:2] if name in environ}
            try:
                # The form keeps the query, so that it can be mended.
                query = environ.get("QUERY_STRING", "") if refusal.status != 414 else ""
                path = environ["PATH_INFO"] if query else "/"
                asked = Request("GET", path, query, headers, b"", failure)
                reply = service.workers.ask(asked, 0)
                return Answer(reply.status, [*reply.headers, *refusal.headers], [reply.body])
            except (Busy, Died):
                pass  # the sentence alone will do
        return refusal.plain()

    def _client(self, environ: WSGIEnvironment) -> str:
        """Return the client's address, as the nearest trusted proxy tells it."""
        told = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        trusted = int(self._settings.proxies)
        if trusted and len(told) >= trusted:
            return client_of(told[-trusted])
        return client_of(environ.get("REMOTE_ADDR", ""))


def client_of(address: str) -> str:
    """Return whom *address* stands for: of IPv6, one client has as many as there are in a /64."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _key(environ: WSGIEnvironment, body: bytes) -> Key | None:
    """Return all that an answer depends on; None where none is to be kept."""
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    accept, language, kind = (environ.get(name, "") for name in _HEADERS)
    if method == "HEAD":
        method = "GET"
    known = method == "GET" or (method == "POST" and path == "/sparql")
    if not known or max(len(accept), len(language), len(kind)) > _LONGEST_HEADER:
        return None
    if path in ("/health", "/metrics") or "HTTP_RANGE" in environ:
        return None
    encoding = encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
    kind = kind if method == "POST" else ""
    return method, path, environ.get("QUERY_STRING", ""), accept, language, kind, body, encoding


def _request(environ: WSGIEnvironment, body: bytes) -> Request:
    method = environ["REQUEST_METHOD"]
    headers = {name: environ[name] for name in _HEADERS if name in environ}
    return Request(
        "GET" if method == "HEAD" else method,
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
        headers,
        body,
    )


def _body(environ: WSGIEnvironment, settings: Settings) -> bytes:
    limit = int(settings.query_size) * 1000
    # A server may cut what is longer than it was told to read; so we ask for one byte more.
    found: bytes = environ["wsgi.input"].read(limit + 1)
    if len(found) > limit:
        raise Refusal(413, f"The longest request that is read here has {limit:,} bytes.")
    declared = environ.get("CONTENT_LENGTH") or ""
    if declared.isdecimal() and len(found) < int(declared):
        raise Refusal(400, "The request ended before all of its body had come.")
    return found


def _sent(environ: WSGIEnvironment, answer: Answer) -> Answer:
    """Return what is sent of *answer*: nothing but its name where the client has it."""
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if not asked or not answer.etag or answer.status != 200:
        return answer
    tags = {part.strip().removeprefix("W/") for part in asked.split(",")}
    if answer.etag not in tags and "*" not in tags:
        return answer
    left_out = ("content-length", "content-type", "content-encoding")
    headers = [item for item in answer.headers if item[0].lower() not in left_out]
    return Answer(304, headers, [])


def _visit(
    environ: WSGIEnvironment, body: bytes, answer: Answer, seconds: float, cached: bool, client: str
) -> Visit:
    kind = environ.get("CONTENT_TYPE", "")
    query = environ.get("QUERY_STRING", "")
    text = body.decode(errors="replace")
    if "sparql-query" not in kind:
        text = next(iter(parse_qs(text or query).get("query", [])), "")
    return Visit(
        environ["REQUEST_METHOD"], environ["PATH_INFO"], text, answer.status, seconds,
        answer.size, answer.rows, cached, client,
    )  # fmt: skip
