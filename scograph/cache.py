"""Answers that are kept: a release is immutable, hence so is every answer over it.

Kept are whole answers of status 200, by all of the request that they depend on. What a
limit has cut short is never kept, nor what depends on the client's name for this host:
no answer does.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

import brotli
import zstandard
from werkzeug.http import parse_accept_header

# Method, path, query, Accept, Accept-Language, content type and body of a POST, encoding.
Key = tuple[str, str, str, str, str, str, bytes, str]
Headers = list[tuple[str, str]]

_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: brotli.compress(content, quality=5),
    "zstd": lambda content: zstandard.ZstdCompressor(level=6).compress(content),
    "gzip": lambda content: gzip.compress(content, 6, mtime=0),
}
# What is smaller gains nothing.
_SHORTEST = 1_000
_PLAIN = ("text/", "application/", "image/svg")
# One answer takes no more than this share, lest it drive out all others.
_SHARE = 8
_OVERHEAD = 1_000


@dataclass
class Answer:
    """A whole HTTP answer, ready to be sent; only a large file's ``body`` is read as it is sent.

    ``rows`` is how many results a query had, None where that is no question.
    """

    status: int
    headers: Headers
    body: bytes | Iterable[bytes]
    etag: str = ""
    rows: int | None = None

    @property
    def size(self) -> int:
        """The bytes of the body."""
        lengths = (int(value) for name, value in self.headers if name.lower() == "content-length")
        return next(lengths, 0)


class Cache:
    """Answers by key, the least recently used leave first; all clients share them."""

    def __init__(self, capacity: int) -> None:
        """Make a cache of *capacity* bytes."""
        self._capacity = capacity
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._size = self._hits = self._misses = 0

    def get(self, key: Key) -> Answer | None:
        """Return the answer that is kept for *key*, None where there is none."""
        found = self._answers.get(key)
        if found is None:
            self._misses += 1
            return None
        self._answers.move_to_end(key)
        self._hits += 1
        return found

    def put(self, key: Key, answer: Answer) -> None:
        """Keep *answer*, unless it is large for this cache."""
        size = _weight(key, answer)
        if size * _SHARE > self._capacity:
            return
        old = self._answers.pop(key, None)
        self._size += size - (_weight(key, old) if old else 0)
        self._answers[key] = answer
        while self._size > self._capacity:
            self._size -= _weight(*self._answers.popitem(last=False))

    def counts(self) -> tuple[int, int, int, int]:
        """Return hits, misses, answers and bytes."""
        return self._hits, self._misses, len(self._answers), self._size


def _weight(key: Key, answer: Answer) -> int:
    return answer.size + sum(map(len, key)) + _OVERHEAD


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


def finished(answer: Answer, encoding: str) -> Answer:
    """Name *answer* by what it holds, and compress it where that is worth while.

    The ETag is that of RFC 9110, section 8.8.3: another encoding is another answer.
    """
    content = plain = answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)
    headers = [item for item in answer.headers if item[0].lower() not in ("etag", "content-length")]
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    tag = hashlib.sha256(content).hexdigest()[:32]
    if encoding and len(content) >= _SHORTEST and kind.startswith(_PLAIN):
        content = _ENCODERS[encoding](content)
        headers.append(("Content-Encoding", encoding))
        tag += "-" + encoding
    headers += [("Content-Length", str(len(content))), ("ETag", f'"{tag}"')]
    rows = _rows(plain, kind)
    return replace(answer, headers=headers, body=content, etag=f'"{tag}"', rows=rows)


def _rows(content: bytes, kind: str) -> int | None:
    """Count the results of a query as they are written: exactly, but for a text with the mark."""
    if kind.startswith("application/sparql-results+json"):
        start = content.find(b'"bindings":[')
        empty = content.startswith(b"]", start + 12)
        return None if start < 0 else 0 if empty else content.count(b"},{", start) + 1
    if kind.startswith("application/sparql-results+xml"):
        return content.count(b"<result>")
    marks = {"text/csv": b"\r\n", "text/tab-separated-values": b"\n"}
    mark = marks.get(kind.partition(";")[0])
    return None if mark is None else max(0, content.count(mark) - 1)
