"""The files of the rules: each is what its name says, none is missing, and errors are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import QueryTriples, Store

from scograph.rdf.namespaces import OWL
from scograph.reasoning.rules.errors import RuleError
from scograph.reasoning.rules.files import LANGUAGES, load_rules, read_rule
from scograph.reasoning.rules.values import FUNCTIONS
from tests.rule_cases import read_cases

FOLDER = Path(__file__).parent.parent / "scograph" / "reasoning" / "rules"
PATHS = sorted(FOLDER.glob("*.rq"))

# The rules of OWL 2 RL/RDF (OWL 2 Profiles, section 4.3), by the number of their table.
TABLES = {
    4: "eq-ref eq-sym eq-trans eq-rep-s eq-rep-p eq-rep-o eq-diff1 eq-diff2 eq-diff3",
    5: "prp-ap prp-dom prp-rng prp-fp prp-ifp prp-irp prp-symp prp-asyp prp-trp prp-spo1 prp-spo2 "
    "prp-eqp1 prp-eqp2 prp-pdw prp-adp prp-inv1 prp-inv2 prp-key prp-npa1 prp-npa2",
    6: "cls-thing cls-nothing1 cls-nothing2 cls-int1 cls-int2 cls-uni cls-com cls-svf1 cls-svf2 "
    "cls-avf cls-hv1 cls-hv2 cls-maxc1 cls-maxc2 cls-maxqc1 cls-maxqc2 cls-maxqc3 cls-maxqc4 "
    "cls-oo",
    7: "cax-sco cax-eqc1 cax-eqc2 cax-dw cax-adc",
    8: "dt-type1 dt-type2 dt-eq dt-diff dt-not-type",
    9: "scm-cls scm-sco scm-eqc1 scm-eqc2 scm-op scm-dp scm-spo scm-eqp1 scm-eqp2 scm-dom1 "
    "scm-dom2 scm-rng1 scm-rng2 scm-hv scm-svf1 scm-svf2 scm-avf1 scm-avf2 scm-int scm-uni",
}
LEFT_OUT = set("eq-ref prp-ap cls-thing cls-nothing1 dt-type1 dt-eq".split())
# What makes up for what is left out.
EXTRA = {"eq-diff1-ref": 4, "eq-diff2-ref": 4, "eq-diff3-ref": 4, "dt-not-type-avf": 8}
TABLE_OF = {name: number for number, names in TABLES.items() for name in names.split()}


def test_the_tables_hold_78_rules() -> None:
    sizes = {number: len(names.split()) for number, names in TABLES.items()}
    assert sizes == {4: 9, 5: 20, 6: 19, 7: 5, 8: 5, 9: 20}
    assert len(TABLE_OF) == 78


def test_every_rule_has_a_file_or_is_told_to_be_left_out() -> None:
    files = {path.stem for path in PATHS}
    assert files == (TABLE_OF.keys() - LEFT_OUT) | EXTRA.keys()
    assert told_to_differ() >= LEFT_OUT


def told_to_differ() -> set[str]:
    """Return the rules in the first column of the first table below "What is left out"."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    section = text.split("## What is left out", 1)[1]
    rows = re.findall(r"^\| ([^|]+) \| \d \|", section, re.MULTILINE)
    return {name for row in rows for name in row.split(", ")}


def test_every_rule_has_a_case_in_which_it_applies_and_a_near_miss() -> None:
    kinds = {(case.rule, case.applies) for case in read_cases()}
    names = TABLE_OF.keys() | EXTRA.keys()
    assert kinds == {(name, applies) for name in names for applies in (True, False)}


