"""What a check is, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from pyoxigraph import Store

from scograph.folder.dataset import Asserted
from scograph.folder.folder import Folder
from scograph.folder.positions import Locator
from scograph.rdf.findings import Finding
from scograph.reasoning.owlrl_oracle import OwlrlClosure
from scograph.reasoning.reason import Closure


@dataclass(frozen=True)
class Inspection:
    """A graph folder as the checks see it, and what has been made of it so far.

    ``texts`` is a folder of source texts, where passages are to be verified; ``cross_check``
    asks for a comparison with owlrl. ``closure`` is there when the graph has been reasoned
    over; ``store`` and ``adopted_facts`` when the release is described.
    """

    folder: Folder
    asserted: Asserted
    locator: Locator
    texts: Path | None = None
    cross_check: bool = False
    closure: Closure | OwlrlClosure | None = None
    store: Store | None = None
    adopted_facts: bytes = b""


@dataclass(frozen=True)
class Stale:
    """A generated file that differs from what it should be; ``content`` is what it should be."""

    path: str
    content: bytes
    finding: Finding


class Stage(Enum):
    """When a check runs: on what is asserted, on what follows, on the release."""

    STATEMENTS = "check terms, literals, evidence"
    REASONING = "reason"
    SHAPES = "validate"
    RELEASE = "answer the saved queries"


@dataclass(frozen=True)
class Check:
    """A check: its name, when it runs, and the function that yields what it found."""

    name: str
    stage: Stage
    function: Callable[[Inspection], Iterable[Finding | Stale]]
