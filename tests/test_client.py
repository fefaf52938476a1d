"""The client of endpoints elsewhere: what it sends, and what it tells of refusals."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from scograph.rdf.errors import GraphError
from scograph.sparql.client import Endpoint, ask_endpoint, fetch
from scograph.sparql.errors import QueryError
from scograph.sparql.formats import GRAPHS, RESULTS
from scograph.web.app import create_app
from tests.conformance.world import made_up

CSV, TRIPLES = RESULTS[2], GRAPHS[2]


@contextmanager
def listening(app: object) -> Iterator[str]:
    """Serve *app* over HTTP from a thread; yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    app: Flask = create_app(made_up())
    with listening(app) as address:
        yield f"{address}/sparql"


SELECTS = [
    "PREFIX a: <https://other.example/> # the address book\nSELECT (1 AS ?x) WHERE {}",
    "PREFIX a: <https://other.example/ns#> # insert your own\nSELECT (1 AS ?x) WHERE {}",
    "# DELETE DATA { }\n# LOAD <x>\nSELECT (1 AS ?x) WHERE {}",
    "#insert\r#delete\rSELECT (1 AS ?x) WHERE {}",
    "PREFIX insert: <http://x/> PREFIX load: <http://y/#clear> SELECT (1 AS ?x) WHERE {}",
    "PREFIX delete.insert: <http://x/>\nSELECT (1 AS ?x) { OPTIONAL { ?s delete.insert:drop 1 } }",
    "BASE <http://x/#create> SELECT (1 AS ?x) WHERE {}",
    "BASE <insert/> PREFIX : <#delete> SELECT (1 AS ?x) { OPTIONAL { ?s :insert <drop> } }",
    'SELECT (1 AS ?x) { BIND ("INSERT DATA {}" AS ?add) BIND ("""\n# DELETE\n""" AS ?drop) }',
    "select (1 as ?x) { optional { ?insert ?delete 'x'@add } }",
    "SELECT (STRLEN('move') - 3 AS ?x) {}",
]


@pytest.mark.parametrize("query", SELECTS)
def test_a_select_is_sent_as_a_query(service: str, query: str) -> None:
    assert ask_endpoint(service, query, CSV, None).content == b"x\r\n1\r\n"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("# insert\nASK { FILTER (1 = 1) } # delete", b"true\n"),
        (
            "PREFIX clear: <http://x#drop>\nCONSTRUCT { clear:a clear:b '1' } {}",
            b'<http://x#dropa> <http://x#dropb> "1" .\n',
        ),
        ("# copy\nDESCRIBE <http://x/insert#delete>", b""),
    ],
)
def test_other_forms_are_sent_as_queries_too(service: str, query: str, expected: bytes) -> None:
    assert ask_endpoint(service, query, CSV, TRIPLES).content == expected


@pytest.mark.parametrize("form", ["INSERT DATA { <a:a> <a:b> 1 }", "# SELECT\nCLEAR ALL"])
def test_an_update_is_not_sent(form: str) -> None:
    with pytest.raises(QueryError, match="is an update: it is not sent"):
        ask_endpoint("http://127.0.0.1:9/sparql", form, CSV, None)


@dataclass
class Scripted:
    """An endpoint that answers what it is told to, and keeps what it was asked."""

    answers: list[Response] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def __call__(self, environ: object, start: object) -> object:
        request = Request(environ)  # type: ignore[arg-type]
        request.get_data(parse_form_data=False, cache=True)
        self.asked.append(request)
        return self.answers.pop(0)(environ, start)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def scripted() -> Iterator[tuple[Scripted, str]]:
    app = Scripted()
    with listening(app) as address:
        yield app, f"{address}/sparql"


