"""A service below a path of its host: all that it links to is below that path, too."""

from __future__ import annotations

import getpass
import random
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urljoin

import pytest
from click.testing import CliRunner
from werkzeug.test import Client

from scograph.cli.main import cli
from scograph.graph import Graph
from scograph.http.messages import Request
from scograph.http.root import root_of, without_root
from scograph.server.settings import Settings
from scograph.web.app import create_app
from scograph.web.dispatch import Dispatcher
from tests.crawling import Crawl
from tests.fronting import Fronted
from tests.http_client import client_of
from tests.patience import eventually, patience
from tests.serving import BROWSER, Node, fetch, free_port, read_page, serving
from tests.test_operators import AROUND, NGINX

ADDRESS = "http://graph.example.org/kg/"
MOST = 3


@pytest.fixture(scope="module")
def client(explained: Graph) -> Client:
    fronted = Fronted(explained.engine.release)
    fronted.workers.respond = Dispatcher(explained.engine.release, Settings(), ADDRESS)
    fronted.front.mount("/kg")
    return client_of(fronted.front)


def test_every_link_is_below_the_path_and_leads_somewhere(client: Client, explained: Graph) -> None:
    release = explained.engine.release
    dice = random.Random(1)  # noqa: S311 - to be the same each time
    crawl = Crawl(create_app(release), client, MOST, dice, "/kg")
    crawl.follow(["/kg/", "/kg/?lang=ru", "/kg/id/event/forum-2021", "/kg/search?q=forum"])
    wrong = {path: status for path, status in crawl.answers.items()
             if status not in (200, 303) or not path.startswith("/kg/")}  # fmt: skip
    assert wrong == {}
    routes = {kind[0] for kind in crawl.kinds}
    assert {"pages.thing", "pages.data", "pages.explanation", "pages.rule", "files"} <= routes


def addresses_on(page: Node) -> list[str]:
    """All that the elements of *page* link to, show or send forms to."""
    names = ("href", "src", "action")
    return [node.attributes[name] for node in page.every() for name in names
            if name in node.attributes]  # fmt: skip


PAGES = (
    *("/", "/id/event/forum-2021", "/page/event/forum-2021", "/ontology", "/nothing", "/rules/"),
    *("/search?q=forum", "/download/", "/queries/", "/sparql?query=SELEC"),
    *("/sparql?query=SELECT * { ?s ?p ?o }", "/explain?s=event:forum-2021&p=a&o=sco:ForumEdition"),
)


@pytest.mark.parametrize("path", PAGES)
def test_all_that_a_page_names_is_below_the_path(client: Client, path: str) -> None:
    for root in ("/kg", ""):  # a proxy in front may have taken it away
        answer = client.get(root + path, headers={"Accept": BROWSER}, follow_redirects=True)
        local = [link for link in addresses_on(read_page(answer.text)) if link.startswith("/")]
        assert [link for link in local if not link.startswith("/kg/")] == []
        assert any(link.startswith("/kg/static/") for link in local)


def test_redirects_and_headers_are_below_the_path(client: Client) -> None:
    for accept, place in (("text/turtle", "/kg/data/event/forum-2021.ttl"),
                          (BROWSER, "/kg/page/event/forum-2021")):  # fmt: skip
        answer = client.get("/kg/id/event/forum-2021", headers={"Accept": accept})
        assert (answer.status_code, answer.headers["Location"]) == (303, place)
    links = client.get("/kg/page/event/forum-2021", headers={"Accept": BROWSER}).headers["Link"]
    assert links.startswith(
        '</kg/data/event/forum-2021.ttl>; rel="alternate"; type="text/turtle", '
    )
    assert links.endswith('<https://example.org/rivers/id/event/forum-2021>; rel="cite-as"')
    assert links.count("</") == links.count("</kg/") == 6
    robots = client.get("/robots.txt").text
    assert "Disallow: /kg/sparql\n" in robots


def test_the_service_is_described_by_the_address_at_which_it_answers(client: Client) -> None:
    text = client.get("/kg/sparql", headers={"Accept": "text/turtle"}).text
    assert "#endpoint> <http://graph.example.org/kg/sparql>" in text
    answer = client.get("/kg/sparql?query=ASK%20%7B%7D", headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.data) == (200, b"true\n")


