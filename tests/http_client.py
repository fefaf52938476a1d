"""A client in this process: each request goes by way of the front end, as over the network."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from werkzeug.datastructures import Headers
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.test import Client
from werkzeug.wrappers import Request as WSGIRequest

from scograph.server.front_end import FrontEnd
from scograph.server.in_process import front_end_over
from scograph.server.settings import Settings
from scograph.sparql.release import Release

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ADDRESS = "http://127.0.0.1:8123/"


class _ScopeHeaders:
    """The headers of a request, with the methods of granian's."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    def get(self, name: str) -> str | None:
        return self._headers.get(name)

    def get_all(self, name: str) -> list[str]:
        return self._headers.getlist(name)

    def __contains__(self, name: str) -> bool:
        return name in self._headers


@dataclass
class _Exchange:
    """RSGI's protocol: gives the body of a request, keeps the response."""

    body: bytes
    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    content: bytes = b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.body), 65_536):
            yield self.body[start : start + 65_536]

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, headers

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.content = status, headers, body

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> _Exchange:
        self.status, self.headers = status, headers
        return self

    async def send_bytes(self, piece: bytes) -> None:
        self.content += piece


class _Adapter:
    """WSGI for werkzeug's client, over a front end."""

    def __init__(self, front_end: FrontEnd) -> None:
        self._front_end = front_end

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        request = WSGIRequest(environ)
        scope = SimpleNamespace(
            method=request.method,
            path=request.path,
            query_string=request.query_string.decode("latin-1"),
            headers=_ScopeHeaders(Headers(request.headers)),
            client="127.0.0.1:50000",
        )
        exchange = _Exchange(cast(io.BytesIO, environ["wsgi.input"]).read())
        asyncio.run(self._front_end.__rsgi__(cast(Any, scope), cast(Any, exchange)))
        names = {**HTTP_STATUS_CODES}
        start(f"{exchange.status} {names[exchange.status]}", exchange.headers)
        return [exchange.content]


def client_over(release: Release, settings: Settings | None = None) -> Client:
    """A client of a front end over *release*, which is called `ADDRESS`."""
    return Client(_Adapter(front_end_over(release, settings or Settings(), ADDRESS)))
