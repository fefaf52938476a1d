"""What several tests share: this repository as a graph folder, checked and released once.

Tests run in several processes at a time; the first that wants the repository's release makes it for
all. What measures time is marked `alone`: while it runs, no other test does.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from pyoxigraph import RdfFormat, parse

from scograph.build.pipeline import Checked, check_folder
from scograph.build.write import canonical_nquads, manifest, write_into
from scograph.graph import Graph
from scograph.sparql.release import Release, open_release
from tests.attacking import Server, attacked
from tests.needs import mark
from tests.turns import Turns, locked

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
WORKER = "PYTEST_XDIST_WORKER"


def pytest_configure(config: pytest.Config) -> None:
    # An example takes the time that it takes: machines differ fourfold.
    settings.register_profile("patient", deadline=None)
    settings.load_profile("patient")
    if WORKER in os.environ:
        config.pluginmanager.register(Turns(ROOT))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    known: dict[object, bool] = {}
    for item in items:
        mark(item, known)


@contextlib.contextmanager
def silent(_: str) -> Iterator[None]:
    yield


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@contextlib.contextmanager
def once(lock: Path) -> Iterator[None]:
    """Hold *lock*: what one process makes, the others find."""
    with lock.open("w") as file, locked(file, fcntl.LOCK_EX):
        yield


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if WORKER in os.environ else base


def checked_once(place: Path, make: Callable[[], Path]) -> Checked:
    """What the check of the folder that *make* makes has found, in whichever process."""
    with once(place.with_suffix(".lock")):
        if not place.exists():
            place.write_bytes(pickle.dumps(check_folder(make(), silent)))
    found = pickle.loads(place.read_bytes())  # noqa: S301 - a process of this run has written it
    assert isinstance(found, Checked)
    return found


def released_once(folder: Path, checked: Checked) -> Path:
    assert checked.files is not None, checked.findings
    assert checked.manifest is not None
    with once(folder.with_suffix(".lock")):
        return folder if folder.exists() else write_into(folder, checked.files, checked.manifest)


@pytest.fixture(scope="session")
def checked(root: Path, common: Path) -> Checked:
    return checked_once(common / "checked", lambda: root)


@pytest.fixture(scope="session")
def release_path(checked: Checked, common: Path) -> Path:
    return released_once(common / "of the repository", checked)


@pytest.fixture(scope="session")
def release(release_path: Path) -> Release:
    return open_release(release_path)


@pytest.fixture(scope="session")
def small(common: Path) -> Checked:
    """The made-up graph of `tests.explained`, which builds upon this file."""
    from tests.explained import make_folder

    return checked_once(common / "small", lambda: make_folder(common / "small graph"))


@pytest.fixture(scope="session")
def small_path(small: Checked, common: Path) -> Path:
    return released_once(common / "small release", small)


@pytest.fixture(scope="session")
def explained(small_path: Path) -> Graph:
    return Graph.open(small_path)


@pytest.fixture(
    scope="session",
    params=["made up", pytest.param("this repository's", marks=pytest.mark.repository)],
)
def any_release(request: pytest.FixtureRequest) -> Release:
    """What holds of any release holds of both; the small one has it told soon."""
    if request.param == "made up":
        graph: Graph = request.getfixturevalue("explained")
        return graph.engine.release
    release: Release = request.getfixturevalue("release")
    return release


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A release of three triples, whose every byte can be tried."""
    text = '<https://a.example/x> <https://a.example/p> "1", "two"@en, _:b .'
    quads = parse(text, format=RdfFormat.TURTLE)
    files = {"dataset.nq": canonical_nquads(quads), "forum.ttl": text.encode()}
    counts = {"default": 3, "asserted": 3, "claimed": 0, "inferred": 0}
    facts = {"title": "Tiny", "base": "https://a.example/", "prefixes": {"a": "https://a.example/"},
             "triples": counts, "graphs": 1}  # fmt: skip
    versions = {"ontology": "1", "data": "1"}
    return write_into(tmp_path / "tiny", files, manifest(files, versions, facts))


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
