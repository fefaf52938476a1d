"""Engines in processes of their own: a query that hangs or kills one costs a restart."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.oracle.cases import Case, listed

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
COMMANDS = {
    "product": [sys.executable, "-m", "tests.oracle.answering", "product"],
    "rdflib": [sys.executable, "-m", "tests.oracle.answering", "rdflib"],
    "comunica": ["node", str(HERE / "comunica.js")],
}


def has_comunica() -> bool:
    """Tell whether Node and the package are here."""
    installed = ROOT / "tests" / "comunica" / "node_modules" / "@comunica" / "query-sparql"
    return shutil.which("node") is not None and installed.is_dir()


class Engine:
    """A process that answers cases, a line for each."""

    def __init__(self, name: str, seconds: float) -> None:
        self.name = name
        self.restarts = 0
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stop()

    def answer(self, case: Case) -> dict[str, Any]:
        """Return the answer to *case*; an error where there is none in time."""
        ours = self.name == "product"
        asked = {
            "quads": listed(case.quads if ours else case.dataset()),
            "query": case.query if ours else case.plain_query,
            "default": case.default_uris,
            "named": case.named_uris,
        }
        process = self._running()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], self._seconds)
        line = process.stdout.readline() if ready else b""
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        self._stop()
        self.restarts += 1
        return {"fatal": f"no answer in {self._seconds} s" if not ready else "the process ended"}

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                COMMANDS[self.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
                env={**os.environ, "PYTHONHASHSEED": "0"},
            )  # fmt: skip
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
