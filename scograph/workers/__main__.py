"""The keeper as a program: ``python -m scograph.workers``, with its orders in JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from flask import Flask

from scograph.app import create_app
from scograph.settings import Settings
from scograph.store import find_release, open_release
from scograph.workers import linux
from scograph.workers.keeper import Keeper
from scograph.workers.wire import Request
from scograph.workers.worker import answer
from scograph.workers.zygote import Plan

# What these import late, or compile, is there before the workers are forked: they open no file.
_FIRST = (
    ("/sparql", "query=ASK%20%7B%7D&format=json"),
    ("/sparql", "query=SELECT%20%2A%20%7B%7D&format=csv"),
    ("/sparql", "query=CONSTRUCT%20%7B%7D%20%7B%7D&format=jsonld"),
    ("/sparql", "query=CONSTRUCT%20%7B%7D%20%7B%7D&format=ttl"),
    ("/sparql", "query=SELEC"),
    ("/explain", ""),
    ("/rules/", ""),
    ("/nothing", ""),
)


def load(path: Path, settings: Settings, address: str) -> Flask:
    """Return the application over the release in *path*, with all that it needs in memory.

    Raises:
        GraphError: the release is damaged.

    """
    app = create_app(open_release(path), settings, address)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    for page, query in _FIRST:
        for accept in ("text/html", "application/json"):
            answer(app, Request("GET", page, query, {"HTTP_ACCEPT": accept}))
    return app


def main() -> None:
    """Keep workers as the first argument orders, until standard input ends."""
    orders = json.loads(sys.argv[1])
    settings = Settings(**orders["settings"])
    linux.die_with(orders["parent"])
    linux.ignore_terminal()
    # A query's words are nobody's to read in the list of processes, nor are we to fetch any.
    os.environ.clear()
    folder = Path(orders["folder"])
    plan = Plan(settings.processes, settings.deadline, settings.memory)
    Keeper(
        lambda: find_release(folder),
        lambda path: load(path, settings, orders["address"]),
        plan,
        watch=orders["watch"],
    ).run()


if __name__ == "__main__":
    main()
