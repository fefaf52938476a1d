"""A graph folder as small as one can be, to which tests add what is hostile."""

from __future__ import annotations

from pathlib import Path

from scograph.build.pipeline import Checked, check_folder
from scograph.system.bounded import Bounds
from tests.conftest import silent

PREFIXES = """\
@prefix r: <https://rivers.example/ontology#> .
@prefix rv: <https://rivers.example/id/river/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sco: <https://w3id.org/scograph/ontology#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
# The line of a file on which its own text begins.
FIRST = PREFIXES.count("\n") + 1
DATASET = """\
<https://rivers.example/dataset> a void:Dataset ; void:uriSpace "https://rivers.example/" ;
    dcterms:title "Rivers"@en ; owl:versionInfo "0.1" .
"""
ONTOLOGY = """\
<https://rivers.example/ontology> a owl:Ontology ; owl:versionInfo "0.1" .
r:River a owl:Class ; rdfs:label "river"@en .
r:flowsInto a owl:ObjectProperty , sco:ReferenceProperty ; rdfs:label "flows into"@en .
r:note a owl:DatatypeProperty , sco:ReferenceProperty ; rdfs:label "note"@en .
rdfs:label a owl:AnnotationProperty , sco:ReferenceProperty .
dcterms:source a owl:AnnotationProperty , sco:ReferenceProperty .
dcterms:title a owl:AnnotationProperty .
"""
RIVERS = """\
rv:oka a r:River ; rdfs:label "Oka"@en ; r:flowsInto rv:volga .
rv:volga a r:River ; rdfs:label "Volga"@en .
<https://rivers.example/graph/reference#rivers.ttl> dcterms:source <https://hydro.example/> .
"""
SHAPES = "r:RiverShape a sh:NodeShape ; sh:targetClass r:River .\n"
FILES = {
    "data/dataset.ttl": DATASET,
    "data/reference/rivers.ttl": RIVERS,
    "ontology/rivers.ttl": ONTOLOGY,
    "shapes/data.ttl": SHAPES,
}


def rivers(root: Path, **more: str) -> Path:
    """Write the folder; *more* is what is appended to the data, dataset, ontology and shapes."""
    names = {"data": "data/reference/rivers.ttl", "dataset": "data/dataset.ttl",
             "ontology": "ontology/rivers.ttl", "shapes": "shapes/data.ttl"}  # fmt: skip
    added = {names[key]: text for key, text in more.items()}
    for name, text in FILES.items():
        put(root, name, PREFIXES + text + added.get(name, ""))
    return root


def put(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def told(
    root: Path, seconds: float = 60, memory: int = 2048, query: Bounds | None = None
) -> list[str]:
    """What a check tells, but for the files that are generated."""
    found = checked(root, seconds, memory, query)
    return [str(finding) for finding in found.findings]


def checked(
    root: Path, seconds: float = 60, memory: int = 2048, query: Bounds | None = None
) -> Checked:
    bounds = Bounds(seconds, memory)
    return check_folder(root, silent, bounds=bounds, query_bounds=query or Bounds(10, 512))


def fix(root: Path) -> Path:
    """Write the generated files, as `check --fix` does."""
    for item in checked(root).stale:
        (root / item.path).write_bytes(item.content)
    return root
