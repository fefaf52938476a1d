"""Every kind of page of the made-up graph, word for word: its text, and where it leads.

What they are to say stands in `small_pages.txt`. Run this file to write that anew, and read what
has changed before it is committed: `.venv/bin/python -m tests.test_small_pages`.
"""

from __future__ import annotations

import re
import tempfile
import textwrap
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from scograph.graph import Graph
from scograph.sparql.release import open_release
from scograph.web.app import create_app
from tests.explained import make_folder, make_release
from tests.serving import read_page

TOLD = Path(__file__).with_name("small_pages.txt")
FERRY = "source/ferry-2021-02-01"
PATHS = (
    *("/", "/?lang=ru", "/?lang=zh", "/queries/", "/download/", "/sparql", "/nothing"),
    *(f"/page/event/forum-2021?lang={language}" for language in ("en", "ru", "zh")),
    *(f"/page/{FERRY}{passage}" for passage in ("", "/p1s2", "/p12s1?lang=ru")),
    *("/page/inference/ferry-end", "/page/inference/ferry-year?lang=zh", "/page/event"),
    *("/page/claim/ferry-2021-02-01-p2s1-1", "/page/dispute/forum-2021-start?lang=ru"),
    *("/page/building/east-twin?lang=zh", "/page/person/ada-alder", "/page/state/XA"),
    *("/page/organisation/river-league", "/page/topic/national-part", "/page/series/river-forum"),
    *("/search?q=forum", "/search?q=Ольхия", "/search?q=2021&lang=ru", "/search?q=zzz", "/search"),
    *("/sparql?query=SELECT * { event:forum-2021 sco:venue ?v }", "/sparql?query=SELEC"),
    *("/sparql?query=ASK {}&lang=zh", "/sparql?query=CONSTRUCT WHERE { state:XA a ?o }"),
)
RELEASE = re.compile(r"\b[0-9a-f]{64}\b|[\d,]+ B\b")


def told(client: FlaskClient, path: str) -> str:
    """The status, title, text and links of a page, in lines that a person can read."""
    answer = client.get(path, headers={"Accept": "text/html"})
    page = read_page(answer.text)
    main = page.one("main")
    text = textwrap.wrap(RELEASE.sub("...", main.text), 98, break_on_hyphens=False)
    links = [f"  {node.href}" for node in main.every("a")]
    return "\n".join([f"{answer.status_code} {page.one('title').text}", *text, *links])


def expected() -> dict[str, str]:
    sections = TOLD.read_text(encoding="utf-8").split("\n# ")[1:]
    return {path: text.strip("\n") for path, _, text in (part.partition("\n") for part in sections)}


@pytest.fixture(scope="module")
def client(explained: Graph) -> FlaskClient:
    return create_app(explained.engine.release).test_client()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_says_all_this_and_nothing_else(client: FlaskClient, path: str) -> None:
    assert told(client, path) == expected()[path]


def test_nothing_is_expected_of_a_page_that_is_not_asked_for() -> None:
    assert tuple(expected()) == PATHS


def write(app: Flask) -> None:
    sections = "".join(f"\n# {path}\n{told(app.test_client(), path)}\n" for path in PATHS)
    TOLD.write_text("What the pages of the made-up graph say.\n" + sections, encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        folder = make_folder(Path(place) / "graph")
        write(create_app(open_release(make_release(folder, Path(place) / "release"))))
