"""The set-up: one sentence for each thing that can be missing, in a path with a space."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.patience import patience


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "a clone"
    for name in ("Makefile", "pyproject.toml", "README.md", "LICENSE"):
        folder.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name in ("tools", "scograph"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def make(clone: Path, target: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # The tests themselves may run under make, which tells its children so.
    outer = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", target], cwd=clone, capture_output=True, text=True, timeout=patience("setup"),
        env={**outer, "PIP_RETRIES": "0", "PIP_DEFAULT_TIMEOUT": "1", **environment},
    )  # fmt: skip


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The last line that is ours; make adds one of its own."""
    return [line for line in done.stderr.splitlines() if line.startswith("scograph: ")][-1]


def test_an_unreachable_registry_is_one_sentence(clone: Path) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull}
    done = make(
        clone, "serve", **nowhere, PIP_NO_INDEX="", PIP_FIND_LINKS="", PIP_EXTRA_INDEX_URL=""
    )
    assert done.returncode != 0
    assert sentence(done) == (
        "scograph: the Python packages could not be installed: is the package registry reachable? "
        "All of pip's words are in .venv/setup.log; run the command again when it is."
    )
    assert "Traceback" not in done.stderr
    assert not (clone / ".venv/.ready").exists()


def test_a_missing_python_is_one_sentence(clone: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("make", "sh", "id", "touch", "rm", "tail", "grep", "sed"):
        (tools / name).symlink_to(shutil.which(name) or name)
    done = make(clone, "test", PATH=str(tools))
    assert sentence(done) == (
        "scograph: Python 3.11 or newer is needed; install it, or name it: "
        "make PYTHON=/path/to/python3.11 ..."
    )


def test_a_python_without_venv_is_one_sentence(clone: Path, tmp_path: Path) -> None:
    fake = tmp_path / "python3"
    fake.write_text('#!/bin/sh\n[ "$1" = -c ]\n')
    fake.chmod(0o755)
    done = make(clone, "build", PYTHON=str(fake))
    assert sentence(done) == (
        "scograph: no virtual environment can be made: Python's venv module is missing "
        "(Debian: apt-get install python3-venv)."
    )
    assert not (clone / ".venv").exists()


def test_make_alone_lists_the_commands(clone: Path) -> None:
    lines = make(clone, "help").stdout.splitlines()
    assert lines[0].split(maxsplit=2) == ["make", "help", "list these commands"]
    assert [line.split()[1] for line in lines] == [
        *("help", "serve", "build", "check", "test", "test-fast", "lint", "format", "docs"),
        *("dist", "figures", "bench", "clean"),
    ]