@pytest.mark.parametrize(
    ("address", "root"),
    [("http://h/", ""), ("http://h/kg/", "/kg"), ("http://h/kg", "/kg"), ("http://h/a/b/", "/a/b"),
     ("http://h/граф/", "/%D0%B3%D1%80%D0%B0%D1%84"), ("http://h:8000/", ""), ("", "")],
)  # fmt: skip
def test_the_root_is_the_path_of_the_address(address: str, root: str) -> None:
    assert root_of(address) == root


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [("/kg/x", "/kg", "/x"), ("/kg/", "/kg", "/"), ("/kg", "/kg", "/"), ("/kgx", "/kg", "/kgx"),
     ("/x", "/kg", "/x"), ("/kg/kg/x", "/kg", "/kg/x"), ("/kg/x", "", "/kg/x"),
     ("/\u00c3\u00a9/x", "/%C3%A9", "/x"), ("/kg//x", "/kg", "//x")],
)  # fmt: skip
def test_a_request_is_one_to_the_root(path: str, root: str, expected: str) -> None:
    assert without_root(Request("GET", path, "", {}), root).path == expected


@pytest.mark.parametrize(
    "url",
    ["http://h/?kg", "http://h/#kg", "http://h/a b", "http://h//kg/", "http://", "http://h:x/", "ftp://h/"],
)  # fmt: skip
def test_what_cannot_begin_an_address_is_wrong_usage(small_path: Path, url: str) -> None:
    done = CliRunner().invoke(cli, ["serve", str(small_path), "--url", url])
    told = done.output.splitlines()[-1]
    assert (done.exit_code, told) == (2, f"Error: --url is an http(s) address, not {url!r}")


BLOCK = """
  server {{ listen 127.0.0.1:{left}; location /kg/ {{ proxy_pass http://127.0.0.1:{behind}; }} }}
  server {{ listen 127.0.0.1:{taken}; location /kg/ {{ proxy_pass http://127.0.0.1:{behind}/; }} }}
"""


@contextmanager
def proxies(folder: Path, behind: int) -> Iterator[list[str]]:
    """Two proxies, of which one leaves the path of a request and one takes it away."""
    left, taken = free_port(), free_port()
    block = BLOCK.format(left=left, taken=taken, behind=behind)
    config = folder / "nginx.conf"
    config.write_text(
        AROUND.format(user=getpass.getuser(), folder=folder, zone="", block=block), encoding="utf-8"
    )
    process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(config)])
    try:
        eventually(lambda: (folder / "pid").exists(), "nginx starts", within="start")
        yield [f"http://127.0.0.1:{port}" for port in (left, taken)]
    finally:
        process.terminate()
        process.wait(timeout=patience("stop"))


@pytest.mark.skipif(NGINX is None, reason="nginx is not here: Debian's package nginx")
def test_behind_a_proxy_every_link_leads_somewhere(small_path: Path, tmp_path: Path) -> None:
    with (
        serving(small_path, "--url", ADDRESS) as (address, _),
        proxies(tmp_path, int(address.rpartition(":")[2])) as hosts,
    ):
        for host in hosts:
            query = quote("SELECT * { ?s a sco:ForumEdition }")
            todo = ["/kg/", "/kg/id/event/forum-2021", f"/kg/sparql?query={query}"]
            links = {link for path in todo for link in linked(f"{host}{path}")}
            assert len(links) > 40
            assert {link for link in links if not link.startswith(f"{host}/kg/")} == set()
            for link in sorted(links)[::3]:  # some of each kind
                assert fetch(link)


def linked(address: str) -> set[str]:
    """All of this host that the page at *address* names, as a browser reads it."""
    request = urllib.request.Request(address, headers={"Accept": BROWSER})  # noqa: S310 - http
    with urllib.request.urlopen(request, timeout=patience("answer")) as answer:  # noqa: S310 - http
        page, place = read_page(answer.read().decode()), answer.geturl()
    named = [
        node.attributes.get(name) for node in page.every() for name in ("href", "src", "action")
    ]
    links = {urljoin(place, link).partition("#")[0] for link in named if link is not None}
    host = "/".join(place.split("/")[:3])
    return {link for link in links if link.startswith(f"{host}/")}
