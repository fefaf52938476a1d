"""Lines of JSON between the supervisor, its zygotes and the web process; sending never waits."""

from __future__ import annotations

import json
import socket
from typing import Any

# Bytes that a peer may leave unread before what is sent to it is dropped, and of one line.
_MOST = 2**20


class Lines:
    """One end of a connection. A peer that is stopped holds nobody up, and loses what it is told.

    ``closed`` is true once the peer is gone, or speaks another language.
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._received = b""
        self._unsent = b""
        self.closed = False

    def fileno(self) -> int:
        """Return the file descriptor, for `select`."""
        return self._connection.fileno()

    @property
    def pending(self) -> bool:
        """Whether something is left to be sent."""
        return bool(self._unsent) and not self.closed

    def send(self, **what: object) -> bool:
        """Send one line, now or by `flush`; return whether it was taken."""
        if self.closed or len(self._unsent) > _MOST:
            return False
        self._unsent += json.dumps(what).encode() + b"\n"
        self.flush()
        return not self.closed

    def flush(self) -> None:
        """Send what is left to be sent, as far as the peer takes it."""
        try:
            while self._unsent:
                sent = self._connection.send(self._unsent)
                self._unsent = self._unsent[sent:]
        except BlockingIOError:
            pass
        except OSError:
            self.closed = True

    def receive(self) -> list[dict[str, Any]]:
        """Return the lines that have come since the last call."""
        try:
            found = self._connection.recv(65536)
        except BlockingIOError:
            return []
        except OSError:  # closed before it had read all that was sent
            found = b""
        if not found:
            self.closed = True
            return []
        *lines, self._received = (self._received + found).split(b"\n")
        try:
            told = [json.loads(line) for line in lines]
        except ValueError:
            told = [None]
        if len(self._received) > _MOST or not all(isinstance(line, dict) for line in told):
            self.closed = True
            return []
        return told

    def close(self) -> None:
        """Close the connection."""
        self.closed = True
        self._connection.close()
