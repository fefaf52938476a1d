# ruff: noqa: E501  (expected findings stand as they are printed)
"""A folder's own rules: what follows by them, how it is explained, and how they contradict."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions

from scograph.build.write import is_current, write_release
from scograph.graph import Graph
from scograph.rdf.namespaces import SH
from scograph.rdf.vocabulary import graph_iri
from scograph.reasoning.rules.files import read_rule
from tests.conftest import ROOT
from tests.explained import BASE, make_folder, make_release
from tests.folders import check, check_by_rules, copy_repository, line_of, lines, replace

MEETS = """# meets-in-state (this dataset)
# en: A series meets in the states in which its events took place.
# ru: Серия проходит в тех государствах, где проходили её мероприятия.
CONSTRUCT { ?series sco:takesPlaceIn ?state }
WHERE {
  ?event sco:series ?series .
  ?event sco:takesPlaceIn ?state .
  ?state a sco:State .
}
"""
ABOUT = """# about-the-series (this dataset)
# en: An event of a series is about the series, unless they are the same.
CONSTRUCT { ?event dcterms:subject ?series }
WHERE {
  ?event sco:series ?series .
  FILTER (!sameTerm(?event, ?series))
}
"""


def add_rules(folder: Path, *texts: str) -> Path:
    """Put rule files into *folder*, each under the name of its first line."""
    (folder / "rules").mkdir(exist_ok=True)
    for text in texts:
        (folder / "rules" / f"{text.split()[1]}.rq").write_text(text, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Made:
    folder: Path
    graph: Graph


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A release of a folder with own rules, and elsewhere than the folder."""
    place = tmp_path_factory.mktemp("own")
    folder = add_rules(make_folder(place / "graph"), MEETS, ABOUT)
    release = make_release(folder, place / "release")
    moved = tmp_path_factory.mktemp("elsewhere") / "release"
    shutil.move(release, moved)
    return Made(folder, Graph.open(moved))


