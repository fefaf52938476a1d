"""What several tests share: this repository as a graph folder, checked and released once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from scograph.build.pipeline import Checked, check_folder
from scograph.build.write import write_into
from scograph.graph import Graph
from scograph.sparql.release import Release, open_release
from tests.attacking import Server, attacked

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@contextlib.contextmanager
def silent(_: str) -> Iterator[None]:
    yield


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def checked(root: Path) -> Checked:
    return check_folder(root, silent)


@pytest.fixture(scope="session")
def release_path(checked: Checked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert checked.files is not None, checked.findings
    assert checked.manifest is not None
    folder = tmp_path_factory.mktemp("release") / "of the repository"
    return write_into(folder, checked.files, checked.manifest)


@pytest.fixture(scope="session")
def release(release_path: Path) -> Release:
    return open_release(release_path)


@pytest.fixture(scope="session")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The made-up graph of `tests.explained`, which builds upon this file."""
    from tests.explained import explained_graph

    return explained_graph(tmp_path_factory.mktemp("explained"))


@pytest.fixture(scope="session")
def sources() -> Path:
    folder = SHARED / "sources"
    if not folder.is_dir():
        pytest.skip(f"the source texts are not here: {folder}")
    return folder


@pytest.fixture(scope="module")
def server(release_path: Path) -> Iterator[Server]:
    """A server with narrow limits, for those who attack it."""
    with attacked(release_path) as found:
        yield found
