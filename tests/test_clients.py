"""The clients that people use: each asks a running server, as its own documentation says."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

from tests.patience import patience
from tests.serving import ID, serving, triples

SCO = "https://w3id.org/scograph/ontology#"
EDITIONS = f"SELECT ?e WHERE {{ ?e a <{SCO}ForumEdition> }} ORDER BY ?e"
FORUMS = [f"{ID}event/forum-{year}" for year in (2020, 2021, 2022, 2024)]
COMUNICA = Path(__file__).parent / "comunica" / "node_modules" / ".bin" / "comunica-sparql"


@pytest.fixture(scope="module")
def endpoint(release_path: Path) -> Iterator[str]:
    with serving(release_path) as (address, _):
        yield f"{address}/sparql"


def wrapped(endpoint: str, query: str, form: str, method: str = "GET") -> SPARQLWrapper:
    wrapper = SPARQLWrapper(endpoint)
    wrapper.setQuery(query)
    wrapper.setReturnFormat(form)
    wrapper.setMethod(method)
    return wrapper


@pytest.mark.parametrize("method", ["GET", POST])
def test_sparqlwrapper_reads_json(endpoint: str, method: str) -> None:
    found: Any = wrapped(endpoint, EDITIONS, JSON, method).queryAndConvert()
    assert [row["e"]["value"] for row in found["results"]["bindings"]] == FORUMS


def test_sparqlwrapper_reads_xml(endpoint: str) -> None:
    found: Any = wrapped(endpoint, EDITIONS, XML).queryAndConvert()
    uris = [node.firstChild.data for node in found.getElementsByTagName("uri")]
    assert uris == FORUMS


@pytest.mark.parametrize(("form", "open_", "close"), [(CSV, "", ""), (TSV, "<", ">")])
def test_sparqlwrapper_reads_tables(endpoint: str, form: str, open_: str, close: str) -> None:
    found: Any = wrapped(endpoint, EDITIONS, form).queryAndConvert()
    assert found.decode().splitlines()[1:] == [f"{open_}{iri}{close}" for iri in FORUMS]


def test_sparqlwrapper_asks(endpoint: str) -> None:
    assert wrapped(endpoint, f"ASK {{ <{FORUMS[0]}> ?p ?o }}", JSON).queryAndConvert() == {
        "head": {},
        "boolean": True,
    }


@pytest.mark.parametrize("form", [TURTLE, RDFXML])
def test_sparqlwrapper_reads_graphs(endpoint: str, form: str) -> None:
    query = f"CONSTRUCT {{ ?e a <{SCO}ForumEdition> }} WHERE {{ ?e a <{SCO}ForumEdition> }}"
    found: Any = wrapped(endpoint, query, form).queryAndConvert()
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")
    assert sorted(str(node) for node in graph.subjects(RDF.type)) == FORUMS


def test_rdflibs_sparqlstore_reads_the_endpoint_as_a_graph(endpoint: str) -> None:
    graph = Graph(SPARQLStore(endpoint))
    found = graph.subjects(RDF.type, URIRef(SCO + "ForumEdition"))
    assert sorted(str(node) for node in found) == FORUMS
    assert [str(row[0]) for row in graph.query(EDITIONS)] == FORUMS  # type: ignore[index]


def curl(*arguments: str) -> bytes:
    return subprocess.run(["curl", "-sS", *arguments], check=True, capture_output=True).stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_asks_in_every_way_of_the_protocol(endpoint: str) -> None:
    accept = ("-H", "Accept: text/csv")
    expected = "\r\n".join(["e", *FORUMS, ""]).encode()
    kind = ("-H", "Content-Type: application/sparql-query")
    assert curl(*accept, "-G", "--data-urlencode", f"query={EDITIONS}", endpoint) == expected
    assert curl(*accept, "--data-urlencode", f"query={EDITIONS}", endpoint) == expected
    assert curl(*accept, *kind, "--data-binary", EDITIONS, endpoint) == expected
    packed = curl(*accept, "--compressed", "--data-urlencode", f"query={EDITIONS}", endpoint)
    assert packed == expected
    page = endpoint.removesuffix("/sparql") + "/id/event/forum-2020"
    turtle = curl("-L", "-H", "Accept: text/turtle", page)
    assert any(str(triple.subject.value) == FORUMS[0] for triple in triples(turtle, "ttl")
               if hasattr(triple.subject, "value"))  # fmt: skip


@pytest.mark.skipif(not COMUNICA.exists(), reason="Comunica is not installed: npm is missing")
def test_comunica_federates_over_the_endpoint(endpoint: str) -> None:
    form = "application/sparql-results+json"
    command = [str(COMUNICA), f"sparql@{endpoint}", EDITIONS, "-t", form]
    found = json.loads(
        subprocess.run(command, check=True, capture_output=True, timeout=patience("command")).stdout
    )
    assert [row["e"]["value"] for row in found["results"]["bindings"]] == FORUMS
