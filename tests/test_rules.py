"""Every rule of OWL 2 RL/RDF on small ontologies: where it applies, and where it just does not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from scograph.rdf.terms import Fact
from scograph.reasoning.informative import is_informative
from scograph.reasoning.owlrl_oracle import owlrl_closure
from scograph.reasoning.proofs import Proof
from scograph.reasoning.reason import Closure, reason
from scograph.reasoning.rules.files import load_rules
from tests.rule_cases import Case, comparable, in_order, is_cell, read_cases

CASES = read_cases()
RULES = {rule.name: rule for rule in load_rules()}

each_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@cache
def closure_of(name: str) -> Closure:
    (case,) = (case for case in CASES if case.name == name)
    return reason(set(case.asserted), list(RULES.values()))


def clashes_of(closure: Closure) -> list[tuple[str, frozenset[str]]]:
    found = []
    for clash in closure.inconsistencies:
        facts = [premise.fact for premise in clash.premises if not is_cell(premise.fact)]
        found.append((clash.rule.name, comparable(facts)))
    return in_order(found)


def steps_of(proof: Proof) -> Iterator[Proof]:
    """Yield *proof* and all that it rests on, each once."""
    seen = set()
    todo = [proof]
    while todo:
        step = todo.pop()
        if id(step) not in seen:
            seen.add(id(step))
            yield step
            todo += step.premises


@each_case
def test_what_follows_is_all_that_follows(case: Case) -> None:
    assert closure_of(case.name).inferred == case.inferred


@each_case
def test_what_contradicts_is_named_with_its_premises(case: Case) -> None:
    assert clashes_of(closure_of(case.name)) == case.inconsistencies


@each_case
@pytest.mark.slow
def test_the_reference_reasoner_agrees(case: Case) -> None:
    found = owlrl_closure(set(case.asserted))
    agrees = (found.inferred, bool(found.messages)) == (case.inferred, bool(case.inconsistencies))
    # A reason to differ that is none any more must go.
    assert agrees is not bool(case.owlrl), (case.owlrl, found)


@each_case
def test_a_proof_of_least_height_ends_in_the_rule(case: Case) -> None:
    proofs = {triple: closure_of(case.name).prove(triple) for triple in case.last}
    last = {t: proof.rule.name for t, proof in proofs.items() if proof and proof.rule}
    assert last == case.last


@each_case
def test_every_step_of_every_proof_holds(case: Case) -> None:
    closure = closure_of(case.name)
    proofs = [closure.prove(triple) for triple in sorted(closure.inferred, key=str)]
    proofs += [premise for clash in closure.inconsistencies for premise in clash.premises]
    for proof in proofs:
        assert proof is not None
        for step in steps_of(proof):
            check_step(step, case)


def check_step(step: Proof, case: Case) -> None:
    """Check one step by running its rule on nothing but its premises."""
    if step.rule is None:
        known = {Fact(*triple) for triple in case.asserted}
        assert step.fact in known or step.axiomatic, step.fact
        assert (step.premises, step.height) == ((), 0)
        return
    assert step.rule == RULES[step.rule.name]
    # A premise is always lower than what it proves, so that no proof goes round in a circle.
    assert step.height == 1 + max(premise.height for premise in step.premises)
    conclusion = as_triple(step.fact)
    premises = [as_triple(premise.fact) for premise in step.premises]
    if conclusion and is_informative(conclusion) and all(premises):
        given = {premise for premise in premises if premise}
        assert conclusion in reason(given, [step.rule]).inferred, step.rule.name


def as_triple(fact: Fact) -> Triple | None:
    """Return *fact* as a triple, None where RDF has no such triple."""
    if isinstance(fact.subject, Literal) or not isinstance(fact.predicate, NamedNode):
        return None
    return Triple(fact.subject, fact.predicate, fact.object)


# What these conclude is never put out; their cases show what rests on it.
SILENT = {"dt-type2", "scm-cls", "scm-dp", "scm-op"}


def test_every_rule_is_the_last_of_a_proof_or_of_a_contradiction() -> None:
    reached = {rule for case in CASES for rule in case.last.values() if rule == case.rule}
    reached |= {rule for case in CASES for rule, _ in case.inconsistencies if rule == case.rule}
    assert set(RULES) - reached == SILENT
