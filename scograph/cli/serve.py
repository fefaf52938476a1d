"""The command `serve`, with an option for each setting."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from scograph.build.write import is_current
from scograph.cli.ranges import Seconds, whole
from scograph.cli.terminal import say
from scograph.server.access_log import Log
from scograph.server.listening import ListenAddress
from scograph.server.serve import serve as run_server
from scograph.server.settings import Settings
from scograph.sparql.client import is_address
from scograph.sparql.limits import Setting
from scograph.sparql.release import find_release


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Give *command* an option for each setting, in the order of the table."""
    for row in reversed(list(Settings.table())):
        command = click.option(
            row.option,
            default=row.default,
            show_default=row.default is not None,
            type=_kind(row),
            metavar=row.unit.upper() or "N",
            help=row.help + (f" Against {row.limit}." if row.limit else ""),
        )(command)
    return command


def _kind(row: Setting) -> click.ParamType[Any]:
    if isinstance(row.default, float):
        return Seconds(row.least)
    return whole(int(row.least))


def _is_of_service(url: str) -> bool:
    """Tell whether *url* can be what all addresses of a service begin with."""
    return is_address(url) and not re.search(r"[?#\s]|[^:]//", url)


@click.command(short_help="serve a release: SPARQL endpoint and pages")
@click.argument("folder", type=click.Path(path_type=Path), default=Path(), metavar="[FOLDER]")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535),
              help="The port to listen on.")  # fmt: skip
@click.option("--url", metavar="URL",
              help="What clients call this service, if not by host and port.")  # fmt: skip
@click.option("--watch", is_flag=True,
              help="Serve a new release as soon as it is built; SIGHUP does so once.")  # fmt: skip
@click.option("--access-log", metavar="FILE",
              help="Write a line of JSON for each request; - is standard output.")  # fmt: skip
@click.option("--log-addresses", is_flag=True, help="Name the clients' addresses in it.")
@_options
def serve(
    folder: Path, host: str, port: int, url: str | None, watch: bool,
    access_log: str | None, log_addresses: bool, **values: Any,
) -> None:  # fmt: skip
    """Serve FOLDER's current release: SPARQL endpoint and linked-data pages.

    Queries run in processes of their own, which are ended at the limits below.
    """
    release = find_release(folder)
    if url is not None and not _is_of_service(url):
        raise click.UsageError(f"--url is an http(s) address, not {url!r}")
    listen = ListenAddress(host, port, url and url.rstrip("/") + "/")
    settings = Settings(**{item.name: values[item.name] for item in fields(Settings)})

    def announce(address: str) -> None:
        # Where nobody reads what is told, the service is served all the same.
        with suppress(OSError):
            if not is_current(folder, release):
                say(
                    f"scograph: {folder} has changed since this release; "
                    "`scograph build` makes a new one",
                    err=True,
                )
            say(f"serving {release.name} on {address} (Ctrl-C stops)", err=True)

    log = Log(access_log, log_addresses) if access_log else None
    run_server(folder, listen, settings, announce, log=log, watch=watch)
