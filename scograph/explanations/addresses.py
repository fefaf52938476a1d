"""Addresses: where a link to an IRI leads, and where the page and the data of a thing are.

An IRI below the base is its own address, as it stands. Of a few kinds that cannot be, as
browsers resolve dots and read two slashes as a host; a link to such a thing leads to its page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote, urlencode

# What IRIs and addresses share; the rest is escaped (RFC 3987, section 3.1).
_SHARED = "%/:?#[]@!$&'()*+,;=-._~"
# Within a path the marks that end it, and the escape's own, are escaped, too.
_IN_PATH = "/:@!$&'()*+,;=-._~"
# Where pages, data and files are: these paths name other things.
_OF_PAGES = re.compile(r"/(?:page|data|static|download)(?![^/?#])")
# Longer ones are refused, unless the server is set up otherwise (`--url-size`).
LONGEST = 4_000


def address_of(iri: str) -> str:
    """Return *iri* in ASCII, as it is requested (RFC 3987, section 3.1)."""
    return quote(iri, safe=_SHARED)


def is_web_address(iri: str) -> bool:
    """Tell whether a browser may follow *iri*: it runs ``javascript:``, for example."""
    return iri.startswith(("https://", "http://"))


def link_to(iri: str, base: str) -> str | None:
    """Return where a link to *iri* leads, a path for what is below *base*; None for nowhere."""
    if not iri.startswith(base):
        return iri if is_web_address(iri) else None
    path = address_of("/" + iri[len(base) :])
    found = path if _arrives(path) and not _OF_PAGES.match(path) else page_address([iri], base)
    return found if len(found) <= LONGEST else None


def page_address(iris: Sequence[str], base: str) -> str:
    """Return the path of the page of *iris*, which is one for things that share an address."""
    name = _name(iris, base)
    path = f"/page/{name}"
    return path if name and _arrives(path) else "/page?" + urlencode([("iri", i) for i in iris])


def data_address(iris: Sequence[str], base: str, suffix: str) -> str:
    """Return the path of the data on *iris* in the format *suffix*."""
    name = _name(iris, base)
    path = f"/data/{name}.{suffix}"
    values = [*(("iri", iri) for iri in iris), ("format", suffix)]
    return path if name and _arrives(path) else "/data?" + urlencode(values)


def _name(iris: Sequence[str], base: str) -> str:
    """Return what the path of a page or of data names, empty where no path can."""
    first, things = iris[0], f"{base}id/"
    whole = len(iris) == 1 and first.startswith(things)
    return quote(first[len(things) :], safe=_IN_PATH) if whole else ""


def _arrives(path: str) -> bool:
    """Tell whether clients request *path* as it stands (URL Standard, section 4.4)."""
    segments = path.partition("#")[0].partition("?")[0].split("/")
    return "" not in segments[1:-1] and not any(unquote(part) in (".", "..") for part in segments)
