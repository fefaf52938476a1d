"""A new release while the old one is served."""

from __future__ import annotations

import json
import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.folders import sum_up
from tests.patience import eventually
from tests.processes import children, status, supervisor_of
from tests.serving import fetch, serving


@pytest.fixture
def two(tmp_path: Path, small_path: Path) -> tuple[Path, Path]:
    """A folder whose current release is one of two, and the path of the other."""
    releases = tmp_path / "graph" / "releases"
    first, second = releases / "first", releases / "second"
    for path in (first, second):
        shutil.copytree(small_path, path)
    manifest = json.loads((second / "manifest.json").read_text(encoding="utf-8"))
    manifest["versions"]["data"] = "9.9.9"
    (second / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    sum_up(second)
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
        try:
            eventually(lambda: version(address) == "9.9.9", "the new release is served", "start")
            before = len(found)
            eventually(lambda: len(found) >= before + 40, "the new release answers for a while")
        finally:
            done.set()
            for asker in askers:
                asker.join()
        assert set(found) == {200}
        one = "the process that held the old release is gone"
        eventually(lambda: len(children(supervisor_of(process))) == 1, one)


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
        errors: list[str] = []
        assert process.stderr is not None
        listener = threading.Thread(target=errors.extend, args=(process.stderr,))
        listener.start()
        process.send_signal(signal.SIGHUP)

        def told() -> list[str]:
            return [line for line in errors if "the old release is served on" in line]

        eventually(lambda: bool(told()), "the server tells of the bad release", "start")
        assert version(address) == "0.1.0"
        process.terminate()
        listener.join()
    assert (len(told()), sentence in told()[0]) == (1, True), errors
