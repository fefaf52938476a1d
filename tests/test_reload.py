"""A new release while the old one is served."""

from __future__ import annotations

import json
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.processes import children, eventually, status, supervisor_of
from tests.serving import fetch, serving


@pytest.fixture
def two(tmp_path: Path, release_path: Path) -> tuple[Path, Path]:
    """A folder whose current release is one of two, and the path of the other."""
    releases = tmp_path / "graph" / "releases"
    first, second = releases / "first", releases / "second"
    for path in (first, second):
        shutil.copytree(release_path, path)
    manifest = json.loads((second / "manifest.json").read_text(encoding="utf-8"))
    manifest["versions"]["data"] = "9.9.9"
    (second / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (releases / "current").symlink_to("first")
    return tmp_path / "graph", second


def point_to(folder: Path, name: str) -> None:
    link = folder / "releases" / "next"
    link.symlink_to(name)
    link.replace(folder / "releases" / "current")


def version(address: str) -> str:
    return str(json.loads(fetch(address + "/health"))["versions"]["data"])


@pytest.mark.parametrize("how", ["SIGHUP", "--watch"])
def test_a_new_release_comes_in_without_a_dropped_request(two: tuple[Path, Path], how: str) -> None:
    folder, _ = two
    options = ["--watch"] if how == "--watch" else []
    with serving(folder, *options, "--parallel", "64") as (address, process):
        assert version(address) == "0.1.0"
        found: list[int] = []
        done = threading.Event()

        def ask() -> None:
            number = 0
            while not done.is_set():
                number += 1
                query = quote(f"SELECT * {{ ?s ?p {number} }}")
                found.append(status(address, "/sparql?query=" + query))

        askers = [threading.Thread(target=ask) for _ in range(4)]
        for asker in askers:
            asker.start()
        point_to(folder, "second")
        if how == "SIGHUP":
            process.send_signal(signal.SIGHUP)
        changed = eventually(lambda: version(address) == "9.9.9")
        time.sleep(0.3)
        done.set()
        for asker in askers:
            asker.join()
        assert (changed, set(found)) == (True, {200})
        # The process that held the old release is gone.
        assert eventually(lambda: len(children(supervisor_of(process))) == 1)


def damage_quads(release: Path) -> None:
    (release / "dataset.nq").write_bytes(b"<a:a> <a:b> <a:c> .\n")


def remove_manifest(release: Path) -> None:
    (release / "manifest.json").unlink()


def make_unreadable(release: Path) -> None:
    (release / "dataset.nq").unlink()
    (release / "dataset.nq").mkdir()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (damage_quads, "another hash"),
        (remove_manifest, "has no release yet"),
        (make_unreadable, "cannot open the release"),
    ],
)
def test_a_bad_release_leaves_the_old_one_served(
    two: tuple[Path, Path], spoil: Callable[[Path], None], sentence: str
) -> None:
    folder, second = two
    spoil(second)
    with serving(folder) as (address, process):
        point_to(folder, "second")
        process.send_signal(signal.SIGHUP)
        time.sleep(1.5)
        assert version(address) == "0.1.0"
        process.terminate()
        _, errors = process.communicate(timeout=20)
    told = [line for line in errors.splitlines() if "the old release is served on" in line]
    assert (len(told), sentence in told[0]) == (1, True), errors
