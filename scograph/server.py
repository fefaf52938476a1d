"""Serving a release: the keeper of the workers, and granian before it."""

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

from flask import Flask
from granian import Granian
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from scograph.app import create_app
from scograph.findings import GraphError
from scograph.settings import Settings
from scograph.store import open_release
from scograph.web import Log, load_web

_FAREWELL = 2  # seconds after the last query has ended
_HEAD = 20_000  # ms in which the head of a request has to come
_LARGEST_HEAD = 64 * 1024


@dataclass(frozen=True)
class Place:
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
        """What the service calls itself."""
        return self.url or f"http://{self.authority}/"


def serve(
    folder: Path,
    place: Place,
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
    _try_port(place)
    if sys.platform != "linux":
        _serve_in_process(folder, place, settings, announce)
        return
    with _keeper(folder, place, settings, watch=watch) as (control, keeper):
        announce(f"http://{place.authority}/")
        server = _granian(place, Interfaces.RSGI, settings)

        def take_hangups() -> None:
            # Granian would start its own process anew.
            signal.signal(signal.SIGHUP, lambda *_: keeper.send_signal(signal.SIGHUP))

        server.on_startup(take_hangups)
        loader = partial(_load, control, settings, log)
        server.serve(target_loader=loader, wrap_loader=False)


@contextmanager
def _keeper(
    folder: Path, place: Place, settings: Settings, *, watch: bool
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    orders = {
        "folder": str(folder.resolve()),
        "settings": asdict(settings),
        "address": place.address,
        "watch": watch,
        "parent": os.getpid(),
    }
    command = [sys.executable, "-m", "scograph.workers", json.dumps(orders)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as keeper:  # noqa: S603
        try:
            yield _started(keeper), keeper
        finally:
            if keeper.stdin is not None:
                keeper.stdin.close()


def _started(keeper: subprocess.Popen[bytes]) -> str:
    """Wait for the keeper's first line; return the name of its socket."""
    line = keeper.stdout.readline() if keeper.stdout is not None else b""
    told = json.loads(line or b'{"failed": "the workers could not be started"}')
    if "failed" in told:
        raise GraphError(told["failed"])
    return str(told["control"])


def _load(control: str, settings: Settings, log: Log | None, *_: Any) -> Any:
    return load_web(control, settings, log)


def _granian(place: Place, interface: Interfaces, settings: Settings) -> Any:
    return Granian(
        "scograph",
        address=place.host,
        port=place.port,
        interface=interface,
        loop=Loops.uvloop if interface is Interfaces.RSGI else Loops.auto,
        workers=1,
        # Answers under way are sent before it ends; a client that does not read them is left.
        workers_kill_timeout=math.ceil(settings.deadline) + _FAREWELL,
        log_level=LogLevels.error,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=_HEAD, max_buffer_size=_LARGEST_HEAD),
    )


def _serve_in_process(
    folder: Path, place: Place, settings: Settings, announce: Callable[[str], None]
) -> None:
    """Serve where the kernel is not Linux: queries are not confined, so nobody else may ask."""
    if not _is_here(place.host):
        raise GraphError(
            f"only on Linux are queries kept from hurting the service; here serve 127.0.0.1, "
            f"not {place.host}"
        )
    release = open_release(folder)
    announce(f"http://{place.authority}/ (queries without limits: this is not Linux)")

    def load(*_: Any) -> Flask:
        return create_app(release, settings, place.address)

    _granian(place, Interfaces.WSGI, settings).serve(target_loader=load, wrap_loader=False)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _try_port(place: Place) -> None:
    try:
        family = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((place.host, place.port))
    except OSError as error:
        reason = error.strerror or str(error)
        raise GraphError(
            f"cannot listen on {place.authority}: {reason}; name another one with --port "
            f"(make serve PORT={place.port + 1})"
        ) from error
