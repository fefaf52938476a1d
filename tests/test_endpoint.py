"""``/sparql``: the protocol, what is refused and how, and the headers of every answer."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pyoxigraph import NamedNode
from werkzeug.test import Client

from scograph.graph import Graph
from scograph.rdf.namespaces import SD
from scograph.sparql.release import Release
from tests.explained import BASE
from tests.fronting import ADDRESS
from tests.http_client import client_over
from tests.patience import is_soon
from tests.serving import BROWSER, csv_rows, read_page, triples

MAX_BODY = 256_000
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
REFERENCE, TOPICS = f"{BASE}graph/reference", f"{BASE}graph/topics"


@pytest.fixture(scope="module")
def release(explained: Graph) -> Release:
    """The made-up graph: the protocol is the same for every graph."""
    return explained.engine.release


@pytest.fixture(scope="module")
def client(release: Release) -> Client:
    return client_over(release)


@pytest.fixture(scope="module")
def stranger() -> Iterator[tuple[str, list[str]]]:
    """Another endpoint on this machine: its address, and the paths it has been asked for."""
    asked: list[str] = []

    class Stranger(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            body = b'{"head":{"vars":[]},"results":{"bindings":[{}]}}'
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    server.server_close()


def problem(client: Client, query: str) -> tuple[int, str]:
    """The status and the sentence that *query* is answered with."""
    answer = client.post("/sparql", data={"query": query})
    assert answer.content_type == "text/plain; charset=utf-8"
    return answer.status_code, answer.text.partition(": ")[2]


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, {"Accept": "text/turtle"}])
def test_without_a_query_the_endpoint_describes_itself_under_its_own_address(
    client: Client, release: Release, headers: dict[str, str]
) -> None:
    address = f"{ADDRESS}sparql"
    answer = client.get("/sparql", headers=headers)
    assert answer.content_type == "text/turtle; charset=utf-8"
    found = triples(answer.data, "ttl")
    about = {t.object for t in found if t.subject == NamedNode(address)}
    assert {NamedNode(SD + "Service"), NamedNode(SD + "SPARQL11Query")} <= about
    assert {t.object for t in found if t.predicate.value == SD + "endpoint"} == {NamedNode(address)}
    named = {t.object for t in found if t.predicate.value == SD + "name"}
    assert named == set(release.store.named_graphs())


def test_a_browser_without_a_query_is_shown_the_form(client: Client) -> None:
    form = read_page(client.get("/sparql", headers={"Accept": BROWSER}).text).one("textarea")
    assert (form.attributes["name"], form.text[:18]) == ("query", "SELECT ?what ?name")


SERVICES = [
    "ASK { SERVICE <%s> { ?s ?p ?o } }",
    "ASK { sErViCe SILENT <%s> { ?s ?p ?o } }",
    "ASK { GRAPH ?g { SERVICE<%s>{} } }",
    "ASK { BIND(<%s> AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "ASK { ?s ?p trueSERVICE<%s>{ ?a ?b ?c } }",
    "ASK { SERVICESILENT<%s>{ ?a ?b ?c } }",
    "PREFIX x: <%s> ASK { SERVICEx:y{ ?a ?b ?c } }",
    "PREFIX : <%s> ASK { SERVICE:y{ ?a ?b ?c } }",
    "PREFIX : <%s> PREFIX SERVICE: <a:> ASK { SERVICE:y{ ?a ?b ?c } }",
    'ASK { BIND(1 AS ?a) FILTER(?a<3)#>"""\nSERVICE <%s> {} #"""\n }',
    "ASK { FILTER(1<'b') SERVICE <%s> {?s ?p ?o} #'\n }",
    "SELECT * { { SELECT * { OPTIONAL { SERVICE <%s> { ?s ?p ?o } } } } }",
]


@pytest.mark.parametrize("query", SERVICES)
def test_no_service_is_asked_however_it_is_written(
    client: Client, stranger: tuple[str, list[str]], query: str
) -> None:
    address, asked = stranger
    status, sentence = problem(client, query % address)
    assert (status, asked) == (400, [])
    if "SERVICE" in sentence.partition(":")[0]:
        assert sentence.startswith("SERVICE is switched off: this endpoint asks nobody else")


@pytest.mark.parametrize("query", SERVICES[:4])
def test_a_plain_service_is_refused_with_the_reason(client: Client, query: str) -> None:
    status, sentence = problem(client, query % "http://127.0.0.1:9/")
    assert (status, sentence.partition(":")[0]) == (400, "SERVICE is switched off")


