"""From what a person writes to a triple, and what they are told where it cannot be found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import QueryTriples

from scograph.explanations.resolve import AmbiguousError, NotHeldError, UnknownNameError, find_fact
from scograph.graph import Graph
from scograph.rdf.errors import GraphError
from scograph.rdf.terms import Fact
from tests.explained import ID

ONTOLOGY = "https://w3id.org/scograph/ontology#"
TYPE = f"<{ID}event/forum-2021> a sco:ForumEdition"
IN = f"<{ID}event/forum-2021> sco:venue <{ID}building/alderport-town-hall>"
PASSAGE = f"event:forum-2021 sco:statedIn <{ID}source/ferry-2021-02-01/p1s2>"
STARTED = 'event:forum-2021 sco:startDate "2021-05-01"^^xsd:date'

# What is written, and the triple that is meant.
WAYS = [
    (("event:forum-2021", "a", "sco:ForumEdition"), TYPE),
    (("event:forum-2021", "rdf:type", "sco:ForumEdition"), TYPE),
    ((f"{ID}event/forum-2021", "a", f"{ONTOLOGY}ForumEdition"), TYPE),
    ((f"<{ID}event/forum-2021>", "a", f"<{ONTOLOGY}ForumEdition>"), TYPE),
    (("Forum of 2021", "a", "forum edition"), TYPE),
    (("FORUM OF 2021", "a", "Forum Edition"), TYPE),
    (("Форум 2021 года", "a", "проведение форума"), TYPE),
    (("форум 2021 ГОДА", "a", "Проведение ФОРУМА"), TYPE),
    (("2021年论坛", "a", "论坛届次"), TYPE),
    (('The "ferry" forum', "a", "sco:ForumEdition"), TYPE),
    (("The forum", "a", "sco:ForumEdition"), TYPE),
    (("  event:forum-2021\n", "a", " sco:ForumEdition "), TYPE),
    (("Forum of 2021", "venue", "Town Hall of Alderport"), IN),
    (("event:forum-2021", "место проведения", "Town Hall of Alderport"), IN),
    (("event:forum-2021", "举办地点", "building:alderport-town-hall"), IN),
    (("event:forum-2021", "sco:statedIn", "source:ferry-2021-02-01/p1s2"), PASSAGE),
    (("event:forum-2021", "sco:statedIn", r"source:ferry-2021-02-01\/p1s2"), PASSAGE),
    (("event:forum-2021", "sco:startDate", '"2021-05-01"^^xsd:date'), STARTED),
    (
        (
            "event:forum-2021",
            "sco:startDate",
            '"2021-05-01"^^<http://www.w3.org/2001/XMLSchema#date>',
        ),
        STARTED,
    ),
    (("event:forum-2021", "sco:startDate", "2021-05-01"), STARTED),
    (("source:ferry-2021-02-01/p12s1", "sco:paragraph", "12"),
     f"<{ID}source/ferry-2021-02-01/p12s1> sco:paragraph 12"),
    (("event:forum-2021", "skos:prefLabel", "Форум 2021 года"),
     'event:forum-2021 skos:prefLabel "Форум 2021 года"@ru'),
    (("event:forum-2021", "skos:prefLabel", '"Forum of 2021"@en'),
     'event:forum-2021 skos:prefLabel "Forum of 2021"@en'),
    (("event:forum-2021", "skos:altLabel", 'The "ferry" forum'),
     r'event:forum-2021 skos:altLabel "The \"ferry\" forum"@en'),
    (("event:forum-2021", "skos:altLabel", r'"The \"ferry\" forum"@en'),
     r'event:forum-2021 skos:altLabel "The \"ferry\" forum"@en'),
    (("https://example.org/rivers/dataset", "void:uriSpace", "https://example.org/rivers/"),
     '<https://example.org/rivers/dataset> void:uriSpace "https://example.org/rivers/"'),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), WAYS)
def test_ways_to_name_a_triple(explained: Graph, written: tuple[str, str, str], meant: str) -> None:
    held = explained.engine.release.store.query(
        f"CONSTRUCT {{ {meant} }} WHERE {{ GRAPH ?g {{ {meant} }} }}",
        prefixes=explained.engine.release.prefixes,
    )
    assert isinstance(held, QueryTriples)
    assert {Fact(*triple) for triple in held} == {find_fact(explained.engine, *written)}


NOTHING = "give a prefixed name, an IRI or a label"
IS_A = "of event:forum-2021 rdf:type it says prov:Activity, sco:Event, sco:ForumEdition"
LABELS = (
    'of event:forum-2021 rdfs:label it says "2021年论坛"@zh, "Forum of 2021"@en, '
    '"Форум 2021 года"@ru'
)

# What is written, the error, and its whole message.
ERRORS: list[tuple[tuple[str, str, str], type[GraphError], str]] = [
    (("Nobody", "a", "sco:Event"), UnknownNameError,
     f"nothing in the graph is called 'Nobody', the subject: {NOTHING}"),
    (("event:forum-2021", "is near", "sco:Event"), UnknownNameError,
     f"nothing in the graph is called 'is near', the predicate: {NOTHING}"),
    (("", "", ""), UnknownNameError, f"nothing in the graph is called '', the subject: {NOTHING}"),
    (("evnt:forum-2021", "a", "sco:Event"), UnknownNameError,
     f"nothing in the graph is called 'evnt:forum-2021', the subject: {NOTHING}; "
     "did you mean event:forum-2021?"),
    (("event:forum-2021", "soc:venue", "x"), UnknownNameError,
     f"nothing in the graph is called 'soc:venue', the predicate: {NOTHING}; "
     "did you mean sco:venue?"),
    (("event:forum-2022", "a", "sco:Event"), NotHeldError,
     "no graph says that event:forum-2022 a sco:Event; "
     "of event:forum-2022 it says nothing about rdf:type"),
    (("event:forum-2021", "sco:venue", "settlement:alderport"), NotHeldError,
     "no graph says that event:forum-2021 sco:venue settlement:alderport; "
     "of event:forum-2021 sco:venue it says building:alderport-town-hall"),
    (("event:forum-2021", "sco:venue", "settlment:alderport"), NotHeldError,
     'no graph says that event:forum-2021 sco:venue "settlment:alderport"; '
     "of event:forum-2021 sco:venue it says building:alderport-town-hall"),
    (("event:forum-2021", "sco:startDate", "2021-05-09"), NotHeldError,
     'no graph says that event:forum-2021 sco:startDate "2021-05-09"; of event:forum-2021 '
     'sco:startDate it says "2021-05-01"^^xsd:date, "2021-05-02"^^xsd:date'),
    (("event:forum-2021", "rdfs:label", "a\nb"), NotHeldError,
     rf'no graph says that event:forum-2021 rdfs:label "a\nb"; {LABELS}'),
    (("sco:Event", "rdfs:isDefinedBy", "x" * 300), NotHeldError,
     f'no graph says that sco:Event rdfs:isDefinedBy "{"x" * 171}…; of sco:Event '
     "rdfs:isDefinedBy it says <https://w3id.org/scograph/ontology>"),
    (("event:meeting-2021", "sco:statedIn", "source:ferry-2021-02-01"), NotHeldError,
     "no graph says that event:meeting-2021 sco:statedIn source:ferry-2021-02-01; of "
     r"event:meeting-2021 sco:statedIn it says source:alderport-news-2021-01-01\/p1s1"),
    (("Twins", "a", "sco:Building"), AmbiguousError,
     "that fits several triples, name one of them exactly: building:east-twin a sco:Building; "
     "building:west-twin a sco:Building"),
    # Names that try to be more than names
    (("event:forum-2021> <urn:p> <urn:o> . <urn:s", "a", "sco:Event"), UnknownNameError,
     "nothing in the graph is called 'event:forum-2021> <urn:p> <urn:o> . <urn:s', "
     f"the subject: {NOTHING}"),
    (("event:forum-2021> . #", "a", "sco:Event"), UnknownNameError,
     f"nothing in the graph is called 'event:forum-2021> . #', the subject: {NOTHING}"),
    (("<x> <y> <z> . <a", "a", "sco:Event"), UnknownNameError,
     f"nothing in the graph is called '<x> <y> <z> . <a', the subject: {NOTHING}"),
    (('Forum of 2021") || true) } #', "a", "sco:Event"), UnknownNameError,
     f"nothing in the graph is called 'Forum of 2021\") || true) }} #', the subject: {NOTHING}"),
    (("Forum\nof 2021", "a", "sco:Event"), UnknownNameError,
     rf"nothing in the graph is called 'Forum\nof 2021', the subject: {NOTHING}"),
    (("?s", "a", "sco:Event"), UnknownNameError,
     f"nothing in the graph is called '?s', the subject: {NOTHING}"),
    (("_:b0", "a", "sco:Event"), UnknownNameError,
     f"nothing in the graph is called '_:b0', the subject: {NOTHING}"),
    (("[]", "a", "sco:Event"), UnknownNameError,
     f"nothing in the graph is called '[]', the subject: {NOTHING}"),
    (('"Forum of 2021"@en', "a", "sco:Event"), UnknownNameError,
     f"nothing in the graph is called '\"Forum of 2021\"@en', the subject: {NOTHING}"),
    (("event:forum-2021", "a", "sco:Event> } . ?s ?p ?o { <urn:x"), NotHeldError,
     f'no graph says that event:forum-2021 a "sco:Event> }} . ?s ?p ?o {{ <urn:x"; {IS_A}'),
    (("event:forum-2021", "rdfs:label", '"x" } UNION { ?s ?p ?o'), NotHeldError,
     rf'no graph says that event:forum-2021 rdfs:label "\"x\" }} UNION {{ ?s ?p ?o"; {LABELS}'),
    (("event:forum-2021", "rdfs:label", '"Forum of 2021"@en . #'), NotHeldError,
     rf'no graph says that event:forum-2021 rdfs:label "\"Forum of 2021\"@en . #"; {LABELS}'),
    (("event:forum-2021", "rdfs:label", '"x", "Forum of 2021"@en'), NotHeldError,
     rf'no graph says that event:forum-2021 rdfs:label "\"x\", \"Forum of 2021\"@en"; {LABELS}'),
    (("event:forum-2021", "a", "\udcff"), UnknownNameError, "the names are not UTF-8"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "kind", "message"), ERRORS)
def test_what_is_not_found(
    explained: Graph, written: tuple[str, str, str], kind: type[GraphError], message: str
) -> None:
    with pytest.raises(kind) as caught:
        explained.explain(*written)
    assert str(caught.value) == message


def test_a_label_of_two_things_means_the_one_that_fits(explained: Graph) -> None:
    found = explained.explain("Twins", "sco:locatedIn", "settlement:birchford")
    assert str(found.explanation.fact.subject) == f"<{ID}building/west-twin>"


def test_many_values_are_cut(explained: Graph) -> None:
    with pytest.raises(NotHeldError) as caught:
        explained.explain("https://example.org/rivers/dataset", "sh:declare", "x")
    told = str(caught.value).split(" it says ")[1].split(", ")
    assert (len(told), told[-1]) == (9, "...")
    assert len(caught.value.instead) == 8


# On the command line


def run(folder: Path, *arguments: str | bytes) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scograph", "explain", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": "100"},
    )  # fmt: skip


VENUE = ("event:forum-2021", "sco:venue", "building:alderport-town-hall")


@pytest.mark.parametrize("form", ["text", "json", "ttl"])
def test_the_command_prints_what_python_tells(explained: Graph, form: str) -> None:
    told = explained.explain(*VENUE)
    wanted = {"text": told.text(), "json": told.json(), "ttl": told.turtle().decode()}
    done = run(explained.engine.release.path, *VENUE, "--format", form)
    assert (done.returncode, done.stdout, done.stderr) == (0, wanted[form], "")


def test_the_folder_is_an_option(explained: Graph, tmp_path: Path) -> None:
    path = explained.engine.release.path
    done = run(tmp_path, *VENUE, "--folder", str(path), "--format", "json")
    assert json.loads(done.stdout) == explained.explain(*VENUE).data()


FAILURES: list[tuple[tuple[str | bytes, ...], int, str]] = [
    (("Nobody", "a", "sco:Event"), 1,
     f"scograph: nothing in the graph is called 'Nobody', the subject: {NOTHING}\n"),
    (("event:forum-2021", "sco:venue", "a\nb"), 1,
     r'scograph: no graph says that event:forum-2021 sco:venue "a\nb"; of event:forum-2021 '
     "sco:venue it says building:alderport-town-hall\n"),
    ((b"\xff", "a", "sco:Event"), 1, "scograph: the names are not UTF-8\n"),
    (("event:forum-2021", "a"), 2, "Error: Missing argument 'OBJECT'.\n"),
    (("event:forum-2021", "a", "b", "c"), 2, "Error: Got unexpected extra argument (c)\n"),
    ((*VENUE, "--format", "rdf"), 2,
     "Error: Invalid value for '--format': 'rdf' is not one of 'text', 'json', 'ttl'.\n"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "status", "last"), FAILURES)
def test_a_failure_is_one_line_and_a_status(
    explained: Graph, arguments: tuple[str | bytes, ...], status: int, last: str
) -> None:
    done = run(explained.engine.release.path, *arguments)
    usage = "" if status == 1 else done.stderr[: -len(last)]
    assert (done.returncode, done.stdout, done.stderr) == (status, "", usage + last)
    assert usage.startswith("Usage: ") or not usage


def test_a_folder_without_a_release(tmp_path: Path) -> None:
    done = run(tmp_path, *VENUE)
    message = "scograph: . has no release yet: run `scograph build .` first\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", message)
