"""Value spaces of datatypes, for rules dt-type2 and dt-not-type (OWL 2 Profiles, table 8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from scograph.rdf.datatypes import INTEGERS, STRINGS, collapsed, is_in_range, is_well_typed
from scograph.rdf.namespaces import RDF, RDFS, XSD

_NAMESPACE: Final = "https://w3id.org/scograph/rules#"
TERM: Final = NamedNode(_NAMESPACE + "term")
IN_VALUE_SPACE: Final = NamedNode(_NAMESPACE + "inValueSpace")

# Which primitive value space those of other datatypes are part of.
_PRIMITIVE: Final = {
    **dict.fromkeys(INTEGERS, "decimal"),
    **dict.fromkeys(STRINGS, "string"),
    "dateTimeStamp": "dateTime",
    "yearMonthDuration": "duration",
    "dayTimeDuration": "duration",
    **{
        name: name
        for name in (
            "decimal boolean float double anyURI hexBinary base64Binary dateTime date time gYear "
            "gYearMonth gMonthDay gDay gMonth duration"
        ).split()
    },
}
_NOT_ZERO: Final = re.compile("[1-9]")

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
    return _PRIMITIVE.get(iri.removeprefix(XSD)) if iri.startswith(XSD) else None


def _contains(datatype: str, literal: Literal) -> bool | None:
    expected, actual = _primitive_of(datatype), _primitive_of(literal.datatype.value)
    if expected is None or actual is None:
        return None
    if is_well_typed(literal.datatype.value, literal.value) is False:
        return False  # it has no value
    if datatype == RDFS + "Literal":
        return True
    if datatype == RDF + "PlainLiteral":
        return actual in ("string", RDF + "langString")
    return expected == actual and _is_part(datatype.removeprefix(XSD), actual, literal.value)


def _is_part(name: str, primitive: str, text: str) -> bool:
    """Return whether the value of *text*, one of the *primitive* value space, is in xsd:*name*."""
    if primitive == "decimal":
        return name == "decimal" or is_in_range(name, Decimal(collapsed(text)))
    if primitive == "duration":
        return name == "duration" or _is_duration(name, collapsed(text))
    if name == "dateTimeStamp" or primitive == "string":
        return is_well_typed(XSD + name, text) is True
    return True


def _is_duration(name: str, text: str) -> bool:
    """Return whether the duration *text* has no months, or nothing but months, by *name*."""
    date, _, clock = text.partition("T")
    months = "".join(re.findall("[0-9]+[YM]", date))
    rest = "".join(re.findall("[0-9]+D", date)) + clock
    return not _NOT_ZERO.search(months if name == "dayTimeDuration" else rest)
