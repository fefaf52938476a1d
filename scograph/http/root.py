"""The path below which a service is found, where that is not the root of its host."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, unquote, urlsplit

from scograph.http.messages import Request


def root_of(address: str) -> str:
    """Return the path of a service's *address*, without the slash at its end: often nothing."""
    return quote(unquote(urlsplit(address).path.rstrip("/")))


def without_root(request: Request, root: str) -> Request:
    """Return *request* as one to the root, of which a proxy in front may have made it already."""
    if not root:
        return request
    # As requests have it: bytes, as Latin-1.
    before = unquote(root).encode().decode("latin-1")
    if request.path == before:
        return replace(request, path="/")
    if request.path.startswith(f"{before}/"):
        return replace(request, path=request.path.removeprefix(before))
    return request