@pytest.mark.parametrize("path", PATHS, ids=[path.stem for path in PATHS])
def test_a_file_is_sparql_and_says_what_it_means(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = Store().query(text, custom_functions=FUNCTIONS)
    assert isinstance(found, QueryTriples)
    rule = read_rule(text, path.stem, {})
    assert rule.name == path.stem
    table = {**TABLE_OF, **EXTRA}[rule.name]
    assert re.fullmatch(rf"OWL 2 RL/RDF, table {table}(: .+)?", rule.origin)
    assert tuple(rule.sentences) == LANGUAGES
    assert [rule.sentence(language)[-1] for language in LANGUAGES] == [".", ".", "。"]


def test_the_rules_are_read_in_the_order_of_their_names() -> None:
    assert [rule.name for rule in load_rules()] == [path.stem for path in PATHS]


FORM = "a rule is `CONSTRUCT { triples } WHERE { triples and FILTER (...) }`"
MORE = "what follows would no longer follow as soon as more is known"
ALONE = "rules see all that is adopted as one graph"
ALL = "all that matches is concluded"
INSIDE = "write its triples into the WHERE"
FIRST_LINE = "the first line is not `# test (where the rule comes from)`"
NO_SENTENCE = "no line says what the rule means: add `# en: ...`"
BLANK = "a blank node, or a list of anything but variables, stands here: use variables"
CONCLUDED = "a list or a literal cannot be concluded"
PATH = "a property path stands here: write a triple pattern for each step"
PATTERNS = (
    "only triple patterns and FILTER (...) may stand here: variables, IRIs, and literals as objects"
)
LISTS = "a rule has one list at most, with one or two members named"
OF_SCHEMA = "a list stands only after a property of OWL or RDFS; else use rdf:first, rdf:rest"
NESTED = "a triple within a triple stands here: rules have none"
EACH = "?m_each stands for members of a list: an axiom cannot be asked of each"
HEADER = "# test (this test)\n# en: A sentence.\n"


def no(word: str, cure: str) -> str:
    return f"{FORM}, with no {word} inside: {cure}"


def steady(name: str) -> str:
    return f"{name}() gives another value every time: what follows must stay the same"


# What stands below the header, the message, and the line that it is about.
ERRORS = [
    (
        "CONSTRUCT { ?x :q ?y }\nWHERE { ?x :p ?y .\n OPTIONAL { ?y :p ?z } }",
        no("OPTIONAL", "write a second rule without it"), 5,
    ),
    (
        "CONSTRUCT { ?x :q ?y }\nWHERE { { ?x :p ?y } UNION { ?y :p ?x } }",
        no("UNION", "write a rule for each alternative"), 4,
    ),
    ("CONSTRUCT { ?x :q ?y } WHERE {\n ?x :p ?y . { ?y :p ?x } }",
     no("block", "write its triples without braces of their own"), 4),
    ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y . FILTER NOT EXISTS { ?y :p ?x } }",
     no("NOT EXISTS", MORE), 3),
    ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y .\n FILTER (\n!EXISTS { ?y :p ?x }) }",
     no("EXISTS", INSIDE), 5),
    ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y MINUS { ?y :p ?x } }", no("MINUS", MORE), 3),
    ("CONSTRUCT { ?x :q ?y } WHERE { GRAPH ?g { ?x :p ?y } }", no("GRAPH", ALONE), 3),
    ("CONSTRUCT { ?x :q ?y } FROM :g WHERE { ?x :p ?y }", no("FROM", ALONE), 3),
    ("CONSTRUCT { ?x :q ?y } WHERE { SERVICE :s { ?x :p ?y } }",
     no("SERVICE", "rules see this graph alone"), 3),
    ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y }\nLIMIT 3", no("LIMIT", ALL), 4),
    ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y } ORDER BY ?x", no("ORDER", ALL), 3),
    ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y } VALUES ?x { :a }",
     no("VALUES", "write FILTER (?x IN (...))"), 3),
    ("CONSTRUCT { ?x :q ?y } WHERE { VALUES ?x { :a } ?x :p ?y }",
     no("VALUES", "write FILTER (?x IN (...))"), 3),
    ("CONSTRUCT { ?x :q ?y } WHERE { { SELECT * { ?x :p ?y } } }", no("SELECT", INSIDE), 3),
    ("CONSTRUCT { ?x :q ?y } WHERE { SELECT * { ?x :p ?y } }", no("SELECT", INSIDE), 3),
    ("CONSTRUCT WHERE { ?x :p ?y }", FORM, 3),
    ("SELECT * WHERE { ?x :p ?y }", "a rule is a CONSTRUCT query", 3),
    ("ASK { ?x :p ?y }", "a rule is a CONSTRUCT query", 3),
    ("DESCRIBE ?x WHERE { ?x :p ?y }", "a rule is a CONSTRUCT query", 3),
    (
        "CONSTRUCT { ?x :q ?z } WHERE { ?x :p ?y }",
        "the conclusion has ?z, which the body does not bind", 3,
    ),
    (
        "CONSTRUCT { ?x :q ?z } WHERE { ?x :p ?y FILTER (?y != '?z') # ?z\n}",
        "the conclusion has ?z, which the body does not bind", 3,
    ),
    (
        "CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y .\n FILTER (?z > 1) }",
        "a FILTER has ?z, which no triple pattern binds", 4,
    ),
    (
        "CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y . FILTER (BOUND(?z) || sameTerm(?w, ?x)) }",
        "a FILTER has ?w, ?z, which no triple pattern binds", 3,
    ),
    ("CONSTRUCT { } WHERE { FILTER (1 < 2) }", "the body has no triple pattern", 3),
    ("CONSTRUCT { ?x :q [] }\nWHERE { ?x :p ?y }", BLANK, 3),
    ("CONSTRUCT { ?x :q _:b }\nWHERE { ?x :p ?y }", BLANK, 3),
    ("CONSTRUCT { ?x :q ?y }\nWHERE { ?x :p [ :q ?y ] }", BLANK, 4),
    ("CONSTRUCT { ?x :q ?y }\nWHERE {\n  ?x :p ?y .\n  ?x :q _:b .\n}", BLANK, 6),
    ("CONSTRUCT { ?x :q ?y }\nWHERE {\n  ?x :p ?y .\n  ?x :q ( :a ) .\n}", BLANK, 5),
    ("CONSTRUCT { ?x :q 1 }\nWHERE { ?x :p ?y }", CONCLUDED, 3),
    ("CONSTRUCT { ?x :q 'y'@en }\nWHERE { ?x :p ?y }", CONCLUDED, 3),
    ("CONSTRUCT { ?x :q ( ?y ) }\nWHERE { ?x :p ?y }", CONCLUDED, 3),
    ("CONSTRUCT { ?x :q ?y }\nWHERE { ?x :p / :q ?y }", PATH, 4),
    ("CONSTRUCT { ?x :q ?y }\nWHERE { ?x :p+ ?y }", PATH, 4),
    ("CONSTRUCT { ?x :q ?y }\nWHERE { ?x :p? ?y }", PATH, 4),
    ("CONSTRUCT { ?x :q ?y }\nWHERE {\n ?x\n ^:p ?y }", PATH, 6),
    ("CONSTRUCT { ?x :q ?y }\nWHERE { ?x !:p ?y }", PATH, 4),
    ("CONSTRUCT { ?x :q ?y }\nWHERE {\n ?x :p ?y .\n ?x (:p) ?y }", PATTERNS, 6),
    ("CONSTRUCT { ?x :q ?y }\nWHERE { ?x :p ?y . 'x' :p ?y }", PATTERNS, 4),
    ("CONSTRUCT { ?x :q ?y }\nWHERE { ?x :p ?y . ( ?x ) :p ?y }",
     "a list stands only as the object of a triple pattern", 4),
    ("CONSTRUCT { ?x :q ?y }\nWHERE { ?x :p ?y .\nBIND (?x AS ?z) }",
     no("BIND", "a rule makes no new terms; an expression may stand in a FILTER"), 5),
    ("CONSTRUCT { ?x :q ?y }\nWHERE { ?x :p ?y , <<( :a :b :c )>> }", NESTED, 4),
    ("CONSTRUCT { ?x :q ?y {| :a :b |} }\nWHERE { ?x :p ?y }", NESTED, 3),
    ("CONSTRUCT { ?x :q ?y }\nWHERE { ?x :p ?y FILTER (isTRIPLE(<<( ?x :b ?y )>>)) }", NESTED, 4),
    ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ( ?y ) . ?x :q ( ?z ) }", LISTS, 3),
    ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ( ?y ?z ?w ) }", LISTS, 3),
    ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ( ?y ) }", OF_SCHEMA, 3),
    ("CONSTRUCT { ?x :q ?y } WHERE { ?x ?p ( ?y ) }", OF_SCHEMA, 3),
    ("CONSTRUCT { ?x :q ?m_each } WHERE { ?x owl:p ( ?m_each ?n_i ) }",
     "a list with ?m_each has no other member", 3),
    ("CONSTRUCT { ?x :q ?y } WHERE { ?y owl:p ( ?m_each ) . ?m_each a owl:Class . ?x a ?y }",
     EACH, 3),
    ("CONSTRUCT { ?x :q ?m_1 } WHERE { ?c owl:p ( ?m_each ) . ?x a ?m_each . ?x :p ?m_1 }",
     "?m_1 may be a member of the list: use a name without number", 3),
    ("CONSTRUCT { ?x :q ?y }\nWHERE { ?x :p ?y .\nFILTER (:f(?x)) }",
     "a FILTER calls what is no function here: "
     "The custom function <https://example.org/f> is not supported", 5),
    ("CONSTRUCT { ?x :q ?y }\nWHERE { ?x :p ?y .\nFILTER (Rand() < 0.5) }", steady("RAND"), 5),
    ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y . FILTER (NOW() > ?y) }", steady("NOW"), 3),
    ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y . FILTER (STR(UUID()) > '') }", steady("UUID"), 3),
    ("CONSTRUCT { } WHERE { ?x :p ?y .\n FILTER (REGEX(STR(?y), '(a', 'i')) }",
     "'(a' is no regular expression, or its flags are none", 4),
    ("CONSTRUCT { } WHERE { ?x :p ?y . FILTER regex(?y, 'a', 'w') }",
     "'a' is no regular expression, or its flags are none", 3),
    ("CONSTRUCT { } WHERE { ?x :p ?y . FILTER (REPLACE(STR(?y), '[', '', 'i') = 'a') }",
     "'[' is no regular expression, or its flags are none", 3),
    ("CONSTRUCT { ?x :q <urn:x-scograph:variable:y> } WHERE { ?x :p ?y }",
     "urn:x-scograph: is a name space of this program: use another", 3),
    (f"CONSTRUCT {{ }} WHERE {{ ?x :p ?y FILTER ({'(' * 60}?x{')' * 60}) }}",
     "brackets nest deeper than 50", 3),
    (f"CONSTRUCT {{ }} WHERE {{ ?x :p ?y FILTER ({'!' * 60}?x) }}",
     "brackets nest deeper than 50", 3),
    (f"CONSTRUCT {{ }} WHERE {{ ?x owl:p ({' ?y' * 400}) }}",
     "the triple patterns have more than 150 terms: write several rules", 3),
    (f"CONSTRUCT {{ }} WHERE {{ ?x :p ?y FILTER (?y IN (1{', 1' * 2000})) }}",
     "the rule is longer than 3000 words and signs", 1),
    ("CONSTRUCT { ?x :q ?y }\nWHERE { ?x :p ?y . ?x :q 'a\x01b' }",
     "a control character, U+0001, stands here: remove it", 4),
]  # fmt: skip
HEADERS = [
    ("", FIRST_LINE, 1),
    ("CONSTRUCT { } WHERE { ?x :p ?y }", FIRST_LINE, 1),
    ("# test\n# en: A sentence.\nCONSTRUCT { } WHERE { ?x :p ?y }", FIRST_LINE, 1),
    ("# other (this test)\n# en: A sentence.\nCONSTRUCT { } WHERE { ?x :p ?y }", FIRST_LINE, 1),
    ("# test (this test)\nCONSTRUCT { } WHERE { ?x :p ?y }", NO_SENTENCE, 2),
    ("# test (this test)\n# zh: 一句话。\nCONSTRUCT { } WHERE { ?x :p ?y }", NO_SENTENCE, 2),
    ("# test (this test)\nCONSTRUCT { } WHERE { ?x :p\n# en: A sentence.\n?y }", NO_SENTENCE, 2),
    (
        "# test (this test)\n# en: One.\n# en: Two.\nCONSTRUCT { } WHERE { ?x :p ?y }",
        "a second line `# en: ...`: write one", 3,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message", "line"), [*[(HEADER + text, *told) for text, *told in ERRORS], *HEADERS]
)
def test_what_is_no_rule_is_told_with_its_line(text: str, message: str, line: int) -> None:
    with pytest.raises(RuleError) as caught:
        read_rule(text, "test", {"": "https://example.org/", "owl": OWL})
    assert (str(caught.value), caught.value.line) == (message, line)


def test_a_syntax_error_is_told_with_its_line() -> None:
    text = HEADER + "CONSTRUCT { ?x :q ?y }\nWHERE {\n  ?x :p ?y .\n  ?x , ?y .\n}"
    with pytest.raises(RuleError, match="this is no SPARQL: expected") as caught:
        read_rule(text, "test", {"": "https://example.org/"})
    assert caught.value.line == 6


def test_a_rule_may_use_prefixes_that_it_does_not_declare_only_where_they_are_given() -> None:
    text = HEADER + "CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y }"
    assert read_rule(text, "test", {"": "https://example.org/"}).name == "test"
    with pytest.raises(RuleError):
        read_rule(text, "test", {})
