"""Requests and responses, of no framework and no server."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from typing import Any, Protocol

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Request:
    """An HTTP request: nothing in it names the host or the client.

    ``path`` and ``query`` are as in WSGI's environment: bytes, as Latin-1. ``headers`` are
    those on which an answer may depend, by their names in lower case. ``failure`` is a
    status and a sentence of which a page is to be made, in place of an answer.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""
    failure: tuple[int, str] | None = None

    @property
    def accept(self) -> str | None:
        """The Accept header, None where there is none."""
        return self.headers.get("accept")

    @property
    def content_type(self) -> str:
        """The Content-Type header, empty where there is none."""
        return self.headers.get("content-type", "")


class FileChanged(Exception):  # noqa: N818 - what it says
    """A file is not what it was when it was opened."""


class Readable(Protocol):
    """An open file; see `scograph.http.files.ReleaseFile`."""

    def read(self, offset: int, count: int) -> bytes:
        """Return *count* bytes from *offset*, or raise `FileChanged`."""
        ...


@dataclass(frozen=True)
class FilePart:
    """A part of an open file, from *start*, *length* bytes long."""

    source: Readable
    start: int
    length: int


@dataclass(frozen=True)
class Response:
    """An HTTP response.

    ``file`` stands in place of the body of a large file, which is read as it is sent.
    ``rows`` is how many results a query had, None where that is no question.
    """

    status: int
    headers: Headers
    body: bytes
    file: FilePart | None = None
    rows: int | None = None

    def header(self, name: str) -> str:
        """Return the value of the header *name* (in lower case), empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def size(self) -> int:
        """The length of the body in bytes."""
        return len(self.body) if self.file is None else self.file.length


def wsgi_environ(request: Request) -> dict[str, Any]:
    """Return WSGI's environment of *request* (PEP 3333)."""
    named = {
        "HTTP_" + name.upper().replace("-", "_"): text for name, text in request.headers.items()
    }
    if "HTTP_CONTENT_TYPE" in named:
        named["CONTENT_TYPE"] = named.pop("HTTP_CONTENT_TYPE")
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path,
        "QUERY_STRING": request.query,
        # Never what the client calls us: no answer depends on it.
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **named,
    }