def ask(graph: Graph, query: str) -> list[tuple[str, ...]]:
    release = graph.engine.release
    found = release.store.query(query, prefixes=release.prefixes)
    assert isinstance(found, QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [tuple(str(getattr(row[name], "value", "")) for name in names) for row in found]


# What follows


def test_what_follows_by_own_rules_is_in_the_graph_of_what_is_inferred(made: Made) -> None:
    inferred = graph_iri(BASE, "inferred")
    rows = ask(
        made.graph,
        f"""SELECT ?s ?o WHERE {{
        GRAPH <{inferred}> {{ ?s ?p ?o }}
        VALUES (?s ?p) {{ (series:river-forum sco:takesPlaceIn) (event:forum-2021 dcterms:subject) }}
    }} ORDER BY ?s ?o""",
    )
    forum, series = f"{BASE}id/event/forum-2021", f"{BASE}id/series/river-forum"
    # By the chain of the ontology a series would be where its parts of a state are, too.
    assert rows == [(forum, series), (series, f"{BASE}id/state/XA")]


def test_an_explanation_names_the_rule_and_its_sentence(made: Made) -> None:
    told = made.graph.explain("series:river-forum", "sco:takesPlaceIn", "state:XA")
    text = told.text(width=200).splitlines()
    assert text[:4] == [
        "series:river-forum sco:takesPlaceIn state:XA",
        "└── follows by meets-in-state: A series meets in the states in which its events took place.",
        "    ├── event:forum-2021 sco:series series:river-forum",
        "    │   ├── stated in ¶1 s2 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\\/p1s2",
    ]
    assert told.data()["rule"] == {
        "name": "meets-in-state", "origin": "this dataset",
        "says": "A series meets in the states in which its events took place.",
    }  # fmt: skip
    steps = {step["id"]: step for step in told.data()["steps"]}
    premises = [
        (steps[number]["predicate"]["value"].split("#")[-1], steps[number]["height"])
        for number in told.data()["premises"]
    ]
    assert (premises, told.explanation.height) == (
        [("series", 0), ("takesPlaceIn", 3), ("type", 0)],
        4,
    )
    plans = {t.object.value for t in told.triples() if t.predicate.value.endswith("#hadPlan")}  # type: ignore[union-attr]
    assert f"{BASE}rules/meets-in-state" in plans


def test_the_release_describes_the_rules(made: Made) -> None:
    query = f"""SELECT ?rule ?label ?text ?part WHERE {{
        GRAPH <{graph_iri(BASE, "release")}> {{
            ?rule a <{SH}SPARQLRule> ; rdfs:label ?label ; <{SH}construct> ?text ;
                <{SH}prefixes> ?part ; dcterms:isPartOf ?part }}
    }} ORDER BY ?rule"""
    dataset = f"{BASE}dataset"
    assert ask(made.graph, query) == [
        (f"{BASE}rules/about-the-series", "about-the-series", ABOUT, dataset),
        (f"{BASE}rules/meets-in-state", "meets-in-state", MEETS, dataset),
    ]
    said = ask(
        made.graph,
        f"""SELECT ?says (LANG(?says) AS ?language) WHERE {{
        <{BASE}rules/meets-in-state> rdfs:comment ?says }} ORDER BY ?language""",
    )
    assert said == [
        ("A series meets in the states in which its events took place.", "en"),
        ("Серия проходит в тех государствах, где проходили её мероприятия.", "ru"),
    ]


def test_the_rules_of_a_release_are_those_of_the_folder(made: Made) -> None:
    own = made.graph.explainer.rules[-2:]
    assert [(rule.name, rule.text) for rule in own] == [
        ("about-the-series", ABOUT), ("meets-in-state", MEETS),
    ]  # fmt: skip
    assert own[1] == read_rule(MEETS, "meets-in-state", made.graph.engine.release.prefixes)


@pytest.mark.slow
def test_a_change_of_a_rule_makes_the_release_stale(tmp_path: Path) -> None:
    folder = add_rules(make_folder(tmp_path), ABOUT)
    found = check(folder)
    assert found.files is not None
    assert found.manifest is not None
    (folder / "releases").mkdir()
    release = write_release(folder, found.files, found.manifest)
    rule = folder / "rules" / "about-the-series.rq"
    changes: list[Callable[[], object]] = [
        lambda: rule.write_text(ABOUT + "# more\n"),
        lambda: rule.rename(rule.with_name("other.rq")),
        lambda: add_rules(folder, MEETS),
        rule.unlink,
    ]
    for change in changes:
        shutil.rmtree(folder / "rules")
        add_rules(folder, ABOUT)
        assert is_current(folder, release)
        change()
        assert not is_current(folder, release)


# The recipe of the rules' README


def recipe() -> str:
    readme = (ROOT / "scograph/reasoning/rules/README.md").read_text(encoding="utf-8")
    own = readme.split("## Rules of your own")[1].split("\n## ")[0]
    (block,) = re.findall(r"```sparql\n(.*?)```", own, re.DOTALL)
    return str(block)


PLENARY = (
    "event:forum-2021-plenary a sco:PlenarySession ;\n        sco:sessionOf event:forum-2021 ;\n"
)


@pytest.mark.slow
def test_the_recipe_finds_a_session_after_its_event(tmp_path: Path) -> None:
    folder = add_rules(copy_repository(tmp_path), recipe())
    assert lines(check_by_rules(folder)) == []
    day = '"2021-10-02"^^xsd:date'
    dated = f"        sco:date {day} ; sco:earliest {day} ; sco:latest {day} ;\n"
    replace(folder, "data/inferences.trig", PLENARY, PLENARY + dated)
    text = (folder / "data/inferences.trig").read_text(encoding="utf-8")
    line = text[: text.index(dated)].count("\n") + 1
    end = text[: text.index("sco:latest")].count("\n") + 1
    assert lines(check_by_rules(folder)) == [
        f"data/inferences.trig:{line - 1}: error clash "
        "No session begins after the last day of the event that it is part of. (session-within-event) "
        f"Here: event:forum-2021-plenary sco:sessionOf event:forum-2021 (data/inferences.trig:{line - 1}); "
        f"event:forum-2021-plenary sco:earliest {day} (data/inferences.trig:{line}); "
        f'event:forum-2021 sco:latest "2021-09-30"^^xsd:date (data/inferences.trig:{end})'
    ]


# Contradictions

NOWHERE = """# nowhere (this dataset)
# en: No event of a series takes place in a state.
CONSTRUCT { }
WHERE {
  ?event sco:series ?series .
  ?event sco:takesPlaceIn ?state .
  ?state a sco:State .
}
"""


def test_a_clash_tells_what_its_premises_follow_from(tmp_path: Path) -> None:
    folder = add_rules(make_folder(tmp_path), NOWHERE)

    def at(name: str, text: str) -> str:
        return f"{name}:{line_of(folder, name, text)}"

    inferences, places = "data/inferences.trig", "data/reference/places.ttl"
    hall = "building:alderport-town-hall"
    venue = at("data/record/ferry-2021-02-01.trig", f"sco:venue {hall}")
    told = (
        f"event:forum-2021 sco:series series:river-forum ({at(inferences, 'sco:series')}); "
        f"state:XA a sco:State ({at(places, 'state:XA a')}); "
        "event:forum-2021 sco:takesPlaceIn state:XA, which follows from "
        f"event:forum-2021 sco:venue {hall} ({venue}), "
        f"{hall} sco:locatedIn settlement:alderport ({at(places, 'settlement:alderport .')}), "
        f"settlement:alderport sco:locatedIn region:XA-NOR ({at(places, 'region:XA-NOR .')}), "
        f"region:XA-NOR sco:locatedIn state:XA ({at(places, 'state:XA .')}), "
        "sco:takesPlaceIn owl:propertyChainAxiom ( sco:takesPlaceIn sco:locatedIn ) "
        f"({at('ontology/scograph.ttl', 'propertyChainAxiom ( sco:takesPlaceIn')}), "
        "sco:venue rdfs:subPropertyOf sco:takesPlaceIn "
        f"({at('ontology/scograph.ttl', 'rdfs:subPropertyOf sco:takesPlaceIn')}), ..."
    )
    assert lines(check_by_rules(folder)) == [
        f"{at(inferences, 'sco:series')}: error clash No event of a series takes place in a state. "
        f"(nowhere) Here: {told}"
    ]
