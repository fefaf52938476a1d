"""Every triple of this repository's release is explained, down to what somebody states."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from statistics import median

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Triple

from scograph.explanations.explainer import Explainer, Explanation
from scograph.rdf.namespaces import RDFS
from scograph.rdf.terms import Fact
from scograph.rdf.vocabulary import TYPE, graph_iri
from scograph.reasoning.closure import saturate
from scograph.reasoning.proofs import Proof
from scograph.reasoning.rules.files import load_rules
from scograph.sparql.release import Release
from tests.patience import is_soon

RULES = {rule.name: rule for rule in load_rules()}


@pytest.fixture(scope="module")
def explainer(release: Release) -> Explainer:
    return Explainer(release)


def facts_of(release: Release, graph: NamedNode | DefaultGraph) -> list[Fact]:
    triples = {quad.triple for quad in release.store.quads_for_pattern(None, None, None, graph)}
    return [Fact(*triple) for triple in sorted(triples, key=str)]


def inferred_in(release: Release) -> list[Fact]:
    return facts_of(release, NamedNode(graph_iri(release.base, "inferred")))


def steps_of(proof: Proof) -> Iterator[Proof]:
    """Yield *proof* and all below it, each once."""
    todo, seen = [proof], set()
    while todo:
        step = todo.pop()
        if id(step) not in seen:
            seen.add(id(step))
            yield step
            todo += step.premises


def test_every_inferred_triple_is_explained_down_to_accounts(
    release: Release, explainer: Explainer
) -> None:
    facts = inferred_in(release)
    assert len(facts) > 1000
    for fact in facts:
        explanation = explainer.explain(fact)
        assert (explanation.adopted, explanation.evidence) == (True, ()), fact
        check_explanation(explanation)
        assert all(end.evidence or is_of_the_language(end.fact) for end in ends_of(explanation))


def check_explanation(explanation: Explanation) -> None:
    """Check what is inferred, and all that it rests on, by its shape alone."""
    if explanation.rule is None:
        assert (explanation.premises, explanation.height) == ((), 0)
        return
    assert RULES[explanation.rule.name] == explanation.rule
    assert explanation.premises, explanation.fact
    assert all(premise.height < explanation.height for premise in explanation.premises)
    assert all(premise.adopted for premise in explanation.premises)
    for premise in explanation.premises:
        check_explanation(premise)


def ends_of(explanation: Explanation) -> list[Explanation]:
    if explanation.rule is None:
        return [explanation]
    return [end for premise in explanation.premises for end in ends_of(premise)]


def is_of_the_language(fact: Fact) -> bool:
    """Tell whether *fact* says that a datatype of XSD is one (rule dt-type1)."""
    return fact.predicate == NamedNode(TYPE) and fact.object == NamedNode(RDFS + "Datatype")


def test_every_step_of_every_proof_is_what_its_rule_concludes(
    release: Release, explainer: Explainer
) -> None:
    asserted = set(facts_of(release, DefaultGraph())) - set(inferred_in(release))
    checked: set[tuple[Fact, ...]] = set()
    for fact in inferred_in(release):
        proof = explainer.prover.prove(fact)
        assert proof is not None, fact
        for step in steps_of(proof):
            premises = tuple(premise.fact for premise in step.premises)
            if step.rule is None:
                assert step.fact in asserted or step.axiomatic, step.fact
                assert (premises, step.height) == ((), 0)
                continue
            assert step.height == 1 + max(premise.height for premise in step.premises)
            if (step.fact, *premises) not in checked:
                checked.add((step.fact, *premises))
                assert step.fact in concluded(step.rule.name, premises), step.rule.name


@cache
def concluded(rule: str, premises: tuple[Fact, ...]) -> frozenset[Fact]:
    """Return what *rule* alone concludes from *premises* alone."""
    triples = [Triple(*fact) for fact in premises if not isinstance(fact.subject, Literal)]  # type: ignore[arg-type]
    assert len(triples) == len(premises), "no premise here is generalised RDF"
    closed = saturate(triples, [RULES[rule]])
    found = {closed.coding.fact(triple) for triple in closed.derived}
    return frozenset(found | {Fact(*triple) for triple in closed.renamed})


def test_every_stated_triple_has_an_account(release: Release, explainer: Explainer) -> None:
    facts = set(facts_of(release, DefaultGraph())) - set(inferred_in(release))
    assert len(facts) > 4000
    for fact in facts:
        explanation = explainer.explain(fact)
        assert explanation.adopted, fact
        assert any(item.adopted for item in explanation.evidence), fact
        assert (explanation.rule, explanation.premises) == (None, ())


def test_what_no_graph_holds_is_unknown(explainer: Explainer) -> None:
    nowhere = NamedNode("https://example.org/nowhere")
    for fact in (Fact(nowhere, NamedNode(TYPE), nowhere), Fact(Literal("x"), nowhere, nowhere)):
        explanation = explainer.explain(fact)
        assert (explanation.adopted, explanation.evidence, explanation.rule) == (False, (), None)


@pytest.mark.alone
def test_no_explanation_takes_long(release: Release) -> None:
    """The benchmark says how long; here none takes many times what most do."""
    explainer = Explainer(release)
    facts = inferred_in(release)
    explainer.explain(facts[0])
    took: dict[Fact, float] = {}
    for fact in facts:
        start = time.perf_counter()
        explainer.explain(fact)
        took[fact] = time.perf_counter() - start
    usual = median(took.values())
    assert {fact: seconds for fact, seconds in took.items() if not is_soon(seconds, usual)} == {}


def test_the_closure_says_what_the_release_holds(release: Release, explainer: Explainer) -> None:
    told = {Fact(*triple) for triple in explainer.closed.informative()}
    assert told == set(inferred_in(release))
