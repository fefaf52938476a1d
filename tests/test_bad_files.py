"""Files that are made to hurt whoever reads them: refused with file and reason, soon, in little."""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.explained import make_folder
from tests.patience import patience

_HEAD = "@prefix a: <http://a.example/> .\n"
_LAUGHS = "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
_XML = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_IGNORED = "error ignored-file nothing reads a file of this name here"
_DEEP = "error syntax brackets nest deeper than 100 here: no record is written so"


def rdf_xml(declared: str, text: str) -> bytes:
    body = f'<r:Description r:about="http://a/"><r:value>{text}</r:value></r:Description>'
    return f'<!DOCTYPE r [{declared}]><r:RDF xmlns:r="{_XML}">{body}</r:RDF>'.encode()


FILES = [
    ("laughs.rdf", rdf_xml(f'<!ENTITY a "aaaaaaaaaa">{_LAUGHS}', "&i;"), _IGNORED),
    ("entity.rdf", rdf_xml('<!ENTITY e SYSTEM "file:///etc/passwd">', "&e;"), _IGNORED),
    ("context.jsonld", b'{"@context": "http://127.0.0.1:9/context"}', _IGNORED),
    ("deep.jsonld", b"[" * 10_000 + b"]" * 10_000, _IGNORED),
    ("quoted.trig", (_HEAD + "a:a a:b " + "<<( a:a a:b " * 100_000 + "1").encode(), _DEEP),
    ("nodes.trig", (_HEAD + "a:a a:b " + "[ a:b " * 200_000).encode(), _DEEP),
    ("lists.trig", (_HEAD + "a:a a:b " + "( " * 200_000).encode(), _DEEP),
    ("names.trig", (_HEAD + "a:x\\# a:b " + "[ a:b " * 200_000).encode(), _DEEP),
    ("apostrophe.trig", (_HEAD + "a:x\\' a:b " + "( " * 200_000).encode(), _DEEP),
    ("literal.trig", f'{_HEAD}a:a a:b "{"x" * 17_000_000}" .'.encode(),
     "error syntax a string, name or comment is longer than 16 MB, more than the parser takes"),
    ("long.trig", b"#" * 64_000_001,
     "error unreadable cannot read this file: it is larger than 64 MB: divide it"),
    ("bomb.trig", gzip.compress(bytes(10**8)), "error syntax byte 1 is not UTF-8"),
]  # fmt: skip


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (10**9, 10**9))


def checked(folder: Path) -> tuple[float, subprocess.CompletedProcess[str]]:
    """Check *folder* in a gigabyte: how long it took, and what it told."""
    command = [sys.executable, "-m", "scograph", "check", "--quiet", str(folder)]
    start = time.monotonic()
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=patience("command"), preexec_fn=limited
    )
    return time.monotonic() - start, done


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long the check of a harmless folder takes, whose generated file is missing."""
    took, done = checked(make_folder(tmp_path_factory.mktemp("harmless") / "graph"))
    assert ("data/forum.ttl: error stale" in done.stdout, done.stderr) == (True, "")
    return took


@pytest.mark.alone
@pytest.mark.parametrize(("name", "content", "sentence"), FILES, ids=[item[0] for item in FILES])
def test_a_hostile_file_is_refused_soon_and_in_a_gigabyte(
    tmp_path: Path, harmless: float, name: str, content: bytes, sentence: str
) -> None:
    folder = make_folder(tmp_path / "graph")
    (folder / "data" / "record" / name).write_bytes(content)
    took, done = checked(folder)
    told = [line for line in done.stdout.splitlines() if f"record/{name}:" in line]
    assert (done.returncode, len(told), done.stderr) == (1, 1, "")
    assert sentence in told[0]
    # Reading alone may take as long as all the checks of a folder do, a few times over.
    assert took < 5 * harmless


def test_brackets_in_strings_names_and_comments_do_not_count(tmp_path: Path) -> None:
    from scograph.folder.document import Document, Role, read_document

    many = "(" * 500
    strings = f'"{many}", """{many}\n"{many}"""' + f", '{many}'"
    text = f"{_HEAD}# {many}\na:a a:b {strings} ; a:c <http://{'a' * 500}> ."
    (tmp_path / "file.ttl").write_text(text, encoding="utf-8")
    found = read_document(tmp_path, "file.ttl", Role.REFERENCE)
    assert isinstance(found, Document)
    assert len(found.quads) == 4
