# ruff: noqa: E501  (what is told stands as it is printed)
"""What `explain` tells as text: for each way in which a graph can hold a triple, the whole of it."""

from __future__ import annotations

import pytest

from scograph.graph import Graph

# What is asked for, and all that is told.
CASES = {
    "two passages state it": (
        ("event:forum-2021", "sco:venue", "building:alderport-town-hall"),
        r"""
event:forum-2021 sco:venue building:alderport-town-hall
├── stated in ¶1 s2 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p1s2
│   The forum met in the Town Hall.
└── stated in ¶12 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p12s1
    In the Town Hall it was.
""",
    ),
    "the adopted version of a dispute": (
        ("event:forum-2021", "sco:startDate", '"2021-05-01"^^xsd:date'),
        r"""
event:forum-2021 sco:startDate "2021-05-01"^^xsd:date
├── stated in ¶2 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p2s1
│   It began on 1 May.
└── contradicted by event:forum-2021 sco:startDate "2021-05-02"^^xsd:date, in dispute:forum-2021-start
    └── stated, but not adopted, in ¶3 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p3s1
        Others say 2 May.
""",
    ),
    "the rejected version": (
        ("event:forum-2021", "sco:startDate", '"2021-05-02"^^xsd:date'),
        r"""
event:forum-2021 sco:startDate "2021-05-02"^^xsd:date
├── stated, but not adopted, in ¶3 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p3s1
│   Others say 2 May.
└── contradicted by event:forum-2021 sco:startDate "2021-05-01"^^xsd:date, in dispute:forum-2021-start
    └── stated in ¶2 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p2s1
        It began on 1 May.
""",
    ),
    "an inference from an inference": (
        ("event:forum-2021", "sco:latest", '"2021-05-03"^^xsd:date'),
        r"""
event:forum-2021 sco:latest "2021-05-03"^^xsd:date
└── concluded by a curator, inference:ferry-end: It lasted three days.
    ├── from ¶12 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p12s1
    │   In the Town Hall it was.
    └── from inference:ferry-year: The page is of 2021.
        ├── from ¶2 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p2s1
        │   It began on 1 May.
        └── from source:ferry-2021-02-01
""",
    ),
    "reference data": (
        ("region:XA-NOR", "sco:locatedIn", "state:XA"),
        r"""
region:XA-NOR sco:locatedIn state:XA
└── stands in the reference data
""",
    ),
    "a literal": (
        ("event:forum-2021", "sco:nameAsWritten", '"The forum"@en'),
        r"""
event:forum-2021 sco:nameAsWritten "The forum"@en
└── stated in ¶1 s2 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p1s2
    The forum met in the Town Hall.
""",
    ),
    "an axiom": (
        ("sco:locatedIn", "a", "owl:TransitiveProperty"),
        r"""
sco:locatedIn a owl:TransitiveProperty
└── stands in the ontology
""",
    ),
    "an annotation": (
        ("sco:takesPlaceIn", "rdfs:label", '"takes place in"@en'),
        r"""
sco:takesPlaceIn rdfs:label "takes place in"@en
└── stands in the ontology
""",
    ),
    "an evidence link": (
        ("event:forum-2021", "sco:statedIn", "source:ferry-2021-02-01/p1s2"),
        r"""
event:forum-2021 sco:statedIn source:ferry-2021-02-01\/p1s2
└── stands in the evidence: the passage or inference describes the thing
""",
    ),
    "a shape": (
        ("<https://w3id.org/scograph/shapes#NoSameAs>", "a", "sh:NodeShape"),
        r"""
<https://w3id.org/scograph/shapes#NoSameAs> a sh:NodeShape
└── stands in the shapes, which are not part of the adopted graph
""",
    ),
    "the description of a dispute": (
        ("dispute:forum-2021-start", "a", "sco:Dispute"),
        r"""
dispute:forum-2021-start a sco:Dispute
└── stands in the description of inferences and disputes
""",
    ),
    "the description of the release": (
        ("<https://example.org/rivers/dataset>", "void:uriSpace", '"https://example.org/rivers/"'),
        r"""
<https://example.org/rivers/dataset> void:uriSpace "https://example.org/rivers/"
└── stands in the description of the release
""",
    ),
    "a label by its subproperty": (
        ("event:forum-2021", "rdfs:label", '"Форум 2021 года"@ru'),
        r"""
event:forum-2021 rdfs:label "Форум 2021 года"@ru
└── follows by prp-spo1: What a property links, its superproperties link, too.
    ├── skos:prefLabel rdfs:subPropertyOf rdfs:label
    │   └── stands in the ontology
    └── event:forum-2021 skos:prefLabel "Форум 2021 года"@ru
        └── stands in the reference data
""",
    ),
    "a superclass, which a rejected claim states, too": (
        ("event:forum-2021", "a", "sco:Event"),
        r"""
event:forum-2021 a sco:Event
├── stated, but not adopted, in ¶3 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p3s1
│   Others say 2 May.
└── follows by cax-sco: What belongs to a class belongs to its superclasses.
    ├── sco:ForumEdition rdfs:subClassOf sco:Event
    │   └── stands in the ontology
    └── event:forum-2021 a sco:ForumEdition
        ├── stated in ¶1 s2 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p1s2
        │   The forum met in the Town Hall.
        ├── stated in ¶12 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p12s1
        │   In the Town Hall it was.
        ├── concluded by a curator, inference:ferry-end: It lasted three days.
        │   ├── from ¶12 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p12s1
        │   │   In the Town Hall it was.
        │   └── from inference:ferry-year: The page is of 2021.
        │       ├── from ¶2 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p2s1
        │       │   It began on 1 May.
        │       └── from source:ferry-2021-02-01
        ├── concluded by a curator, inference:ferry-year, see above
        └── stands in the reference data
""",
    ),
    "a chain, of height 2": (
        ("event:forum-2021", "sco:takesPlaceIn", "settlement:alderport"),
        r"""
event:forum-2021 sco:takesPlaceIn settlement:alderport
└── follows by prp-spo2: What a chain of properties links step by step, the property that the chain stands for links directly.
    ├── sco:takesPlaceIn owl:propertyChainAxiom ( sco:takesPlaceIn sco:locatedIn )
    │   └── stands in the ontology
    ├── event:forum-2021 sco:takesPlaceIn building:alderport-town-hall
    │   └── follows by prp-spo1: What a property links, its superproperties link, too.
    │       ├── sco:venue rdfs:subPropertyOf sco:takesPlaceIn
    │       │   └── stands in the ontology
    │       └── event:forum-2021 sco:venue building:alderport-town-hall
    │           ├── stated in ¶1 s2 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p1s2
    │           │   The forum met in the Town Hall.
    │           └── stated in ¶12 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p12s1
    │               In the Town Hall it was.
    └── building:alderport-town-hall sco:locatedIn settlement:alderport
        └── stands in the reference data
""",
    ),
    "a chain and a transitive property, of height 3": (
        ("event:forum-2021", "sco:takesPlaceIn", "state:XA"),
        r"""
event:forum-2021 sco:takesPlaceIn state:XA
└── follows by prp-spo2: What a chain of properties links step by step, the property that the chain stands for links directly.
    ├── sco:takesPlaceIn owl:propertyChainAxiom ( sco:takesPlaceIn sco:locatedIn )
    │   └── stands in the ontology
    ├── event:forum-2021 sco:takesPlaceIn building:alderport-town-hall
    │   └── follows by prp-spo1: What a property links, its superproperties link, too.
    │       ├── sco:venue rdfs:subPropertyOf sco:takesPlaceIn
    │       │   └── stands in the ontology
    │       └── event:forum-2021 sco:venue building:alderport-town-hall
    │           ├── stated in ¶1 s2 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p1s2
    │           │   The forum met in the Town Hall.
    │           └── stated in ¶12 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p12s1
    │               In the Town Hall it was.
    └── building:alderport-town-hall sco:locatedIn state:XA
        └── follows by prp-trp: What a transitive property links in two steps, it links directly.
            ├── sco:locatedIn a owl:TransitiveProperty
            │   └── stands in the ontology
            ├── building:alderport-town-hall sco:locatedIn region:XA-NOR
            │   └── follows by prp-trp: What a transitive property links in two steps, it links directly.
            │       ├── sco:locatedIn a owl:TransitiveProperty
            │       │   └── stands in the ontology
            │       ├── building:alderport-town-hall sco:locatedIn settlement:alderport
            │       │   └── stands in the reference data
            │       └── settlement:alderport sco:locatedIn region:XA-NOR
            │           └── stands in the reference data
            └── region:XA-NOR sco:locatedIn state:XA
                └── stands in the reference data
""",
    ),
    "a superclass of a superclass": (
        ("event:forum-2021", "a", "prov:Activity"),
        r"""
event:forum-2021 a prov:Activity
└── follows by cax-sco: What belongs to a class belongs to its superclasses.
    ├── sco:Event rdfs:subClassOf prov:Activity
    │   └── stands in the ontology
    └── event:forum-2021 a sco:Event
        ├── stated, but not adopted, in ¶3 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p3s1
        │   Others say 2 May.
        └── follows by cax-sco: What belongs to a class belongs to its superclasses.
            ├── sco:ForumEdition rdfs:subClassOf sco:Event
            │   └── stands in the ontology
            └── event:forum-2021 a sco:ForumEdition
                ├── stated in ¶1 s2 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p1s2
                │   The forum met in the Town Hall.
                ├── stated in ¶12 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p12s1
                │   In the Town Hall it was.
                ├── concluded by a curator, inference:ferry-end: It lasted three days.
                │   ├── from ¶12 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p12s1
                │   │   In the Town Hall it was.
                │   └── from inference:ferry-year: The page is of 2021.
                │       ├── from ¶2 s1 of The ferry (Alderport News, 2021-02-01), source:ferry-2021-02-01\/p2s1
                │       │   It began on 1 May.
                │       └── from source:ferry-2021-02-01
                ├── concluded by a curator, inference:ferry-year, see above
                └── stands in the reference data
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_whole_text(explained: Graph, name: str) -> None:
    asked, text = CASES[name]
    assert explained.explain(*asked).text(width=200) == text.removeprefix("\n")


def test_the_text_keeps_to_its_width(explained: Graph) -> None:
    told = explained.explain("event:forum-2021", "sco:takesPlaceIn", "state:XA")
    assert max(len(line) for line in told.text(width=60).splitlines()) <= 60
    assert max(len(line) for line in told.text().splitlines()) <= 100


def test_what_is_told_does_not_depend_on_what_was_asked_before(explained: Graph) -> None:
    fresh = Graph.open(explained.engine.release.path)
    for asked, text in reversed(CASES.values()):
        assert fresh.explain(*asked).text(width=200) == text.removeprefix("\n")
