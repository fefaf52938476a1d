"""What the tests of the HTTP side share: readers of answers and pages, a server of one's own."""

from __future__ import annotations

import csv
import io
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from pyoxigraph import (
    DefaultGraph,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from tests.patience import patience

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
BASE = "https://w3id.org/scograph/"
ID = BASE + "id/"
VOID_ELEMENTS = {"meta", "link", "img", "input", "br"}

RDF = {
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
}
TABLES = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "tsv": QueryResultsFormat.TSV,
}


def triples(content: bytes, name: str) -> set[Triple]:
    """The triples of a graph's serialisation, or of the default graph of a dataset's."""
    quads = parse(content, format=RDF[name])
    return {quad.triple for quad in quads if quad.graph_name == DefaultGraph()}


def quads(content: bytes, name: str) -> set[Quad]:
    return set(parse(content, format=RDF[name]))


def rows(content: bytes, name: str) -> list[tuple[str, ...]] | bool:
    """An answer in JSON, XML or TSV: its rows of terms as N-Triples writes them, or its word."""
    found = parse_query_results(content, format=TABLES[name])
    if isinstance(found, QueryBoolean):
        return bool(found)
    assert isinstance(found, QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [tuple(str(row[name] or "") for name in names) for row in found]


def csv_rows(content: bytes) -> list[tuple[str, ...]]:
    return [tuple(row) for row in csv.reader(io.StringIO(content.decode(), newline=""))]


def ask(store: Store, query: str) -> list[tuple[str, ...]]:
    """The rows of *query* over *store*: plain values, sorted."""
    found = store.query(query)
    assert isinstance(found, QuerySolutions)
    names = [variable.value for variable in found.variables]
    return sorted(tuple(getattr(row[name], "value", "") for name in names) for row in found)


def construct(store: Store, query: str) -> set[Triple]:
    found = store.query(query)
    assert isinstance(found, QueryTriples)
    return set(found)


@dataclass
class Node:
    """An element of a page."""

    tag: str
    attributes: dict[str, str]
    content: list[Node | str] = field(default_factory=list)

    def every(self, tag: str = "", css: str = "") -> list[Node]:
        """All elements below that have this tag and this class."""
        found = []
        for item in self.content:
            if isinstance(item, Node):
                classes = item.attributes.get("class", "").split()
                if tag in ("", item.tag) and (not css or css in classes):
                    found.append(item)
                found += item.every(tag, css)
        return found

    def one(self, tag: str = "", css: str = "") -> Node:
        (found,) = self.every(tag, css)
        return found

    @property
    def text(self) -> str:
        """All text below, with single spaces."""
        return " ".join(
            " ".join(part if isinstance(part, str) else part.text for part in self.content).split()
        )

    @property
    def href(self) -> str:
        return self.attributes.get("href", "")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].content.append(node)
        if tag not in VOID_ELEMENTS:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID_ELEMENTS:
            assert self.open.pop().tag == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


def read_page(text: str) -> Node:
    """The elements of a page, each of which has to be closed where it ought to be."""
    reader = _Reader()
    reader.feed(text)
    assert len(reader.open) == 1, f"not closed: {[node.tag for node in reader.open[1:]]}"
    return reader.open[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(*arguments: str | Path, cwd: Path | None = None) -> subprocess.Popen[str]:
    """Start ``scograph`` with *arguments* in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "scograph", *map(str, arguments)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def fetch(address: str, process: subprocess.Popen[str] | None = None) -> bytes:
    """The first answer of *address*, which may still have to come up, unless *process* ends."""
    end = time.monotonic() + patience("start")
    while True:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"the server has ended: {process.communicate()[1]}")
        try:
            with urllib.request.urlopen(address, timeout=patience("answer")) as answer:  # noqa: S310
                return bytes(answer.read())
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve *folder* on a free port; yield the address and the process, and end it."""
    port = free_port()
    process = command("serve", folder, "--port", str(port), *options)
    try:
        address = f"http://127.0.0.1:{port}"
        fetch(f"{address}/health", process)
        yield address, process
    finally:
        process.terminate()
        process.communicate(timeout=patience("stop"))
