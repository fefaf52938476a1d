"""The command line: verbs in the order of the pipeline."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TextIO

import click
from rich.console import Console

from scograph import __version__
from scograph.cli_record import coverage, new
from scograph.cli_serve import serve
from scograph.findings import Finding, GraphError, Severity, has_errors
from scograph.pipeline import Checked, Stage, check_folder
from scograph.questions import Question, show, show_why
from scograph.release.write import write_into, write_release
from scograph.rules.progress import Tell

FOLDER = click.argument(
    "folder", type=click.Path(path_type=Path), default=Path(), metavar="[FOLDER]"
)


class InOrder(click.Group):
    """A group that lists its commands in the order of the pipeline, not of the alphabet."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names in the order in which they were added."""
        return list(self.commands)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="scograph")
def cli() -> None:
    """A knowledge graph in a folder: check it, build a release, query it, serve it."""


cli.add_command(new)


@cli.command(short_help="report everything that is wrong with a graph")
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


cli.add_command(coverage)


@cli.command(short_help="check a graph and write an immutable release")
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
    click.echo(str(place))


@cli.command(short_help="ask a release, or an endpoint elsewhere")
@click.argument("text", required=False)
@click.option(
    "-f",
    "--file",
    type=click.File(encoding="utf-8"),
    help="Read the query from a file, - for standard input.",
)
@click.option("--name", metavar="NNN-slug", help="Run a saved query; its number is enough.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path(), help="The graph's folder."
)
@click.option(
    "--format", "form", default="table", metavar="FORMAT",
    help="table (the default), csv, tsv, json, xml; ttl, nt, jsonld, rdf for graphs.",
)  # fmt: skip
@click.option(
    "--endpoint", metavar="URL", help="Ask a SPARQL endpoint instead of the folder's release."
)
def query(
    text: str | None, file: TextIO | None, name: str | None, folder: Path,
    form: str, endpoint: str | None,
) -> None:  # fmt: skip
    """Ask the graph: TEXT is SPARQL; the dataset's prefixes need no PREFIX lines."""
    if sum(item is not None for item in (text, file, name)) != 1:
        raise click.UsageError("give one of TEXT, --file and --name")
    try:
        asked = Question(folder, endpoint, name=name, text=file.read() if file else text)
        (asked.text or "").encode()
    except UnicodeError as error:
        raise GraphError("the query is not UTF-8") from error
    show(asked, form)


@cli.command("explain", short_help="say why a release holds a triple")
@click.argument("subject")
@click.argument("predicate")
@click.argument("value", metavar="OBJECT")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path(), help="The graph's folder."
)
@click.option("--format", "form", type=click.Choice(["text", "json", "ttl"]), default="text",
              show_default=True, help="A tree, JSON, or PROV in Turtle.")  # fmt: skip
def explain_triple(subject: str, predicate: str, value: str, folder: Path, form: str) -> None:
    """Say why the graph holds SUBJECT PREDICATE OBJECT: who states it, or what it follows from.

    Each part is a prefixed name, an IRI or a label in any language; PREDICATE may be
    "a"; OBJECT may be a literal as in Turtle, or its text.
    """
    show_why(folder, (subject, predicate, value), form)


cli.add_command(serve)


def main() -> NoReturn:
    """Run the command line; an error is one line on stderr and exit status 1."""
    # rdflib logs a traceback for each ill-typed literal, which the checks report with its line.
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except GraphError as error:
        click.echo(f"scograph: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    sys.exit(0)


def _stages(quiet: bool) -> Stage:
    """Return what announces a stage while it runs, and says how long it took."""
    console = _console()

    @contextmanager
    def silent(_: str) -> Iterator[None]:
        yield

    @contextmanager
    def told(name: str) -> Iterator[Tell]:
        start = time.perf_counter()
        with console.status(f"{name} ...") as status:
            yield lambda progress: status.update(f"{name}: {progress} ...")
        console.print(f"[dim]{time.perf_counter() - start:6.2f} s[/dim]  {name}", highlight=False)

    return silent if quiet else told


def _console() -> Console:
    return Console(stderr=True)


def _report(findings: list[Finding], quiet: bool) -> None:
    for finding in sorted(findings):
        click.echo(str(finding))
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
        click.echo(f"rewrote {item.path}")
