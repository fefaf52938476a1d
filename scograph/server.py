"""Running the application under granian, on this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from scograph.app import create_app
from scograph.findings import GraphError
from scograph.store import check_release, open_release

_THREADS = 8


def serve(release: Path, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve the release in folder *release* until interrupted.

    *announce* is called with the address once nothing stands in the way.

    Raises:
        GraphError: the release is damaged, the port is taken, or the host is not this
            machine's own address.

    """
    if not _is_here(host):
        raise GraphError(
            f"this version serves this machine only, not {host}: "
            "queries are not yet kept from hurting the service"
        )
    check_release(release)
    _try_port(host, port)
    announce(f"http://{_authority(host, port)}/")
    server = Granian(
        "scograph.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=_THREADS,
        log_level=LogLevels.error,
        websockets=False,
    )
    server.serve(target_loader=partial(_load, release), wrap_loader=False)


def _load(release: Path, *_: Any) -> Flask:
    return create_app(open_release(release))


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _try_port(host: str, port: int) -> None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        reason = error.strerror or str(error)
        raise GraphError(
            f"cannot listen on {_authority(host, port)}: {reason}; name another one with --port "
            f"(make serve PORT={port + 1})"
        ) from error
