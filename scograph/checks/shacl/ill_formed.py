"""Shapes whose queries or regular expressions do not parse, found before validation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple
from pyparsing import ParseException
from rdflib.namespace import SH
from rdflib.plugins.sparql import prepareQuery

from scograph.folder.document import Document
from scograph.folder.positions import Locator
from scograph.rdf.findings import Finding, Severity
from scograph.sparql.limits import Limits, too_complex
from scograph.sparql.syntax_help import explain_syntax
from scograph.sparql.tokens import shape_of

_QUERIES = {str(SH.select), str(SH.ask)}


def faults(document: Document) -> Iterator[Finding]:
    """Report queries and regular expressions in *document*, a file of shapes, that do not parse.

    pySHACL's exceptions for these do not say which shape is at fault.
    """
    for quad in document.quads:
        text = quad.object.value if isinstance(quad.object, Literal) else ""
        fault = None
        if quad.predicate.value in _QUERIES:
            fault = _query_fault(text, _declared(document, quad))
        elif quad.predicate.value == str(SH.pattern):
            try:
                re.compile(text)
            except (re.error, OverflowError, RecursionError) as error:
                fault = f"no regular expression: {error}"
        if fault is not None:
            lines = Locator((document,)).lines(document)
            matching = (
                line for line, other in lines
                if (other.predicate, other.object) == (quad.predicate, quad.object)
            )  # fmt: skip
            name = f"sh:{quad.predicate.value.rsplit('#', 1)[-1]}"
            yield bad_shape(document.path, next(matching, 0), f"{name}: {fault}")


def _declared(document: Document, query: Quad) -> tuple[tuple[str, str], ...]:
    """Return the prefixes that sh:prefixes declares for a query (SHACL, section 5.2.1)."""

    def objects(subject: object, predicate: rdflib.URIRef) -> list[NamedNode | BlankNode | Literal]:
        return [
            quad.object for quad in document.quads
            if quad.subject == subject and quad.predicate.value == str(predicate)
            and not isinstance(quad.object, Triple)
        ]  # fmt: skip

    declarations = [
        declaration
        for ontology in objects(query.subject, SH.prefixes)
        for declaration in objects(ontology, SH.declare)
    ]
    return tuple(
        (prefix.value, namespace.value)
        for declaration in declarations
        for prefix in objects(declaration, SH.prefix)
        for namespace in objects(declaration, SH.namespace)
    )


@lru_cache(maxsize=512)
def _query_fault(text: str, prefixes: tuple[tuple[str, str], ...]) -> str | None:
    """Return what is wrong with a query of a shape, None where it parses."""
    shape = shape_of(text)
    if any("SERVICE" in word for word in shape.words):
        return "SERVICE asks another host: nothing leaves the machine"
    if shape.words["FROM"]:
        return "FROM: a shape asks the data that are validated, and no other graph"
    reason = too_complex(shape, Limits())
    if reason is not None:
        return reason
    # pySHACL replaces $PATH by the path of the shape. For an unknown prefix rdflib raises a bare
    # Exception, so pyoxigraph parses the query first, by running it on an empty store.
    query = text.replace("$PATH", "<urn:path>")
    try:
        Store().query(query, prefixes=dict(prefixes))
        prepareQuery(query, initNs=dict(prefixes))
    except SyntaxError as error:
        return explain_syntax(str(error), query)
    except ParseException as error:
        return " ".join(str(error).split())
    except RecursionError:
        return "it nests too deep"
    return None


def bad_shape(path: str, line: int, message: str) -> Finding:
    """Return the finding for a shape that cannot be used."""
    return Finding(path, line, Severity.ERROR, "bad-shape", message)
