"""A release: canonical, hashed, the same bytes every time, written in one step."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from scograph import __version__
from scograph.build.pipeline import Checked
from scograph.build.write import is_current, write_into, write_release
from scograph.rdf.errors import GraphError
from scograph.sparql.release import open_release
from tests.conftest import ROOT
from tests.explained import make_folder


def build(*arguments: str, seed: str = "0") -> str:
    command = [sys.executable, "-m", "scograph", "build", *arguments, "--quiet"]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    return done.stdout.strip()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def visible(folder: Path) -> set[str]:
    """What lies in *folder*, but for the notes on which folder a release was built from."""
    return {path.name for path in folder.iterdir() if not path.name.endswith(".folder")}


@pytest.fixture
def folder(small: Checked, tmp_path: Path) -> Path:
    """The made-up graph with the files that are generated, in a path with a space."""
    made = make_folder(tmp_path / "a graph")
    for stale in small.stale:
        (made / stale.path).write_bytes(stale.content)
    return made


def test_two_builds_of_one_folder_are_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for name, seed in (("a", "1"), ("b", "2")):
        assert build(str(folder), "--out", str(tmp_path / name), seed=seed) == str(tmp_path / name)
    first, second = contents(tmp_path / "a"), contents(tmp_path / "b")
    assert sorted(first) == ["SHA256SUMS", "dataset.nq", "forum.ttl", "manifest.json"]
    assert first == second


def test_a_release_lies_under_its_hash_and_current_points_to_it(folder: Path) -> None:
    place = Path(build(str(folder)))
    manifest = json.loads((place / "manifest.json").read_text())
    digest = hashlib.sha256((place / "dataset.nq").read_bytes()).hexdigest()
    assert (manifest["release"], place.name) == (digest, digest[:16])
    assert place.parent == folder / "releases"
    assert (folder / "releases/current").readlink() == Path(place.name)
    assert build(str(folder)) == str(place)
    assert visible(place.parent) == {place.name, "current"}


def test_a_release_that_is_there_is_left_alone(folder: Path) -> None:
    place = Path(build(str(folder)))
    before = {path.name: path.stat().st_ino for path in [place, *place.iterdir()]}
    with (folder / "data/disputes.ttl").open("a") as file:
        file.write("# one comment more changes the folder, not the graph\n")
    assert not is_current(folder, place)
    assert build(str(folder)) == str(place)
    assert {path.name: path.stat().st_ino for path in [place, *place.iterdir()]} == before
    assert is_current(folder, place)


def test_out_cannot_be_the_current_folder(
    small: Checked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert small.files and small.manifest
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GraphError, match="--out cannot be the current folder"):
        write_into(Path(), small.files, small.manifest)
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_tells_versions_sizes_and_hashes(release_path: Path) -> None:
    manifest = json.loads((release_path / "manifest.json").read_text())
    assert manifest["versions"] == {"software": __version__, "ontology": "0.2.0", "data": "0.1.0"}
    assert manifest["files"] == {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in sorted(contents(release_path).items())
        if name not in ("manifest.json", "SHA256SUMS")
    }
    assert (release_path / "forum.ttl").read_bytes() == (ROOT / "data/forum.ttl").read_bytes()


def test_the_dataset_is_canonical(release_path: Path) -> None:
    content = (release_path / "dataset.nq").read_bytes()
    lines = content.splitlines(keepends=True)
    assert lines == sorted(set(lines))
    dataset = Dataset(parse(content, format=RdfFormat.N_QUADS))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    again = Dataset(parse(content, format=RdfFormat.N_QUADS))
    assert set(dataset) == set(again)


def test_no_hash_stands_in_the_hashed_file(release_path: Path) -> None:
    manifest = json.loads((release_path / "manifest.json").read_text())
    assert manifest["release"].encode() not in (release_path / "dataset.nq").read_bytes()


def test_a_damaged_release_is_not_opened(small: Checked, tmp_path: Path) -> None:
    assert small.files and small.manifest
    place = write_into(tmp_path / "r", small.files, small.manifest)
    with (place / "dataset.nq").open("ab") as file:
        file.write(b"\n")
    with pytest.raises(
        GraphError, match=r"is damaged, dataset\.nq has another hash: build it again"
    ):
        open_release(place)


def test_out_never_overwrites_what_is_no_release(small: Checked, tmp_path: Path) -> None:
    assert small.files and small.manifest
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(GraphError, match="is neither empty nor a release: name another --out"):
        write_into(tmp_path, small.files, small.manifest)
    assert contents(tmp_path) == {"mine.txt": b"mine"}


def test_out_replaces_a_release(small: Checked, tmp_path: Path) -> None:
    assert small.files and small.manifest
    place = tmp_path / "r"
    write_into(place, {**small.files, "forum.ttl": b"old"}, {**small.manifest, "old": True})
    write_into(place, small.files, small.manifest)
    assert {name: contents(place)[name] for name in small.files} == small.files
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_a_disk_that_refuses_leaves_the_last_release(small: Checked, tmp_path: Path) -> None:
    assert small.files and small.manifest
    first = write_release(tmp_path, small.files, small.manifest)
    before = contents(first)
    impossible = {**small.files, "no/such/folder.nq": b""}
    with pytest.raises(GraphError, match=r"cannot write the release in .*: No such file"):
        write_release(tmp_path, impossible, {**small.manifest, "release": "f" * 64})
    assert contents(tmp_path / "releases/current") == before
    assert visible(tmp_path / "releases") == {first.name, "current"}


def test_a_full_disk_is_one_sentence_and_leaves_the_last_release(
    folder: Path,
) -> None:
    root = folder
    write_release(root, {"dataset.nq": b""}, {"release": "0" * 64})
    before = sorted(path.name for path in (root / "releases").iterdir())

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    command = [sys.executable, "-m", "scograph", "build", "--quiet", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=little)
    place = root / "releases"
    sentence = f"scograph: cannot write the release in {place}: File too large\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)
    assert sorted(path.name for path in place.iterdir()) == before
    assert (place / "current").resolve().name == "0" * 16


def leave(place: Path) -> None:
    """Leave what builds of this and of older versions leave when they are killed."""
    name = "0123456789abcdef"
    for folder in (f".{name}-ab12cd_3", f".{name}-old-ab12cd_3", f".scograph-{name}-ab12cd_3"):
        (place / folder / "new").mkdir(parents=True)
        (place / folder / "new" / "dataset.nq").write_bytes(b"half")
    (place / f"..{name}.folder-1234").write_bytes(b"")
    (place / ".current-1234").symlink_to("nowhere")


def test_what_a_killed_build_has_left_is_removed_and_nothing_else(
    small: Checked, tmp_path: Path
) -> None:
    assert small.files and small.manifest
    first = write_release(tmp_path, small.files, small.manifest)
    leave(first.parent)
    mine = {".mine", ".mine-ab12cd_3", "notes"}
    for name in mine:
        (first.parent / name).mkdir()
    assert write_release(tmp_path, small.files, small.manifest) == first
    assert visible(first.parent) == {first.name, "current", *mine}


def test_a_killed_build_leaves_what_the_next_removes(folder: Path) -> None:
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from scograph.build import write\n"
        "write.sync_folder = lambda path: os.kill(os.getpid(), 9)\n"
        "write.write_release(Path(sys.argv[1]), {'dataset.nq': b''}, {'release': 'a' * 64})\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    assert done.returncode == -9
    left = [path.name for path in (folder / "releases").iterdir()]
    assert [name.startswith(".scograph-aaaaaaaaaaaaaaaa-") for name in left] == [True]
    place = write_release(folder, {"dataset.nq": b""}, {"release": "b" * 64})
    assert visible(place.parent) == {place.name, "current"}


def test_builds_at_the_same_time_wait_for_each_other(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from scograph.build.write import write_into, write_release\n"
        "root, mine = Path(sys.argv[1]), sys.argv[2]\n"
        "print('ready', flush=True)\n"
        "for line in sys.stdin:\n"
        "    files = {'dataset.nq': b'x', 'forum.ttl': (mine + line).encode() * 10_000}\n"
        "    write_release(root, files, {'release': 'a' * 64, 'by': mine})\n"
        "    write_into(root / 'out', files, {'release': 'a' * 64, 'by': mine})\n"
        "    print('done', flush=True)\n"
    )
    builds = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name], text=True,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for name in ("one", "two")
    ]  # fmt: skip
    try:
        said = [build.stdout.readline() for build in builds if build.stdout]
        for number in range(60):
            for build in builds:
                assert build.stdin
                build.stdin.write(f"{number}\n")
                build.stdin.flush()
            said += [build.stdout.readline() for build in builds if build.stdout]
    finally:
        told = [build.communicate()[1] for build in builds]
    assert (told, set(said[2:])) == (["", ""], {"done\n"})
    for place in (tmp_path / "releases/current", tmp_path / "out"):
        assert (
            subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=place).returncode == 0
        )
    assert visible(tmp_path / "releases") == {"a" * 16, "current"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "releases"]


def test_no_release_is_written_out_of_the_folder_through_a_link(
    tmp_path: Path, small: Checked
) -> None:
    assert small.files is not None
    assert small.manifest is not None
    outside, folder = tmp_path / "outside", tmp_path / "graph"
    outside.mkdir()
    folder.mkdir()
    (folder / "releases").symlink_to(outside)
    with pytest.raises(GraphError, match="a link leads out of the folder"):
        write_release(folder, small.files, small.manifest)
    assert list(outside.iterdir()) == []
