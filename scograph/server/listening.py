"""The socket on which the server listens: its own alone, with bounds for those who connect.

It is opened here and not by granian, which would let a second server listen on the same port.
"""

from __future__ import annotations

import os
import resource
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass

from scograph.rdf.errors import GraphError

# Connections that wait to be taken; the kernel may allow fewer.
BACKLOG = 4096
# Connections at once. One that is idle costs some 20 kB, the head of a request 64 kB at most.
_CONNECTIONS = 8192
# Other open files: of transfers, workers, the release.
_OTHER_FILES = 1_500
# What may wait in the kernel for a client that does not read, in bytes.
_UNSENT = 2**17


@dataclass(frozen=True)
class ListenAddress:
    """Where to serve: the address to listen on, and what clients call it, with a slash."""

    host: str
    port: int
    url: str | None = None

    @property
    def authority(self) -> str:
        """Host and port as an address has them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def address(self) -> str:
        """The address under which the service describes itself."""
        return self.url or f"http://{self.authority}/"


def listen(address: ListenAddress, silence: float) -> socket.socket:
    """Listen on *address*; connections whose client takes nothing for *silence* seconds end.

    Raises:
        GraphError: somebody else listens there, or it is not this machine's.

    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(found[0], socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _not_listening(address, error) from error
    try:
        # Past connections of a server that has ended are no obstacle, a listener is.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _bound_connections(listener, silence)
        listener.bind(found[4])
        # Of two that bind at the same moment only one can listen.
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _not_listening(address, error) from error
    return listener


def connections() -> int:
    """Return how many connections there may be at once, by the limit of open files."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _CONNECTIONS if most < 0 else max(100, min(_CONNECTIONS, most - _OTHER_FILES))


def allow_connections() -> None:
    """Raise this process's limit of open files as far as `connections` needs it."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS + _OTHER_FILES
    if 0 <= soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (wanted if most < 0 else min(wanted, most), most)
            )


def occupy_standard_files() -> None:
    """See that descriptors 0 to 2 are taken, so that no socket is mistaken for one of them."""
    while (found := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(found, True)
    os.close(found)


def _bound_connections(listener: socket.socket, silence: float) -> None:
    """Set what connections inherit from *listener*."""
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if sys.platform == "linux":
        timeout = max(1, int(silence * 1000))
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, timeout)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT)


def _not_listening(address: ListenAddress, error: OSError | UnicodeError) -> GraphError:
    reason = getattr(error, "strerror", None) or str(error)
    return GraphError(
        f"cannot listen on {address.authority}: {reason}; name another one with --port "
        f"(make serve PORT={address.port + 1})"
    )
