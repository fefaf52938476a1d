"""A client in this process: each request goes by way of the front end, as over the network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.test import Client
from werkzeug.wrappers import Request

from scograph.server.front_end import FrontEnd
from scograph.server.settings import Settings
from scograph.sparql.release import Release
from tests.fronting import Asked, Exchange, Fronted, Given

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class _Adapter:
    """WSGI for werkzeug's client, over a front end."""

    def __init__(self, front_end: FrontEnd) -> None:
        self._front_end = front_end

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        headers = Given([(name.lower(), value) for name, value in request.headers])
        query = request.query_string.decode("latin-1")
        asked = Asked(request.method, request.path, query, headers, "192.0.2.1:5")
        exchange = Exchange([environ["wsgi.input"].read()])
        asyncio.run(self._front_end.__rsgi__(cast(Any, asked), cast(Any, exchange)))
        got = exchange.finish()
        start(f"{got.status} {HTTP_STATUS_CODES[got.status]}", list(got.headers.items()))
        return [got.body]


def client_over(release: Release, settings: Settings | None = None) -> Client:
    """A client of a front end over *release*, which is called `tests.fronting.ADDRESS`."""
    return client_of(Fronted(release, settings or Settings()).front)


def client_of(front_end: FrontEnd) -> Client:
    """A client of *front_end*."""
    return Client(_Adapter(front_end))
