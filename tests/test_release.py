"""Opening a release: whole or not at all, and what is wrong with it in a sentence."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from scograph.build.write import manifest, write_into
from scograph.rdf.errors import GraphError
from scograph.sparql.release import find_release, open_release, published_files
from tests.folders import sum_up

Damage = Callable[[Path], object]


def written(name: str, content: bytes) -> Damage:
    return lambda folder: (folder / name).write_bytes(content)


def told(change: Callable[[dict[str, Any]], object]) -> Damage:
    """Change the manifest, and write the sums anew: a release that was built so."""

    def damage(folder: Path) -> None:
        path = folder / "manifest.json"
        known = json.loads(path.read_text(encoding="utf-8"))
        change(known)
        path.write_text(json.dumps(known), encoding="utf-8")
        sum_up(folder)

    return damage


def without(key: str) -> Damage:
    return told(lambda known: known.pop(key))


def wrong(key: str, value: object) -> Damage:
    return told(lambda known: known.update({key: value}))


def summed(content: bytes) -> Damage:
    def damage(folder: Path) -> None:
        (folder / "manifest.json").write_bytes(content)
        sum_up(folder)

    return damage


def piped(name: str) -> Damage:
    def damage(folder: Path) -> None:
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return damage


def foreign(folder: Path) -> None:
    """Leave a dataset that is no N-Quads, with its right hashes."""
    files = {"dataset.nq": b"<a> <b> \n"}
    known = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    known = {key: known[key] for key in ("title", "base", "prefixes", "triples", "graphs")}
    write_into(folder, files, manifest(files, {"ontology": "0", "data": "0"}, known))


_DEEP = b"[" * 100_000
_JSON = "is damaged, in manifest.json"
_SUMS = "is damaged, SHA256SUMS and manifest.json do not fit"
_FILE = {"sha256": "0" * 64, "bytes": 0}
DAMAGES: list[tuple[str, Damage, str]] = [
    *((f"no {key}", without(key), f"is damaged, its manifest has no {key}")
      for key in ("release", "versions", "title", "base", "prefixes", "triples", "graphs",
                  "files")),
    *((f"{key} {value!r}", wrong(key, value), f"is damaged, its manifest has a wrong {key}")
      for key, value in (
          ("release", "0" * 63), ("release", 0), ("release", "G" * 64),
          ("versions", {}), ("versions", {"software": "1", "ontology": "1", "data": 1}),
          ("title", None), ("title", ["a"]),
          ("base", "no iri/"), ("base", "https://a b/"), ("base", "/a/"), ("base", "https://a"),
          ("base", "javascript:alert(1)/"), ("base", ["https://a/"]),
          ("prefixes", []), ("prefixes", {"a b": "https://a/"}), ("prefixes", {"a.": "https://a/"}),
          ("prefixes", {"1": "https://a/"}), ("prefixes", {"a": "https://a b/"}),
          ("prefixes", {"a": "a/"}), ("prefixes", {"a": 1}), ("prefixes", {"a\n": "https://a/"}),
          ("triples", {}), ("graphs", -1), ("graphs", True), ("graphs", "1"), ("graphs", 1.5),
          ("files", {}), ("files", {"dataset.nq": {}}), ("files", {"dataset.nq": "0"}),
          ("files", {"dataset.nq": _FILE, "../secret": _FILE}),
          ("files", {"dataset.nq": _FILE, ".hidden": _FILE}),
          ("files", {"dataset.nq": _FILE, "manifest.json": _FILE}),
          ("files", {"dataset.nq": _FILE, "SHA256SUMS": _FILE}),
      )),
    ("of another dataset", wrong("release", "0" * 64), "is damaged, dataset.nq has another hash"),
    ("no format", without("format"), "is of another format"),
    ("an older format", wrong("format", 1), "is of another format"),
    ("half a JSON", summed(b"{"), _JSON),
    ("no object", summed(b"[]"), "is of another format"),
    ("a key twice", summed(b'{"format": 2, "format": 2}'), _JSON),
    ("NaN", summed(b'{"format": NaN}'), _JSON),
    ("deep", summed(_DEEP), _JSON),
    ("a huge number", summed(b'{"format": ' + b"9" * 10_000 + b"}"), _JSON),
    ("not UTF-8", summed(b'{"format": "\xff"}'), _JSON),
    ("no N-Quads", foreign, "is damaged, dataset.nq is not N-Quads"),
    ("empty dataset", written("dataset.nq", b""), "is damaged, dataset.nq has another hash"),
    ("empty forum", written("forum.ttl", b""), "is damaged, forum.ttl has another hash"),
    ("empty sums", written("SHA256SUMS", b""), _SUMS),
    ("a space more", told(lambda known: known["files"]["forum.ttl"].update(bytes=1)),
     "is damaged, forum.ttl has another size"),
]  # fmt: skip
MISSING = [
    ("no forum", lambda folder: (folder / "forum.ttl").unlink(),
     "forum.ttl: No such file or directory"),
    ("no sums", lambda folder: (folder / "SHA256SUMS").unlink(),
     "SHA256SUMS: No such file or directory"),
    *((f"a pipe {name}", piped(name), f"{name}: it is not a regular file")
      for name in ("dataset.nq", "forum.ttl", "SHA256SUMS", "manifest.json")),
]  # fmt: skip
ALL = [
    (name, damage, f"{sentence}: build it again") for name, damage, sentence in DAMAGES
] + MISSING


@pytest.mark.parametrize(
    ("damage", "sentence"), [item[1:] for item in ALL], ids=[i[0] for i in ALL]
)
def test_a_damaged_release_is_not_opened(
    small_path: Path, tmp_path: Path, damage: Damage, sentence: str
) -> None:
    folder = tmp_path / "release"
    shutil.copytree(small_path, folder)
    damage(folder)
    with pytest.raises(GraphError) as said:
        open_release(folder)
    assert str(said.value).endswith(sentence)
    assert str(folder) in str(said.value)


def refused(folder: Path) -> bool:
    try:
        open_release(folder)
    except GraphError:
        return True
    return False


def changes(content: bytes) -> Iterator[bytes]:
    """A bit of each byte flipped, each byte left out, each cut, and a byte more at both ends."""
    for at, byte in enumerate(content):
        yield content[:at] + bytes([byte ^ 1 << at % 8]) + content[at + 1 :]
        yield content[:at] + content[at + 1 :]
        yield content[:at]
    for more in (b"\n", b" ", b"\0", b"#"):
        yield content + more
        yield more + content
    yield content + content


@pytest.mark.parametrize("name", ["dataset.nq", "forum.ttl", "manifest.json", "SHA256SUMS"])
def test_no_byte_of_a_release_can_change(tiny: Path, name: str) -> None:
    content = (tiny / name).read_bytes()
    opened = []
    for changed in changes(content):
        (tiny / name).write_bytes(changed)
        if changed != content and not refused(tiny):
            opened.append(changed)
    assert opened == []
    (tiny / name).write_bytes(content)
    assert not refused(tiny)


def test_no_file_of_a_release_can_take_the_place_of_another(tiny: Path, small_path: Path) -> None:
    contents = {path.name: path.read_bytes() for path in tiny.iterdir()}
    others = {path.name: path.read_bytes() for path in small_path.iterdir()}
    for name in contents:
        for content in (*(contents[other] for other in contents if other != name), others[name]):
            (tiny / name).write_bytes(content)
            assert refused(tiny), name
        (tiny / name).write_bytes(contents[name])
    assert not refused(tiny)


def test_what_else_lies_in_the_folder_is_neither_read_nor_published(tiny: Path) -> None:
    before = published_files(tiny)
    (tiny / ".DS_Store").write_bytes(b"x")
    (tiny / "notes.txt").write_bytes(b"x")
    assert published_files(tiny) == open_release(tiny).files == before


def test_the_sums_are_what_sha256sum_reads_and_writes(tiny: Path) -> None:
    names = sorted(path.name for path in tiny.iterdir() if path.name != "SHA256SUMS")
    done = subprocess.run(["sha256sum", *names], cwd=tiny, capture_output=True, check=True)
    assert (tiny / "SHA256SUMS").read_bytes() == done.stdout


@pytest.mark.parametrize("name", ["", "a", "a-b", "a.b", "\u00e9", "A1_", "\u4e00"])
def test_any_prefix_that_turtle_has_is_a_prefix(tiny: Path, name: str) -> None:
    list(parse(f"@prefix {name}: <https://a/> .", format=RdfFormat.TURTLE))
    told(lambda known: known["prefixes"].update({name: "https://a/"}))(tiny)
    assert open_release(tiny).prefixes[name] == "https://a/"


def test_a_release_is_found_by_its_folder_and_by_the_graphs(
    small_path: Path, tmp_path: Path
) -> None:
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / "current").symlink_to(small_path)
    assert find_release(small_path) == find_release(tmp_path) == small_path.resolve()


def test_every_file_of_a_release_is_published_with_its_hash(small_path: Path) -> None:
    files = json.loads((small_path / "manifest.json").read_text(encoding="utf-8"))["files"]
    found = published_files(small_path)
    assert set(found) == {"manifest.json", "SHA256SUMS", *files}
    assert found == open_release(small_path).files
    assert {name: found[name] for name in files} == {
        name: file["sha256"] for name, file in files.items()
    }
