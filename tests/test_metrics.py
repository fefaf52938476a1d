"""What operators see: metrics, health, and the access log."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest

from scograph.server.metrics import ROUTES, route_of
from scograph.server.rsgi import group_of
from tests.patience import eventually, patience
from tests.processes import busy, metrics, status
from tests.serving import serving

PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ASKED = "SELECT ?name { VALUES ?name { 'somebody' 'nobody' } }"


def test_requests_deaths_cache_and_release_are_counted(small_path: Path) -> None:
    name = json.loads((small_path / "manifest.json").read_text(encoding="utf-8"))["release"]
    with serving(small_path, "--deadline", "2") as (address, _):
        paths = ["/sparql?query=" + quote("ASK {}")] * 3 + ["/nothing", "/id/nothing", "/"]
        found = [status(address, path) for path in [*paths, "/sparql?query=" + quote(PRODUCT)]]
        assert found == [200, 200, 200, 404, 404, 200, 504]
        counted = metrics(address)
    assert counted["scograph_requests_total", "sparql", "200"] == 3
    assert counted["scograph_requests_total", "sparql", "504"] == 1
    assert counted["scograph_requests_total", "other", "404"] == 1
    assert counted["scograph_requests_total", "id", "404"] == 1
    assert counted["scograph_requests_total", "home", "200"] == 1
    assert counted["scograph_request_seconds_count", "sparql"] == 4
    assert 2 <= counted["scograph_request_seconds_sum", "sparql"] < patience("answer")
    assert counted["scograph_worker_deaths_total", "deadline"] == 1
    assert counted["scograph_worker_deaths_total", "crash"] == 0
    assert counted["scograph_cache_hits_total",] == 2
    assert counted["scograph_cache_bytes",] > 1_000
    assert counted["scograph_release", name] == 1


def test_the_log_tells_what_was_done_but_not_what_was_asked(
    small_path: Path, tmp_path: Path
) -> None:
    path = tmp_path / "access.log"
    with serving(small_path, "--access-log", str(path)) as (address, _):
        for query in (ASKED, ASKED, "SELEC"):
            status(address, "/sparql?query=" + quote(query))
    text = path.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    asked = [line for line in lines if line["path"] == "/sparql"]
    names = {"time", "method", "path", "status", "ms", "bytes", "cached", "query"}
    assert [set(line) - {"rows"} for line in asked] == [names] * 3
    told = [(line["status"], line["cached"], line.get("rows")) for line in asked]
    assert told == [(200, False, 2), (200, True, 2), (400, False, None)]
    assert asked[0]["query"] == asked[1]["query"] != asked[2]["query"]
    assert ("somebody" in text, "127.0.0.1" in text) == (False, False)


def test_addresses_are_logged_where_asked_for(small_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    options = ("--access-log", str(path), "--log-addresses")
    with serving(small_path, *options) as (address, _):
        status(address)
    clients = {json.loads(line)["client"] for line in path.read_text().splitlines()}
    assert clients == {"127.0.0.1"}


def test_health_is_ready_only_when_a_worker_answers(small_path: Path) -> None:
    options = ("--deadline", "60", "--wait", "0.3", "--workers", "1", "--parallel", "9")
    with serving(small_path, *options) as (address, process):
        assert status(address, "/health") == 200
        with busy(address, process, PRODUCT):
            assert status(address, "/health") == 503
        eventually(lambda: status(address, "/health") == 200, "a new worker is ready")


def test_a_route_is_one_of_few() -> None:
    paths = {"/": "home", "/sparql": "sparql", "/ontology.ttl": "ontology", "/id/x/y": "id",
             "/wp-login.php": "other", "/x" * 99: "other"}  # fmt: skip
    assert {path: route_of(path) for path in paths} == paths
    assert "sparql" in ROUTES


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", None),
        ("nonsense", None),
    ],
)
def test_a_client_is_its_address_or_network(address: str, client: str | None) -> None:
    assert group_of(address) == client


@pytest.mark.parametrize(
    ("proxies", "header", "client"),
    [
        ("0", "192.0.2.1", "127.0.0.1"),
        ("1", "192.0.2.1", "192.0.2.1"),
        ("1", "198.51.100.9, 192.0.2.1", "192.0.2.1"),
        ("2", "198.51.100.9, 192.0.2.1, 192.0.2.2", "192.0.2.1"),
        ("2", "192.0.2.1", "127.0.0.1"),
    ],
)
def test_a_proxy_is_believed_where_it_is_trusted(
    small_path: Path, tmp_path: Path, proxies: str, header: str, client: str
) -> None:
    path = tmp_path / "access.log"
    options = ("--access-log", str(path), "--log-addresses", "--proxies", proxies)
    with serving(small_path, *options) as (address, _):
        asked = urllib.request.Request(address + "/robots.txt", headers={"X-Forwarded-For": header})  # noqa: S310
        urllib.request.urlopen(asked, timeout=patience("answer")).close()  # noqa: S310
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["client"] for line in lines if line["path"] == "/robots.txt"] == [client]
