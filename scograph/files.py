"""Files of a release and of the pages: sent by the web process, as workers open none."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import cast

from werkzeug.exceptions import HTTPException
from werkzeug.utils import send_from_directory

from scograph.cache import Answer
from scograph.headers import RESPONSE_HEADERS
from scograph.workers.wire import Request
from scograph.workers.worker import environment

_STATIC = Path(__file__).parent / "pages" / "static"
_TYPES = {".nq": "application/n-quads", ".ttl": "text/turtle; charset=utf-8",
          ".json": "application/json"}  # fmt: skip
# What is larger is sent in pieces, and never kept.
_WHOLE = 4 * 2**20
# Which part is asked for, or whether any (RFC 9110, sections 13 and 14).
CONDITIONS = ("range", "if-range", "if-none-match", "if-modified-since")


def file_answer(
    request: Request, conditions: Mapping[str, str], release: Path, published: Container[str]
) -> Answer | None:
    """Answer with the file that *request* names; None where it names none that there is.

    *conditions* are those of its headers that are `CONDITIONS`; *published* are the names
    of the files of *release* that may be had.
    """
    if request.method != "GET":
        return None
    static = request.path.removeprefix("/static/")
    if static != request.path:
        return _send(request, conditions, _STATIC, static)
    name = request.path.removeprefix("/download/")
    if name == request.path or name not in published:
        return None
    return _send(request, conditions, release, name)


def _send(
    request: Request, conditions: Mapping[str, str], folder: Path, name: str
) -> Answer | None:
    asked = {"HTTP_" + key.upper().replace("-", "_"): value for key, value in conditions.items()}
    kind = _TYPES.get(Path(name).suffix)
    try:  # a name that leaves the folder is found by nobody
        response = send_from_directory(
            folder, name, {**environment(request), **asked}, mimetype=kind
        )
    except HTTPException:
        return None
    headers = [*response.headers.to_wsgi_list(), *RESPONSE_HEADERS]
    if response.status_code == 200 and (response.content_length or 0) <= _WHOLE:
        response.direct_passthrough = False
        return Answer(200, headers, response.get_data())
    return Answer(response.status_code, headers, cast(Iterable[bytes], response.response))