@pytest.mark.parametrize(
    "query",
    [
        "ASK { } # SERVICE <http://example.org/> {}",
        'ASK { FILTER(\'SERVICE\' != """\nSERVICE <x> {}""") }',
        "ASK { FILTER NOT EXISTS { ?service ?p <http://example.org/SERVICE> } }",
        "PREFIX service: <http://example.org/> ASK { FILTER NOT EXISTS { ?s service:service 1 } }",
        "ASK { FILTER NOT EXISTS { ?x schema:Service ?y } }",
        'ASK { FILTER(LANG("x"@en-service) = "en-service") }',
        "BASE <http://example.org/> ASK { FILTER NOT EXISTS { <#SERVICE> ?p ?o } }",
    ],
)
def test_the_word_service_may_stand_in_comments_strings_and_names(
    client: Client, query: str
) -> None:
    answer = client.post("/sparql", data={"query": query, "format": "csv"})
    assert (answer.status_code, answer.text) == (200, "true\n")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            "SELECT ?s\nWHERE { ?s owl2:name ?o }",
            "line 2, column 12: prefix `owl2:` is not declared: add `PREFIX owl2: <...>`.",
        ),
        (
            "SELECT * WHER { ?s ?p ?o }",
            "line 1, column 10: `WHER` is no keyword; did you mean WHERE?",
        ),
        ("SELEKT * { ?s ?p ?o }", "line 1, column 1: `SELEKT` is no keyword; did you mean SELECT?"),
        (
            "SELECT * {\n  ?s ?p ?o .\n  FILTR(?o = 1)\n}",
            "line 3, column 3: `FILTR` is no keyword; did you mean FILTER?",
        ),
        (
            "SELECT * WHERE { ?s ?p ?o",
            "line 1, column 26: the query ends too early; expected one of: ,  .  ;  {  }.",
        ),
        (
            "SELECT ?s (COUNT(?p) AS ?n) { ?s ?p ?o }",
            "line 1, column 41: SELECT has a variable that is neither grouped by nor aggregated.",
        ),
        ("", "this is no query: it has none of SELECT, ASK, CONSTRUCT, DESCRIBE."),
    ],
)
def test_a_syntax_error_says_where_and_what_to_do(
    client: Client, query: str, sentence: str
) -> None:
    assert problem(client, query) == (400, f"The query cannot be read: {sentence}\n")


def test_a_well_known_prefix_is_named_with_its_line(release: Release) -> None:
    manifest = {**release.manifest, "prefixes": {}}
    client = client_over(Release(release.path, manifest, release.store))
    expected = (
        "The query cannot be read: line 1, column 10: prefix `foaf:` is not declared: "
        "add `PREFIX foaf: <http://xmlns.com/foaf/0.1/>`.\n"
    )
    assert problem(client, "ASK { ?s foaf:name ?o }") == (400, expected)


def test_a_function_that_does_not_exist_is_a_sentence(client: Client) -> None:
    expected = "The custom function <http://example.org/f> is not supported"
    status, sentence = problem(client, "SELECT (<http://example.org/f>(1) AS ?x) {}")
    assert (status, sentence) == (400, f"The query cannot be answered: {expected}.\n")


WORDS = " ".join(map("".join, itertools.product("abcdefghij", repeat=5)))


@pytest.mark.parametrize("piece", ["1", "é", "e1", "'\\'", '"\\"', "<a", "?", "a:", WORDS])
@pytest.mark.alone
def test_a_long_senseless_query_is_refused_at_once(client: Client, piece: str) -> None:
    filling = (piece * (MAX_BODY // len(piece) + 1)).encode()[: MAX_BODY - 10]
    start = time.monotonic()
    assert client.post("/sparql", data=b"ASK {}", content_type=QUERY).status_code == 200
    calm = time.monotonic() - start
    answer = client.post("/sparql", data=b"ASK { " + filling, content_type=QUERY)
    assert (answer.status_code, len(answer.text) < 500) == (400, True)
    assert is_soon(time.monotonic() - start, calm)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"update": "INSERT DATA { <a:a> <a:b> 1 }"}, "403 Forbidden: An update is refused"),
        ({"query": "INSERT DATA { <a:a> <a:b> 1 }"}, "400 Bad Request: INSERT is an update"),
        (
            {"query": "PREFIX a: <a:> DELETE WHERE { ?s ?p ?o }"},
            "400 Bad Request: DELETE is an update",
        ),
        ({"query": "LOAD <http://127.0.0.1:9/>"}, "400 Bad Request: LOAD is an update"),
        ({"query": "clear all"}, "400 Bad Request: CLEAR is an update"),
    ],
)
def test_an_update_is_refused(
    client: Client, release: Release, values: dict[str, str], sentence: str
) -> None:
    before = len(release.store)
    for ask in ({"method": "POST", "data": values}, {"query_string": values}):
        answer = client.open("/sparql", **ask)
        assert (answer.status_code, answer.text) == (
            int(sentence[:3]), f"{sentence}: this endpoint is read-only.\n"
        )  # fmt: skip
    assert len(release.store) == before


