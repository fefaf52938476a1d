"""The public API: a graph from a folder and one from an endpoint, asked alike."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

import scograph
from scograph import Answer, Graph, GraphError, QueryError
from scograph.explanations.explained import ExplainedTriple
from scograph.explanations.resolve import AmbiguousNameError, UnknownNameError
from scograph.graph import RemoteExplanation, RemoteGraph
from tests.conftest import ROOT
from tests.explained import ID, make_folder, make_release
from tests.serving import free_port, serving

VENUE = ("event:forum-2021", "sco:venue", "building:alderport-town-hall")
NAMES = "SELECT ?name { event:forum-2021 skos:prefLabel ?name } ORDER BY ?name"


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteGraph]:
    folder = tmp_path_factory.mktemp("remote")
    release = make_release(make_folder(folder / "graph"), folder / "release")
    with serving(release) as (address, _):
        yield Graph.connect(f"{address}/sparql")


def test_what_the_package_offers() -> None:
    assert set(scograph.__all__) == {
        *("Answer", "Graph", "GraphError", "IRI", "QueryError", "__version__")
    }
    assert [getattr(scograph, name) for name in ("Answer", "Graph", "GraphError")] == [
        Answer, Graph, GraphError,
    ]  # fmt: skip
    assert set(scograph.__all__) <= set(dir(scograph))
    assert (Path(scograph.__file__).parent / "py.typed").is_file()
    with pytest.raises(AttributeError, match="'scograph' has no attribute 'Grahp'"):
        scograph.Grahp  # noqa: B018


def test_rows_are_python_values(explained: Graph) -> None:
    assert explained.rows(NAMES) == [("2021年论坛",), ("Forum of 2021",), ("Форум 2021 года",)]
    answer = explained.query("SELECT ?forum ?end { ?forum a sco:ForumEdition ; sco:endDate ?end }")
    assert answer.columns == ("forum", "end")
    assert [(type(a).__name__, str(a), b.isoformat()) for a, b in answer.rows] == [  # type: ignore[union-attr]
        ("IRI", f"{ID}event/forum-2021", "2021-05-03")
    ]


def test_terms_keep_language_and_datatype(explained: Graph) -> None:
    assert explained.query(NAMES).terms[2] == (Literal("Форум 2021 года", language="ru"),)


@pytest.mark.parametrize(
    "name", ["event:forum-2021", f"{ID}event/forum-2021", f"<{ID}event/forum-2021>",
             "Forum of 2021", "форум 2021 ГОДА", "2021年论坛"],
)  # fmt: skip
def test_a_thing_is_described_by_any_of_its_names(explained: Graph, name: str) -> None:
    found = explained.describe(name)
    node = NamedNode(f"{ID}event/forum-2021")
    store = explained.engine.release.store
    about = {quad.triple for quad in store if quad.graph_name.__class__.__name__ == "DefaultGraph"
             and node in (quad.subject, quad.object)}  # fmt: skip
    assert set(found.triples) == about
    assert "\nevent:forum-2021 " in found.turtle()


def test_a_name_of_several_things_is_told(explained: Graph) -> None:
    with pytest.raises(AmbiguousNameError) as told:
        explained.describe("Twins")
    assert str(told.value) == (
        "that is the name of several things, choose one: building:east-twin, building:west-twin"
    )


def test_a_name_of_nothing_is_told(explained: Graph) -> None:
    with pytest.raises(UnknownNameError) as told:
        explained.describe("evnt:forum-2021")
    assert str(told.value) == (
        "nothing in the graph is called 'evnt:forum-2021', the thing: give a prefixed name, an IRI "
        "or a label; did you mean event:forum-2021?"
    )


def test_an_explanation(explained: Graph) -> None:
    found = explained.explain(*VENUE)
    assert isinstance(found, ExplainedTriple)
    assert found.text().splitlines()[0] == " ".join(VENUE)


ERRORS = [
    ("SELECT * WHER { ?s ?p ?o }", "line 1, column 10: `WHER` is no keyword; did you mean WHERE?"),
    ("INSERT DATA { <a:a> <a:b> 1 }", "INSERT is an update"),
    ("ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE is switched off"),
]


@pytest.mark.parametrize(("text", "sentence"), ERRORS, ids=["syntax", "update", "service"])
def test_a_query_that_is_not_answered_is_a_query_error(
    explained: Graph, text: str, sentence: str
) -> None:
    with pytest.raises(QueryError) as told:
        explained.query(text)
    assert str(told.value).startswith(sentence)
    assert isinstance(told.value, GraphError)


def test_a_folder_without_a_release_is_told(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="has no release yet: run `scograph build"):
        Graph.open(tmp_path)


SAME = [
    NAMES,
    "SELECT ?forum ?end { ?forum a sco:ForumEdition ; sco:endDate ?end }",
    "ASK { event:forum-2021 a sco:ForumEdition }",
    "PREFIX event: <https://example.org/rivers/id/event/> ASK { event:nothing ?p ?o }",
]


@pytest.mark.parametrize("text", SAME)
def test_an_endpoint_is_asked_alike(explained: Graph, remote: RemoteGraph, text: str) -> None:
    here, there = explained.query(text), remote.query(text)
    assert (there.columns, there.rows, there.boolean) == (here.columns, here.rows, here.boolean)
    assert remote.rows(text) == explained.rows(text)


def test_an_endpoint_tells_its_prefixes(explained: Graph, remote: RemoteGraph) -> None:
    assert explained.prefixes.items() <= remote.prefixes.items()


@pytest.mark.parametrize("name", ["event:forum-2021", "Форум 2021 года"])
def test_an_endpoint_describes_alike(explained: Graph, remote: RemoteGraph, name: str) -> None:
    assert set(remote.describe(name).triples) == set(explained.describe(name).triples)


def test_an_endpoint_explains_alike(explained: Graph, remote: RemoteGraph) -> None:
    here, there = explained.explain(*VENUE), remote.explain(*VENUE)
    assert isinstance(there, RemoteExplanation)
    assert (there.text(), there.json()) == (here.text(), here.json())
    assert (there.data(), there.turtle()) == (here.data(), here.turtle())


def test_an_endpoint_refuses_in_a_sentence(remote: RemoteGraph) -> None:
    with pytest.raises(QueryError, match="`WHER` is no keyword; did you mean WHERE"):
        remote.query("SELECT * WHER { ?s ?p ?o }")
    with pytest.raises(GraphError, match="404 Not Found: No graph says that"):
        remote.explain("event:forum-2021", "a", "sco:Person")


def test_nobody_there_is_a_sentence() -> None:
    address = f"http://127.0.0.1:{free_port()}/sparql"
    with pytest.raises(GraphError, match=rf"^cannot reach {address}: "):
        Graph.connect(address).query("ASK {}")
    with pytest.raises(GraphError, match=r"^cannot reach "):
        Graph.connect(address).explain(*VENUE)


@pytest.mark.parametrize(
    "address", ["", "127.0.0.1:8000", "ftp://example.org/", "http://", "http://[::1", "http://a:b/"]
)
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(GraphError) as told:
        Graph.connect(address)
    assert str(told.value) == f"an endpoint has an http(s) address, not {address!r}"


PAGE = (ROOT / "docs/python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```(?:\n\nprints\n\n```text\n(.*?)```)?", PAGE, re.DOTALL)


def test_the_examples_of_the_documentation_print_what_they_say(
    release_path: Path, tmp_path: Path
) -> None:
    """Run the page's blocks one after the other, as a reader would in a notebook."""
    folder = tmp_path / "graph" / "releases"
    folder.mkdir(parents=True)
    (folder / "current").symlink_to(release_path)
    code = "\n".join(f"{block}\nprint('---')" for block, _ in BLOCKS)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder.parent, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("---\n")[:-1] == [output for _, output in BLOCKS]
    assert sum(output != "" for _, output in BLOCKS) >= 6
