"""The web process: a front that hears from the keeper which release is served, and by whom."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scograph.cache import Cache
from scograph.findings import GraphError
from scograph.front import Front, Service
from scograph.metrics import AccessLog
from scograph.settings import Settings
from scograph.store import read_manifest
from scograph.workers import linux
from scograph.workers.pool import Deaths, Pool

_MB = 10**6


@dataclass(frozen=True)
class Log:
    """Where the access log goes (``-``: standard output), and whether it names addresses."""

    path: str
    addresses: bool = False

    def open(self) -> AccessLog:
        """Open the log; a file is written to at its end."""
        if self.path == "-":
            return AccessLog(sys.stdout, addresses=self.addresses)
        file = Path(self.path).open("a", encoding="utf-8")  # noqa: SIM115 - as long as we run
        return AccessLog(file, addresses=self.addresses)


def load_front(control: str, settings: Settings, log: Log | None) -> Front:
    """Return the front once it has something to serve; *control* is the keeper's socket."""
    linux.die_with(os.getppid())
    deaths = Deaths()
    front = Front(settings, deaths, log.open() if log else None)
    link = linux.connect(control)
    follow = partial(_follow, link, front, settings, deaths)
    threading.Thread(target=follow, name="keeper", daemon=True).start()
    front.wait()
    return front


def _follow(link: socket.socket, front: Front, settings: Settings, deaths: Deaths) -> None:
    """Do what the keeper says until it is gone; then the server is to end."""
    with link.makefile("r", encoding="utf-8") as lines:
        for line in lines:
            what = json.loads(line)
            if "cause" in what:
                deaths.add(what["pid"], what["cause"])
                continue
            path = Path(what["release"])
            try:
                release = str(read_manifest(path)["release"])
            except GraphError as error:  # it was there when the zygote read it
                print(f"scograph: {error}; the old release is served on", file=sys.stderr)  # noqa: T201
                continue
            pool = Pool(what["address"], settings.processes, settings.deadline, deaths)
            old = front.use(Service(path, release, pool, Cache(settings.cache * _MB)))
            if old is not None:
                then = partial(_idle, link, old.workers.address)
                threading.Thread(target=old.workers.close, args=(then,), daemon=True).start()
    os.kill(os.getppid(), signal.SIGTERM)


def _idle(link: socket.socket, address: str) -> None:
    link.sendall(json.dumps({"idle": address}).encode() + b"\n")
