"""Content encodings and entity tags: how a response is compressed, and its ETag."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import brotli
import zstandard
from werkzeug.http import parse_accept_header

from scograph.http.messages import Response

_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: brotli.compress(content, quality=5),
    "zstd": lambda content: zstandard.ZstdCompressor(level=6).compress(content),
    "gzip": lambda content: gzip.compress(content, 6, mtime=0),
}
# What is smaller gains nothing.
_SHORTEST = 1_000
_COMPRESSIBLE = ("text/", "application/", "image/svg")
_REPLACED = ("etag", "content-length")


@lru_cache(maxsize=512)
def encoding_for(header: str) -> str:
    """Choose the encoding for an Accept-Encoding header (RFC 9110, section 12.5.3), or none."""
    accept = parse_accept_header(header)
    best, chosen = 0.0, ""
    for name in _ENCODERS:
        quality = float(accept.quality(name))
        if quality > best:
            best, chosen = quality, name
    return chosen


def tag_of(digest: str, encoding: str = "") -> str:
    """Return the entity tag of content with the SHA-256 *digest* (RFC 9110, section 8.8.3).

    Another encoding is another representation, hence has another tag.
    """
    return f"{digest[:32]}-{encoding}" if encoding else digest[:32]


def encoded(response: Response, encoding: str) -> Response:
    """Compress *response* where that is worth while, and name it by what it holds.

    Args:
        response: one without pieces.
        encoding: what `encoding_for` chose.

    """
    content = response.body
    headers = [item for item in response.headers if item[0].lower() not in _REPLACED]
    digest = hashlib.sha256(content).hexdigest()
    compress = len(content) >= _SHORTEST and _is_compressible(response)
    chosen = encoding if compress else ""
    if chosen:
        content = _ENCODERS[chosen](content)
        headers.append(("Content-Encoding", chosen))
    headers += [("Content-Length", str(len(content))), ("ETag", f'"{tag_of(digest, chosen)}"')]
    return replace(response, headers=headers, body=content)


def _is_compressible(response: Response) -> bool:
    return response.header("content-type").startswith(_COMPRESSIBLE)
