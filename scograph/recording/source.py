"""The description of a new source, checked before anything is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode

from scograph.checks.texts import normalise
from scograph.folder.dataset import Asserted
from scograph.folder.folder import Folder
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import shortened
from scograph.rdf.vocabulary import TYPE
from scograph.recording.names import day_of, is_source_name, near

EXTENTS = {"whole": "WholeText", "notes": "Notes", "unread": "Unread"}
# Forms of dates: pattern, datatype, and what completes the date to a day.
_DATE_FORMS = (
    (r"\d{4}-\d{2}-\d{2}", "date", ""),
    (r"\d{4}-\d{2}", "gYearMonth", "-01"),
    (r"\d{4}", "gYear", "-01-01"),
)


@dataclass(frozen=True)
class SourceDetails:
    """What is entered about a source; a field is None if it is unknown or follows from others."""

    name: str
    url: str
    title: str
    publisher: str
    language: str
    issued: str | None = None
    date_basis: str | None = None
    read_on: str | None = None
    extent: str | None = None


@dataclass(frozen=True)
class Description:
    """The description of a source: pairs of a property and its value in Turtle, in order.

    A value is None where it is not known.
    """

    name: str
    language: str
    parts: tuple[tuple[str, str | None], ...]


def record_path(name: str) -> str:
    """Return the path of the record of the source *name*, relative to the graph folder."""
    return f"data/record/{name}.trig"


def check_name(folder: Folder, name: str) -> None:
    """Check that *name* can be the name of a new source.

    Raises:
        GraphError: *name* does not have the form of a source's name, or is taken.

    """
    if not is_source_name(name) or not _is_day(day_of(name) or "2000-01-01"):
        raise GraphError(
            f"{shortened(name)!r} is no name of a source: <publisher>-<yyyy-mm-dd> after the day "
            "of publication, or <publisher>-undated, in a-z and 0-9; a number behind it where "
            "two share a name"
        )
    if (folder.root / record_path(name)).exists():
        raise GraphError(
            f"{record_path(name)} exists and stays as it is; another source of that day is "
            f"called {_next(folder.root, name)}"
        )


def describe_source(
    folder: Folder, asserted: Asserted, given: SourceDetails, *, has_text: bool
) -> Description:
    """Return the description of a source, checked and completed from *given*.

    *has_text* says whether its text is at hand; the default of the extent depends on it.

    Raises:
        GraphError: a field of *given* is not valid.

    """
    if not re.fullmatch("[a-z]{2,3}", given.language):
        raise GraphError(
            f"--language: {shortened(given.language)!r} is no code of a language: two or three "
            "small letters, as in en, ru, zh"
        )
    parts = (
        ("dcterms:title", _words(given.title, "--title")),
        ("schema:url", _address(given.url)),
        ("dcterms:publisher", _publisher(folder, asserted, given.publisher)),
        ("dcterms:issued", _issued(given)),
        ("sco:dateBasis", given.date_basis and _words(given.date_basis, "--date-basis")),
        ("dcterms:language", str(Literal(given.language))),
        ("sco:readOn", _typed(_day(given.read_on or date.today().isoformat()), "date")),
        ("sco:readExtent", f"sco:{EXTENTS[_extent(given.extent, has_text=has_text)]}"),
    )
    return Description(given.name, given.language, parts)


def _next(root: Path, name: str) -> str:
    stem = re.sub(r"(-undated|-\d{4}-\d{2}-\d{2})-\d+$", r"\1", name)
    number = 2
    while (root / record_path(f"{stem}-{number}")).exists():
        number += 1
    return f"{stem}-{number}"


def _words(text: str, option: str) -> str:
    if not normalise(text):
        raise GraphError(f"{option} is empty: say it in a few words of our own, in English")
    return str(Literal(normalise(text), language="en"))


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname:
            return str(NamedNode(url))
    except ValueError:
        pass
    raise GraphError(f"--url is the http(s) address of the page, not {shortened(url)!r}")


def _publisher(folder: Folder, asserted: Asserted, name: str) -> str:
    slug = name.removeprefix("organisation:")
    home = f"{folder.metadata.base}id/organisation/"
    known = {
        triple.subject.value.removeprefix(home)
        for triple in asserted.graph("reference")
        if triple.predicate.value == TYPE
        and isinstance(triple.subject, NamedNode)
        and triple.subject.value.startswith(home)
    }
    if slug in known:
        return folder.compact(home + slug)
    wanted = shortened(slug)
    raise GraphError(
        f"--publisher: no organisation:{wanted} in the reference data"
        f"{near(slug, known) or '.'} To add one, write into data/reference/organisations.ttl: "
        f'organisation:{wanted} a org:Organization ; skos:prefLabel "..."@en .'
    )


def _issued(given: SourceDetails) -> str | None:
    day, issued = day_of(given.name), given.issued
    if issued is None:
        return day and _typed(day, "date")
    if day is not None and issued != day:
        raise GraphError(
            f"--issued: the name says {day}, not {shortened(issued)}: mend one of them"
        )
    for form, datatype, rest in _DATE_FORMS:
        if re.fullmatch(form, issued) and _is_day(issued + rest):
            if day is None and datatype == "date":
                raise GraphError(f"--issued: name the source after its day, {issued}, not -undated")
            return _typed(issued, datatype)
    raise GraphError(
        f"--issued is a day, a month or a year, as in 2021-09-30, 2021-09 or 2021, not "
        f"{shortened(issued)!r}"
    )


def _extent(extent: str | None, *, has_text: bool) -> str:
    if extent == "unread" and has_text:
        raise GraphError("--extent unread: with --text the source was read, whole or as notes")
    return extent or ("whole" if has_text else "notes")


def _day(text: str) -> str:
    if not _is_day(text):
        raise GraphError(f"--read-on is a day, as in 2021-09-30, not {shortened(text)!r}")
    return text


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _typed(value: str, datatype: str) -> str:
    return f'"{value}"^^xsd:{datatype}'
