"""An explanation as JSON."""

from __future__ import annotations

from typing import Any

from pyoxigraph import BlankNode, Literal

from scograph.explanations.as_text import graphs_in
from scograph.explanations.evidence import Names
from scograph.explanations.explainer import Account, Explanation
from scograph.rdf.terms import Fact, Term
from scograph.sparql.engine import Engine


def explanation_data(engine: Engine, explanation: Explanation) -> dict[str, Any]:
    """Return *explanation* for JSON; terms as in SPARQL 1.1 results in JSON, section 3.2.2."""
    names = Names(engine, "en")
    names.learn_graphs(set(graphs_in(explanation)))
    return _data(explanation, names)


def _data(explanation: Explanation, names: Names) -> dict[str, Any]:
    rule = explanation.rule
    return {
        **_fact(explanation.fact),
        "adopted": explanation.adopted,
        "accounts": [_account(item, names) for item in explanation.accounts],
        "contradictions": [
            {**_fact(item.fact), "dispute": item.dispute, "account": _account(item.account, names)}
            for item in explanation.contradictions
        ],
        "rule": rule and {"name": rule.name, "origin": rule.origin, "says": rule.sentence()},
        "height": explanation.height,
        "premises": [_data(premise, names) for premise in explanation.premises],
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


def _account(account: Account, names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": account.kind,
        "graph": account.graph,
        "adopted": account.adopted,
    }
    evidence = names.evidence(account.graph)
    if account.kind in ("passage", "claim"):
        found |= {
            "passage": account.passage,
            "source": evidence.source,
            "publisher": evidence.publisher,
            "date": evidence.date or None,
            "says": evidence.summary,
            "open": evidence.open_at,
        }
    if account.kind == "inference":
        grounds = [_account(ground, names) for ground in account.grounds]
        found |= {"reason": evidence.summary, "premises": grounds}
    return found
