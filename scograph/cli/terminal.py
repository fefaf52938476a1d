"""What the commands write: text for people, and data as their format demands."""

from __future__ import annotations

import sys

import click

from scograph.rdf.visible import visible


def say(text: str, *, err: bool = False) -> None:
    """Write *text* and a line feed to stdout or stderr, control characters as escapes."""
    click.echo(visible(text), err=err)


def put(content: bytes, *, exact: bool = True) -> None:
    """Write data to stdout: byte for byte, unless that is a terminal, or *exact* is false."""
    if not exact or sys.stdout.isatty():
        # CSV ends its lines so.
        text = content.decode(errors="replace").replace("\r\n", "\n")
        content = visible(text).encode()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
