"""Opening a release: whole or not at all, and what is wrong with it in a sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scograph.rdf.errors import GraphError
from scograph.sparql.release import find_release, open_release, published_files

Damage = Callable[[Path], object]


def without(key: str) -> Damage:
    """Leave *key* out of the manifest."""

    def damage(folder: Path) -> None:
        path = folder / "manifest.json"
        known = json.loads(path.read_text(encoding="utf-8"))
        del known[key]
        path.write_text(json.dumps(known), encoding="utf-8")

    return damage


def written(name: str, content: bytes) -> Damage:
    return lambda folder: (folder / name).write_bytes(content)


DAMAGES: list[tuple[Damage, str]] = [
    *((without(key), f"is damaged, its manifest has no {key}: build it again")
      for key in ("release", "versions", "base", "prefixes", "files")),
    (without("format"), "is of another format: build it again"),
    (written("manifest.json", b"{"), "is damaged, in manifest.json: build it again"),
    (written("manifest.json", b"[]"), "is of another format: build it again"),
    (written("dataset.nq", b""), "is damaged, dataset.nq has another hash: build it again"),
    (written("forum.ttl", b""), "is damaged, forum.ttl has another hash: build it again"),
    (lambda folder: (folder / "forum.ttl").unlink(), "forum.ttl: No such file or directory"),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "sentence"), DAMAGES, ids=[text for _, text in DAMAGES])
def test_a_damaged_release_is_not_opened(
    small_path: Path, tmp_path: Path, damage: Damage, sentence: str
) -> None:
    folder = tmp_path / "release"
    shutil.copytree(small_path, folder)
    damage(folder)
    with pytest.raises(GraphError) as told:
        open_release(folder)
    assert str(told.value).endswith(sentence)
    assert str(folder) in str(told.value)


def test_a_release_is_found_by_its_folder_and_by_the_graphs(
    small_path: Path, tmp_path: Path
) -> None:
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / "current").symlink_to(small_path)
    assert find_release(small_path) == find_release(tmp_path) == small_path.resolve()


def test_every_file_of_a_release_is_published_with_its_hash(small_path: Path) -> None:
    files = json.loads((small_path / "manifest.json").read_text(encoding="utf-8"))["files"]
    found = published_files(small_path)
    assert set(found) == {"manifest.json", *files}
    assert {name: found[name] for name in files} == {
        name: file["sha256"] for name, file in files.items()
    }
