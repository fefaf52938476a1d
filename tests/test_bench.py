"""The benchmark: its graphs are like the data of this repository, and it writes its table."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from bench import run
from bench.generate import generate, triples, write
from bench.loads import Latency
from bench.section import Goal
from bench.serving import ratio
from scograph.folder.dataset import Asserted, assemble
from scograph.folder.folder import read_folder
from scograph.rdf.namespaces import LANGUAGE_NAMESPACES
from scograph.rdf.vocabulary import COMMENT, TYPE
from scograph.reasoning.owlrl_oracle import owlrl_closure

pytestmark = pytest.mark.slow

ORG = "http://www.w3.org/ns/org#"
SCO = "https://w3id.org/scograph/ontology#"
SIZE = 10_000
Shares = Callable[[Iterable[Triple]], dict[str, float]]


@pytest.fixture(scope="module")
def graph() -> set[Triple]:
    return triples(SIZE)


@pytest.fixture(scope="module")
def asserted(root: Path) -> Asserted:
    folder, _ = read_folder(root)
    assert folder is not None
    return assemble(folder)


def schema(asserted: Asserted) -> set[Triple]:
    return asserted.graph("ontology") | asserted.graph("topics")


def without_blank_nodes(graph: Iterable[Triple]) -> set[Triple]:
    return {t for t in graph if "_:" not in (str(t.subject)[:2], str(t.object)[:2])}


def about_things(graph: Iterable[Triple]) -> list[Triple]:
    """What is no part of the schema, nor of the description of the dataset."""
    things = "https://w3id.org/scograph/id/"
    topics = things + "topic/"
    subjects = ((t, t.subject) for t in graph)
    return [
        t
        for t, subject in subjects
        if isinstance(subject, NamedNode)
        and subject.value.startswith(things)
        and not subject.value.startswith(topics)
    ]


def shares(values: Iterable[str]) -> dict[str, float]:
    counts = Counter(values)
    return {name: count / counts.total() for name, count in counts.items()}


def types(graph: Iterable[Triple]) -> dict[str, float]:
    return shares(str(t.object) for t in about_things(graph) if t.predicate.value == TYPE)


def predicates(graph: Iterable[Triple]) -> dict[str, float]:
    return shares(t.predicate.value for t in about_things(graph))


@pytest.mark.parametrize("size", [3_200, 3_500, SIZE, 35_000])
def test_a_graph_has_the_size_asked_for(size: int, tmp_path: Path) -> None:
    write(tmp_path / "graph.nt", size)
    lines = (tmp_path / "graph.nt").read_text(encoding="utf-8").splitlines()
    assert (len(lines), len(set(lines)), len(triples(size))) == (size, size, size)


def test_the_same_size_and_seed_give_the_same_bytes() -> None:
    digests = [
        hashlib.sha256("".join(generate(SIZE, seed)).encode()).hexdigest() for seed in (0, 0, 1)
    ]
    assert [digests[0] == digest for digest in digests] == [True, True, False]


def test_a_larger_graph_begins_as_a_smaller_one() -> None:
    sizes = (3_200, SIZE, 20_000)
    texts = ["".join(generate(size)) for size in sizes]
    assert [large.startswith(small) for small, large in pairwise(texts)] == [True, True]


def test_too_small_a_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the ontology alone has [\d]+ triples, more than 10"):
        list(generate(10))


def test_the_ontology_and_the_topics_are_whole(graph: set[Triple], asserted: Asserted) -> None:
    assert without_blank_nodes(schema(asserted)) - graph == set()


def test_only_terms_of_the_ontology_are_used(graph: set[Triple], asserted: Asserted) -> None:
    declared = {t.subject.value for t in schema(asserted) if isinstance(t.subject, NamedNode)}
    data = about_things(graph)
    used = {t.predicate.value for t in data}
    used |= {str(t.object)[1:-1] for t in data if t.predicate.value == TYPE}
    terms = {t.object.value for t in data if isinstance(t.object, NamedNode)}
    used |= {iri for iri in terms if iri.startswith((SCO, *LANGUAGE_NAMESPACES))}
    assert used - declared == {TYPE, COMMENT}


@pytest.mark.parametrize("count", [types, predicates])
def test_shares_are_those_of_the_data(count: Shares, asserted: Asserted) -> None:
    # States are as many as in the data, however large the graph; hence a larger graph.
    real, made = count(asserted.default_graph()), count(triples(35_000))
    states = f"<{SCO}State>"
    off = {
        name: (real.get(name, 0.0), made.get(name, 0.0))
        for name in {*real, *made} - {states}
        if abs(real.get(name, 0.0) - made.get(name, 0.0)) > 0.25 * real.get(name, 0.0) + 0.005
    }
    assert off == {}


@pytest.mark.parametrize(
    ("predicate", "depth"), [(SCO + "locatedIn", 4), (ORG + "subOrganizationOf", 3)]
)
def test_hierarchies_are_as_deep_as_real_ones(
    predicate: str, depth: int, graph: set[Triple]
) -> None:
    parents: dict[object, object] = {
        t.subject: t.object for t in graph if t.predicate.value == predicate
    }

    def height(node: object) -> int:
        return 1 + height(parents[node]) if node in parents else 0

    assert max(map(height, parents)) == depth


def test_no_clash_follows() -> None:
    assert owlrl_closure(triples(6_000)).messages == ()


def test_a_short_run_writes_the_whole_table_and_leaves_other_sections(tmp_path: Path) -> None:
    out = tmp_path / "RESULTS.md"
    other = "## Another\n\nWhat it said.\n"
    out.write_text(f"# The benchmark\n\nOld words.\n\n## The closure\n\nOld.\n\n{other}", "utf-8")
    run.main(["--sizes", "3500", "--runs", "1", "--sections", "closure", "--out", str(out)])
    text = out.read_text(encoding="utf-8")
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == ["# The benchmark", "## The closure", "## Another"]
    assert text.endswith(f"\n\n{other}")
    assert ("Old" in text, "| goal | measured |  |" in text) == (False, True)
    rows = [line.split(" | ")[:2] for line in text.splitlines() if line.startswith("| 3,500 ")]
    assert rows[:2] == [["| 3,500", "scograph"], ["| 3,500", "owlrl"]]


@pytest.mark.parametrize(
    ("theirs", "told", "met"),
    [
        ([100.0, 50.0, 25.0], "median 2, 1 to 4, 3 queries", True),
        ([400.0, 200.0, 25.0], "median 0.5, 0.25 to 4, 3 queries", False),
        ([100.0, 50.0, 0.0], "median 2, 1 to no answer of the other in its time, 3 queries", True),
    ],
)
def test_ratios_are_told_by_their_median(theirs: list[float], told: str, met: bool) -> None:
    latency = Latency(1.0, 1.0, 0)
    found = {(1, str(number), "them"): (latency, latency, 1.0, value)
             for number, value in enumerate(theirs)}  # fmt: skip
    found |= {(1, str(number), "scograph"): (latency, latency, 1.0, 100.0) for number in range(3)}
    goal = ratio("more", found, {(1, str(number)) for number in range(3)}, "them", 3, 2)
    assert goal == Goal("more: at least 2", told, met)
