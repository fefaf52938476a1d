"""Files of a release and of the pages: sent by the web process, as workers open none."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from werkzeug.exceptions import HTTPException
from werkzeug.utils import send_from_directory

from scograph.cache import Answer
from scograph.headers import RESPONSE_HEADERS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_STATIC = Path(__file__).parent / "pages" / "static"
_TYPES = {".nq": "application/n-quads", ".ttl": "text/turtle; charset=utf-8",
          ".json": "application/json"}  # fmt: skip
# What is larger is sent in pieces, and never kept.
_WHOLE = 4 * 2**20


def file_answer(environ: WSGIEnvironment, release: Path) -> Answer | None:
    """Answer with the file that the request names; None where it names none that there is."""
    path = environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    if path.startswith("/static/"):
        return _send(environ, _STATIC, path.removeprefix("/static/"), None)
    name = path.removeprefix("/download/")
    if name == path or name not in _published(release):
        return None
    return _send(environ, release, name, _TYPES.get(Path(name).suffix))


def _published(release: Path) -> set[str]:
    manifest = json.loads((release / "manifest.json").read_bytes())
    return {"manifest.json", *manifest["files"]}


def _send(environ: WSGIEnvironment, folder: Path, name: str, mimetype: str | None) -> Answer | None:
    # A HEAD has the headers of a GET; a name that leaves the folder is found by nobody.
    get = {**environ, "REQUEST_METHOD": "GET"}
    try:
        response = send_from_directory(folder, name, get, mimetype=mimetype)
    except HTTPException:
        return None
    headers = [*response.headers.to_wsgi_list(), *RESPONSE_HEADERS]
    body = cast(Iterable[bytes], response.response)
    if response.status_code == 200 and (response.content_length or 0) <= _WHOLE:
        response.direct_passthrough = False
        body = [response.get_data()]
    return Answer(response.status_code, headers, cast(list[bytes], body))
