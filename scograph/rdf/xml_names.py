"""Characters of names in XML 1.0 (fifth edition, section 2.3), as ranges in regular expressions.

The names of Turtle, SPARQL and XML Schema are made of the same.
"""

from __future__ import annotations

from typing import Final

# NameStartChar without ``:`` and ``_``, which is PN_CHARS_BASE of Turtle (section 6.5).
BASE: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
# What NameChar has besides that, but for ``.`` and ``-``.
FURTHER: Final = "0-9\u00b7\u0300-\u036f\u203f-\u2040"
