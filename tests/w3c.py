"""The W3C test cases of SPARQL 1.1, and a release that holds their data.

They are those of the public repository w3c/rdf-tests, folder ``sparql/sparql11``, under the W3C's
licence for test suites, and no part of this project. Our copy does not name its commit, but git
does: ``git log --find-object=<PROTOCOL>`` in a clone of that repository names the commit that
brought ``protocol/manifest.ttl``, the file that changes most, as it is here. Where the cases are
not, those of `tests/conformance`, which are our own, run all the same.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
    serialize,
)

from scograph.build.write import manifest as manifest_of
from scograph.build.write import write_into
from tests.conftest import SHARED

PLACE = "https://w3c.example/"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
Node = NamedNode | BlankNode

CASES = Path(os.environ.get("SCOGRAPH_W3C_TESTS", SHARED / "conformance" / "sparql11"))
# The git blob of protocol/manifest.ttl.
PROTOCOL = "f00cd4656d74cbed4efe23924d36a6e37b5b2b94"
needs_cases = pytest.mark.skipif(
    not CASES.is_dir(),
    reason=f"the W3C test cases are not in {CASES}: clone w3c/rdf-tests, check out the commit that "
    f"brought blob {PROTOCOL} (git log --find-object=...), and set SCOGRAPH_W3C_TESTS to its "
    "sparql/sparql11",
)


def blob_of(path: Path) -> str:
    """The name that git gives to the content of *path*."""
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0%s" % (len(content), content)).hexdigest()  # noqa: S324


def iri_of(path: Path) -> str:
    return PLACE + path.relative_to(CASES).as_posix()


def path_of(iri: str) -> Path:
    return CASES / iri.removeprefix(PLACE)


class Manifest:
    """A manifest of test cases."""

    def __init__(self, path: Path) -> None:
        self.store = Store()
        self.store.bulk_extend(parse(path=str(path), base_iri=iri_of(path)))

    def values(self, subject: Node, predicate: str) -> list[Node | Literal]:
        quads = self.store.quads_for_pattern(subject, NamedNode(predicate), None)
        return [quad.object for quad in quads if not isinstance(quad.object, Triple)]

    def value(self, subject: Node, predicate: str) -> Node | Literal | None:
        return next(iter(self.values(subject, predicate)), None)

    def texts(self, subject: Node, predicate: str) -> list[str]:
        return [node.value for node in self.values(subject, predicate)]

    def tests(self) -> Iterator[tuple[NamedNode, str]]:
        """The tests and their types, without the namespace."""
        for quad in self.store.quads_for_pattern(None, NamedNode(TYPE), None):
            kind = getattr(quad.object, "value", "")
            if (kind.startswith(MF) and kind.endswith("Test")) or "SyntaxTest" in kind:
                assert isinstance(quad.subject, NamedNode)
                yield quad.subject, kind.removeprefix(MF)


@dataclass(frozen=True)
class Case:
    """A test of the query language or of a format of results."""

    name: str
    kind: str
    query: Path
    data: tuple[str, ...]
    graphs: tuple[str, ...]
    result: Path | None

    @property
    def text(self) -> str:
        return f"BASE <{iri_of(self.query)}>\n{self.query.read_text(encoding='utf-8')}"


def query_cases() -> list[Case]:
    """All tests of the query language and of the formats of results, in a fixed order."""
    if not CASES.is_dir():
        return []
    folders = sorted(path.parent for path in CASES.glob("*/manifest.ttl"))
    left_out = ("protocol", "service-description")
    return sorted(
        (case for folder in folders if folder.name not in left_out for case in _cases(folder)),
        key=lambda case: case.name,
    )


def _cases(folder: Path) -> Iterator[Case]:
    manifest = Manifest(folder / "manifest.ttl")
    for test, kind in manifest.tests():
        action = manifest.value(test, MF + "action")
        assert isinstance(action, NamedNode | BlankNode)
        query = manifest.value(action, QT + "query") or action
        result = manifest.value(test, MF + "result")
        yield Case(
            f"{folder.name}/{test.value.rpartition('#')[2]}",
            kind,
            path_of(query.value),
            tuple(manifest.texts(action, QT + "data")),
            tuple(manifest.texts(action, QT + "graphData")),
            path_of(result.value) if result else None,
        )


def data_of(cases: Iterable[Case]) -> Iterator[Quad]:
    """The data of *cases*, each file in a graph of its own name; those of the protocol, too."""
    for iri in sorted({iri for case in cases for iri in (*case.data, *case.graphs)}):
        yield from _named(path_of(iri), iri)
    for number in (1, 2, 3):
        iri = f"http://kasei.us/2009/09/sparql/data/data{number}.rdf"
        yield from _named(CASES / "protocol" / f"data{number}.nt", iri)


def _named(path: Path, name: str) -> Iterator[Quad]:
    for quad in parse(path=str(path), base_iri=name, rename_blank_nodes=True):
        yield Quad(quad.subject, quad.predicate, quad.object, NamedNode(name))


def write_quads(folder: Path, quads: Iterable[Quad]) -> Path:
    """Write a release of *quads* that nobody checked: what the engine is handed as it is."""
    files = {"dataset.nq": serialize(quads, format=RdfFormat.N_QUADS) or b""}
    versions = {"ontology": "0", "data": "0"}
    counts = dict.fromkeys(("default", "asserted", "claimed", "inferred"), 0)
    facts = {"title": "", "base": PLACE, "prefixes": {}, "triples": counts, "graphs": 0}
    return write_into(folder, files, manifest_of(files, versions, facts))
