"""Case files of the rules: a small ontology each, and in its comments what is expected of it.

`tests/rules/<rule>-yes[-<n>].ttl` is a case in which the rule applies, `<rule>-no[-<n>].ttl`
a near miss. The comments at the top hold, in Turtle with the prefixes of the file:

    # infers [by <rule>]: <triple>    all of these are the whole informative closure; with a
                                      rule: a proof of least height ends in this rule
    # clash: <rule>: <premises>       all of these are all contradictions, each with the facts
                                      of its premises, the cells of lists left out
    # owlrl: <reason>                 where the reference reasoner says something else

A line that begins with more than one space goes on with the line before. A literal that
is a subject, which Turtle cannot write, is written `[ rdf:value "literal" ]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from scograph.rdf.namespaces import RDF
from scograph.rdf.terms import Fact

FOLDER = Path(__file__).parent / "rules"
_NAME = re.compile(r"(?P<rule>.+?)-(?P<kind>yes|no)(?:-\d+)?")
_LINE = re.compile(r"(?P<key>infers by \S+|infers|clash|owlrl):\s*(?P<text>.*)")
_CELLS = (NamedNode(RDF + "first"), NamedNode(RDF + "rest"))
_VALUE = NamedNode(RDF + "value")

# Facts without the names of their blank nodes.
Facts = frozenset[str]


@dataclass(frozen=True)
class Case:
    """A case file as read. ``last`` are the rules that proofs end in, where the file says so."""

    name: str
    rule: str
    applies: bool
    asserted: frozenset[Triple]
    inferred: frozenset[Triple]
    last: dict[Triple, str]
    inconsistencies: list[tuple[str, Facts]]
    owlrl: str


def read_cases() -> list[Case]:
    """Read all case files, in the order of their names."""
    return [read_case(path) for path in sorted(FOLDER.glob("*.ttl"))]


def read_case(path: Path) -> Case:
    """Read one case file."""
    found = _NAME.fullmatch(path.stem)
    assert found, path
    text = path.read_text(encoding="utf-8")
    declared = "".join(line + "\n" for line in text.splitlines() if line.startswith("@prefix"))
    inferred: set[Triple] = set()
    last: dict[Triple, str] = {}
    inconsistencies: list[tuple[str, Facts]] = []
    reason = ""
    for key, value in _expectations(text):
        if key == "owlrl":
            reason = value
        elif key == "clash":
            rule, _, premises = value.partition(":")
            inconsistencies.append((rule, comparable(_turtle(declared, premises))))
        else:
            triples = _turtle(declared, value)
            inferred |= triples
            if key != "infers":
                last |= dict.fromkeys(triples, key.removeprefix("infers by "))
    return Case(
        path.stem, found["rule"], found["kind"] == "yes", _turtle("", text), frozenset(inferred),
        last, sorted(inconsistencies, key=_order), reason,
    )  # fmt: skip


def is_cell(fact: Fact) -> bool:
    """Tell whether *fact* only links the members of a list."""
    return fact.predicate in _CELLS


def comparable(facts: Iterable[Fact | Triple]) -> Facts:
    """Return *facts* in a form that is equal where they differ by names of blank nodes only."""
    dataset = Dataset()
    for subject, predicate, value in facts:
        assert isinstance(predicate, NamedNode)
        node = subject
        if isinstance(subject, Literal):
            node = BlankNode("literal")
            dataset.add(Quad(node, _VALUE, subject))
        dataset.add(Quad(node, predicate, value))  # type: ignore[arg-type]
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(str(quad) for quad in dataset)


def in_order(inconsistencies: Iterable[tuple[str, Facts]]) -> list[tuple[str, Facts]]:
    """Return *inconsistencies* in the order that those of a case have."""
    return sorted(inconsistencies, key=_order)


def _order(clash: tuple[str, Facts]) -> tuple[str, list[str]]:
    rule, premises = clash
    return rule, sorted(premises)


def _expectations(text: str) -> list[tuple[str, str]]:
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if line.startswith("#  "):
            lines[-1] += " " + line.removeprefix("#").strip()
        else:
            lines.append(line.removeprefix("#").strip())
    found = [match for line in lines if (match := _LINE.fullmatch(line))]
    return [(match["key"], match["text"]) for match in found]


def _turtle(declared: str, text: str) -> frozenset[Triple]:
    quads = parse((declared + text).encode(), format=RdfFormat.TURTLE)
    return frozenset(quad.triple for quad in quads)
