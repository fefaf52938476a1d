# ruff: noqa: E501  (expected findings stand as they are printed)
"""Rule files that are wrong: each mistake with the file, the line and the message that it gives."""

from __future__ import annotations

import re

import pytest

from scograph.rdf.findings import Finding
from tests.explained import make_folder
from tests.folders import check, lines
from tests.test_own_rules import add_rules

FORM = "a rule is `CONSTRUCT { triples } WHERE { triples and FILTER (...) }`, with no"
TERM = "error unknown-term the ontology declares no"
PLAIN = "\nWHERE { ?x sco:series ?y }\n"
TYPE = "CONSTRUCT { ?x a sco:Event }"
# By name: what stands below the two lines of the head, and the findings, whole.
WRONG: dict[str, tuple[str, list[str]]] = {
    "no-sparql": (
        TYPE + "\nWERE { ?x sco:series ?y }",
        [":4: error rule this is no SPARQL: expected WHERE"],
    ),
    "optional": (
        TYPE + "\nWHERE { ?x sco:series ?y . OPTIONAL { ?x sco:venue ?z } }",
        [f":4: error rule {FORM} OPTIONAL inside: write a second rule without it"],
    ),
    "exists": (
        TYPE + "\nWHERE { ?x sco:series ?y FILTER EXISTS { ?x ?p ?y } }",
        [f":4: error rule {FORM} EXISTS inside: write its triples into the WHERE"],
    ),
    "unsteady": (
        TYPE + "\nWHERE { ?x sco:series ?y .\n FILTER (RAND() > 0.5) }",
        [":5: error rule RAND() gives another value every time: what follows must stay the same"],
    ),
    "no-pattern": (
        "CONSTRUCT { }\nWHERE { }",
        [":4: error rule the body has no triple pattern"],
    ),
    "individual": (
        TYPE + "\nWHERE { ?x sco:mode sco:Hybird }",
        [f":4: {TERM} term sco:Hybird; did you mean sco:Hybrid?"],
    ),
    "unbound": (
        "CONSTRUCT { ?x sco:venue ?z }" + PLAIN,
        [":3: error rule the conclusion has ?z, which the body does not bind"],
    ),
    "unbound-filter": (
        TYPE + "\nWHERE { ?x sco:series ?y FILTER (?z > 1) }",
        [":4: error rule a FILTER has ?z, which no triple pattern binds"],
    ),
    "select": ("SELECT ?x" + PLAIN, [":3: error rule a rule is a CONSTRUCT query"]),
    "path": (
        TYPE + "\nWHERE {\n  ?x sco:venue/sco:locatedIn ?y }",
        [":5: error rule a property path stands here: write a triple pattern for each step"],
    ),
    "blank": (
        TYPE + "\nWHERE {\n  ?x sco:venue [ a sco:Building ] }",
        [
            ":5: error rule a blank node, or a list of anything but variables, stands here: use variables"
        ],
    ),
    "literal": (
        'CONSTRUCT { ?x sco:nameAsWritten "x" }' + PLAIN,
        [":3: error rule a list or a literal cannot be concluded"],
    ),
    "lists": (
        TYPE + "\nWHERE { ?x sco:venue ( ?z_i ) . ?z sco:venue ( ?u_i ) }",
        [":3: error rule a rule has one list at most, with one or two members named"],
    ),
    "annotation": (
        TYPE + "\nWHERE {\n  ?x sco:series ?y ;\n    rdfs:comment ?z }",
        [
            ":6: error rule rdfs:comment is an annotation, which takes no part in reasoning: a rule cannot ask for it"
        ],
    ),
    "function": (
        TYPE + "\nWHERE { ?x sco:series ?y .\n FILTER (sco:near(?x, ?y)) }",
        [
            ":5: error rule a FILTER calls what is no function here: The custom function <https://w3id.org/scograph/ontology#near> is not supported"
        ],
    ),
    "new-terms": (
        "CONSTRUCT { ?y sco:series ?z }\nWHERE {\n  ?x sco:series ?y\n  BIND (IRI(CONCAT(STR(?y), 'a')) AS ?z) }",
        [
            f":6: error rule {FORM} BIND inside: a rule makes no new terms; an expression may stand in a FILTER"
        ],
    ),
    "other-property": (
        "# sco:veneu\nCONSTRUCT { ?x sco:venue ?y }\nWHERE { ?x sco:venue ?y ; sco:venueOf ?z ;\n <https://w3id.org/scograph/ontology#veneu> ?y }",
        [
            f":5: {TERM} property sco:venueOf; did you mean sco:venue?",
            f":6: {TERM} property sco:veneu; did you mean sco:venue?",
        ],
    ),
    "prp-trp": (
        TYPE + PLAIN,
        [": error rule prp-trp is a rule of OWL 2 RL: give this one another name"],
    ),
    "property": (
        "CONSTRUCT { ?x sco:veneu ?y }" + PLAIN,
        [f":3: {TERM} property sco:veneu; did you mean sco:venue?"],
    ),
    "class": (
        "CONSTRUCT { ?x a sco:Evnet }" + PLAIN,
        [f":3: {TERM} class sco:Evnet; did you mean sco:Event?"],
    ),
    "body-class": (
        TYPE + "\nWHERE { ?x a sco:Evnet ; a owl:Thing }",
        [f":4: {TERM} class sco:Evnet; did you mean sco:Event?"],
    ),
}
# Whole files, since their heads are wrong.
WRONG_FILES: dict[str, tuple[bytes, list[str]]] = {
    "empty": (b"", [":1: error rule the first line is not `# empty (where the rule comes from)`"]),
    "other-name": (b"# another (this dataset)\n# en: It says.\n" + (TYPE + PLAIN).encode(),
                   [":1: error rule the first line is not `# other-name (where the rule comes from)`"]),
    "no-origin": (b"# no-origin\n# en: It says.\n" + (TYPE + PLAIN).encode(),
                  [":1: error rule the first line is not `# no-origin (where the rule comes from)`"]),
    "no-sentence": (b"# no-sentence (this dataset)\n# ru: x\n" + (TYPE + PLAIN).encode(),
                    [":2: error rule no line says what the rule means: add `# en: ...`"]),
    "a.b": (b"# a.b (this dataset)\n# en: It says.\n" + (TYPE + PLAIN).encode(),
            [":1: error rule 'a.b' is no name of a rule: letters, digits, - and _ make one"]),
    "latin": (b"# latin (this dataset)\n# en: \xff\n", [": error syntax not UTF-8: save the file in UTF-8"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """What is found in a folder with all wrong files; none hides another."""
    folder = make_folder(tmp_path_factory.mktemp("wrong") / "graph")
    add_rules(
        folder,
        *(f"# {name} (this dataset)\n# en: It says.\n{text}" for name, (text, _) in WRONG.items()),
    )
    for name, (content, _) in WRONG_FILES.items():
        (folder / "rules" / f"{name}.rq").write_bytes(content)
    text = f"# from-windows (this dataset)\n# en: It says.\n{TYPE}{PLAIN}"
    windows = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    (folder / "rules" / "from-windows.rq").write_bytes(windows)
    (folder / "rules" / "folder.rq").mkdir()
    found = check(folder)
    assert found.files is None
    return found.findings


@pytest.mark.parametrize("name", [*WRONG, *WRONG_FILES])
def test_a_wrong_file_is_a_finding(wrong: list[Finding], name: str) -> None:
    path = f"rules/{name}.rq"
    _, expected = WRONG.get(name) or WRONG_FILES[name]
    told = [line.replace("; see scograph/reasoning/rules/README.md", "") for line in lines(wrong)]
    assert [line for line in told if re.match(rf"{path}:", line)] == [
        path + text for text in expected
    ]


def test_a_file_with_a_byte_order_mark_and_other_line_ends_is_a_rule(wrong: list[Finding]) -> None:
    assert [line for line in lines(wrong) if line.startswith("rules/from-windows.rq")] == []


def test_a_folder_in_place_of_a_file(wrong: list[Finding]) -> None:
    assert [line for line in lines(wrong) if "folder.rq" in line] == [
        "rules/folder.rq: error unreadable cannot read this rule: it is not a regular file"
    ]


def test_every_message_of_a_rule_leads_to_the_readme(wrong: list[Finding]) -> None:
    told = [finding.message for finding in wrong if finding.rule == "rule"]
    assert [
        text for text in told if not text.endswith("; see scograph/reasoning/rules/README.md")
    ] == ["prp-trp is a rule of OWL 2 RL: give this one another name"]
