"""The supervisor as a program: ``python -m scograph.server``, with its orders in JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from scograph.server import linux
from scograph.server.settings import Settings
from scograph.server.supervisor import Supervisor
from scograph.server.zygote import Loaded, Plan
from scograph.sparql.release import find_release, open_release
from scograph.system.confined import die_with
from scograph.web.dispatch import Dispatcher


def load(path: Path, settings: Settings, address: str) -> Loaded:
    """Return the release in *path*, with all that answers over it need in memory.

    Raises:
        GraphError: the release is damaged.

    """
    release = open_release(path)
    dispatcher = Dispatcher(release, settings, address)
    dispatcher.warm_up()
    return Loaded(dispatcher, release.hash, dict(release.files))


def main() -> None:
    """Supervise workers as the first argument orders, until standard input ends."""
    orders = json.loads(sys.argv[1])
    settings = Settings(**orders["settings"])
    die_with(orders["parent"])
    linux.ignore_terminal()
    # A query's words are nobody's to read in the list of processes, nor are we to fetch any.
    os.environ.clear()
    folder = Path(orders["folder"])
    plan = Plan(settings.processes, settings.deadline, settings.memory)
    Supervisor(
        lambda: find_release(folder),
        lambda path: load(path, settings, orders["address"]),
        plan,
        watch=orders["watch"],
    ).run()


if __name__ == "__main__":
    main()
