"""The value spaces of datatypes, as far as rules ask (OWL 2 Profiles, table 8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from scograph.rdf.namespaces import RDF, RDFS, XSD

_NAMESPACE: Final = "https://w3id.org/scograph/rules#"
TERM: Final = NamedNode(_NAMESPACE + "term")
IN_VALUE_SPACE: Final = NamedNode(_NAMESPACE + "inValueSpace")

# Lowest and highest value of the datatypes derived from xsd:integer (XSD 1.1 part 2, 3.4).
_INTEGERS: Final[dict[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
# The datatypes derived from xsd:string, and what their strings look like.
_STRINGS: Final = {
    "string": r"[\s\S]*",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?",
    "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "NMTOKEN": r"[\w:.-]+",
    "Name": r"[^\W\d][\w:.-]*|:[\w:.-]*",
    "NCName": r"[^\W\d][\w.-]*",
}
_PRIMITIVE: Final = (
    "boolean float double anyURI hexBinary base64Binary dateTime date time gYear gYearMonth "
    "gMonthDay gDay gMonth duration"
).split()
_ZONE: Final = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")

# What an extension function looks like to the engine.
Functions = dict[NamedNode, Callable[..., NamedNode | BlankNode | Literal | Triple | None]]

# Enough to tell whether a text that uses them is SPARQL.
FUNCTIONS: Final[Functions] = {
    TERM: lambda _: None,
    IN_VALUE_SPACE: lambda *_: None,
}


def in_value_space(literal: object, datatype: object) -> Literal | None:
    """Answer ``rule:inValueSpace``: "true", "false", or None where it is not known.

    Source: OWL 2 Profiles, section 4.3, table 8, rules dt-type2 and dt-not-type.
    """
    if not isinstance(literal, Literal) or not isinstance(datatype, NamedNode):
        return None
    found = _has(datatype.value, literal)
    return None if found is None else Literal(found)


def is_datatype(iri: str) -> bool:
    """Tell whether the value space of *iri* is known here."""
    return _family(iri) is not None


def _family(iri: str) -> str | None:
    """Name the primitive value space that *iri* lies in; those of two names are disjoint."""
    if iri in (RDF + "langString", RDF + "PlainLiteral", RDFS + "Literal"):
        return iri
    name = iri.removeprefix(XSD) if iri.startswith(XSD) else ""
    if name in _INTEGERS or name == "decimal":
        return "decimal"
    if name in _STRINGS:
        return "string"
    if name == "dateTimeStamp":
        return "dateTime"
    return name if name in _PRIMITIVE else None


def _has(datatype: str, literal: Literal) -> bool | None:
    wanted, own = _family(datatype), _family(literal.datatype.value)
    if wanted is None or own is None:
        return None
    if datatype == RDFS + "Literal":
        return True
    if datatype == RDF + "PlainLiteral":
        return own in ("string", RDF + "langString")
    if wanted != own:
        return False
    name = datatype.removeprefix(XSD)
    if own == "decimal":
        return _is_number(name, literal.value)
    if own == "string":
        return re.fullmatch(_STRINGS[name], literal.value) is not None
    return name != "dateTimeStamp" or _ZONE.search(literal.value) is not None


def _is_number(name: str, text: str) -> bool:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return False
    if not value.is_finite():
        return False
    if name == "decimal":
        return True
    low, high = _INTEGERS[name]
    whole = value == value.to_integral_value()
    return whole and (low is None or value >= low) and (high is None or value <= high)
