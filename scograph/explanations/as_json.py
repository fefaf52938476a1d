"""An explanation as JSON."""

from __future__ import annotations

from typing import Any

from pyoxigraph import BlankNode, Literal

from scograph.explanations.citations import Citations
from scograph.explanations.explainer import Evidence, Explanation
from scograph.rdf.terms import Fact, Term
from scograph.sparql.engine import Engine


def explanation_data(engine: Engine, explanation: Explanation) -> dict[str, Any]:
    """Return *explanation* for JSON; terms as in SPARQL 1.1 results in JSON, section 3.2.2.

    A proof is a graph, not a tree: many steps may share a premise. So ``steps`` has each fact that
    the explained one rests on once, at its first mention, with an ``id``; ``premises`` are the ids
    of such facts. Likewise ``inferences`` has each inference of a curator once; ``accounts`` name
    it by its graph.
    """
    citations = Citations(engine, "en")
    evidence = list(explanation.every_evidence())
    citations.learn_graphs({item.graph for item in evidence})
    every = list(explanation.every())
    ids = {id(item): number for number, item in enumerate(every)}
    first, *rest = (_data(item, ids, citations) for item in every)
    return {
        **first,
        "steps": [{"id": number, **step} for number, step in enumerate(rest, 1)],
        "inferences": [
            {
                "graph": item.graph,
                "reason": citations.citation(item.graph).summary,
                "premises": [_evidence(ground, citations) for ground in item.grounds],
            }
            for item in evidence
            if item.kind == "inference"
        ],
    }


def _data(explanation: Explanation, ids: dict[int, int], citations: Citations) -> dict[str, Any]:
    rule = explanation.rule
    return {
        **_fact(explanation.fact),
        "adopted": explanation.adopted,
        "accounts": [_evidence(item, citations) for item in explanation.evidence],
        "contradictions": [
            {
                **_fact(item.fact),
                "dispute": item.dispute,
                "account": _evidence(item.evidence, citations),
            }
            for item in explanation.contradictions
        ],
        "rule": rule and {"name": rule.name, "origin": rule.origin, "says": rule.sentence()},
        "height": explanation.height,
        "premises": [ids[id(premise)] for premise in explanation.premises],
    }


def _fact(fact: Fact) -> dict[str, Any]:
    names = ("subject", "predicate", "object")
    return {name: _term(term) for name, term in zip(names, fact, strict=True)}


def _term(term: Term) -> dict[str, str]:
    if isinstance(term, Literal):
        found = {"type": "literal", "value": term.value}
        if term.language:
            return {**found, "xml:lang": term.language}
        return {**found, "datatype": term.datatype.value}
    kind = "bnode" if isinstance(term, BlankNode) else "uri"
    return {"type": kind, "value": term.value}


def _evidence(evidence: Evidence, citations: Citations) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": evidence.kind,
        "graph": evidence.graph,
        "adopted": evidence.adopted,
    }
    if evidence.kind in ("passage", "claim"):
        citation = citations.citation(evidence.graph)
        found |= {
            "passage": evidence.passage,
            "source": citation.source,
            "publisher": citation.publisher,
            "date": citation.date or None,
            "says": citation.summary,
            "open": citation.open_at,
        }
    return found
