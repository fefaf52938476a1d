"""Value spaces of datatypes, for rules dt-type2 and dt-not-type (OWL 2 Profiles, table 8)."""

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
# xsd:string and the datatypes derived from it, with a regular expression for their values.
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

# Extension functions of SPARQL, as pyoxigraph takes them.
Functions = dict[NamedNode, Callable[..., NamedNode | BlankNode | Literal | Triple | None]]

# Stand-ins, for checking the syntax of a query that calls the functions.
FUNCTIONS: Final[Functions] = {
    TERM: lambda _: None,
    IN_VALUE_SPACE: lambda *_: None,
}


def in_value_space(literal: object, datatype: object) -> Literal | None:
    """Evaluate ``rule:inValueSpace``: "true", "false", or None (an error) where it is not known.

    See OWL 2 Profiles, section 4.3, table 8, rules dt-type2 and dt-not-type.
    """
    if not isinstance(literal, Literal) or not isinstance(datatype, NamedNode):
        return None
    is_value = _contains(datatype.value, literal)
    return None if is_value is None else Literal(is_value)


def is_datatype(iri: str) -> bool:
    """Return whether *iri* is a datatype whose value space is known here."""
    return _primitive_of(iri) is not None


def _primitive_of(iri: str) -> str | None:
    """Return the name of the primitive value space that contains that of the datatype *iri*.

    Value spaces with different names are disjoint. None where *iri* is not known.
    """
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


def _contains(datatype: str, literal: Literal) -> bool | None:
    expected, actual = _primitive_of(datatype), _primitive_of(literal.datatype.value)
    if expected is None or actual is None:
        return None
    if datatype == RDFS + "Literal":
        return True
    if datatype == RDF + "PlainLiteral":
        return actual in ("string", RDF + "langString")
    if expected != actual:
        return False
    name = datatype.removeprefix(XSD)
    if actual == "decimal":
        return _is_number(name, literal.value)
    if actual == "string":
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
