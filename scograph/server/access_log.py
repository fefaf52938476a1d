"""The access log: a line of JSON for each request, written by a thread of its own.

No request waits for the log, and none fails with it: lines that cannot be written, because the
disk is full, the reader gone or nobody reads, are dropped and counted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from scograph.server.stderr import tell

# Lines that wait to be written; at 250 bytes each these are 2.5 MB.
_WAITING = 10_000
_PAUSE = 0.02  # seconds in which lines gather, so that they are written together
_NONE = -1
_LAST_WAIT = 2.0  # seconds for the last lines when the server stops


@dataclass(frozen=True)
class Log:
    """Where the access log is written (``-``: standard output), and whether with addresses."""

    path: str
    addresses: bool = False

    def open(self) -> AccessLog:
        """Open the log; to a file it is appended."""
        return AccessLog(self)

    def descriptor(self) -> int:
        """Open the path and return the descriptor, which the caller closes.

        Raises:
            OSError: there is no writing to that path; of a named pipe, nobody reads it.

        """
        if self.path == "-":
            return os.dup(1)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
        found = os.open(self.path, flags, 0o666)
        os.set_blocking(found, True)
        return found


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
    """Writes a line of JSON for each request, with the client's address only on demand.

    ``dropped`` is how many lines could not be written.
    """

    def __init__(self, log: Log) -> None:
        """Open *log*; where that fails, lines are dropped and counted until `reopen` succeeds."""
        self.dropped = 0
        self._log = log
        self._descriptor = _NONE
        # Unlike other queues this one may be used in a signal handler.
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._is_to_reopen = False
        # After a line of which only a part was written the next one begins anew.
        self._is_torn = False
        self._writer: threading.Thread | None = None
        self._reopen()

    def write(self, visit: Visit) -> None:
        """Log *visit*, a query by its hash: equal queries can be recognised, none can be read."""
        if self._lines.qsize() >= _WAITING:
            self.dropped += 1
            return
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
        if self._log.addresses:
            line["client"] = visit.client
        self._lines.put(json.dumps(line).encode() + b"\n")
        if self._writer is None:  # not before: the process may have been forked since
            self._writer = threading.Thread(target=self._run, name="access log", daemon=True)
            self._writer.start()

    def reopen(self) -> None:
        """Write to the same path from now on, which may be another file than before."""
        self._is_to_reopen = True
        self._lines.put(b"")

    def close(self) -> None:
        """Write what is waiting, unless that takes too long, and end the thread."""
        self._lines.put(None)
        if self._writer is not None:
            self._writer.join(_LAST_WAIT)

    def _run(self) -> None:
        is_open = True
        while is_open:
            lines = [self._lines.get()]
            if lines[0] is not None:
                time.sleep(_PAUSE)
            with contextlib.suppress(Empty):
                while len(lines) < _WAITING:
                    lines.append(self._lines.get_nowait())
            is_open = None not in lines
            if self._is_to_reopen:
                self._reopen()
            self._write([line for line in lines if line])
        self._close()

    def _reopen(self) -> None:
        self._is_to_reopen = False
        # Where that fails the file before is written on.
        try:
            new = self._log.descriptor()
        except OSError as error:
            tell(f"cannot open the access log {self._log.path}: {error.strerror or error}")
            return
        self._close()
        self._descriptor, self._is_torn = new, False

    def _close(self) -> None:
        if self._descriptor != _NONE:
            os.close(self._descriptor)

    def _write(self, lines: list[bytes]) -> None:
        text = b"".join(lines)
        if not text:
            return
        if self._is_torn:
            text = b"\n" + text
        written = 0
        try:
            while written < len(text):
                written += os.write(self._descriptor, text[written:])
        except OSError:
            done = text[:written]
            self.dropped += len(lines) - done.count(b"\n", 1 if self._is_torn else 0)
            self._is_torn = not done.endswith(b"\n") if done else self._is_torn
            return
        self._is_torn = False


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
