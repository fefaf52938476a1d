"""`scograph serve`: starts the supervisor of the workers, and granian in front of it."""

from __future__ import annotations

import ipaddress
import json
import math
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from scograph.http.root import root_of
from scograph.rdf.errors import GraphError
from scograph.server.access_log import Log
from scograph.server.settings import Settings
from scograph.server.web_process import load_web_process

_SHUTDOWN_GRACE = 2  # seconds after the deadline of the last query
_SUPERVISOR_GRACE = 2.0  # seconds in which the supervisor ends
_HEADER_TIMEOUT = 20_000  # ms
_HEADER_SIZE = 64 * 1024  # bytes


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


def serve(
    folder: Path,
    listen: ListenAddress,
    settings: Settings,
    announce: Callable[[str], None],
    *,
    log: Log | None = None,
    watch: bool = False,
) -> None:
    """Serve the release of *folder* until interrupted; see `find_release`.

    *announce* is called with the address once nothing stands in the way. SIGHUP, or with
    *watch* a change of ``releases/current``, brings in a new release.

    Raises:
        GraphError: the release is damaged, or the port is taken.

    """
    _try_port(listen)
    if sys.platform != "linux":
        _serve_in_process(folder, listen, settings, announce, log)
        return
    hangups: list[int] = []
    signal.signal(signal.SIGHUP, lambda number, _: hangups.append(number))
    with _supervisor(folder, listen, settings, watch=watch) as (control, supervisor):
        announce(f"http://{listen.authority}/")
        server = _granian(listen, settings)
        server.on_startup(
            partial(_watch_over, supervisor, server.signal_handler_interrupt, hangups)
        )
        loader = partial(_load, control, settings, log, os.getpid(), root_of(listen.address))
        try:
            server.serve(target_loader=loader, wrap_loader=False)
        except SystemExit as error:
            _raise_if_ended(supervisor)
            raise GraphError("the web process has ended, and so has the server") from error
        finally:
            # The end has begun.
            for number in (signal.SIGALRM, signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
        _raise_if_ended(supervisor)


def _watch_over(
    supervisor: subprocess.Popen[bytes], end: Callable[[], None], hangups: list[int]
) -> None:
    """Hand on SIGHUP to *supervisor*, the *hangups* before, too, and call *end* when it ends.

    A signal that ends us, too, has *end* called, and again each second: granian forgets it where
    it comes while a web process is being replaced.
    """

    def end_surely(*_: object) -> None:
        signal.signal(signal.SIGALRM, lambda *_: end())
        signal.setitimer(signal.ITIMER_REAL, 1, 1)
        end()

    def end_with_it(*_: object) -> None:
        if supervisor.poll() is not None:
            end_surely()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end_surely)

    # On SIGHUP granian would restart its worker; here a new release is loaded instead.
    signal.signal(signal.SIGHUP, lambda *_: supervisor.send_signal(signal.SIGHUP))
    signal.signal(signal.SIGCHLD, end_with_it)
    if hangups:
        supervisor.send_signal(signal.SIGHUP)
    end_with_it()


def _raise_if_ended(supervisor: subprocess.Popen[bytes]) -> None:
    status = supervisor.poll()
    if status is not None:
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else "has ended"
        raise GraphError(f"the supervisor of the workers {how}, and so has the server")


@contextmanager
def _supervisor(
    folder: Path, listen: ListenAddress, settings: Settings, *, watch: bool
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    orders = {
        "folder": str(folder.resolve()),
        "settings": asdict(settings),
        "address": listen.address,
        "watch": watch,
        "parent": os.getpid(),
    }
    command = [sys.executable, "-m", "scograph.server", json.dumps(orders)]
    # In a session of its own: Ctrl-C is the terminal's word to this process alone.
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as supervisor:
        try:
            yield _started(supervisor), supervisor
        finally:
            if supervisor.stdin is not None:
                supervisor.stdin.close()
            try:
                supervisor.wait(_SUPERVISOR_GRACE)
            except subprocess.TimeoutExpired:  # somebody has stopped it
                supervisor.kill()


def _started(supervisor: subprocess.Popen[bytes]) -> str:
    """Wait for the supervisor's first line; return the name of its socket."""
    line = supervisor.stdout.readline() if supervisor.stdout is not None else b""
    told = json.loads(line or b'{"failed": "the workers could not be started"}')
    if "failed" in told:
        raise GraphError(told["failed"])
    return str(told["control"])


def _load(
    control: str, settings: Settings, log: Log | None, parent: int, root: str, *_: Any
) -> Any:
    try:
        front_end = load_web_process(control, settings, log, parent)
    except OSError:  # the supervisor has ended, which the parent tells of
        sys.exit(1)
    front_end.mount(root)
    return front_end


def _granian(listen: ListenAddress, settings: Settings) -> Any:
    return Granian(
        "scograph",
        address=listen.host,
        port=listen.port,
        interface=Interfaces.RSGI,
        loop=Loops.uvloop if sys.platform == "linux" else Loops.auto,
        workers=1,
        # Pending responses are sent first, but clients that do not read them are not waited for.
        workers_kill_timeout=math.ceil(settings.deadline) + _SHUTDOWN_GRACE,
        log_level=LogLevels.error,
        websockets=False,
        # A web process that dies is replaced; one that dies at once again ends the server.
        respawn_failed_workers=True,
        http1_settings=HTTP1Settings(
            header_read_timeout=_HEADER_TIMEOUT, max_buffer_size=_HEADER_SIZE
        ),
    )


def _serve_in_process(
    folder: Path,
    listen: ListenAddress,
    settings: Settings,
    announce: Callable[[str], None],
    log: Log | None,
) -> None:
    """Serve where the kernel is not Linux: queries are not confined, so nobody else may ask."""
    if not _is_here(listen.host):
        raise GraphError(
            f"only on Linux are queries kept from hurting the service; here serve 127.0.0.1, "
            f"not {listen.host}"
        )
    # Imported late: where there are workers, this process needs neither Flask nor the engine.
    from scograph.server.in_process import load_front_end

    front_end = load_front_end(folder, settings, listen.address, log)
    front_end.mount(root_of(listen.address))
    announce(f"http://{listen.authority}/ (queries without limits: this is not Linux)")
    _granian(listen, settings).serve(target_loader=lambda *_: front_end, wrap_loader=False)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _try_port(listen: ListenAddress) -> None:
    try:
        family = socket.getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((listen.host, listen.port))
    except OSError as error:
        reason = error.strerror or str(error)
        raise GraphError(
            f"cannot listen on {listen.authority}: {reason}; name another one with --port "
            f"(make serve PORT={listen.port + 1})"
        ) from error
