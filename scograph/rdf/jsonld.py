"""JSON-LD 1.1 serialisation, compacted by PyLD with the dataset's prefixes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn

from pyld import jsonld
from pyoxigraph import RdfFormat, Triple, serialize

from scograph.rdf.vocabulary import TYPE


def json_ld(triples: Iterable[Triple], prefixes: dict[str, str]) -> bytes:
    """Serialise *triples* as compacted JSON-LD 1.1 (JSON-LD API, section 5.2).

    The context consists of those *prefixes* that occur and is embedded in the document,
    so readers need not fetch a remote context.
    """
    expanded = serialize(triples, format=RdfFormat.JSON_LD) or b"[]"
    context = {
        name: namespace
        for name, namespace in sorted(prefixes.items())
        if namespace.encode() in expanded
    }
    options = {"documentLoader": _refuse_to_fetch, "graph": True}
    nodes = [_typed(node) for node in json.loads(expanded)]
    document: dict[str, Any] = jsonld.compact(nodes, context, options)
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _typed(node: dict[str, Any]) -> dict[str, Any]:
    """Turn rdf:type into ``@type``; the serialiser writes it like any other property.

    PyLD's from_rdf would do this, too, but takes ten times as long.
    """
    types = node.pop(TYPE, [])
    return {**node, "@type": [value["@id"] for value in types]} if types else node


def _refuse_to_fetch(address: str, _: object) -> NoReturn:
    raise RuntimeError(f"JSON-LD never fetches anything, not {address} either")
