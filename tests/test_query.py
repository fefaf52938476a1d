"""`scograph query`: every format, saved questions, an endpoint elsewhere, and its errors."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib

from tests.conftest import ROOT
from tests.patience import patience
from tests.serving import serving

SELECT = """SELECT ?e ?n WHERE {
    VALUES ?e { event:forum-2021 } ?e skos:prefLabel ?n
} ORDER BY STR(?n)"""
ASK = "ASK { event:forum-2021 a sco:ForumEdition }"
CONSTRUCT = "CONSTRUCT WHERE { event:forum-2021 sco:venue ?v }"
EVENT = "https://w3id.org/scograph/id/event/forum-2021"
CITY = "https://w3id.org/scograph/id/settlement/chelyabinsk"
VENUE = "https://w3id.org/scograph/ontology#venue"
ENGLISH = "Heads of Regions Forum of the SCO member states, 2021"


def run(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-m", "scograph", "query", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, input=given, timeout=patience("command")
    )


@pytest.fixture(scope="module")
def release_of(release_path: Path) -> str:
    return str(release_path)


@pytest.fixture(scope="module")
def endpoint(release_path: Path) -> Iterator[str]:
    with serving(release_path) as (url, _):
        yield f"{url}/sparql"


@pytest.fixture(params=["the release", "an endpoint"])
def whom(request: pytest.FixtureRequest, release_of: str, endpoint: str) -> list[str]:
    """The options that ask the folder's release, or the endpoint that serves it."""
    if request.param == "the release":
        return ["--folder", release_of]
    return ["--endpoint", endpoint]


def test_select_in_every_format(whom: list[str]) -> None:
    csv = run(SELECT, *whom, "--format", "csv").stdout.splitlines()
    assert (csv[0], csv[2]) == ("e,n", f'{EVENT},"{ENGLISH}"')
    tsv = run(SELECT, *whom, "--format", "tsv").stdout.splitlines()
    assert (tsv[0], tsv[2]) == ("?e\t?n", f'<{EVENT}>\t"{ENGLISH}"@en')
    found = json.loads(run(SELECT, *whom, "--format", "json").stdout)
    assert found["results"]["bindings"][1] == {
        "e": {"type": "uri", "value": EVENT},
        "n": {"type": "literal", "value": ENGLISH, "xml:lang": "en"},
    }
    xml = run(SELECT, *whom, "--format", "xml").stdout
    assert xml.count("<result>") == 3
    assert f'<literal xml:lang="en">{ENGLISH}</literal>' in xml


@pytest.mark.parametrize(
    ("form", "expected"),
    [("table", "yes\n"), ("csv", "true\n"), ("json", '{"head":{},"boolean":true}')],
)
def test_ask_in_every_format(whom: list[str], form: str, expected: str) -> None:
    assert run(ASK, *whom, "--format", form).stdout == expected


@pytest.mark.parametrize(
    ("form", "parser"),
    [("table", "turtle"), ("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml"), ("jsonld", "json-ld")],
)
def test_construct_in_every_format(whom: list[str], form: str, parser: str) -> None:
    done = run(CONSTRUCT, *whom, "--format", form)
    graph = rdflib.Graph().parse(data=done.stdout, format=parser)
    assert {tuple(map(str, triple)) for triple in graph} == {(EVENT, VENUE, CITY)}


def test_a_table_shows_control_characters_as_escapes(whom: list[str]) -> None:
    done = run(r'SELECT ("\u001B[2J\u001B[31mred" AS ?x) {}', *whom)
    assert done.stdout.splitlines()[2].strip() == r"\u001B[2J\u001B[31mred"


def test_a_table_is_for_reading(release_of: str) -> None:
    lines = [line.rstrip() for line in run(SELECT, "--folder", release_of).stdout.splitlines()]
    assert [lines[0].split(), lines[3]] == [["e", "n"], f"event:forum-2021   {ENGLISH}"]


def test_an_endpoints_table_uses_the_prefixes_that_everybody_knows(endpoint: str) -> None:
    query = (
        "SELECT ?kind WHERE { event:forum-2021-plenary sco:sessionOf ?e ; a ?kind } ORDER BY ?kind"
    )
    lines = run(query, "--endpoint", endpoint).stdout.splitlines()
    assert [line.strip() for line in lines[2:]] == [
        "prov:Activity", "sco:Event", "sco:PlenarySession", "sco:Session",
    ]  # fmt: skip


def test_an_empty_answer_says_so(release_of: str) -> None:
    done = run("SELECT ?x WHERE { ?x a sco:NoSuchClass }", "--folder", release_of)
    assert (done.stdout, done.returncode) == ("no rows: nothing in the graph fits\n", 0)


@pytest.mark.parametrize("name", ["009", "009-next-forum-announced"])
def test_a_saved_question_is_asked_by_number_or_name(release_of: str, name: str) -> None:
    done = run("--name", name, "--folder", release_of, "--format", "tsv")
    assert done.stdout == (ROOT / "queries/009-next-forum-announced.tsv").read_text()


def test_a_query_comes_from_a_file_or_from_standard_input(release_of: str, tmp_path: Path) -> None:
    (tmp_path / "a query.rq").write_text(ASK)
    from_file = run("-f", str(tmp_path / "a query.rq"), "--folder", release_of)
    from_input = run("-f", "-", "--folder", release_of, given=ASK)
    assert (from_file.stdout, from_input.stdout) == ("yes\n", "yes\n")


ERRORS = [
    (
        ["SELECT ?n WHERE { ?x foo:name ?n }"], 1,
        "line 1, column 22: prefix `foo:` is not declared: add `PREFIX foo: <...>`",
    ),
    (["SELEKT ?n WHERE { ?x ?p ?n }"], 1, "SELEKT"),
    (["DELETE WHERE { ?s ?p ?o }"], 1, "DELETE is an update: this endpoint is read-only"),
    (
        ["SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"], 1,
        "SERVICE is switched off: this endpoint asks nobody else, nothing leaves it",
    ),
    (["--name", "999"], 1, "there is no saved query 999; there are: 001-second-forum, 002-"),
    ([ASK, "--format", "pdf"], 2, "there is no format 'pdf'; there are table, json, xml, csv, tsv"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "status", "words"), ERRORS)
def test_an_error_is_one_sentence(
    release_of: str, arguments: list[str], status: int, words: str
) -> None:
    done = run(*arguments, "--folder", release_of)
    assert (done.returncode, done.stdout) == (status, "")
    assert words in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_an_endpoint_that_refuses_says_why(endpoint: str) -> None:
    done = run("SELECT ?x WHERE { ?x foo:name ?n }", "--endpoint", endpoint)
    assert done.returncode == 1
    assert done.stderr.startswith(f"scograph: {endpoint} refuses the query: ")
    assert "prefix `foo:` is not declared" in done.stderr


def test_an_endpoint_that_is_not_there_is_named() -> None:
    done = run(ASK, "--endpoint", "http://127.0.0.1:9/sparql")
    assert (done.returncode, done.stderr) == (
        1, "scograph: cannot reach http://127.0.0.1:9/sparql: [Errno 111] Connection refused\n",
    )  # fmt: skip


def test_a_folder_without_release_says_what_to_do(tmp_path: Path) -> None:
    done = run(ASK, "--folder", str(tmp_path))
    assert (done.returncode, done.stderr) == (
        1, f"scograph: {tmp_path} has no release yet: run `scograph build {tmp_path}` first\n",
    )  # fmt: skip
