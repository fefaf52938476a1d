"""tools/places.py: states and places from the tables of public packages, and what is committed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from tests.conftest import ROOT
from tools.places import LANGUAGES, Packages, Row, UnknownPlaceError, read_rows, write

ID = "https://w3id.org/scograph/id/"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

PACKAGES = Packages(
    names={
        "XA": {"en": "Alderia", "ru": "Ольхия", "zh": "桤国"},
        "xa1": {"en": "North Alderia", "ru": "Северная Ольхия", "zh": "北桤"},
        "xa2": {"en": "South Alderia"},
    },
    regions={
        "XA-1": {
            "iso_a2": "XA", "latitude": 54.5, "longitude": 60, "gn_id": 11.0, "wikidataid": "Q11",
        },
    },
    cities={
        "77": {
            "name": "Alderport", "alternatenames": ["Ольхопорт"],
            "latitude": 54.25, "longitude": 61.125,
        },
    },
)  # fmt: skip
STATE = Row("state", "XA", "", "", "", "", "")
REGION = Row("region", "XA-1", "", "XA", "North Region", "", "")
CITY = Row("settlement", "alderport", "77", "region:XA-1", "Alderport", "Ольхопорт", "")
HALL = Row("building", "ferry-hall", "", "settlement:alderport", "Ferry Hall", "Паромный зал", "")


def test_a_place_is_told_as_the_packages_know_it(tmp_path: Path) -> None:
    write([HALL, CITY, REGION, STATE], PACKAGES, tmp_path)
    states, places = (
        (tmp_path / f"{name}.ttl").read_text(encoding="utf-8").split("\n\n", 3)[-1].strip()
        for name in ("states", "places")
    )
    assert states == (
        'state:XA a sco:State ;\n    skos:prefLabel "Alderia"@en , "Ольхия"@ru , "桤国"@zh ;\n'
        '    skos:notation "XA" .'
    )
    assert places == (
        'region:XA-1 a sco:Region ;\n    skos:prefLabel "North Region"@en , "Северная Ольхия"@ru , '
        '"北桤"@zh ;\n    skos:altLabel "North Alderia"@en ;\n    skos:notation "XA-1" ;\n'
        "    sco:locatedIn state:XA ;\n    schema:sameAs <https://sws.geonames.org/11/> , "
        "<http://www.wikidata.org/entity/Q11> ;\n    geo:lat 54.5 ;\n    geo:long 60.0 .\n\n"
        'settlement:alderport a sco:Settlement ;\n    skos:prefLabel "Alderport"@en , '
        '"Ольхопорт"@ru ;\n    sco:locatedIn region:XA-1 ;\n'
        "    schema:sameAs <https://sws.geonames.org/77/> ;\n    geo:lat 54.25 ;\n"
        "    geo:long 61.125 .\n\n"
        'building:ferry-hall a sco:Building ;\n    skos:prefLabel "Ferry Hall"@en , '
        '"Паромный зал"@ru ;\n    sco:locatedIn settlement:alderport .'
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (Row("state", "XB", "", "", "", "", ""), "CLDR has no name in en, ru and zh for state XB"),
        (
            Row("region", "XA-1", "", "XB", "", "", ""),
            "Natural Earth has no region XA-1 in XB",
        ),
        (Row("region", "XA-9", "", "XA", "", "", ""), "Natural Earth has no region XA-9 in XA"),
        (
            Row("settlement", "nowhere", "1", "state:XA", "Nowhere", "", ""),
            "GeoNames has no city 1 for settlement nowhere",
        ),
        (
            Row("settlement", "alderport", "77", "state:XA", "Alder Haven", "", ""),
            "GeoNames does not call alderport Alder Haven",
        ),
    ],
)
def test_what_a_package_does_not_say_is_not_written(row: Row, message: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownPlaceError, match=f"^{re.escape(message)}$"):
        write([STATE, row], PACKAGES, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_committed_places_are_those_of_the_table() -> None:
    rows = read_rows(ROOT / "tools/places.tsv")
    known = {
        quad.subject.value.removeprefix(ID)
        for name in ("states", "places")
        for quad in parse(path=str(ROOT / f"data/reference/{name}.ttl"), format=RdfFormat.TURTLE)
        if quad.predicate == TYPE and isinstance(quad.subject, NamedNode)
    }
    assert known == {f"{row.kind}/{row.id}" for row in rows}


def test_the_editors_labels_stand_as_the_table_has_them() -> None:
    text = "".join(
        (ROOT / f"data/reference/{name}.ttl").read_text(encoding="utf-8")
        for name in ("states", "places")
    )
    labels = {
        f'"{getattr(row, language)}"@{language}'
        for row in read_rows(ROOT / "tools/places.tsv")
        for language in LANGUAGES
        if getattr(row, language)
    }
    assert {label for label in labels if label not in text} == set()
