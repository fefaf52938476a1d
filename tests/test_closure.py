"""The rules, run natively, against owlrl and against their own definitions, on random ontologies.

`tests.owlrl_mended` says where owlrl departs from the W3C's rules.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from scograph.rdf.namespaces import LANGUAGE_NAMESPACES as LANGUAGE
from scograph.rdf.namespaces import OWL, RDF
from scograph.rdf.terms import Fact
from scograph.reasoning.informative import is_informative
from scograph.reasoning.owlrl_oracle import owlrl_closure
from scograph.reasoning.proofs import Proof, Prover
from scograph.reasoning.reason import Closure, reason
from scograph.reasoning.rules.files import load_rules
from tests.ontologies import (
    EX,
    ONCE_WRONG,
    ontologies,
    ontologies_for_owlrl,
    ontologies_with_keys,
    read,
)
from tests.owlrl_mended import kinds_of, mended_closure
from tests.patience import patience

pytestmark = pytest.mark.slow

RULES = load_rules()
KNOWN_TO_OWLRL = frozenset(
    "cax-dw cax-adc cls-com cls-nothing2 cls-maxc1 cls-maxqc1 cls-maxqc2 prp-irp prp-asyp prp-pdw "
    "prp-npa1 prp-npa2 eq-diff1".split()
)
A, FIRST, REST, NIL = (NamedNode(RDF + name) for name in ("type", "first", "rest", "nil"))
SAME, HAS_KEY = (NamedNode(OWL + name) for name in ("sameAs", "hasKey"))


def examples(count: int) -> settings:
    """A fixed number of random examples, each as slow as it needs to be."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=count, suppress_health_check=slow, derandomize=True)


def once_wrong(test: Callable[..., None]) -> Callable[..., None]:
    """Try what once went wrong, too."""
    for text in ONCE_WRONG:
        test = example(text)(test)
    return test


@contextmanager
def bounded() -> Iterator[None]:
    """Fail rather than wait for ever, should the search for a proof go in circles."""

    def stop(*_: object) -> None:
        raise TimeoutError("the search for a proof goes in circles")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, patience("proofs"))
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def close(triples: set[Triple]) -> Closure:
    return reason(triples, RULES)


@examples(100)
@given(ontologies_for_owlrl())
def test_what_is_inferred_is_what_owlrl_infers(text: str) -> None:
    triples = read(text)
    ours, theirs = close(triples), owlrl_closure(triples)
    assert ours.inferred == theirs.inferred
    with bounded():
        inconsistencies = {clash.rule.name for clash in ours.inconsistencies}
    assert inconsistencies or not theirs.messages
    assert theirs.messages or not inconsistencies & KNOWN_TO_OWLRL


@examples(300)
@once_wrong
@given(ontologies())
def test_what_is_inferred_is_what_the_rules_say(text: str) -> None:
    triples = read(text)
    ours, theirs = close(triples), mended_closure(triples)
    assert ours.inferred == theirs.inferred
    with bounded():
        inconsistencies = ours.inconsistencies
    assert kinds_of(clash.rule.name for clash in inconsistencies) == theirs.inconsistencies
    assert {type(triple.subject) for triple in ours.inferred} <= {NamedNode}
    # No literal in another lexical form, and no name that nobody wrote.
    assert terms_in(ours.inferred) <= terms_in(triples)


def terms_in(triples: Iterable[Triple]) -> set[object]:
    """Return the terms of *triples*, but for those of RDF, RDFS and OWL."""
    terms = {term for triple in triples for term in triple}
    return {t for t in terms if not (isinstance(t, NamedNode) and t.value.startswith(LANGUAGE))}


@examples(100)
@once_wrong
@given(ontologies())
def test_proofs_rest_on_what_is_asserted_and_every_step_is_right(text: str) -> None:
    triples = read(text)
    closure = close(triples)
    with bounded():
        proofs = [proof_of(closure, triple) for triple in closure.inferred]
        inconsistencies = closure.inconsistencies
    steps = [*proofs, *(proof for clash in inconsistencies for proof in clash.premises)]
    for proof in every_step(steps):
        check_step(proof, triples)
    for clash in inconsistencies:
        found = mended_closure(proof.fact for proof in clash.premises).inconsistencies
        assert kinds_of([clash.rule.name]) <= found, clash


def proof_of(closure: Closure, triple: Triple) -> Proof:
    proof = closure.prove(triple)
    assert proof is not None, triple
    assert proof.fact == Fact(*triple)
    return proof


def every_step(proofs: list[Proof]) -> Iterator[Proof]:
    seen: set[Fact] = set()
    todo = list(proofs)
    while todo:
        proof = todo.pop()
        if proof.fact not in seen:
            seen.add(proof.fact)
            todo += proof.premises
            yield proof


