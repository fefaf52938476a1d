"""Deterministic Turtle and TriG: the same statements always give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Quad, RdfFormat, Triple, serialize

from scograph.rdf.vocabulary import TYPE


def turtle(triples: Iterable[Triple], prefixes: dict[str, str]) -> bytes:
    """Serialise *triples* in `reading_order`.

    Of *prefixes* (name to namespace), those that occur are declared, sorted by name.
    """
    return _written(sorted(triples, key=reading_order), RdfFormat.TURTLE, prefixes)


def trig(quads: Iterable[Quad], prefixes: dict[str, str]) -> bytes:
    """Serialise *quads* as TriG in the order in which they are given, with prefixes as `turtle`."""
    return _written(quads, RdfFormat.TRIG, prefixes)


def _written(
    statements: Iterable[Triple] | Iterable[Quad], form: RdfFormat, prefixes: dict[str, str]
) -> bytes:
    text = serialize(statements, format=form, prefixes=prefixes)
    if text is None:
        raise TypeError("the serialiser returned nothing")
    # Each prefix is a line of its own, in an order that differs from run to run; a literal has
    # its line feeds escaped, but other separators of lines are in it as they are.
    *declared, body = text.decode().split("\n", len(prefixes))
    used = [line for line in declared if line.split(" ")[1] in body]
    return "\n".join([*sorted(used), "", body]).encode()


def reading_order(triple: Triple) -> tuple[str, bool, str, str]:
    """Return a sort key: by subject, then types first, then by predicate and object."""
    predicate = triple.predicate.value
    return (str(triple.subject), predicate != TYPE, predicate, str(triple.object))
