"""Questions that the asserted triples alone do not answer: what reasoning is for."""

from __future__ import annotations

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryResultsFormat, QuerySolutions, Store

from scograph.folder.folder import Folder, read_folder
from scograph.sparql.release import Release
from tests.conftest import ROOT

INFERRED = NamedNode("https://w3id.org/scograph/graph/inferred")
SCO = "https://w3id.org/scograph/ontology#"
ORG = "http://www.w3.org/ns/org#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

# The predicate whose inferred triples a question needs, and how many rows are left without them.
NEEDED = [
    # A Strategy, a Declaration is an Agreement.
    ("012-agreements-in-the-article", TYPE, 0),
    # The venue's city lies in a region, that in a state.
    ("022-where-events-took-place", SCO + "takesPlaceIn", None),
    # A state and a region are territories.
    ("040-circle-of-participants", TYPE, None),
    # A participant of a session takes part in the edition that it belongs to.
    ("043-editions-somebody-took-part-in", SCO + "takesPartIn", 0),
    # A body of a body belongs to the whole.
    ("048-bodies-of-the-organisation", ORG + "subOrganizationOf", None),
    # A forum's edition and a session are events.
    ("025-plans-and-events", TYPE, None),
]


@pytest.fixture(scope="module")
def folder() -> Folder:
    folder, findings = read_folder(ROOT)
    assert findings == []
    assert folder is not None
    return folder


def without(release: Release, predicate: str) -> Store:
    """The release without the inferred triples of one predicate."""
    store = Store()
    store.bulk_extend(release.store)
    for quad in release.store.quads_for_pattern(None, NamedNode(predicate), None, INFERRED):
        store.remove(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()))
        store.remove(quad)
    return store


def rows(store: Store, text: str, prefixes: dict[str, str]) -> list[bytes]:
    found = store.query(text, prefixes=prefixes)
    assert isinstance(found, QuerySolutions)
    return (found.serialize(format=QueryResultsFormat.TSV) or b"").splitlines()[1:]


@pytest.mark.parametrize(("name", "predicate", "left"), NEEDED, ids=[row[0] for row in NEEDED])
def test_a_question_needs_what_is_inferred(
    release: Release, folder: Folder, name: str, predicate: str, left: int | None
) -> None:
    query = next(query for query in folder.queries if query.name == name)
    prefixes = folder.metadata.prefixes
    whole = rows(release.store, query.text, prefixes)
    bare = rows(without(release, predicate), query.text, prefixes)
    assert (query.answer or b"").splitlines()[1:] == whole
    assert bare != whole
    if left is not None:
        assert len(bare) == left
