"""The server as a process: how it starts, refuses, answers over the wire, and ends."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from pyoxigraph import NamedNode

from scograph.build.write import write_release
from scograph.sparql.release import Release
from tests.folders import copy_repository
from tests.patience import patience
from tests.serving import BASE, BROWSER, command, fetch, free_port, read_page, serving, triples

CHANGED = "has changed since this release; `scograph build` makes a new one"
QUERY = "/sparql?query=" + quote("ASK { event:forum-2021 a sco:ForumEdition }")


@pytest.fixture(scope="module")
def address(release_path: Path) -> Iterator[str]:
    with serving(release_path) as (address, _):
        yield address


def send(
    address: str, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """One request over the wire: status, headers in lower case, content."""
    connection = http.client.HTTPConnection(
        address.removeprefix("http://"), timeout=patience("answer")
    )
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, headers=named)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, answer.read()
    finally:
        connection.close()


def end(process: subprocess.Popen[str]) -> tuple[int, list[str]]:
    """The exit status of a process that ends by itself, and what it wrote to stderr."""
    _, errors = process.communicate(timeout=patience("stop"))
    return process.returncode, errors.splitlines()


@pytest.fixture
def folder(tmp_path: Path, release_path: Path, release: Release) -> Path:
    """A copy of the graph's folder, with the release that was built from it."""
    root = copy_repository(tmp_path / "graph")
    files = {name: (release_path / name).read_bytes() for name in release.manifest["files"]}
    write_release(root, files, release.manifest)
    return root


def test_a_release_is_served_as_it_is_at_once(folder: Path) -> None:
    current = folder / "releases" / "current"
    before = {path.name: path.stat().st_mtime_ns for path in current.iterdir()}
    with serving(folder) as (address, process):
        assert fetch(address + QUERY) == b'{"head":{},"boolean":true}'
        process.send_signal(signal.SIGINT)
        status, errors = end(process)
    name = current.resolve().name
    assert (status, errors) == (0, [f"serving {name} on {address}/ (Ctrl-C stops)"])
    assert {path.name: path.stat().st_mtime_ns for path in current.iterdir()} == before


def test_a_folder_that_has_changed_since_its_release_is_served_and_told(folder: Path) -> None:
    with (folder / "data" / "dataset.ttl").open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    with serving(folder) as (address, process):
        assert json.loads(fetch(f"{address}/health"))["status"] == "ok"
        process.terminate()
        _, errors = end(process)
    assert errors[0] == f"scograph: {folder} {CHANGED}"
    assert len(errors) == 2


def test_a_release_named_relatively_has_not_changed(release_path: Path) -> None:
    port = free_port()
    process = command("serve", release_path.name, "--port", str(port), cwd=release_path.parent)
    fetch(f"http://127.0.0.1:{port}/health")
    process.send_signal(signal.SIGINT)
    status, errors = end(process)
    assert (status, [line for line in errors if CHANGED in line]) == (0, [])


def test_a_port_in_use_is_one_sentence(release_path: Path, address: str) -> None:
    port = address.rpartition(":")[2]
    status, errors = end(command("serve", release_path, "--port", port))
    assert (status, errors[-1]) == (
        1,
        f"scograph: cannot listen on 127.0.0.1:{port}: Address already in use; "
        f"name another one with --port (make serve PORT={int(port) + 1})",
    )
    assert [line for line in errors[:-1] if not line.startswith("serving ")] == []


