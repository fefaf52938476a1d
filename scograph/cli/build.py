"""The commands `check` and `build`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from scograph.build.pipeline import Announce, Checked, check_folder
from scograph.build.write import write_into, write_release
from scograph.checks.check import CHECK, QUERY
from scograph.cli.ranges import Seconds, whole
from scograph.cli.terminal import say
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import Finding, Severity, has_errors
from scograph.reasoning.progress import ProgressCallback
from scograph.system.bounded import Bounds
from scograph.system.files import expect_inside, write

FOLDER = click.argument(
    "folder", type=click.Path(path_type=Path), default=Path(), metavar="[FOLDER]"
)


def _bounds(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that bound what a folder may cost."""
    for name, words, default, least in (
        ("--check-memory", "What one check or stage may need, in MB.", CHECK.memory, 64),
        ("--check-deadline", "How long one check or stage may take, in s.", CHECK.deadline, 0.1),
        ("--memory", "What one saved query may need, in MB.", QUERY.memory, 64),
        ("--deadline", "How long one saved query may run, in s.", QUERY.deadline, 0.1),
    ):
        kind = whole(64) if isinstance(default, int) else Seconds(least)
        option = click.option(name, type=kind, default=default, show_default=True, help=words)
        command = option(command)
    return command


@click.command(short_help="report everything that is wrong with a graph")
@FOLDER
@_bounds
@click.option("--texts", type=click.Path(path_type=Path), metavar="DIR",
              help="Verify passages against the source texts DIR/<source>.txt.")  # fmt: skip
@click.option("--cross-check", is_flag=True,
              help="Reason with owlrl, too, and report every difference; takes long.")  # fmt: skip
@click.option("--fix", is_flag=True, help="Rewrite the generated files: data/forum.ttl, answers.")
@click.option("--quiet", "-q", is_flag=True, help="Print findings only.")
def check(
    folder: Path, texts: Path | None, cross_check: bool, fix: bool, quiet: bool, **limits: Any
) -> None:
    """Report everything that is wrong with FOLDER, as file:line: severity rule message.

    What FOLDER says is worked on within bounds of time and memory; what exceeds them is reported.
    """
    checked = check_folder(
        folder, _stages(quiet), texts, cross_check=cross_check, **_bounds_of(**limits)
    )
    if fix:
        _fix(folder, checked)
    findings = checked.findings + ([] if fix else [item.finding for item in checked.stale])
    _report(findings, quiet)
    sys.exit(1 if has_errors(findings) else 0)


@click.command(short_help="check a graph and write an immutable release")
@FOLDER
@_bounds
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Write the release's files straight into DIR.")  # fmt: skip
@click.option("--reasoner", type=click.Choice(["scograph", "owlrl"]), default="scograph",
              show_default=True, help="Who infers: the rules, or owlrl for reference.")  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Print findings and the release's folder only.")
def build(folder: Path, out: Path | None, reasoner: str, quiet: bool, **limits: Any) -> None:
    """Check FOLDER and write an immutable release, to releases/<hash> unless --out is given."""
    checked = check_folder(folder, _stages(quiet), reasoner=reasoner, **_bounds_of(**limits))
    findings = sorted(checked.findings + [item.finding for item in checked.stale])
    _report(findings, quiet or not findings)
    if checked.files is None or checked.manifest is None or has_errors(findings):
        raise GraphError("no release was built; the last one stays as it is")
    with _stages(quiet)("write"):
        if out is None:
            place = write_release(folder, checked.files, checked.manifest)
        else:
            place = write_into(out, checked.files, checked.manifest)
    triples = checked.manifest["triples"]
    if not quiet:
        _console().print(
            f"{triples['default']:,} triples: {triples['asserted']:,} asserted, "
            f"{triples['claimed']:,} claimed in passages and inferences, "
            f"{triples['inferred']:,} inferred",
            soft_wrap=True,
        )
    say(str(place))


def _bounds_of(
    deadline: float, memory: int, check_deadline: float, check_memory: int
) -> dict[str, Any]:
    return {
        "bounds": Bounds(check_deadline, check_memory),
        "query_bounds": Bounds(deadline, memory),
    }


def _stages(quiet: bool) -> Announce:
    """Return what announces a stage while it runs, and says how long it took."""
    console = _console()

    @contextmanager
    def silent(_: str) -> Iterator[None]:
        yield

    @contextmanager
    def told(name: str) -> Iterator[ProgressCallback]:
        start = time.perf_counter()
        with console.status(f"{name} ...") as status:
            yield lambda progress: status.update(f"{name}: {progress} ...")
        console.print(f"[dim]{time.perf_counter() - start:6.2f} s[/dim]  {name}", highlight=False)

    return silent if quiet else told


def _console() -> Console:
    return Console(stderr=True)


def _report(findings: list[Finding], quiet: bool) -> None:
    for finding in sorted(findings):
        say(str(finding))
    if quiet:
        return
    counts = {
        severity: sum(finding.severity is severity for finding in findings) for severity in Severity
    }
    told = ", ".join(
        f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts.items() if count
    )
    _console().print(told or "nothing to report", highlight=False)


def _fix(folder: Path, checked: Checked) -> None:
    for item in checked.stale:
        path = folder / item.path
        try:
            expect_inside(folder, item.path)
            write(path, item.content)
        except OSError as error:
            raise GraphError(f"cannot write {path}: {error.strerror}") from error
        say(f"rewrote {item.path}")
