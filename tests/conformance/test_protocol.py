"""The SPARQL 1.1 Protocol, a case per rule of section 2.1, and what HTTP says besides.

The application is asked in this process; `tests/test_w3c_protocol.py` asks a running server.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.test import Client

from scograph.http.headers import RESPONSE_HEADERS
from scograph.rdf.namespaces import SD
from scograph.rdf.vocabulary import TYPE
from scograph.server.settings import Settings
from tests.conformance.world import BASE, XSD, made_up
from tests.fronting import ADDRESS
from tests.http_client import client_over

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv; charset=utf-8", "text/tab-separated-values; charset=utf-8"
TURTLE, NT = "text/turtle; charset=utf-8", "application/n-triples"
PLAIN = "text/plain; charset=utf-8"

OFFERS = (
    f"{JSON}, {XML}, text/csv, text/tab-separated-values, text/turtle, application/ld+json, "
    f"{NT}, application/rdf+xml, application/trig, application/n-quads"
)
NOT_ALLOWED = "The method is not allowed for the requested URL."

TRUE, FALSE = '{"head":{},"boolean":true}', '{"head":{},"boolean":false}'
BARGE = "ASK { ex:cedar a ex:Barge }"
BUILD = "CONSTRUCT { ex:a ex:b 1 } {}"
NTRIPLE = f'<{BASE}a> <{BASE}b> "1"^^<{XSD}integer> .\n'
CARRIED = "SELECT ?n { ex:alder ex:carried ?n } ORDER BY ?n"
GRAPHS = "SELECT ?g { GRAPH ?g { ?x ex:carried 7 } } ORDER BY ?g LIMIT 1"
MAY, JUNE = BASE + "may", BASE + "june"


@dataclass(frozen=True)
class Case:
    """A request, and its whole answer: status, type, text."""

    name: str
    method: str
    values: list[tuple[str, str]]
    answer: tuple[int, str, str]
    body: str | bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def get(
    name: str, answer: tuple[int, str, str], *values: tuple[str, str], accept: str = ""
) -> Case:
    return Case(name, "GET", list(values), answer, headers={"Accept": accept} if accept else {})


def post(
    name: str, answer: tuple[int, str, str], kind: str, body: str | bytes,
    *values: tuple[str, str], accept: str = "",
) -> Case:  # fmt: skip
    headers = {"Content-Type": kind} if kind else {}
    headers |= {"Accept": accept} if accept else {}
    return Case(name, "POST", list(values), answer, body, headers)


def asks(query: str) -> tuple[str, str]:
    return "query", query


def failed(status: int, sentence: str) -> tuple[int, str, str]:
    return status, PLAIN, f"{status} {HTTP_STATUS_CODES[status]}: {sentence}\n"


def rows(name: str, *values: str) -> tuple[int, str, str]:
    return 200, CSV, "".join(f"{value}\r\n" for value in (name, *values))


# 2.1.1 to 2.1.3: three ways to send a query
WAYS = [
    get("GET", (200, JSON, TRUE), asks(BARGE)),
    get("GET of a query in Russian", (200, JSON, TRUE), asks('ASK { ?x ex:name "Ольха"@ru }')),
    post("a form", (200, JSON, TRUE), FORM, urlencode([asks(BARGE)])),
    post("a form that says its charset", (200, JSON, TRUE), FORM + "; charset=UTF-8",
         urlencode([asks(BARGE)])),
    post("a query as the body", (200, JSON, TRUE), QUERY, BARGE),
    post("a body that says its charset", (200, JSON, TRUE), QUERY + "; charset=utf-8", BARGE),
    post("a body in Russian", (200, JSON, TRUE), QUERY, 'ASK { ?x ex:name "Ольха"@ru }'.encode()),
    post("a query of the address and an empty form", (200, JSON, TRUE), FORM, "", asks(BARGE)),
]  # fmt: skip

# 2.1.4: the dataset
DEFAULT, NAMED = "default-graph-uri", "named-graph-uri"
DATASETS = [
    get("its own dataset", rows("n"), asks(CARRIED), accept="text/csv"),
    get("a default graph", rows("n", "10"), asks(CARRIED), (DEFAULT, MAY), accept="text/csv"),
    get("two, which are merged", rows("n", "7", "10"), asks(CARRIED), (DEFAULT, MAY),
        (DEFAULT, JUNE), accept="text/csv"),
    get("a default graph leaves no named one", rows("g"), asks(GRAPHS), (DEFAULT, MAY),
        accept="text/csv"),
    get("a named graph", rows("g", JUNE), asks(GRAPHS), (NAMED, JUNE), accept="text/csv"),
    get("another named graph", rows("g"), asks(GRAPHS), (NAMED, MAY), accept="text/csv"),
    get("two named graphs", rows("g", JUNE), asks(GRAPHS), (NAMED, MAY), (NAMED, JUNE),
        accept="text/csv"),
    get("a named graph leaves no default one", (200, JSON, FALSE), asks(BARGE), (NAMED, MAY)),
    get("both", (200, JSON, TRUE),
        asks("ASK { ex:birch ex:carried 0 GRAPH ?g { ex:cedar ex:carried 7 } }"),
        (DEFAULT, MAY), (NAMED, JUNE)),
    get("the request before FROM", rows("n", "10"),
        asks(CARRIED.replace("{", "FROM ex:june {", 1)), (DEFAULT, MAY), accept="text/csv"),
    get("a graph that is not there", rows("n"), asks(CARRIED), (DEFAULT, BASE + "july"),
        accept="text/csv"),
    post("in a form", rows("n", "10"), FORM, urlencode([asks(CARRIED), (DEFAULT, MAY)]),
         accept="text/csv"),
    post("in the address of a form", rows("n", "10"), FORM, urlencode([asks(CARRIED)]),
         (DEFAULT, MAY), accept="text/csv"),
    post("in the address of a body", rows("n", "10"), QUERY, CARRIED, (DEFAULT, MAY),
         accept="text/csv"),
]  # fmt: skip

# 2.1.5: the format that is accepted
FORMATS = [
    *(get(f"a word as {accept or 'nothing'}", (200, kind, text), asks("ASK {}"), accept=accept)
      for accept, kind, text in [
          ("", JSON, TRUE), ("*/*", JSON, TRUE), (JSON, JSON, TRUE),
          ("application/json", JSON, TRUE), ("text/csv", CSV, "true\n"),
          ("text/tab-separated-values", TSV, "true\n"),
          ("text/*;q=0.1, " + JSON, JSON, TRUE), (f"{JSON};q=0.1, text/csv", CSV, "true\n"),
          ("text/nothing, text/csv;q=0.1", CSV, "true\n"), ("Text/CSV", CSV, "true\n")]),
    *(get(f"a graph as {accept or 'nothing'}", (200, kind, text), asks(BUILD), accept=accept)
      for accept, kind, text in [
          ("application/n-triples", NT, NTRIPLE),
          ("text/plain", NT, NTRIPLE),
          ("application/n-quads", "application/n-quads", NTRIPLE),
          ("", TURTLE, f"@prefix ex: <{BASE}> .\n\nex:a ex:b 1 .\n"),
          ("text/turtle", TURTLE, f"@prefix ex: <{BASE}> .\n\nex:a ex:b 1 .\n"),
          ("text/turtle;q=0.1, application/n-triples;q=0.2", NT, NTRIPLE)]),
    get("nothing that there is", failed(406, "None of the media types that you accept is on offer "
        f"here: {OFFERS}, text/html."), asks("ASK {}"), accept="image/png"),
    get("a graph's format for a word", failed(406, "SELECT and ASK answer in json, xml, csv or "
        "tsv; ask for one of them."), asks("ASK {}"), accept="text/turtle"),
    get("a table's format for a graph", failed(406, "CONSTRUCT and DESCRIBE answer in ttl, jsonld, "
        "nt, rdf, trig or nq; ask for one of them."), asks(BUILD), accept="text/csv"),
    get("a format by name", (200, CSV, "true\n"), asks("ASK {}"), ("format", "csv"), accept=JSON),
    get("a name that there is not", failed(400, "There is no format 'pdf'; there are json, xml, "
        "csv, tsv, ttl, jsonld, nt, rdf, trig, nq."), asks("ASK {}"), ("format", "pdf")),
]  # fmt: skip

# 2.1.6 and 2.1.7: failures; 2.2: updates, which a read-only endpoint refuses
TWO = failed(400, "There is more than one `query` in the request.")
NO_UTF_8 = failed(400, "The query is not UTF-8.")
READ_ONLY = failed(403, "An update is refused: this endpoint is read-only.")
POSTED = f"A query is posted as {FORM} or as {QUERY}, not as "
FAILURES = [
    get("a mistake in the query", failed(400, "The query cannot be read: line 1, column 10: `WHER` "
        "is no keyword; did you mean WHERE?"), asks("SELECT * WHER {}")),
    get("no query in it", failed(400, "The query cannot be read: this is no query: it has none of "
        "SELECT, ASK, CONSTRUCT, DESCRIBE."), asks("")),
    get("an update as query", failed(400, "DELETE is an update: this endpoint is read-only."),
        asks("DELETE WHERE { ?s ?p ?o }")),
    get("another service", failed(400, "SERVICE is switched off: this endpoint asks nobody else, "
        "nothing leaves it."), asks("ASK { SERVICE <http://127.0.0.1:9/> {} }")),
    get("a graph that is no IRI", failed(400, "The query cannot be read: a graph IRI of the "
        "request is not valid: Invalid IRI code point ' '."), asks("ASK {}"), (DEFAULT, "a b")),
    get("two queries", TWO, asks("ASK {}"), asks("ASK {}")),
    post("two queries in a form", TWO, FORM, urlencode([asks("ASK {}"), asks("ASK {}")])),
    post("one in the address, one in the body", TWO, QUERY, "ASK {}", asks("ASK {}")),
    post("no query in a form", failed(400, "The request has no query: send it as `query`."),
         FORM, ""),
    post("a body that is not UTF-8", NO_UTF_8, QUERY, "ASK {}".encode("utf-16")),
    post("a form that is not UTF-8", NO_UTF_8, FORM, "query=ASK%7B%7D%23%FF"),
    get("an update of the address", READ_ONLY, ("update", "CLEAR ALL")),
    post("an update in a form", READ_ONLY, FORM, urlencode([("update", "CLEAR ALL")])),
    post("an update as the body", READ_ONLY, UPDATE, "CLEAR ALL"),
    post("another type of body", failed(415, POSTED + "text/plain."), "text/plain", "ASK {}"),
    post("no type of body", failed(415, POSTED + "a body without a Content-Type."), "", "ASK {}"),
    post("too long a body", failed(413, "The longest request that is read here has 1,000 bytes."),
         QUERY, "#" * 1001),
    Case("another method", "PUT", [], failed(405, NOT_ALLOWED)),
    Case("to delete", "DELETE", [asks("ASK {}")], failed(405, NOT_ALLOWED)),
]  # fmt: skip

CASES = WAYS + DATASETS + FORMATS + FAILURES


@pytest.fixture(scope="module")
def client() -> Client:
    release = made_up({"ex": BASE, "xsd": XSD})
    return client_over(release, Settings(query_size=1))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_request_has_its_answer(client: Client, case: Case) -> None:
    path = "/sparql" + ("?" + urlencode(case.values) if case.values else "")
    found = client.open(path, method=case.method, data=case.body, headers=case.headers)
    assert (found.status_code, found.content_type, found.text) == case.answer
    # CORS: any page may read every answer, failures too.
    assert {name: found.headers[name] for name, _ in RESPONSE_HEADERS} == dict(RESPONSE_HEADERS)


@pytest.mark.parametrize("query", ["ASK {}", BUILD])
def test_head_is_get_without_its_body(client: Client, query: str) -> None:
    path = "/sparql?query=" + quote(query)
    whole, head = client.get(path), client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(whole.headers)
    assert int(head.headers["Content-Length"]) == len(whole.data)


def test_options_say_what_a_page_of_another_host_may_send(client: Client) -> None:
    asked = {
        "Origin": "https://example.org", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }  # fmt: skip
    found = client.options("/sparql", headers=asked)
    allowed = {
        name: found.headers[f"Access-Control-Allow-{name}"]
        for name in ("Origin", "Methods", "Headers")
    }
    assert (found.status_code, found.data) == (200, b"")
    assert set(found.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert allowed == {
        "Origin": "*", "Methods": "GET, HEAD, POST, OPTIONS", "Headers": "Accept, Content-Type",
    }  # fmt: skip


def test_a_method_that_is_not_allowed_is_told_which_are(client: Client) -> None:
    allowed = client.put("/sparql").headers["Allow"]
    assert set(allowed.split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_an_answer_that_is_known_is_not_sent_again(client: Client) -> None:
    path = "/sparql?query=" + quote("ASK {}")
    name = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": name})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", name)
    other = client.get(path, headers={"If-None-Match": name, "Accept": "text/csv"})
    assert (other.status_code, other.data) == (200, b"true\n")


def test_without_a_query_the_service_describes_itself(client: Client) -> None:
    """SPARQL 1.1 Service Description, section 2."""
    found = client.get("/sparql", headers={"Accept": NT})
    triples = [quad.triple for quad in parse(found.data, format=RdfFormat.N_TRIPLES)]
    (service,) = {t.subject for t in triples if t.object == NamedNode(SD + "Service")}
    said = {(t.predicate.value, getattr(t.object, "value", "")) for t in triples
            if t.subject == service}  # fmt: skip
    assert {
        (TYPE, SD + "Service"),
        (SD + "endpoint", f"{ADDRESS}sparql"),
        (SD + "supportedLanguage", SD + "SPARQL11Query"),
    } <= said
    names = {getattr(t.object, "value", "") for t in triples if t.predicate.value == SD + "name"}
    assert names == {MAY, JUNE}
