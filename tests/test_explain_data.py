"""What `explain` tells as JSON: for each way in which a graph can hold a triple, all of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scograph.explanations.explained import ExplainedTriple
from scograph.graph import Graph
from scograph.rdf.namespaces import (
    DCTERMS,
    OWL,
    PROV,
    RDFS,
    SCO,
    SH,
    SKOS,
    XSD,
)
from scograph.rdf.vocabulary import TYPE
from tests.explained import BASE, ID

Data = dict[str, Any]
FORUM, HALL = f"{ID}event/forum-2021", f"{ID}building/alderport-town-hall"
PORT, REGION, STATE = f"{ID}settlement/alderport", f"{ID}region/XA-NOR", f"{ID}state/XA"
SHAPE = "https://w3id.org/scograph/shapes#NoSameAs"
SOURCE = f"{ID}source/ferry-2021-02-01"
PARTS = ("subject", "predicate", "object")
BLANK = {"type": "bnode", "value": "any"}


# Terms, accounts and explanations as they are expected


def iri(text: str) -> Data:
    return {"type": "uri", "value": text}


def literal(text: str, datatype: str = "string") -> Data:
    return {"type": "literal", "value": text, "datatype": XSD + datatype}


def tagged(text: str, language: str) -> Data:
    return {"type": "literal", "value": text, "xml:lang": language}


def record(name: str) -> Data:
    return {"kind": "record", "graph": f"{BASE}graph/{name}", "adopted": name != "shapes"}


def passage(name: str, says: str, words: str) -> Data:
    return {
        "kind": "passage", "graph": f"{SOURCE}/{name}", "adopted": True,
        "passage": f"{SOURCE}/{name}", "source": "The ferry", "publisher": "Alderport News",
        "date": "2021-02-01", "says": says, "open": f"https://example.org/ferry#:~:text={words}",
    }  # fmt: skip


def claim(of: Data, name: str, *, adopted: bool) -> Data:
    graph = f"{ID}claim/ferry-2021-02-01-{name}"
    return {**of, "kind": "claim", "graph": graph, "adopted": adopted}


def inference(name: str, reason: str, *premises: Data) -> Data:
    return {
        "kind": "inference", "graph": f"{ID}inference/{name}", "adopted": True,
        "reason": reason, "premises": list(premises),
    }  # fmt: skip


def fact(subject: str, predicate: str, value: str | Data) -> Data:
    term = iri(value) if isinstance(value, str) else value
    return {"subject": iri(subject), "predicate": iri(predicate), "object": term}


def stated(what: Data, *accounts: Data) -> Data:
    return {
        **what, "adopted": True, "accounts": list(accounts), "contradictions": [],
        "rule": None, "height": 0, "premises": [],
    }  # fmt: skip


def disputed(what: Data, account: Data, other: Data, its: Data) -> Data:
    against = {**other, "dispute": DISPUTE, "account": its}
    return {**stated(what, account), "adopted": account["adopted"], "contradictions": [against]}


def inferred(what: Data, rule: Data, height: int, *premises: Data) -> Data:
    return {**stated(what), "rule": rule, "height": height, "premises": list(premises)}


def rule(name: str, table: int, says: str) -> Data:
    return {"name": name, "origin": f"OWL 2 RL/RDF, table {table}", "says": says}


CAX_SCO = rule("cax-sco", 7, "What belongs to a class belongs to its superclasses.")
SPO1 = rule("prp-spo1", 5, "What a property links, its superproperties link, too.")
SPO2 = rule(
    "prp-spo2", 5,
    "What a chain of properties links step by step, the property that the chain stands for links "
    "directly.",
)  # fmt: skip
TRP = rule("prp-trp", 5, "What a transitive property links in two steps, it links directly.")

P1S2 = passage("p1s2", "The forum met in the Town Hall.", "The%20forum,Town%20Hall.")
P12S1 = passage("p12s1", "In the Town Hall it was.", "In%20the,it%20was.")
P2S1 = passage("p2s1", "It began on 1 May.", "It%20began,1%20May.")
P3S1 = passage("p3s1", "Others say 2 May.", "Others%20say,2%20May.")
ADOPTED = claim(P2S1, "p2s1-1", adopted=True)
REJECTED = claim(P3S1, "p3s1-1", adopted=False)
YEAR = inference(
    "ferry-year", "The page is of 2021.",
    P2S1, {"kind": "source", "graph": SOURCE, "adopted": True},
)  # fmt: skip
END = inference("ferry-end", "It lasted three days.", P12S1, YEAR)

FIRST = fact(FORUM, SCO + "startDate", literal("2021-05-01", "date"))
SECOND = fact(FORUM, SCO + "startDate", literal("2021-05-02", "date"))
DISPUTE = f"{ID}dispute/forum-2021-start"
ONTOLOGY, REFERENCE = record("ontology"), record("reference")


def axiom(subject: str, predicate: str, value: str | Data) -> Data:
    return stated(fact(subject, predicate, value), ONTOLOGY)


def located(place: str, wider: str) -> Data:
    return stated(fact(place, SCO + "locatedIn", wider), REFERENCE)


TRANSITIVE = axiom(SCO + "locatedIn", TYPE, OWL + "TransitiveProperty")
CHAIN = axiom(SCO + "takesPlaceIn", OWL + "propertyChainAxiom", BLANK)
VENUE = stated(fact(FORUM, SCO + "venue", HALL), P1S2, P12S1)
IN_HALL = inferred(
    fact(FORUM, SCO + "takesPlaceIn", HALL), SPO1, 1,
    axiom(SCO + "venue", RDFS + "subPropertyOf", SCO + "takesPlaceIn"), VENUE,
)  # fmt: skip
HALL_IN_REGION = inferred(
    fact(HALL, SCO + "locatedIn", REGION), TRP, 1,
    TRANSITIVE, located(HALL, PORT), located(PORT, REGION),
)  # fmt: skip
HALL_IN_STATE = inferred(
    fact(HALL, SCO + "locatedIn", STATE), TRP, 2,
    TRANSITIVE, HALL_IN_REGION, located(REGION, STATE),
)  # fmt: skip
EVENT = inferred(
    fact(FORUM, TYPE, SCO + "Event"), CAX_SCO, 1,
    axiom(SCO + "ForumEdition", RDFS + "subClassOf", SCO + "Event"),
    stated(fact(FORUM, TYPE, SCO + "ForumEdition"), P1S2, P12S1, END, YEAR, REFERENCE),
) | {"accounts": [REJECTED]}  # fmt: skip
LABEL = tagged("Форум 2021 года", "ru")

CASES = [
    VENUE,
    disputed(FIRST, ADOPTED, SECOND, REJECTED),
    disputed(SECOND, REJECTED, FIRST, ADOPTED),
    stated(fact(FORUM, SCO + "latest", literal("2021-05-03", "date")), END),
    stated(fact(FORUM, SCO + "nameAsWritten", tagged("The forum", "en")), P1S2),
    located(REGION, STATE),
    TRANSITIVE,
    stated(fact(FORUM, SCO + "statedIn", f"{SOURCE}/p1s2"), record("evidence")),
    stated(fact(SHAPE, TYPE, SH + "NodeShape"), record("shapes")) | {"adopted": False},
    stated(fact(SOURCE, DCTERMS + "language", literal("en")), record("sources")),
    stated(fact(DISPUTE, TYPE, SCO + "Dispute"), record("curation")),
    inferred(
        fact(FORUM, RDFS + "label", LABEL), SPO1, 1,
        axiom(SKOS + "prefLabel", RDFS + "subPropertyOf", RDFS + "label"),
        stated(fact(FORUM, SKOS + "prefLabel", LABEL), REFERENCE),
    ),
    EVENT,
    inferred(
        fact(FORUM, TYPE, PROV + "Activity"), CAX_SCO, 2,
        axiom(SCO + "Event", RDFS + "subClassOf", PROV + "Activity"), EVENT,
    ),
    inferred(
        fact(FORUM, SCO + "takesPlaceIn", PORT), SPO2, 2,
        CHAIN, IN_HALL, located(HALL, PORT),
    ),
    inferred(fact(FORUM, SCO + "takesPlaceIn", STATE), SPO2, 3, CHAIN, IN_HALL, HALL_IN_STATE),
]  # fmt: skip


def written(term: Data) -> str:
    if term["type"] == "uri":
        return f"<{term['value']}>"
    quoted = json.dumps(term["value"], ensure_ascii=False)
    return quoted + (f"@{term['xml:lang']}" if "xml:lang" in term else f"^^<{term['datatype']}>")


def told(graph: Graph, expected: Data) -> ExplainedTriple:
    subject, predicate, value = (written(expected[part]) for part in PARTS)
    return graph.explain(subject, predicate, value)


def name_of(case: Data) -> str:
    return "-".join(case[part]["value"].split("/")[-1] for part in PARTS)


each_case = pytest.mark.parametrize("expected", CASES, ids=name_of)


def flat(expected: Data) -> Data:
    """Return an explanation, written as a tree, in the form with numbered steps."""
    steps: list[Data] = []
    inferences: dict[str, Data] = {}
    ids: dict[str, int] = {}

    def account(item: Data) -> Data:
        found = {name: item[name] for name in item if name not in ("reason", "premises")}
        if item["kind"] == "inference" and item["graph"] not in inferences:
            named = {"graph": item["graph"], "reason": item["reason"]}
            inferences[item["graph"]] = named
            named["premises"] = [account(ground) for ground in item["premises"]]
        return found

    def step(item: Data) -> Data:
        found = {**item, "accounts": [account(each) for each in item["accounts"]]}
        found["premises"] = [number_of(premise) for premise in item["premises"]]
        return found

    def number_of(item: Data) -> int:
        key = json.dumps([item[part] for part in PARTS])
        if key not in ids:
            ids[key] = len(ids) + 1
            steps.append({})
            steps[ids[key] - 1] |= {"id": ids[key], **step(item)}
        return ids[key]

    return {**step(expected), "steps": steps, "inferences": list(inferences.values())}


@each_case
def test_the_whole_data(explained: Graph, expected: Data) -> None:
    found = told(explained, expected).data()
    assert any_blank(found) == flat(expected)


@each_case
def test_the_json_is_the_data(explained: Graph, expected: Data) -> None:
    found = told(explained, expected)
    assert json.loads(found.json()) == found.data()
    assert found.json().endswith("}\n")


def any_blank(data: Any) -> Any:
    """Return *data* with one label for all blank nodes: a store gives them others each time."""
    if isinstance(data, list):
        return [any_blank(item) for item in data]
    if not isinstance(data, dict):
        return data
    if data.get("type") == "bnode":
        return BLANK
    return {name: any_blank(item) for name, item in data.items()}