PAGE = """<!doctype html><html><head><title>Wrong</title><style>p { color: red }</style></head>
<body><h1>Not &amp; found</h1><p>More of it.</p></body></html>"""
REFUSALS = [
    (Response("401 Unauthorized: Who?\n", 401), "refuses the query: 401 Unauthorized: Who?"),
    (Response("403 Forbidden: No.", 403), "refuses the query: 403 Forbidden: No."),
    (Response("404 Not Found: It's gone.\n", 404), "refuses the query: 404 Not Found: It's gone."),
    (Response("'quoted' \\n text", 404), "refuses the query: 404 NOT FOUND: 'quoted' \\n text"),
    (Response("Not so.\n\nMore.", 405), "refuses the query: 405 METHOD NOT ALLOWED: Not so."),
    (Response("None of these.", 406), "refuses the query: 406 NOT ACCEPTABLE: None of these."),
    (Response("Too much.", 413), "refuses the query: 413 REQUEST ENTITY TOO LARGE: Too much."),
    (Response("414 Too long", 414), "refuses the query: 414 Too long"),
    (Response("", 414), "refuses the query: 414 REQUEST URI TOO LONG"),
    (Response("Later.", 429), "refuses the query: 429 TOO MANY REQUESTS: Later."),
    (Response("", 429), "refuses the query: 429 TOO MANY REQUESTS"),
    (Response("It broke.", 500), "answers 500 INTERNAL SERVER ERROR: It broke."),
    (Response("", 500), "answers 500 INTERNAL SERVER ERROR"),
    (Response("  \n\n Bad\tgateway \n", 502), "answers 502 BAD GATEWAY: Bad gateway"),
    (Response("503 busy", 503), "answers 503 busy"),
    (Response("Ошибка: нет\n", 400), "refuses the query: Ошибка: нет"),
    (Response("", 400), "refuses the query: 400 BAD REQUEST"),
    (Response("Ошибка".encode("cp1251"), 400, content_type="text/plain; charset=windows-1251"),
     "refuses the query: Ошибка"),
    (Response("n\u00f6".encode("latin-1"), 500, content_type="text/plain; charset=iso-8859-1"),
     "answers 500 INTERNAL SERVER ERROR: n\u00f6"),
    (Response(b"\xff\xfe", 500, content_type="text/plain; charset=nobody-knows"),
     "answers 500 INTERNAL SERVER ERROR: \ufffd\ufffd"),
    (Response(gzip.compress(b"compressed"), 404, headers={"Content-Encoding": "gzip"}),
     "refuses the query: 404 NOT FOUND: compressed"),
    (Response(b"\x1f\x8bnot gzip", 500, headers={"Content-Encoding": "gzip"}),
     "answers 500 INTERNAL SERVER ERROR"),
    (Response(PAGE, 404, content_type="text/html"),
     "refuses the query: 404 NOT FOUND: Not & found"),
    (Response(PAGE, 400, content_type="text/plain"), "refuses the query: Not & found"),
    (Response("<html><head><title>Only a title", 500, content_type="text/html"),
     "answers 500 INTERNAL SERVER ERROR: Only a title"),
    (Response("\x1b[31mred\x07", 500), "answers 500 INTERNAL SERVER ERROR: [31mred"),
    (Response("x" * 9_000, 500), f"answers 500 INTERNAL SERVER ERROR: {'x' * 499}\u2026"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "told"), REFUSALS, ids=[told[:60] for _, told in REFUSALS])
def test_a_refusal_is_told_in_a_line_of_text(
    scripted: tuple[Scripted, str], answer: Response, told: str
) -> None:
    app, address = scripted
    app.answers.append(answer)
    with pytest.raises(GraphError) as error:
        ask_endpoint(address, "ASK {}", CSV, None)
    assert str(error.value) == f"{address} {told}"
    assert isinstance(error.value, QueryError) == (answer.status_code == 400)


def test_a_path_that_is_not_the_endpoints_is_told_as_text(service: str) -> None:
    with pytest.raises(GraphError) as error:
        ask_endpoint(f"{service}/", "ASK {}", CSV, None)
    assert str(error.value).startswith(
        f"{service}/ refuses the query: 404 Not Found: The requested"
    )
    assert "b'" not in str(error.value)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_query_follows_an_endpoint_that_has_moved(
    scripted: tuple[Scripted, str], status: int
) -> None:
    app, address = scripted
    app.asked.clear()
    moved = Response("", status, headers={"Location": "/elsewhere"})
    app.answers += [moved, Response("true\n", content_type="text/csv")]
    assert ask_endpoint(address, "ASK {}", CSV, None).content == b"true\n"
    sent = [(item.method, item.path, item.get_data(), item.headers["Accept"]) for item in app.asked]
    assert sent == [
        ("POST", place, b"query=ASK+%7B%7D", "text/csv") for place in ("/sparql", "/elsewhere")
    ]


def test_an_endpoint_that_has_moved_out_of_the_web_is_not_followed(
    scripted: tuple[Scripted, str],
) -> None:
    app, address = scripted
    app.answers.append(Response("", 302, headers={"Location": "file:///etc/passwd"}))
    with pytest.raises(GraphError) as error:
        ask_endpoint(address, "ASK {}", CSV, None)
    assert str(error.value).startswith(f"{address} refuses the query: 302 ")


def test_an_answer_is_read_though_it_is_compressed_or_of_another_charset(
    scripted: tuple[Scripted, str],
) -> None:
    app, address = scripted
    csv = "x\r\n\u00f6\r\n"
    app.answers += [
        Response(
            gzip.compress(csv.encode()),
            content_type="text/csv",
            headers={"Content-Encoding": "gzip"},
        ),
        Response(csv.encode("latin-1"), content_type="text/csv; charset=iso-8859-1"),
    ]
    for _ in range(2):
        assert ask_endpoint(address, "SELECT * {}", CSV, None).content.decode() == csv


def test_the_address_may_have_other_letters(scripted: tuple[Scripted, str]) -> None:
    app, address = scripted
    app.asked.clear()
    app.answers += [Response("true\n", content_type="text/csv"), Response("found")]
    assert ask_endpoint(f"{address}/граф", "ASK {}", CSV, None).content == b"true\n"
    assert fetch(f"{address}/граф") == b"found"
    assert [item.path for item in app.asked] == ["/sparql/граф"] * 2


def test_only_what_a_query_declares_is_left_to_it(scripted: tuple[Scripted, str]) -> None:
    app, address = scripted
    app.asked.clear()
    app.answers += [
        Response(
            '{"head":{"vars":[]},"results":{"bindings":[]}}',
            content_type="application/sparql-results+json",
        ),
        Response("true\n", content_type="text/csv"),
    ]
    comment = "# PREFIX foaf: <mine>\nPREFIX # a comment\n"
    text = f"{comment}skos: <http://own/>\nASK {{ ?s foaf:name skos:x }}"
    Endpoint(address).query(text, CSV, None)
    assert app.asked[1].form["query"] == f"PREFIX foaf: <http://xmlns.com/foaf/0.1/> {text}"
