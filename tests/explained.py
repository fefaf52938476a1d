"""A made-up graph folder for tests of explanations: two passages, a dispute, inferences."""

from __future__ import annotations

from pathlib import Path

from scograph.build.pipeline import check_folder
from scograph.build.write import write_into
from tests.conftest import silent
from tests.test_patterns import new_folder

BASE = "https://example.org/rivers/"
ID = BASE + "id/"
KINDS = "building claim dispute event inference organisation series settlement source"
PREFIXES = (
    "".join(f"@prefix {kind}: <{ID}{kind}/> .\n" for kind in KINDS.split())
    + f"""
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sco: <https://w3id.org/scograph/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix src: <{ID}source/ferry-2021-02-01/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
)
REFERENCE = """
<https://example.org/rivers/graph/reference#ferry> dcterms:source "made up"@en .

event:forum-2021 a sco:ForumEdition ;
    skos:prefLabel "Forum of 2021"@en , "Форум 2021 года"@ru , "2021年论坛"@zh ;
    skos:altLabel "The \\"ferry\\" forum"@en .

building:east-twin a sco:Building ; skos:prefLabel "Twins"@en ; sco:locatedIn settlement:alderport .
building:west-twin a sco:Building ; skos:prefLabel "Twins"@en ; sco:locatedIn settlement:birchford .
"""
RECORD = """
source:ferry-2021-02-01 a sco:Source ;
    dcterms:title "The ferry"@en ;
    schema:url <https://example.org/ferry> ;
    dcterms:publisher organisation:alderport-news ;
    dcterms:issued "2021-02-01"^^xsd:date ;
    sco:dateBasis "printed on the page"@en ;
    dcterms:language "en" ;
    sco:readOn "2026-11-23"^^xsd:date ;
    sco:readExtent sco:WholeText .

src:p1s2 a sco:Passage ; sco:inSource source:ferry-2021-02-01 ;
    sco:paragraph 1 ; sco:sentence 2 ;
    sco:firstWords "The forum"@en ; sco:lastWords "Town Hall."@en ;
    dcterms:description "The forum met in the Town Hall."@en .
src:p1s2 {
    event:forum-2021 a sco:ForumEdition ; sco:series series:river-forum ;
        sco:nameAsWritten "The forum"@en ;
        sco:venue building:alderport-town-hall .
}

src:p12s1 a sco:Passage ; sco:inSource source:ferry-2021-02-01 ;
    sco:paragraph 12 ; sco:sentence 1 ;
    sco:firstWords "In the"@en ; sco:lastWords "it was."@en ;
    dcterms:description "In the Town Hall it was."@en .
src:p12s1 {
    event:forum-2021 a sco:ForumEdition ; sco:series series:river-forum ;
        sco:venue building:alderport-town-hall .
}

src:p2s1 a sco:Passage ; sco:inSource source:ferry-2021-02-01 ;
    sco:paragraph 2 ; sco:sentence 1 ;
    sco:firstWords "It began"@en ; sco:lastWords "1 May."@en ;
    dcterms:description "It began on 1 May."@en .
claim:ferry-2021-02-01-p2s1-1 a sco:Claim ; sco:inPassage src:p2s1 .
claim:ferry-2021-02-01-p2s1-1 {
    event:forum-2021 sco:startDate "2021-05-01"^^xsd:date ; sco:earliest "2021-05-01"^^xsd:date .
}

src:p3s1 a sco:Passage ; sco:inSource source:ferry-2021-02-01 ;
    sco:paragraph 3 ; sco:sentence 1 ;
    sco:firstWords "Others say"@en ; sco:lastWords "2 May."@en ;
    dcterms:description "Others say 2 May."@en .
claim:ferry-2021-02-01-p3s1-1 a sco:Claim ; sco:inPassage src:p3s1 .
claim:ferry-2021-02-01-p3s1-1 {
    event:forum-2021 a sco:Event ;
        sco:startDate "2021-05-02"^^xsd:date ; sco:earliest "2021-05-02"^^xsd:date .
}
"""
DISPUTES = """
dispute:forum-2021-start a sco:Dispute ;
    skos:prefLabel "When did the forum of 2021 begin?"@en ;
    sco:version claim:ferry-2021-02-01-p2s1-1 , claim:ferry-2021-02-01-p3s1-1 ;
    sco:adoptedVersion claim:ferry-2021-02-01-p2s1-1 ;
    rdfs:comment "The host says 1 May."@en .
"""
INFERENCES = """
inference:ferry-year a sco:Inference ;
    prov:wasDerivedFrom src:p2s1 , source:ferry-2021-02-01 ;
    rdfs:comment "The page is of 2021."@en .
inference:ferry-year {
    event:forum-2021 a sco:ForumEdition ; sco:series series:river-forum ;
        sco:mode sco:Hybrid .
}

inference:ferry-end a sco:Inference ;
    prov:wasDerivedFrom inference:ferry-year , src:p12s1 ;
    rdfs:comment "It lasted three days."@en .
inference:ferry-end {
    event:forum-2021 a sco:ForumEdition ; sco:series series:river-forum ;
        sco:endDate "2021-05-03"^^xsd:date ; sco:latest "2021-05-03"^^xsd:date .
}
"""


def make_folder(folder: Path) -> Path:
    """Write the graph folder."""
    new_folder(folder)
    for name, text in (
        ("reference/ferry.ttl", REFERENCE),
        ("record/ferry-2021-02-01.trig", RECORD),
        ("disputes.ttl", DISPUTES),
        ("inferences.trig", INFERENCES),
    ):
        (folder / "data" / name).write_text(PREFIXES + text, encoding="utf-8")
    return folder


def make_release(folder: Path, out: Path) -> Path:
    """Release the graph folder, which must be sound, to *out*."""
    checked = check_folder(folder, silent)
    assert checked.files is not None, [str(finding) for finding in checked.findings]
    assert checked.manifest is not None
    return write_into(out, checked.files, checked.manifest)
