"""``data/forum.ttl``: the adopted facts in plain Turtle, with links to their passages.

The file serves readers who want one Turtle file and no named graphs. It is generated and
committed, so that a review shows how a change affects the adopted facts.
"""

from __future__ import annotations

from pyoxigraph import Triple

from scograph.folder.dataset import Asserted
from scograph.folder.folder import Metadata
from scograph.rdf.turtle import turtle
from scograph.rdf.vocabulary import graph_iri

_LEFT_OUT = ("ontology", "release")
_HEADER = """\
# The adopted facts of this dataset, each with the passages that state it (sco:statedIn)
# or the curator's inferences that conclude it (sco:concludedIn).
# Generated: edit data/record, data/reference, data/inferences.trig or data/disputes.ttl
# and run `scograph check --fix`.

"""


def adopted_facts(asserted: Asserted, metadata: Metadata) -> bytes:
    """Return the adopted facts, without ontology and dataset description, as Turtle.

    Triples are sorted (see `scograph.rdf.turtle.turtle`). There are no blank nodes, so the
    same facts always give the same bytes.
    """
    left_out = {graph_iri(asserted.base, name) for name in _LEFT_OUT}
    triples: set[Triple] = set()
    for iri in asserted.in_default:
        if iri not in left_out:
            triples |= asserted.graphs[iri]
    return _HEADER.encode() + turtle(triples, metadata.prefixes)
