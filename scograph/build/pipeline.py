"""The build pipeline: all stages of a build, in a process of their own, within bounds.

A graph folder may be hostile: what it says may never end, take all memory, or crash a native
library. So the stages run in a child process, which tells what it finds as it goes. Where it
is ended, that is a finding, too.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scograph.build.stages import (
    CANONICALISE,
    DESCRIBE,
    READ,
    Begun,
    Found,
    Order,
    Progress,
    ReleaseMade,
    Rules,
    run_stages,
)
from scograph.checks.check import CHECK, QUERY, Stage, Stale
from scograph.checks.exceeded import of_check
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import Finding
from scograph.system.bounded import Bounds, Ending, Tell, child

# Called with the name of a stage, returns the context manager in which the stage runs; this
# may yield a `ProgressCallback`, or None.
Announce = Callable[[str], AbstractContextManager[Any]]

# What a stage does, as the subject of a sentence, and the files that are to blame.
_WORK = {
    READ: ("data", "to read the files of the folder"),
    DESCRIBE: ("data", "to describe the release"),
    CANONICALISE: ("ontology", "to label the blank nodes of the dataset in canonical order"),
}
_FEWER = {Rules.ALL: Rules.WITHOUT_OWN, Rules.WITHOUT_OWN: Rules.NONE}


@dataclass(frozen=True)
class Checked:
    """The result of `check_folder`: findings, and the files of the release.

    ``files`` and ``manifest`` are None where there are errors. ``stale`` are committed
    files that are generated and no longer up to date.
    """

    findings: list[Finding]
    stale: list[Stale]
    files: dict[str, bytes] | None = None
    manifest: dict[str, Any] | None = None


def check_folder(
    root: Path,
    stage: Announce,
    texts: Path | None = None,
    *,
    reasoner: str = "scograph",
    cross_check: bool = False,
    bounds: Bounds = CHECK,
    query_bounds: Bounds = QUERY,
) -> Checked:
    """Check the graph folder *root*, and make the files of its release if there are no errors.

    Args:
        root: the folder.
        stage: called at the beginning of each stage, see `Announce`.
        texts: a folder of source texts to verify passages against.
        reasoner: ``scograph`` for the project's own reasoner, or ``owlrl``.
        cross_check: whether to compare what the two infer.
        bounds: those of each stage and each check.
        query_bounds: those of each saved query.

    Raises:
        GraphError: *root* is not a graph folder.

    """
    run = _Run(Order(root, texts, reasoner, cross_check, bounds, query_bounds), stage)
    while run.ended_while_reasoning() and run.order.rules in _FEWER:
        # What follows is not known, so it is not checked; all else is.
        run = _Run(replace(run.order, rules=_FEWER[run.order.rules], ended=run.ending), stage)
    return run.checked()


class _Run:
    """One run of the stages in a child process, to its end."""

    def __init__(self, order: Order, announce: Announce) -> None:
        self.order = order
        self.findings: list[Finding] = []
        self._made: ReleaseMade | None = None
        self._stage = ""
        with child(self._work, order.of_check.memory) as process:
            self._follow(process.told(), announce)
        self.ending = process.ending

    def _work(self, tell: Tell) -> None:
        try:
            run_stages(self.order, tell)
        except GraphError as error:
            tell(error)

    def _follow(self, messages: Any, announce: Announce) -> None:
        with ExitStack() as stage:
            on_progress = None
            for message in messages:
                if isinstance(message, GraphError):
                    raise message
                if isinstance(message, Begun):
                    stage.close()
                    self._stage = message.stage
                    on_progress = stage.enter_context(announce(message.stage))
                elif isinstance(message, Progress) and on_progress is not None:
                    on_progress(message.text)
                elif isinstance(message, Found):
                    self.findings += message.findings
                elif isinstance(message, ReleaseMade):
                    self._made = message

    def ended_while_reasoning(self) -> bool:
        return self.ending is not None and self._stage == Stage.REASONING.value

    def checked(self) -> Checked:
        findings = self.findings
        if self.ending is not None:
            findings = [*findings, _ended(self._stage, self.ending, self.order.of_check)]
        findings = sorted(set(findings))
        made = self._made
        if made is None or self.ending is not None:
            return Checked(findings, [])
        return Checked(findings, made.stale, made.files, made.manifest)


def _ended(stage: str, ending: Ending, bounds: Bounds) -> Finding:
    place, work = _WORK.get(stage, ("data", f"to {stage}"))
    return of_check(place, work, ending, bounds)
