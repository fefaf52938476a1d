"""The group `scograph`, its commands in the order of the pipeline, and errors as one line."""

from __future__ import annotations

import io
import logging
import sys
from typing import NoReturn

import click

from scograph import __version__
from scograph.cli.build import build, check
from scograph.cli.query import explain, query
from scograph.cli.record import coverage, new
from scograph.cli.serve import serve
from scograph.cli.terminal import say
from scograph.rdf.errors import GraphError


class InOrder(click.Group):
    """A group that lists its commands in the order of the pipeline, not of the alphabet."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names in the order in which they were added."""
        return list(self.commands)


@click.group(
    cls=InOrder,
    commands=(new, check, coverage, build, query, explain, serve),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="scograph")
def cli() -> None:
    """A knowledge graph in a folder: check it, build a release, query it, serve it."""


def main() -> NoReturn:
    """Run the command line; an error is one line on stderr and exit status 1."""
    # rdflib logs a traceback for each ill-typed literal, which the checks report with its line.
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what its encoding has not is no error
            stream.reconfigure(errors="backslashreplace")
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        told = io.StringIO()
        error.show(told)
        say(told.getvalue().removesuffix("\n"), err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except GraphError as error:
        say(f"scograph: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:  # the disk is full to which the output goes, for example
        say(f"scograph: {error.strerror or error}", err=True)
        sys.exit(1)
    sys.exit(0)
