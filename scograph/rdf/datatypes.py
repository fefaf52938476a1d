"""Lexical forms of the datatypes of XSD 1.1 (part 2, section 3): which text is a value of which.

The expressions are the grammar's own, in ASCII: what Python's numbers and dates can read besides,
such as ``1_000``, ``1e3``, digits of other scripts or weeks, is no lexical form.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Final

from scograph.rdf.namespaces import XSD
from scograph.rdf.xml_names import BASE, FURTHER

# Lowest and highest value of the datatypes derived from xsd:integer (section 3.4).
INTEGERS: Final[dict[str, tuple[int | None, int | None]]] = {
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

_YEAR: Final = "-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_MONTH: Final = "(?:0[1-9]|1[0-2])"
_DAY: Final = "(?:0[1-9]|[12][0-9]|3[01])"
_TIME: Final = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_ZONE: Final = "(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
# The day of a month of 30 days, and of February; whether that has 29 days, the year tells.
_NO_DAY: Final = "(?!(?:0[469]|11)-31|02-3)"
_DATE: Final = f"(?P<year>{_YEAR})-{_NO_DAY}(?P<day>{_MONTH}-{_DAY})"
_NUMBER: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_MONTHS: Final = "[0-9]+Y(?:[0-9]+M)?|[0-9]+M"
_CLOCK: Final = (
    r"T(?:[0-9]+H(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?|[0-9]+M(?:[0-9]+(?:\.[0-9]+)?S)?"
    r"|[0-9]+(?:\.[0-9]+)?S)"
)
_DAYS: Final = f"(?:[0-9]+D(?:{_CLOCK})?|{_CLOCK})"
_B64: Final = "[A-Za-z0-9+/] ?"
_START: Final = f"{BASE}_"
_CHARS: Final = f"{_START}{FURTHER}.-"
_CHARACTER: Final = "\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
_WORD: Final = f"(?:(?![\t\n\r ])[{_CHARACTER}])+"

_FORMS: Final[dict[str, str]] = {
    **dict.fromkeys(INTEGERS, "[+-]?[0-9]+"),
    "decimal": _NUMBER,
    **dict.fromkeys(("float", "double"), f"{_NUMBER}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN"),
    "boolean": "true|false|1|0",
    "dateTime": f"{_DATE}T{_TIME}{_ZONE}?",
    "dateTimeStamp": f"{_DATE}T{_TIME}{_ZONE}",
    "date": f"{_DATE}{_ZONE}?",
    "time": f"{_TIME}{_ZONE}?",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}?",
    "gYear": f"{_YEAR}{_ZONE}?",
    "gMonthDay": f"--{_NO_DAY}{_MONTH}-{_DAY}{_ZONE}?",
    "gMonth": f"--{_MONTH}{_ZONE}?",
    "gDay": f"---{_DAY}{_ZONE}?",
    "duration": f"-?P(?:(?:{_MONTHS}){_DAYS}?|{_DAYS})",
    "yearMonthDuration": f"-?P(?:{_MONTHS})",
    "dayTimeDuration": f"-?P{_DAYS}",
    "hexBinary": "(?:[0-9a-fA-F]{2})*",
    "base64Binary": (
        f"(?:(?:{_B64}){{4}})*(?:(?:{_B64}){{2}}[AEIMQUYcgkosw048] ?=|{_B64}[AQgw] ?= ?=)?"
    ),
    "anyURI": f"[{_CHARACTER}]*",
    "string": f"[{_CHARACTER}]*",
    "normalizedString": f"(?:(?![\t\n\r])[{_CHARACTER}])*",
    "token": f"(?:{_WORD}(?: {_WORD})*)?",
    "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "NMTOKEN": f"[:{_CHARS}]+",
    "Name": f"[:{_START}][:{_CHARS}]*",
    "NCName": f"[{_START}][{_CHARS}]*",
}
# Of these the white space is part of the value (section 4.3.6); of all others it is collapsed.
STRINGS: Final = frozenset(
    ["string", "normalizedString", "token", "language", "NMTOKEN", "Name", "NCName"]
)
_SPACE: Final = re.compile("[\t\n\r ]+")


def collapsed(text: str) -> str:
    """Return *text* with its white space collapsed, as XSD does before it reads a value."""
    return _SPACE.sub(" ", text).strip(" ")


def is_well_typed(datatype: str, text: str) -> bool | None:
    """Return whether *text* is a lexical form of *datatype*; None where that is not known here."""
    name = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
    if name not in _FORMS:
        return None
    form = text if name in STRINGS else collapsed(text)
    match = _expression(name).fullmatch(form)
    if match is None:
        return False
    if name in INTEGERS:
        return is_in_range(name, Decimal(form))
    return "year" not in match.groupdict() or _is_day(match["year"], match["day"])


def is_in_range(name: str, value: Decimal) -> bool:
    """Return whether *value* is one of the datatype xsd:*name*, which derives from xsd:integer."""
    low, high = INTEGERS[name]
    if value != value.to_integral_value():
        return False
    return (low is None or value >= low) and (high is None or value <= high)


@cache
def _expression(name: str) -> re.Pattern[str]:
    return re.compile(_FORMS[name])


def _is_day(year: str, day: str) -> bool:
    """Return whether *day* is one of *year*: 29 February of leap years only."""
    # The last four digits tell, as 10,000 is a multiple of 400.
    number = int(year[-4:])
    return day != "02-29" or (number % 4 == 0 and (number % 100 != 0 or number % 400 == 0))
