"""`scograph serve`: starts the supervisor of the workers, and granian in front of it."""

from __future__ import annotations

import errno
import ipaddress
import json
import math
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server.mp import MPServer

from scograph.http.root import root_of
from scograph.rdf.errors import GraphError
from scograph.server.access_log import Log
from scograph.server.front_end import FrontEnd
from scograph.server.listening import (
    BACKLOG,
    ListenAddress,
    allow_connections,
    connections,
    occupy_standard_files,
)
from scograph.server.listening import listen as listen_on
from scograph.server.request_head import HEADERS_SIZE
from scograph.server.settings import Settings
from scograph.server.web_process import load_web_process

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_HANDLED = (*_ENDING, signal.SIGALRM, signal.SIGCHLD)
_SHUTDOWN_GRACE = 2  # seconds after the deadline of the last query
_SUPERVISOR_GRACE = 2.0  # seconds in which the supervisor ends


class _Granian(MPServer):
    """granian on a socket that listens already, instead of one that others may share."""

    def __init__(self, listener: socket.socket, **settings: Any) -> None:
        super().__init__("scograph", **settings)
        self._listener = listener

    def _init_shared_socket(self) -> None:
        backlog = (BACKLOG,) if sys.platform == "linux" else ()
        holder: Any = (self._listener.fileno(), False, *backlog)
        self._ssp, self._shd = None, SocketHolder(*holder)  # type: ignore[assignment]
        self._sso = self._listener  # granian closes it when it stops

    # What comes while a web process is forked is held back, in both, until each has its own
    # handlers: the parent's would swallow it there. The thread that watches it holds it back for
    # good: a signal that the kernel gave to that would not wake the main thread.

    def _spawn_workers(self, *arguments: Any) -> None:
        with _held_back():
            super()._spawn_workers(*arguments)  # type: ignore[no-untyped-call]

    def _respawn_workers(self, *arguments: Any, **named: Any) -> None:
        with _held_back():
            super()._respawn_workers(*arguments, **named)


@contextmanager
def _held_back() -> Iterator[None]:
    signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)


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
    occupy_standard_files()
    if log is not None:
        _try_log(log)
    with listen_on(listen, settings.silence) as listener:
        if sys.platform != "linux":
            _serve_in_process(folder, listen, listener, settings, announce, log)
            return
        hangups: list[int] = []
        signal.signal(signal.SIGHUP, lambda number, _: hangups.append(number))
        with _supervisor(folder, listen, settings, watch=watch) as (control, supervisor):
            server = _granian(listen, listener, settings)

            def begin() -> None:
                _watch_over(supervisor, server, hangups)
                announce(f"http://{listen.authority}/")

            server.on_startup(begin)
            root = root_of(listen.address)
            loader: Any = partial(_load, control, settings, log, root, os.getpid())
            try:
                server.serve(target_loader=loader, wrap_loader=False)
            except SystemExit as error:
                _raise_if_ended(supervisor)
                raise GraphError("the web process has ended, and so has the server") from error
            finally:
                # The end has begun. Python takes back what is ignored when it ends itself.
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
                for number in _ENDING:
                    signal.signal(number, signal.SIG_IGN)
            _raise_if_ended(supervisor)


def _watch_over(supervisor: subprocess.Popen[bytes], server: _Granian, hangups: list[int]) -> None:
    """Hand on SIGHUP, the *hangups* before, too, and end *server* when *supervisor* ends.

    A signal that ends us, too, ends it, and again each second: granian forgets it where it comes
    while a web process is being replaced.
    """
    end: Any = server.signal_handler_interrupt

    def end_surely(*_: object) -> None:
        signal.signal(signal.SIGALRM, lambda *_: end())
        signal.setitimer(signal.ITIMER_REAL, 1, 1)
        end()

    def end_with_it(*_: object) -> None:
        if supervisor.poll() is not None:
            end_surely()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end_surely)
    # On SIGHUP granian would restart its worker; here a new release is loaded and the log opened
    # anew instead.
    signal.signal(signal.SIGHUP, lambda *_: _hang_up(server, supervisor))
    signal.signal(signal.SIGCHLD, end_with_it)
    if hangups:
        _hang_up(server, supervisor)
    end_with_it()


def _hang_up(server: _Granian, supervisor: subprocess.Popen[bytes]) -> None:
    supervisor.send_signal(signal.SIGHUP)
    for web_process in server.wrks:
        if web_process.inner.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(web_process.inner.pid, signal.SIGHUP)


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
    control: str, settings: Settings, log: Log | None, root: str, parent: int, *_: Any
) -> FrontEnd:
    # What granian's parent process does at these is not for this process, its child, to do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
    allow_connections()
    try:
        front_end = load_web_process(control, settings, log, parent)
    except OSError:  # the supervisor has ended, which the parent tells of
        sys.exit(1)
    front_end.mount(root)
    signal.signal(signal.SIGHUP, lambda *_: front_end.reopen_log())
    return front_end


def _granian(listen: ListenAddress, listener: socket.socket, settings: Settings) -> _Granian:
    return _Granian(
        listener,
        address=listen.host,
        port=listen.port,
        interface=Interfaces.RSGI,
        # HTTP/2 would be told from HTTP/1 by its first bytes, for which nobody waits in bounds.
        http=HTTPModes.http1,
        loop=Loops.uvloop if sys.platform == "linux" else Loops.auto,
        workers=1,
        backlog=BACKLOG,
        backpressure=connections(),
        # Pending responses are sent first, but clients that do not read them are not waited for.
        workers_kill_timeout=math.ceil(settings.deadline) + _SHUTDOWN_GRACE,
        log_level=LogLevels.error,
        websockets=False,
        # A web process that dies is replaced; one that dies at once again ends the server.
        respawn_failed_workers=True,
        http1_settings=HTTP1Settings(
            header_read_timeout=max(1, int(settings.silence * 1000)),
            max_buffer_size=settings.url_size * 1000 + HEADERS_SIZE,
        ),
    )


def _serve_in_process(
    folder: Path,
    listen: ListenAddress,
    listener: socket.socket,
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

    front_end: Any = load_front_end(folder, settings, listen.address, log)
    front_end.mount(root_of(listen.address))
    announce(f"http://{listen.authority}/ (queries without limits: this is not Linux)")
    _granian(listen, listener, settings).serve(
        target_loader=lambda *_: front_end, wrap_loader=False
    )


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _try_log(log: Log) -> None:
    try:
        descriptor = log.descriptor()
        # The reader of a pipe would take the end of the try for the end of the log.
        if not Path(log.path).is_fifo():
            os.close(descriptor)
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno == errno.ENXIO:
            reason = "nobody reads this pipe"
        raise GraphError(f"cannot write the access log {log.path}: {reason}") from error
