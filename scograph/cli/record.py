"""The commands `new source` and `coverage`, and how coverage is printed."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import astuple, fields
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scograph.checks.check import CHECK
from scograph.cli.terminal import say
from scograph.folder.dataset import Asserted, assemble
from scograph.folder.folder import Folder, read_folder
from scograph.rdf.errors import GraphError
from scograph.rdf.visible import visible
from scograph.recording.coverage import Coverage, Covered, cover
from scograph.recording.skeleton import write_skeleton
from scograph.recording.source import EXTENTS, SourceDetails, check_name, describe_source
from scograph.system.bounded import Ending, results

_HEADS = {
    "speaking": "claims", "silent": "none", "claims": "disputed",
    "inferences": "used", "extent": "read",
}  # fmt: skip
_EXTENTS = {"WholeText": "whole", "Notes": "notes", "Unread": "unread"}


_ASKED = {
    "url": "Address of the page",
    "title": "What it is about, in our own words, in English",
    "publisher": "Publisher, an organisation of the reference data",
    "language": "Language, as in en, ru, zh",
    "date_basis": "What its date rests on, in English",
}


@click.group(short_help="begin something new: the record of a source")
def new() -> None:
    """Begin something new in a graph."""


@new.command("source", short_help="write the skeleton of a source's record")
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path), default=Path(),
              help="The graph's folder.")  # fmt: skip
@click.option("--url", help="The address of the page.")
@click.option("--title", help="What it is about, in our own words, in English.")
@click.option("--publisher", metavar="SLUG", help="Its organisation in the reference data.")
@click.option("--language", metavar="CODE", help="The page's language, as in en, ru, zh.")
@click.option("--issued", metavar="DATE",
              help="When it was published, if the name says no day: a month, a year.")  # fmt: skip
@click.option("--date-basis", help="What the date rests on, in English.")
@click.option("--read-on", metavar="DATE", help="When it was read.  [default: today]")
@click.option("--extent", type=click.Choice(list(EXTENTS)),
              help="How much was read.  [default: whole with --text, else notes]")  # fmt: skip
@click.option("--text", type=click.Path(path_type=Path), metavar="FILE",
              help="The text, a line per paragraph: each sentence becomes a passage.")  # fmt: skip
def new_source(folder: Path, name: str, text: Path | None, **options: str | None) -> None:
    """Write data/record/NAME.trig, a record that says what is left to do.

    NAME is <publisher>-<yyyy-mm-dd> after the day of publication, or <publisher>-undated.
    With --text, each sentence gets its passage, with the known names in it and the patterns
    that it may need as comments; `scograph check` then reports each one until it is encoded.
    What is needed and not given is asked for on a terminal.
    """
    read, asserted = _read(folder)
    check_name(read, name)
    content = None if text is None else _text(text)
    given = SourceDetails(name=name, **(options | _ask(options)))  # type: ignore[arg-type]
    described = describe_source(read, asserted, given, has_text=text is not None)
    made = write_skeleton(read, asserted, described, content)
    say(
        f"{made.path}: {_count(made.passages, 'passage')}, {_count(made.mentions, 'mention')} "
        f"of {_count(made.things, 'known thing')}"
    )
    say(f"next: fill in what is marked TODO; `scograph check {folder}` says what is left")


def _ask(options: dict[str, str | None]) -> dict[str, str]:
    """Return what is needed and not among *options*, from the terminal."""
    missing = [name for name in _ASKED if options[name] is None]
    if sys.stdin.isatty():
        return {name: str(click.prompt(_ASKED[name], err=True)) for name in missing}
    # Without a date's basis the record says itself that it is to do.
    if needed := [f"--{name}" for name in missing if name != "date_basis"]:
        names = ", ".join(needed)
        raise GraphError(f"what is needed is not given: {names} (on a terminal it is asked for)")
    return {}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise GraphError(f"--text: {path} is not UTF-8: save it in UTF-8") from error
    except OSError as error:
        raise GraphError(f"--text: cannot read {path}: {error.strerror}") from error


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


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
        say("no source is recorded yet: `scograph new source` begins a record")
    for problem in found.problems:
        say(problem, err=form == "tsv")
    sys.exit(1 if found.problems else 0)


def _read(folder: Path) -> tuple[Folder, Asserted]:
    if any(isinstance(ending, Ending) for ending in results(_try, [folder], CHECK)):
        raise GraphError(f"{folder} cannot be read: `scograph check {folder}` says why")
    read, findings = read_folder(folder)
    if read is None:
        for finding in findings:
            say(str(finding))
        raise GraphError(f"{folder} cannot be read: mend this first")
    return read, assemble(read)


def _try(folder: Path) -> None:
    """Read *folder*: a process that does so may end."""
    with contextlib.suppress(GraphError):
        read_folder(folder)


def _print_tsv(found: Coverage) -> None:
    say("\t".join(item.name for item in fields(Covered)))
    for row in found.sources:
        say("\t".join(str(value) for value in astuple(row)))


def _print_table(found: Coverage) -> None:
    table = Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, show_footer=True, padding=(0, 1, 0, 0)
    )
    for item, total in zip(fields(Covered), astuple(found.total), strict=True):
        name, words = item.name, item.name in ("source", "extent")
        table.add_column(
            _HEADS.get(name, name), str(total), justify="left" if words else "right",
            no_wrap=name != "source", overflow="fold",
        )  # fmt: skip
    for row in found.sources:
        extent = _EXTENTS.get(row.extent, row.extent)
        table.add_row(*(Text(visible(str(value))) for value in (*astuple(row)[:-1], extent)))
    Console().print(table)
