"""The product, and rdflib, as engines that answer line by line (engines.py).

``python -m tests.oracle.answering product`` reads {quads, query, default, named} as JSON.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph
import rdflib
from rdflib.plugins.sparql.sparql import Query  # noqa: F401  (loads the plugins once)

from scograph.rdf.errors import GraphError
from scograph.sparql.engine import Engine
from scograph.sparql.formats import by_name
from scograph.sparql.release import open_release
from tests.w3c import write_quads

Asked = dict[str, Any]
Answer = dict[str, Any]
RDF_LANG = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
STRING = "http://www.w3.org/2001/XMLSchema#string"


class Product:
    """The engine of this project over a release of the quads, its results read from JSON."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._last: tuple[Any, Engine] | None = None

    def answer(self, asked: Asked) -> Answer:
        engine = self._engine(asked["quads"])
        try:
            found = engine.query(
                asked["query"], by_name("json"), by_name("nt"),
                default_graphs=asked["default"], named_graphs=asked["named"],
            )  # fmt: skip
        except GraphError as error:
            return {"error": str(error)}
        if found.format.name == "nt":
            triples = pyoxigraph.parse(found.content, format=pyoxigraph.RdfFormat.N_TRIPLES)
            return {
                "triples": [
                    [_of_ox(t.subject), _of_ox(t.predicate), _of_ox(t.object)] for t in triples
                ]
            }
        read = json.loads(found.content)
        if "boolean" in read:
            return {"boolean": read["boolean"]}
        rows = read["results"]["bindings"]
        return {"rows": [{key: _of_json(value) for key, value in row.items()} for row in rows]}

    def _engine(self, quads: Any) -> Engine:
        if self._last is None or self._last[0] != quads:
            self._count += 1
            folder = self._folder / str(self._count)
            write_quads(folder, [pyoxigraph.Quad(*map(_to_ox, quad)) for quad in quads])
            self._last = (quads, Engine(open_release(folder)))
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()
        return self._last[1]


def _to_ox(term: list[str] | None) -> Any:
    if term is None:
        return pyoxigraph.DefaultGraph()
    if term[0] == "iri":
        return pyoxigraph.NamedNode(term[1])
    if term[0] == "bnode":
        return pyoxigraph.BlankNode(term[1])
    if term[3]:
        return pyoxigraph.Literal(term[1], language=term[3])
    return pyoxigraph.Literal(term[1], datatype=pyoxigraph.NamedNode(term[2]))


def _of_ox(term: Any) -> list[str]:
    if isinstance(term, pyoxigraph.NamedNode):
        return ["iri", term.value]
    if isinstance(term, pyoxigraph.BlankNode):
        return ["bnode", term.value]
    return ["literal", term.value, term.datatype.value, term.language or ""]


def _of_json(value: dict[str, str]) -> list[str]:
    if value["type"] == "uri":
        return ["iri", value["value"]]
    if value["type"] == "bnode":
        return ["bnode", value["value"]]
    language = value.get("xml:lang", "")
    datatype = RDF_LANG if language else value.get("datatype", STRING)
    return ["literal", value["value"], datatype, language]


class Rdflib:
    """rdflib over a dataset in memory."""

    def __init__(self) -> None:
        rdflib.NORMALIZE_LITERALS = False
        self._last: tuple[Any, rdflib.Dataset] | None = None

    def answer(self, asked: Asked) -> Answer:
        if self._last is None or self._last[0] != asked["quads"]:
            self._last = (asked["quads"], _dataset(asked["quads"]))
        try:
            found = self._last[1].query(asked["query"])
            if found.type == "ASK":
                return {"boolean": bool(found)}
            if found.type == "SELECT":
                rows = found.bindings
                return {"rows": [{str(k): _of_rdflib(v) for k, v in row.items()} for row in rows]}
            return {"triples": [[_of_rdflib(term) for term in row] for row in found.graph or ()]}
        except Exception as error:  # noqa: BLE001 - whatever another project's engine raises
            return {"error": f"{type(error).__name__}: {error}".split("\n")[0]}


def _dataset(quads: Any) -> rdflib.Dataset:
    data = rdflib.Dataset()
    for s, p, o, g in quads:
        graph = data.graph(_to_rdflib(g)) if g else data.default_graph
        graph.add((_to_rdflib(s), _to_rdflib(p), _to_rdflib(o)))
    return data


def _to_rdflib(term: list[str]) -> Any:
    if term[0] == "iri":
        return rdflib.URIRef(term[1])
    if term[0] == "bnode":
        return rdflib.BNode(term[1])
    if term[3]:
        return rdflib.Literal(term[1], lang=term[3])
    return rdflib.Literal(term[1], datatype=rdflib.URIRef(term[2]), normalize=False)


def _of_rdflib(term: Any) -> list[str]:
    if isinstance(term, rdflib.URIRef):
        return ["iri", str(term)]
    if isinstance(term, rdflib.BNode):
        return ["bnode", str(term)]
    if term.language:
        return ["literal", str(term), RDF_LANG, term.language]
    return ["literal", str(term), str(term.datatype or STRING), ""]


def serve(answer: Callable[[Asked], Answer]) -> None:
    """Answer each line of standard input with a line."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    if sys.argv[1] == "rdflib":
        serve(Rdflib().answer)
    else:
        with tempfile.TemporaryDirectory() as folder:
            serve(Product(Path(folder)).answer)


if __name__ == "__main__":
    main()
