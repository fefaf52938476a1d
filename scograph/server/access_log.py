"""The access log: a line of JSON for each request."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True)
class Log:
    """Where the access log is written (``-``: standard output), and whether with addresses."""

    path: str
    addresses: bool = False

    def open(self) -> AccessLog:
        """Open the log; to a file it is appended."""
        if self.path == "-":
            return AccessLog(sys.stdout, addresses=self.addresses)
        file = Path(self.path).open("a", encoding="utf-8")  # noqa: SIM115 - as long as we run
        return AccessLog(file, addresses=self.addresses)


@dataclass(frozen=True)
class Visit:
    """A request and its response, as the log records them."""

    method: str
    path: str
    query: str
    status: int
    seconds: float
    size: int
    rows: int | None
    cached: bool
    client: str


class AccessLog:
    """Writes a line of JSON for each request, with the client's address only on demand."""

    def __init__(self, file: TextIO, *, addresses: bool) -> None:
        self._file = file
        self._addresses = addresses

    def write(self, visit: Visit) -> None:
        """Log *visit*, a query by its hash: equal queries can be recognised, none can be read."""
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "method": visit.method,
            "path": visit.path,
            "status": visit.status,
            "ms": round(visit.seconds * 1000, 2),
            "bytes": visit.size,
            "cached": visit.cached,
        }
        if visit.query:
            line["query"] = hashlib.sha256(visit.query.encode()).hexdigest()[:16]
        if visit.rows is not None:
            line["rows"] = visit.rows
        if self._addresses:
            line["client"] = visit.client
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()


def rows_in(content_type: str, content: bytes) -> int | None:
    """Count the results in a response by their separators, hence too many if a literal has one."""
    if content_type.startswith("application/sparql-results+json"):
        start = content.find(b'"bindings":[')
        empty = content.startswith(b"]", start + 12)
        return None if start < 0 else 0 if empty else content.count(b"},{", start) + 1
    if content_type.startswith("application/sparql-results+xml"):
        return content.count(b"<result>")
    marks = {"text/csv": b"\r\n", "text/tab-separated-values": b"\n"}
    mark = marks.get(content_type.partition(";")[0])
    return None if mark is None else max(0, content.count(mark) - 1)
