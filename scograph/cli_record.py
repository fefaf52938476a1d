"""The commands that help to record a source: a skeleton to fill in, and what is left to do."""

from __future__ import annotations

import sys
from dataclasses import astuple, fields
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scograph.findings import GraphError
from scograph.recording.coverage import Coverage, Covered, cover
from scograph.sources.dataset import Asserted, assemble
from scograph.sources.folder import Folder, read_folder

_HEADS = {
    "speaking": "with claims", "silent": "with none", "claims": "claim graphs",
    "inferences": "drawn on", "extent": "read",
}  # fmt: skip
_EXTENTS = {"WholeText": "whole", "Notes": "notes", "Unread": "unread"}


@click.command(short_help="say what of the sources is recorded, and what is not")
@click.argument("folder", type=click.Path(path_type=Path), default=Path(), metavar="[FOLDER]")
@click.option("--texts", type=click.Path(path_type=Path), metavar="DIR",
              help="List the sentences of DIR/<source>.txt that no passage covers.")  # fmt: skip
@click.option("--sheets", type=click.Path(path_type=Path), metavar="DIR",
              help="List the facts of the notes DIR/*.md without a row in the table.")  # fmt: skip
@click.option("--source", "sources", multiple=True, metavar="NAME",
              help="Tell of this source only; may be given more than once.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "tsv"]), default="text",
              show_default=True, help="A table for people, or one for programs.")  # fmt: skip
def coverage(
    folder: Path, texts: Path | None, sheets: Path | None, sources: tuple[str, ...], form: str
) -> None:
    """Count what of each source of FOLDER is recorded, and list what is unaccounted for.

    The columns: passages; those with claims, those with none and a reason, those still open;
    claims in dispute; inferences that draw on the source; how much of it was read.

    Unaccounted for are open passages, wrong rows of data/coverage.tsv and, with --texts and
    --sheets, sentences and noted facts that are not recorded. Exit status 1 where there is any.
    """
    found = cover(*_read(folder), texts, sheets, sources)
    if form == "tsv":
        _print_tsv(found)
    elif found.sources:
        _print_table(found)
    else:
        click.echo("no source is recorded yet: `scograph new source` begins a record")
    for problem in found.problems:
        click.echo(problem, err=form == "tsv")
    sys.exit(1 if found.problems else 0)


def _read(folder: Path) -> tuple[Folder, Asserted]:
    read, findings = read_folder(folder)
    if read is None:
        for finding in findings:
            click.echo(str(finding))
        raise GraphError(f"{folder} cannot be read: mend this first")
    return read, assemble(read)


def _print_tsv(found: Coverage) -> None:
    click.echo("\t".join(item.name for item in fields(Covered)))
    for row in found.sources:
        click.echo("\t".join(str(value) for value in astuple(row)))


def _print_table(found: Coverage) -> None:
    table = Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, show_footer=True, padding=(0, 1, 0, 0)
    )
    for item, total in zip(fields(Covered), astuple(found.total), strict=True):
        name, words = item.name, item.name in ("source", "extent")
        table.add_column(
            _HEADS.get(name, name), str(total), justify="left" if words else "right",
            no_wrap=name not in _HEADS, overflow="fold",
        )  # fmt: skip
    for row in found.sources:
        extent = _EXTENTS.get(row.extent, row.extent)
        table.add_row(*(Text(str(value)) for value in (*astuple(row)[:-1], extent)))
    Console().print(table)
