"""The commands `check` and `build`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from scograph.build.pipeline import Announce, Checked, check_folder
from scograph.build.write import write_into, write_release
from scograph.cli.terminal import say
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import Finding, Severity, has_errors
from scograph.reasoning.progress import ProgressCallback

FOLDER = click.argument(
    "folder", type=click.Path(path_type=Path), default=Path(), metavar="[FOLDER]"
)


@click.command(short_help="report everything that is wrong with a graph")
@FOLDER
@click.option("--texts", type=click.Path(path_type=Path), metavar="DIR",
              help="Verify passages against the source texts DIR/<source>.txt.")  # fmt: skip
@click.option("--cross-check", is_flag=True,
              help="Reason with owlrl, too, and report every difference; takes long.")  # fmt: skip
@click.option("--fix", is_flag=True, help="Rewrite the generated files: data/forum.ttl, answers.")
@click.option("--quiet", "-q", is_flag=True, help="Print findings only.")
def check(folder: Path, texts: Path | None, cross_check: bool, fix: bool, quiet: bool) -> None:
    """Report everything that is wrong with FOLDER, as file:line: severity rule message."""
    checked = check_folder(folder, _stages(quiet), texts, cross_check=cross_check)
    if fix:
        _fix(folder, checked)
    findings = checked.findings + ([] if fix else [item.finding for item in checked.stale])
    _report(findings, quiet)
    sys.exit(1 if has_errors(findings) else 0)


@click.command(short_help="check a graph and write an immutable release")
@FOLDER
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Write the release's files straight into DIR.")  # fmt: skip
@click.option("--reasoner", type=click.Choice(["scograph", "owlrl"]), default="scograph",
              show_default=True, help="Who infers: the rules, or owlrl for reference.")  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Print findings and the release's folder only.")
def build(folder: Path, out: Path | None, reasoner: str, quiet: bool) -> None:
    """Check FOLDER and write an immutable release, to releases/<hash> unless --out is given."""
    checked = check_folder(folder, _stages(quiet), reasoner=reasoner)
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
            path.write_bytes(item.content)
        except OSError as error:
            raise GraphError(f"cannot write {path}: {error.strerror}") from error
        say(f"rewrote {item.path}")
