"""What is told of a file's text beside what the parser says: language tags, schemes, severities."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from scograph.folder.notation import language_tags
from tests.rivers import FIRST, rivers, told

HEAD = "@prefix a: <http://a.example/> . "
TAGS = [
    ('a:b\\@X a:p "x"@EN .', [(1, "EN")]),
    ('a:x\\#y a:p "x"@EN .', [(1, "EN")]),
    ('a:x\\\'y a:p "x"@En .', [(1, "En")]),
    ('a:x\\(y\\) a:p "x" @En .', [(1, "En")]),
    ('a:b a:p "x" # c @FR\n @EN .', [(2, "EN")]),
    ("a:b a:p '''a\\''''@EN, \"@FR\", '@FR', \"\"\"@\nFR\"\"\"@De-AT .", [(1, "EN"), (2, "De-AT")]),
    ('a:b a:p "x"@PREFIX, "y"@Base, "z"@prefix .', [(1, "PREFIX"), (1, "Base"), (1, "prefix")]),
    ('a:b a:p <http://a/@FR>, <http://a/\\u0040FR#x> . #@FR\r\na:b a:p "x"@EN .', [(2, "EN")]),
    ('a:b a:p "x\\"@FR", "\\\\"@EN .', [(1, "EN")]),
    ('a:b a:p """a"b""c\\"""" , "x"@EN .', [(1, "EN")]),
    ("@base <http://b/> . BASE <http://b/@C> PREFIX b: <x> a:b a:p 'x'@en-gb .", [(1, "en-gb")]),
]


@pytest.mark.parametrize(("text", "tags"), TAGS)
def test_language_tags_are_those_that_follow_a_string(
    text: str, tags: list[tuple[int, str]]
) -> None:
    content = (HEAD + text).encode()
    quads = list(parse(content, format=RdfFormat.TURTLE))
    assert list(language_tags(content)) == tags
    # The parser has as many.
    parsed = [getattr(quad.object, "language", None) for quad in quads]
    assert sorted(filter(None, parsed)) == sorted(tag.lower() for _, tag in tags)


@pytest.mark.parametrize(
    "iri",
    ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "vbscript:x", "blob:x/y"],
)
@pytest.mark.parametrize(
    "triple",
    ["rv:oka r:flowsInto <{}> .", "<{}> r:flowsInto rv:oka .", 'rv:oka r:note "x"^^<{}> .'],
)
def test_an_iri_that_runs_a_program_is_an_error(tmp_path: Path, iri: str, triple: str) -> None:
    root = rivers(tmp_path, data=triple.format(iri) + "\n")
    line = FIRST + 3
    scheme = iri.partition(":")[0].lower()
    assert [text for text in told(root) if "iri-scheme" in text] == [
        f"data/reference/rivers.ttl:{line}: error iri-scheme <{iri}>: a link to it may run a "
        f"program, so {scheme}: is not used here"
    ]


@pytest.mark.parametrize("iri", ["mailto:a@b.example", "urn:isbn:1", "geo:1,2", "https://a/data:x"])
def test_other_schemes_are_as_good_as_any(tmp_path: Path, iri: str) -> None:
    root = rivers(tmp_path, data=f"rv:oka r:flowsInto <{iri}> .\n")
    assert [text for text in told(root) if "iri-scheme" in text] == []


SEVERITIES = [
    ("", "error shape:S rv:oka: no"),
    ("sh:severity sh:Violation ;", "error shape:S rv:oka: no"),
    ("sh:severity sh:Warning ;", "warning shape:S rv:oka: no"),
    ("sh:severity sh:Info ;", "info shape:S rv:oka: no"),
    ("sh:severity r:Doubtful ;", "warning shape:S rv:oka: no (severity r:Doubtful)"),
    ("sh:severity <https://other.example/Mine> ;",
     "warning shape:S rv:oka: no (severity <https://other.example/Mine>)"),
]  # fmt: skip


@pytest.mark.parametrize(("severity", "sentence"), SEVERITIES)
def test_a_severity_of_ones_own_is_named_and_stops_nothing(
    tmp_path: Path, severity: str, sentence: str
) -> None:
    target = f"r:S a sh:NodeShape ; sh:targetNode rv:oka ; {severity}"
    root = rivers(tmp_path, shapes=f'{target} sh:message "no" ; sh:nodeKind sh:Literal .\n')
    found = [text.partition(": ")[2] for text in told(root)]
    assert found == [sentence]
