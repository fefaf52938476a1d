"""Files over HTTP: those of a release, and what pages are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import cast

from werkzeug.exceptions import HTTPException
from werkzeug.utils import send_from_directory

from scograph.http.encoding import tag_of
from scograph.http.headers import RESPONSE_HEADERS
from scograph.http.messages import Request, Response, wsgi_environ

_STATIC = Path(__file__).parent.parent / "web" / "static"
_TYPES = {".nq": "application/n-quads", ".ttl": "text/turtle; charset=utf-8",
          ".json": "application/json", "": "text/plain; charset=utf-8"}  # fmt: skip
# What is larger is sent in pieces, and never kept.
_WHOLE = 4 * 2**20
# Which part is asked for, or whether any (RFC 9110, sections 13 and 14).
CONDITIONS = ("range", "if-range", "if-none-match", "if-modified-since")


def file_response(
    request: Request, conditions: Mapping[str, str], release: Path, published: Mapping[str, str]
) -> Response | None:
    """Answer with the file that *request* names; None where it names none that there is.

    *conditions* are those of its headers that are `CONDITIONS`; *published* are the names
    of the files of *release* that may be had, each with its SHA-256.
    """
    if request.method != "GET":
        return None
    for place, folder, files in (
        ("/static/", _STATIC, _static_files()),
        ("/download/", release, published),
    ):
        name = request.path.removeprefix(place)
        if name != request.path and name in files:
            return _send(request, conditions, folder, name, files[name])
    return None


def _send(
    request: Request, conditions: Mapping[str, str], folder: Path, name: str, digest: str
) -> Response | None:
    environ = wsgi_environ(request, dict(conditions))
    kind = _TYPES.get(Path(name).suffix)
    try:  # a name that leaves the folder is found by nobody
        response = send_from_directory(folder, name, environ, mimetype=kind, etag=tag_of(digest))
    except HTTPException:
        return None
    headers = [*response.headers.to_wsgi_list(), *RESPONSE_HEADERS]
    if response.status_code == 200 and (response.content_length or 0) <= _WHOLE:
        response.direct_passthrough = False
        content = response.get_data()
        response.close()
        return Response(200, headers, content)
    pieces = cast(Iterable[bytes], response.response)
    return Response(response.status_code, headers, b"", pieces)


@cache
def _static_files() -> dict[str, str]:
    """Return the names of the pages' own files, each with its SHA-256."""
    return {
        path.relative_to(_STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in _STATIC.rglob("*")
        if path.is_file()
    }
