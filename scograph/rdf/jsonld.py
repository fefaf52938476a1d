"""JSON-LD that reads like the Turtle: compacted with the dataset's prefixes, by PyLD."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn

from pyld import jsonld
from pyoxigraph import RdfFormat, Triple, serialize

from scograph.rdf.vocabulary import TYPE


def json_ld(triples: Iterable[Triple], prefixes: dict[str, str]) -> bytes:
    """Serialise *triples* as compacted JSON-LD 1.1 (JSON-LD API, section 5.2).

    Those of *prefixes* that occur make the context, which stands in the document:
    nobody has to fetch one.
    """
    expanded = serialize(triples, format=RdfFormat.JSON_LD) or b"[]"
    context = {
        name: namespace
        for name, namespace in sorted(prefixes.items())
        if namespace.encode() in expanded
    }
    options = {"documentLoader": _stay_here, "graph": True}
    nodes = [_typed(node) for node in json.loads(expanded)]
    document: dict[str, Any] = jsonld.compact(nodes, context, options)
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _typed(node: dict[str, Any]) -> dict[str, Any]:
    """Write types as ``@type``, which the serialiser leaves a property like any other.

    PyLD's own from_rdf would, at ten times the cost.
    """
    types = node.pop(TYPE, [])
    return {**node, "@type": [value["@id"] for value in types]} if types else node


def _stay_here(address: str, _: object) -> NoReturn:
    raise RuntimeError(f"JSON-LD never fetches anything, not {address} either")