@pytest.mark.parametrize(
    ("method", "values", "data", "kind", "status", "part"),
    [
        ("GET", "query=ASK{}&query=ASK{}", None, "", 400, "more than one `query`"),
        ("POST", "query=ASK{}", "ASK{}", QUERY, 400, "more than one `query`"),
        ("POST", "query=ASK{}", "query=ASK{}", FORM, 400, "more than one `query`"),
        ("GET", "query=ASK{}&format=foo&format=", None, "", 400, "no format 'foo'"),
        ("POST", "", "", FORM, 400, "has no query"),
        ("GET", "query=ASK{}&default-graph-uri=a%20b", None, "", 400, "not valid"),
        ("GET", "query=ASK{?s+?p+'%FF'}", None, "", 400, "not UTF-8"),
        ("POST", "", b"query=ASK{?s+?p+'%FF'}", FORM, 400, "not UTF-8"),
        ("POST", "", b"ASK{} #\xff", QUERY, 400, "not UTF-8"),
        ("POST", "", "ASK{}", "text/plain", 415, "not as text/plain"),
        ("POST", "", "ASK{}", "", 415, "not as a body without a Content-Type"),
        ("POST", "", "query=" + "a" * MAX_BODY, FORM, 413, "256,000 bytes"),
        ("POST", "", "#" * (MAX_BODY + 1), QUERY, 413, "256,000 bytes"),
        ("PUT", "", "ASK{}", QUERY, 405, "not allowed"),
        ("DELETE", "", None, "", 405, "not allowed"),
    ],
)
def test_a_request_that_breaks_the_protocol_is_told_so(
    client: Client,
    method: str,
    values: str,
    data: str | bytes | None,
    kind: str,
    status: int,
    part: str,
) -> None:
    answer = client.open(
        "/sparql", method=method, query_string=values, data=data, content_type=kind
    )
    assert (answer.status_code, answer.content_type) == (status, "text/plain; charset=utf-8")
    assert part in answer.text
    if status == 405:
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("way", ["GET", "form", "body"])
@pytest.mark.parametrize(
    ("dataset", "graphs"),
    [
        ({"default-graph-uri": TOPICS}, []),
        ({"named-graph-uri": REFERENCE}, [REFERENCE]),
        ({"named-graph-uri": [REFERENCE, TOPICS]}, [REFERENCE, TOPICS]),
        ({"named-graph-uri": "http://example.org/none"}, []),
    ],
)
def test_the_request_chooses_the_dataset(
    client: Client, way: str, dataset: dict[str, Any], graphs: list[str]
) -> None:
    values = {"query": GRAPHS, **dataset}
    if way == "GET":
        answer = client.get("/sparql", query_string=values, headers={"Accept": "text/csv"})
    elif way == "form":
        answer = client.post("/sparql", data=values, headers={"Accept": "text/csv"})
    else:
        answer = client.post("/sparql", data=GRAPHS, query_string=dataset, content_type=QUERY,
                             headers={"Accept": "text/csv"})  # fmt: skip
    assert sorted(csv_rows(answer.data)) == [(graph,) for graph in ["g", *graphs]]


def test_a_default_graph_of_the_request_is_all_that_is_asked(
    client: Client, release: Release
) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    numbers = {}
    for graph in (TOPICS, REFERENCE, ""):
        values = {"query": count, "format": "csv"} | ({"default-graph-uri": graph} if graph else {})
        numbers[graph] = int(csv_rows(client.get("/sparql", query_string=values).data)[1][0])
    for graph in (TOPICS, REFERENCE):
        quads = release.store.quads_for_pattern(None, None, None, NamedNode(graph))
        assert numbers[graph] == len(list(quads)) > 0
    assert numbers[""] == release.manifest["triples"]["default"]


def test_every_prefix_of_the_dataset_may_be_left_out(client: Client, release: Release) -> None:
    assert len(release.prefixes) > 20
    names = " ".join(f"({name}:x)" for name in release.prefixes)
    query = f"SELECT ?iri {{ VALUES (?iri) {{ {names} }} }}"
    found = client.post("/sparql", data={"query": query, "format": "csv"})
    assert csv_rows(found.data)[1:] == [(f"{iri}x",) for iri in release.prefixes.values()]
