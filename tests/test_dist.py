"""What is published: wheel and sdist, built, unpacked, and served from outside the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from scograph import __version__
from tests.conftest import ROOT
from tests.explained import make_folder
from tests.patience import patience
from tests.serving import fetch, free_port


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=patience("command"))
    return folder


def test_a_wheel_and_an_sdist_are_made(dist: Path) -> None:
    names = {path.name for path in dist.iterdir()}
    assert names == {f"scograph-{__version__}-py3-none-any.whl", f"scograph-{__version__}.tar.gz"}


def test_the_wheel_holds_the_package_and_nothing_else(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "scograph"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    package = {name for name in names if not name.startswith(f"scograph-{__version__}.dist-info/")}
    assert package == set(tracked.stdout.split("\n")) - {""}


def test_the_sdist_holds_what_the_wheel_is_made_from(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "scograph/__init__.py"} <= names
    assert {"tests/test_dist.py", "ontology/scograph.ttl", "data/dataset.ttl"} <= names
    assert not any(name.startswith((".venv", "releases", "node_modules")) for name in names)


def test_the_installed_package_builds_and_serves_elsewhere(dist: Path, tmp_path: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    place = tmp_path / "site packages"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
               "--disable-pip-version-check", "--target", str(place), str(wheel)]  # fmt: skip
    subprocess.run(install, check=True, timeout=patience("command"))
    # The libraries are those of the tests; the package itself is the installed one.
    environment = {**os.environ, "PYTHONPATH": str(place)}
    graph = make_folder(tmp_path / "graph")

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=environment, check=True,
            capture_output=True, text=True, timeout=patience("command"),
        )  # fmt: skip
        return done.stdout

    where = run("-c", "import scograph; print(scograph.__file__)").strip()
    assert Path(where) == place / "scograph" / "__init__.py"
    run("-m", "scograph", "check", str(graph), "--fix", "--quiet")
    release = run("-m", "scograph", "build", str(graph), "--quiet").strip().splitlines()[-1]
    assert Path(release).parent == graph / "releases"
    port = free_port()
    command = [sys.executable, "-m", "scograph", "serve", str(graph), "--port", str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=quiet) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            ask = "sparql?query=ASK%20%7B%20event%3Aforum-2021%20a%20sco%3AForumEdition%20%7D"
            assert fetch(f"{address}/{ask}") == b'{"head":{},"boolean":true}'
            assert b"<h1" in fetch(f"{address}/")
            assert b"cax-sco" in fetch(f"{address}/rules/")
            style = (ROOT / "scograph/web/static/style.css").read_bytes()
            assert fetch(f"{address}/static/style.css") == style
        finally:
            server.terminate()