def check_step(proof: Proof, asserted: set[Triple]) -> None:
    if proof.rule is None:
        assert (proof.height, proof.premises) == (0, ())
        assert proof.axiomatic or Triple(*proof.fact) in asserted  # type: ignore[arg-type]
        return
    assert proof.height == 1 + max(premise.height for premise in proof.premises)
    facts = renamed([*(premise.fact for premise in proof.premises), proof.fact])
    assert follows_at_once(facts[:-1], facts[-1]), proof


def renamed(facts: list[Fact]) -> tuple[Fact, ...]:
    """Name the terms by the order in which they come, so that like steps are checked once."""
    names: dict[object, NamedNode] = {}

    def name(term: Any) -> Any:
        own = isinstance(term, BlankNode) or (
            isinstance(term, NamedNode) and term.value.startswith(EX)
        )
        return names.setdefault(term, NamedNode(f"{EX}{len(names)}")) if own else term

    return tuple(Fact(*map(name, fact)) for fact in facts)


@cache
def follows_at_once(premises: tuple[Fact, ...], conclusion: Fact) -> bool:
    return mended_closure(premises).heights.get(conclusion) == 1


@examples(100)
@once_wrong
@given(ontologies())
def test_proofs_have_the_least_height(text: str) -> None:
    triples = read(text)
    closure, heights = close(triples), mended_closure(triples).heights
    # A list of which two members are the same can be read in two ways; the closure takes either.
    assume(all(height == 0 for fact, height in heights.items() if fact.predicate == FIRST))
    with bounded():
        found = {Fact(*triple): proof_of(closure, triple).height for triple in closure.inferred}
    assert found == {fact: heights[fact] for fact in found}


@examples(60)
@once_wrong
@given(ontologies())
def test_high_proofs_are_found_as_low_ones_are(text: str) -> None:
    closure = close(read(text))
    with bounded():
        low, high = (Prover(closure.closed, searched) for searched in (16, 0))
        for triple in closure.inferred:
            assert told(high.prove(triple)) == told(low.prove(triple))


def told(proof: Proof | None) -> list[object]:
    """Return the steps of *proof*, in the order in which they are told."""
    assert proof is not None
    return [
        (step.fact, step.rule and step.rule.name, step.height, len(step.premises))
        for step in every_step([proof])
    ]


@examples(60)
@given(ontologies_with_keys())
def test_what_has_the_same_key_is_the_same(text: str) -> None:
    triples = read(text)
    assert close(triples).inferred == with_keys(triples) - triples


def with_keys(triples: set[Triple]) -> set[Triple]:
    """Close *triples* by mended owlrl without keys, and by the definition of prp-key, in turn."""
    known = {triple for triple in triples if triple.predicate != HAS_KEY}
    keys = triples - known
    size = -1
    while len(known) != size:
        size = len(known)
        # All of it, not just what is informative: that x knows x can make a key.
        facts = mended_closure(known).heights
        known = {Triple(*fact) for fact in facts if not isinstance(fact.subject, Literal)}  # type: ignore[arg-type]
        known |= {same for key in keys for same in same_by_key(key, known)}
    return {triple for triple in known if is_informative(triple)}


def same_by_key(key: Triple, known: set[Triple]) -> Iterator[Triple]:
    """Yield what prp-key concludes: for each property of the key, a value that both have."""
    members = [t.subject for t in known if t.predicate == A and t.object == key.subject]
    for x, y in product(members, repeat=2):
        if x != y and all(values(known, x, p) & values(known, y, p) for p in listed(key, known)):
            yield Triple(x, SAME, y)


def values(known: set[Triple], subject: object, predicate: object) -> set[object]:
    return {t.object for t in known if (t.subject, t.predicate) == (subject, predicate)}


def listed(key: Triple, known: set[Triple]) -> Iterator[object]:
    cell: object = key.object
    while cell != NIL:
        yield from values(known, cell, FIRST)
        (cell,) = values(known, cell, REST)


@examples(60)
@given(ontologies(), st.randoms(use_true_random=False))
def test_the_order_and_the_names_of_blank_nodes_do_not_matter(text: str, random: Any) -> None:
    lines = text.splitlines(keepends=True)
    random.shuffle(lines)
    one, other = close(read(text)), close(read("".join(lines), prefix="z"))
    assert one.inferred == other.inferred
    with bounded():
        names = [{clash.rule.name for clash in closure.inconsistencies} for closure in (one, other)]
    assert names[0] == names[1]


@examples(60)
@given(ontologies())
def test_what_is_closed_stays_as_it_is(text: str) -> None:
    triples = read(text)
    assert close(triples | close(triples).inferred).inferred == frozenset()


@examples(60)
@given(ontologies(), st.data())
def test_more_triples_never_give_fewer_conclusions(text: str, data: st.DataObject) -> None:
    triples = read(text)
    ordered = sorted(triples, key=str)
    fewer = set(data.draw(st.lists(st.sampled_from(ordered), unique=True)))
    assert close(fewer).inferred <= close(triples).inferred | triples
