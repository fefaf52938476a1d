"""The W3C test cases of the SPARQL 1.1 Protocol and Service Description, of a running server."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from scograph.rdf.namespaces import SD
from tests.patience import patience
from tests.serving import serving
from tests.w3c import CASES, MF, Manifest, Node, data_of, needs_cases, write_quads

pytestmark = needs_cases

CNT, HT = "http://www.w3.org/2011/content#", "http://www.w3.org/2011/http#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TABULAR = ("application/sparql-results+json", "application/sparql-results+xml", "text/csv",
           "text/tab-separated-values")  # fmt: skip
GRAPH = ("text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json")
FORMATS = {"boolean": TABULAR[:2], "tabular": TABULAR, "RDF": GRAPH}
# A read-only endpoint has no answer to these but 403; what they forbid, it forbids as well.
UPDATES = "an update, which a read-only endpoint refuses"


@dataclass(frozen=True)
class Exchange:
    """A request, and what is said of its response."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    statuses: tuple[str, ...]
    boolean: bool | None
    format: str | None


def members(manifest: Manifest, node: Node | Literal | None) -> Iterator[Node]:
    while isinstance(node, BlankNode):
        first = manifest.value(node, RDF + "first")
        assert isinstance(first, NamedNode | BlankNode)
        yield first
        node = manifest.value(node, RDF + "rest")


def exchange(manifest: Manifest, request: Node) -> Exchange:
    headers = {
        manifest.texts(header, HT + "fieldName")[0]: manifest.texts(header, HT + "fieldValue")[0]
        for header in members(manifest, manifest.value(request, HT + "headers"))
    }
    body, answer = manifest.value(request, HT + "body"), manifest.value(request, HT + "resp")
    assert isinstance(answer, BlankNode)
    boolean = manifest.texts(answer, MF + "expectedBoolean")
    text, charset = "", "UTF-8"
    if isinstance(body, BlankNode):
        text = manifest.texts(body, CNT + "chars")[0]
        charset = (manifest.texts(body, CNT + "characterEncoding") or [charset])[0]
    return Exchange(
        manifest.texts(request, HT + "methodName")[0],
        # "A program ... must replace this value with whatever path prefix is appropriate."
        manifest.texts(request, HT + "absolutePath")[0].replace("/sparql/", "/sparql", 1),
        headers,
        text.encode(charset),
        tuple(text.rpartition("StatusCode")[2] for text in
              manifest.texts(answer, MF + "expectedStatus")),
        boolean[0] == "true" if boolean else None,
        next(iter(manifest.texts(answer, MF + "expectedFormat")), None),
    )  # fmt: skip


def cases() -> list[object]:
    if not CASES.is_dir():
        return []
    manifest = Manifest(CASES / "protocol" / "manifest.ttl")
    found: list[object] = []
    for test, _ in sorted(manifest.tests(), key=lambda item: item[0].value):
        name = test.value.rpartition("#")[2]
        action = manifest.value(test, MF + "action")
        assert isinstance(action, BlankNode)
        requests = list(members(manifest, manifest.value(action, HT + "requests")))
        update = name.startswith("update_")
        marks = [pytest.mark.xfail(reason=UPDATES, strict=True)] if update else []
        exchanges = [exchange(manifest, request) for request in requests]
        found.append(pytest.param(exchanges, id=name, marks=marks))
    return found


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    release = write_quads(tmp_path_factory.mktemp("w3c") / "release", data_of([]))
    with serving(release) as (address, _):
        yield address.removeprefix("http://")


def send(address: str, asked: Exchange) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(address, timeout=patience("answer"))
    try:
        connection.request(asked.method, asked.path, asked.body or None, asked.headers)
        answer = connection.getresponse()
        kind = (answer.getheader("Content-Type") or "").partition(";")[0]
        return answer.status, kind, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("exchanges", cases())
def test_a_case_of_the_protocol(address: str, exchanges: list[Exchange]) -> None:
    assert exchanges
    for asked in exchanges:
        status, kind, content = send(address, asked)
        assert any(str(status).startswith(known.rstrip("x")) for known in asked.statuses), content
        if asked.format is not None:
            assert kind in FORMATS[asked.format]
        if asked.boolean is not None:
            assert json.loads(content)["boolean"] is asked.boolean


def test_the_service_description_conforms(address: str) -> None:
    """The three cases of service-description: RDF is returned, of the endpoint, as the schema says.

    SPARQL 1.1 Service Description, section 3: a sd:Service has an sd:endpoint.
    """
    asked = Exchange("GET", "/sparql", {"Accept": "text/turtle"}, b"", ("200",), None, None)
    status, kind, content = send(address, asked)
    assert (status, kind) == (200, "text/turtle")
    triples = {quad.triple for quad in parse(content, format=RdfFormat.TURTLE)}
    endpoint = NamedNode(f"http://{address}/sparql")
    assert [t.object for t in triples if t.predicate == NamedNode(SD + "endpoint")] == [endpoint]
    services = {t.subject for t in triples if t.object == NamedNode(SD + "Service")}
    assert services == {t.subject for t in triples if t.predicate == NamedNode(SD + "endpoint")}
    ranges = {"defaultDataset": "Dataset", "defaultGraph": "Graph", "namedGraph": "NamedGraph"}
    types = {(t.subject, t.object) for t in triples if t.predicate.value == RDF + "type"}
    for triple in triples:
        name = triple.predicate.value.removeprefix(SD)
        if name in ranges:
            assert (triple.object, NamedNode(SD + ranges[name])) in types
