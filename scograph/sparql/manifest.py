"""The manifest of a release: read strictly, since all that is served rests on it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pyoxigraph import NamedNode

from scograph.rdf.xml_names import BASE, FURTHER

FORMAT = 2
DATASET = "dataset.nq"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
# PN_PREFIX (Turtle, section 6.5), or nothing.
_INNER = f"{BASE}{FURTHER}_-"
_PREFIX = re.compile(f"(?:[{BASE}](?:[.{_INNER}]*[{_INNER}])?)?")
# Names of files that lie in the folder itself, and are safe in an address.
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHA256 = re.compile("[0-9a-f]{64}")


class ManifestError(ValueError):
    """A manifest that is none; the message says what is wrong with it."""


def parse_manifest(content: bytes) -> dict[str, Any]:
    """Return the manifest in *content*.

    Raises:
        ManifestError: it is no JSON, is of another format, or a value in it is missing or wrong.

    """
    try:
        found = json.loads(content, object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ManifestError("is damaged, in manifest.json") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ManifestError("is of another format")
    for key, fits in _VALUES.items():
        if key not in found:
            raise ManifestError(f"is damaged, its manifest has no {key}")
        if not fits(found[key]):
            raise ManifestError(f"is damaged, its manifest has a wrong {key}")
    if found["files"][DATASET]["sha256"] != found["release"]:
        raise ManifestError(f"is damaged, {DATASET} has another hash")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _is_iri(value: object) -> bool:
    """Tell whether *value* is an absolute IRI."""
    try:
        return isinstance(value, str) and ":" in NamedNode(value).value
    except ValueError:
        return False


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and bool(_SHA256.fullmatch(value))


def _is_base(value: object) -> bool:
    return _is_iri(value) and "://" in str(value) and str(value).endswith("/")


def _are_prefixes(value: object) -> bool:
    return isinstance(value, dict) and all(
        _PREFIX.fullmatch(name) and _is_iri(iri) for name, iri in value.items()
    )


def _are_files(value: object) -> bool:
    return (
        isinstance(value, dict)
        and DATASET in value
        and not {MANIFEST, SUMS} & value.keys()
        and all(_FILE.fullmatch(name) and _is_file(file) for name, file in value.items())
    )


def _is_file(value: object) -> bool:
    return _has(value, {"sha256": _is_digest, "bytes": _is_count})


def _has(value: object, parts: Mapping[str, Callable[[object], bool]]) -> bool:
    """Tell whether *value* is an object with exactly *parts*."""
    return (
        isinstance(value, dict)
        and value.keys() == parts.keys()
        and all(fits(value[key]) for key, fits in parts.items())
    )


_VERSIONS = dict.fromkeys(("software", "ontology", "data"), _is_text)
_TRIPLES = dict.fromkeys(("default", "asserted", "claimed", "inferred"), _is_count)
_VALUES: dict[str, Callable[[object], bool]] = {
    "release": _is_digest,
    "versions": lambda value: _has(value, _VERSIONS),
    "title": _is_text,
    "base": _is_base,
    "prefixes": _are_prefixes,
    "triples": lambda value: _has(value, _TRIPLES),
    "graphs": _is_count,
    "files": _are_files,
}
