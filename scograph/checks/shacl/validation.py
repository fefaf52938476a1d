"""Running pySHACL: validation results and ill-formed shapes as findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import rdflib
from pyshacl import validate
from rdflib.namespace import RDF, SH

from scograph.checks.shacl.ill_formed import bad_shape
from scograph.checks.shacl.shapes import TARGETS, reachable
from scograph.folder.document import Role
from scograph.folder.folder import Folder
from scograph.folder.positions import Locator
from scograph.rdf.findings import Finding, Severity

_SEVERITY = {SH.Violation: Severity.ERROR, SH.Warning: Severity.WARNING, SH.Info: Severity.INFO}
# What pySHACL raises for ill-formed shapes: its own errors are RuntimeErrors and warnings; the
# others come from libraries that it calls (re, rdflib) with values of the wrong type.
_ILL_FORMED = (RuntimeError, RuntimeWarning, ValueError, TypeError, LookupError, AttributeError,
               AssertionError, re.error)  # fmt: skip


@dataclass(frozen=True)
class ValidationResult:
    """A validation result (SHACL, section 3.6.2), with IRIs and lexical forms as strings.

    ``focus`` is None for a blank node; ``own_severity`` is a severity that SHACL does not define.
    """

    focus: str | None
    path: str | None
    value: str | None
    severity: Severity
    shape: str
    message: str
    own_severity: str | None = None


def validate_against(
    data: rdflib.Graph,
    shapes: rdflib.Graph,
    folder: Folder,
    locator: Locator,
    *,
    focus: list[str] | None = None,
    graph: str | None = None,
) -> Iterator[Finding]:
    """Validate *data* against *shapes*; where these are ill-formed, report that instead.

    With *focus*, only these nodes are focus nodes; *graph* is the named graph in which the
    lines of findings are looked for first.
    """
    try:
        results = _validate(data, shapes, focus)
    except _ILL_FORMED as error:
        yield _ill_formed_shape(data, shapes, folder, locator, error)
    else:
        yield from _findings(results, folder, locator, graph)


def _ill_formed_shape(
    data: rdflib.Graph, shapes: rdflib.Graph, folder: Folder, locator: Locator, error: Exception
) -> Finding:
    """Return the finding for the shape that raises *error*.

    pySHACL does not say which it is, so each shape is validated alone.
    """
    place = next((document.path for document in folder.of(Role.SHAPES)), ""), 0
    targets = {str(shape) for shape, predicate, _ in shapes if predicate in TARGETS}
    for shape in sorted(targets):
        alone = reachable(shapes, [rdflib.URIRef(shape)])
        try:
            _validate(data, alone, None)
        except _ILL_FORMED as other:
            if _reason(other) == _reason(error):
                place = locator.locate(shape) or place
                break
    return bad_shape(*place, _reason(error))


def _reason(error: Exception) -> str:
    text = str(error.args[0]) if error.args else ""
    # Labels of blank nodes differ from run to run; they lack leading zeros, so lengths vary.
    text = re.sub(r"'?\b[0-9a-f]{20,32}\b'?", "a blank node", text)
    return " ".join(text.split()) or type(error).__name__


def _validate(
    data: rdflib.Graph, shapes: rdflib.Graph, focus: list[str] | None
) -> list[ValidationResult]:
    _, report, text = validate(
        data,
        shacl_graph=shapes,
        inference="none",
        inplace=True,
        focus_nodes=focus,
        allow_warnings=True,
        do_owl_imports=False,
    )
    if not isinstance(report, rdflib.Graph):
        raise RuntimeError(" ".join(str(text).split()))  # noqa: TRY004
    return [
        _result(report, node, shapes) for node in report.subjects(RDF.type, SH.ValidationResult)
    ]


def _result(report: rdflib.Graph, node: rdflib.term.Node, shapes: rdflib.Graph) -> ValidationResult:
    def text(predicate: rdflib.URIRef) -> str | None:
        value = report.value(node, predicate)
        return None if value is None or isinstance(value, rdflib.BNode) else str(value)

    severity = report.value(node, SH.resultSeverity)
    shape = report.value(node, SH.sourceShape)
    while isinstance(shape, rdflib.BNode):
        shape = next(shapes.subjects(None, shape), None)
    name = str(shape).rsplit("#", 1)[-1]
    message = text(SH.resultMessage) or "does not fit the shape"
    # A severity of one's own (SHACL, section 2.1.4) is not sh:Violation, which stops a build.
    grade = _SEVERITY.get(rdflib.URIRef(str(severity)), Severity.WARNING)
    own = None if severity in _SEVERITY else str(severity)
    return ValidationResult(
        text(SH.focusNode), text(SH.resultPath), text(SH.value), grade, name, message, own
    )


def _findings(
    results: Iterable[ValidationResult], folder: Folder, locator: Locator, graph: str | None
) -> Iterator[Finding]:
    for result in results:
        if result.focus is None:
            continue  # blank nodes in data are reported by another check
        place = locator.locate(result.focus, result.path, result.value, graph)
        file, line = place or (folder.documents[0].path, 0)
        about = folder.compact(result.focus, file)
        message = result.message
        if result.value and "://" in result.value:
            message = message.replace(result.value, folder.compact(result.value, file))
        if result.own_severity:
            message += f" (severity {folder.compact(result.own_severity, file)})"
        yield Finding(file, line, result.severity, f"shape:{result.shape}", f"{about}: {message}")
