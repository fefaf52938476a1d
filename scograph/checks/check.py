"""Types of the checks: `Check`, what it inspects, when it runs, and what it may report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from pyoxigraph import Store

from scograph.folder.dataset import Asserted
from scograph.folder.folder import Folder
from scograph.folder.positions import Locator
from scograph.rdf.findings import Finding
from scograph.reasoning.owlrl_oracle import OwlrlClosure
from scograph.reasoning.reason import Closure
from scograph.sparql.limits import Limits
from scograph.system.bounded import Bounds

# What each check and each stage of a build may take; and each saved query, as if it were served.
CHECK: Final = Bounds(600.0, 4096)
QUERY: Final = Bounds(Limits().deadline, Limits().memory)


@dataclass(frozen=True)
class Inspection:
    """A graph folder, and the results of the stages of the build so far.

    ``texts`` is a folder of source texts to verify passages against, if one is given;
    ``cross_check`` asks for a comparison with owlrl. ``closure`` is set from the stage
    REASONING on, ``store`` and ``adopted_facts`` in the stage RELEASE. ``of_check`` and
    ``of_query`` bound each check and each saved query.
    """

    folder: Folder
    asserted: Asserted
    locator: Locator
    texts: Path | None = None
    cross_check: bool = False
    closure: Closure | OwlrlClosure | None = None
    store: Store | None = None
    adopted_facts: bytes = b""
    of_check: Bounds = CHECK
    of_query: Bounds = QUERY


@dataclass(frozen=True)
class Stale:
    """A generated file that is missing or out of date; ``content`` is what it must contain."""

    path: str
    content: bytes
    finding: Finding


class Stage(Enum):
    """The stages in which checks run, in this order; the value is shown as progress."""

    STATEMENTS = "check terms, literals, evidence"
    REASONING = "reason"
    SHAPES = "validate"
    RELEASE = "answer the saved queries"


@dataclass(frozen=True)
class Check:
    """A check: its name, its stage, and the function that yields its findings.

    ``blame`` yields more exactly what is to blame where the check exceeds its bounds.
    ``bounds_itself`` says that its parts have bounds of their own.
    """

    name: str
    stage: Stage
    function: Callable[[Inspection], Iterable[Finding | Stale]]
    blame: Callable[[Inspection], Iterable[Finding]] | None = None
    bounds_itself: bool = False