def test_an_address_that_is_not_this_machines_is_one_sentence(release_path: Path) -> None:
    status, errors = end(command("serve", release_path, "--host", "192.0.2.1"))
    assert (status, errors) == (
        1,
        ["scograph: cannot listen on 192.0.2.1:8000: Cannot assign requested address; "
         "name another one with --port (make serve PORT=8001)"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("option", "value", "part"),
    [
        ("--deadline", "0", "0.0 is not in the range"),
        ("--deadline", "nan", "'nan' is not a number"),
        ("--silence", "inf", "inf is not in the range"),
        ("--memory", "9" * 17, "is not in the range"),
        ("--memory", "1", "1 is not in the range"),
        ("--workers", "none", "'none' is not a valid integer"),
        ("--url", "example.org", "--url is an http(s) address, not 'example.org'"),
    ],
)
def test_a_setting_that_makes_no_sense_is_wrong_usage(
    release_path: Path, option: str, value: str, part: str
) -> None:
    status, errors = end(command("serve", release_path, option, value))
    assert (status, part in errors[-1]) == (2, True)


def damage(name: str, content: bytes | None) -> Callable[[Path], None]:
    def applied(folder: Path) -> None:
        if content is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(content)

    return applied


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (damage("dataset.nq", b"<a:a> <a:b> <a:c> .\n"), "is damaged, dataset.nq has another hash"),
        (damage("dataset.nq", None), "dataset.nq: No such file or directory"),
        (damage("forum.ttl", b""), "is damaged, forum.ttl has another hash"),
        (damage("manifest.json", b"{"), "is damaged, in manifest.json: build it again"),
        (damage("manifest.json", b"\xff"), "is damaged, in manifest.json: build it again"),
        (damage("manifest.json", b"[]"), "is of another format: build it again"),
        (damage("manifest.json", b'{"format": 99}'), "is of another format: build it again"),
        (damage("manifest.json", b'{"format": 1}'), "is of another format: build it again"),
        (damage("manifest.json", b'{"format": 2}'), "its manifest has no release"),
        (damage("manifest.json", None), "has no release yet: run `scograph build"),
    ],
)
def test_a_release_that_is_not_whole_is_not_served(
    tmp_path: Path, release_path: Path, broken: Callable[[Path], None], sentence: str
) -> None:
    folder = tmp_path / "release"
    shutil.copytree(release_path, folder)
    broken(folder)
    status, errors = end(command("serve", folder, "--port", str(free_port())))
    assert (status, len(errors) <= 2) == (1, True)
    assert errors[-1].startswith("scograph: ")
    assert sentence in errors[-1]


def test_any_page_may_read_any_answer(address: str) -> None:
    for path in (QUERY, "/", "/id/event/forum-2021", "/data/event/forum-2021.ttl", "/nothing"):
        status, headers, _ = send(address, path, Origin="http://example.org")
        assert headers["access-control-allow-origin"] == "*", status
    status, headers, content = send(
        address,
        "/sparql",
        "OPTIONS",
        Origin="http://example.org",
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="content-type",
    )
    assert (status, content) == (200, b"")
    assert headers["access-control-allow-methods"] == "GET, HEAD, POST, OPTIONS"
    assert headers["access-control-allow-headers"] == "Accept, Content-Type"


PATHS = (QUERY, "/", "/ontology", "/page/event/forum-2021", "/data/event/forum-2021.trig",
         "/download/forum.ttl", "/static/style.css")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_is_named_revalidated_and_headed(address: str, path: str) -> None:
    status, headers, content = send(address, path)
    assert (status, len(content) > 0) == (200, True)
    assert {"Accept", "Accept-Language"} <= set(headers["vary"].split(", "))
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'self';")
    again, _, nothing = send(address, path, If_None_Match=headers["etag"])
    assert (again, nothing) == (304, b"")
    assert send(address, path, If_None_Match='"another"')[::2] == (200, content)
    head, same, nothing = send(address, path, "HEAD")
    assert (head, nothing) == (200, b"")
    for name in ("content-type", "content-length", "etag"):
        assert same[name] == headers[name]


def test_another_format_or_language_has_another_etag(address: str) -> None:
    tags = [
        send(address, QUERY)[1]["etag"],
        send(address, QUERY, Accept="text/csv")[1]["etag"],
        send(address, "/", Accept_Language="en")[1]["etag"],
        send(address, "/", Accept_Language="ru")[1]["etag"],
    ]
    assert len(set(tags)) == len(tags)


def test_the_files_of_the_release_are_what_is_downloaded(address: str, release_path: Path) -> None:
    page = read_page(send(address, "/download/", Accept=BROWSER)[2].decode())
    files = sorted(path.name for path in release_path.iterdir())
    links = sorted(link.href for link in page.one("table").every("a"))
    assert links == ["/.well-known/void", *(f"/download/{name}" for name in files)]
    for name in files:
        assert send(address, f"/download/{name}")[2] == (release_path / name).read_bytes()
    for path in ("../pyproject.toml", "%2e%2e/manifest.json", "nothing.ttl", "..%2fmanifest.json"):
        assert send(address, f"/download/{path}")[0] == 404


def test_void_health_and_robots_answer(address: str, release: Release) -> None:
    graph = NamedNode(f"{BASE}graph/release")
    known = {quad.triple for quad in release.store.quads_for_pattern(None, None, None, graph)}
    assert triples(send(address, "/.well-known/void")[2], "ttl") == known
    assert json.loads(send(address, "/health")[2]) == {
        "status": "ok",
        "release": release.hash,
        "versions": release.manifest["versions"],
    }
    assert b"Disallow: /sparql\n" in send(address, "/robots.txt")[2]
