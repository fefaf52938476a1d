"""The cache of responses: a release is immutable, and so is every answer over it.

Only whole responses of status 200 are cached, under all parts of the request on which they
depend. No response depends on the Host header.
"""

from __future__ import annotations

from collections import OrderedDict
from weakref import WeakValueDictionary

from scograph.http.messages import Request, Response

# Method, path, query, Accept, Accept-Language, content type and body of a POST, encoding.
Key = tuple[str, str, str, str, str, str, bytes, str]

MB = 10**6
_NEVER_CACHED = ("/health", "/metrics")
# Requests with longer headers are unlikely to be repeated, and would fill the cache.
_LONGEST_HEADER = 300
# The largest response that is cached is this part of the capacity: it cannot evict all others.
_SHARE = 8
_OVERHEAD = 1_000


class Cache:
    """A least-recently-used cache of responses by key, shared by all clients."""

    def __init__(self, capacity: int) -> None:
        """Make a cache of *capacity* bytes."""
        self._capacity = capacity
        self._answers: OrderedDict[Key, Response] = OrderedDict()
        self._size = self._hits = self._misses = 0
        # Too large to be kept, but shared for as long as somebody is being sent it.
        self._on_its_way: WeakValueDictionary[Key, Response] = WeakValueDictionary()

    def get(self, key: Key) -> Response | None:
        """Return the cached response for *key*, None where there is none."""
        found = self.look(key)
        if found is None:
            self._misses += 1
        else:
            self._hits += 1
        return found

    def look(self, key: Key) -> Response | None:
        """Return the same as `get`, which counts a request, for one that has been counted."""
        found = self._answers.get(key)
        if found is None:
            return self._on_its_way.get(key)
        self._answers.move_to_end(key)
        return found

    def put(self, key: Key, answer: Response) -> None:
        """Cache *answer*, for long unless it is too large a part of the capacity."""
        size = _weight(key, answer)
        if size * _SHARE > self._capacity:
            self._on_its_way[key] = answer
            return
        old = self._answers.pop(key, None)
        self._size += size - (_weight(key, old) if old else 0)
        self._answers[key] = answer
        while self._size > self._capacity:
            self._size -= _weight(*self._answers.popitem(last=False))

    def counts(self) -> tuple[int, int, int, int]:
        """Return hits, misses, answers and bytes."""
        return self._hits, self._misses, len(self._answers), self._size


def _weight(key: Key, answer: Response) -> int:
    return answer.size + sum(map(len, key)) + _OVERHEAD


def key_of(request: Request, encoding: str) -> Key | None:
    """Return all on which the response to *request* depends; None if it is not to be cached."""
    method, path, headers = request.method, request.path, request.headers
    if not (method == "GET" or (method == "POST" and path == "/sparql")):
        return None
    longest = max(map(len, headers.values()), default=0)
    if path in _NEVER_CACHED or longest > _LONGEST_HEADER:
        return None
    kind = request.content_type if method == "POST" else ""
    language = headers.get("accept-language", "")
    return method, path, request.query, request.accept or "", language, kind, request.body, encoding
