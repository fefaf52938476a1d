"""One file of a graph folder, parsed into quads.

pyoxigraph's parser is strict and keeps the lexical forms of literals, but it changes
language tags to lower case.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, Triple, parse

from scograph.folder.notation import too_deep
from scograph.rdf.findings import Finding, Severity
from scograph.rdf.namespaces import WELL_KNOWN_PREFIXES
from scograph.system.files import read_inside

# The position before pyoxigraph's messages, which the exception has in fields of its own, too.
_POSITION = re.compile(
    r"^Parser error at line \d+ (?:between columns|column) [\d and]+: |^Parser error.*?: "
)
_UNDECLARED = re.compile(r"^The prefix ([^:]*): has not been declared")
# The parser recurses into brackets: deep nesting takes very long or overflows the stack.
_MAX_DEPTH = 100
# The largest file of a graph folder that is read.
MAX_BYTES = 64 * 10**6


class Role(StrEnum):
    """The purpose of a file, which follows from its path (see `layout`)."""

    ONTOLOGY = "ontology"
    TOPICS = "topics"
    SHAPES = "shapes"
    DATASET = "dataset"
    REFERENCE = "reference"
    RECORD = "record"
    INFERENCES = "inferences"
    DISPUTES = "disputes"


@dataclass(frozen=True)
class Document:
    """A parsed file. ``path`` is relative to the graph folder, with forward slashes."""

    path: str
    role: Role
    content: bytes
    quads: tuple[Quad, ...]
    prefixes: dict[str, str]

    @property
    def format(self) -> RdfFormat:
        """TriG for records and inferences, Turtle for the rest."""
        return format_of(self.path)

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def format_of(path: str) -> RdfFormat:
    """Return the RDF syntax that a file's extension stands for."""
    return RdfFormat.TRIG if path.endswith(".trig") else RdfFormat.TURTLE


def read_document(root: Path, path: str, role: Role) -> Document | Finding:
    """Parse the file at *path* below *root*.

    Returns a finding, with line and column, for a file that cannot be read or parsed, so that
    all broken files are reported in one run.
    """
    try:
        content = read_inside(root, path, MAX_BYTES)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        return Finding(path, 0, Severity.ERROR, "unreadable", f"cannot read this file: {reason}")
    if content.startswith(codecs.BOM_UTF8):
        message = "the file begins with a byte order mark: save it as UTF-8 without one"
        return Finding(path, 1, Severity.ERROR, "syntax", message)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Finding(
            path, line, Severity.ERROR, "syntax",
            f"byte {error.start} is not UTF-8; save the file in UTF-8",
        )  # fmt: skip
    deep_line = too_deep(content, _MAX_DEPTH)
    if deep_line is not None:
        message = f"brackets nest deeper than {_MAX_DEPTH} here: no record is written so"
        return Finding(path, deep_line, Severity.ERROR, "syntax", message)
    try:
        parser = parse(content, format=format_of(path))
        quads = tuple(parser)
    except SyntaxError as error:
        return syntax_finding(path, error)
    except MemoryError:
        message = "a string, name or comment is longer than 16 MB, more than the parser takes"
        return Finding(path, 0, Severity.ERROR, "syntax", message)
    if any(isinstance(quad.object, Triple) for quad in quads):
        advice = "triple terms are not used here; who says what is told by the named graphs"
        return Finding(path, 0, Severity.ERROR, "triple-term", advice)
    return Document(path, role, content, quads, dict(parser.prefixes))


def syntax_finding(path: str, error: SyntaxError) -> Finding:
    """Return the finding for a syntax error; for an undeclared prefix it suggests a declaration."""
    message = _POSITION.sub("", error.msg)
    undeclared = _UNDECLARED.match(message)
    column = f"column {error.offset}: " if error.offset else ""
    if undeclared is None:
        text = message[:1].lower() + message[1:]
        if path.endswith(".ttl") and text.startswith("{"):
            text += ": named blocks belong into TriG, a file that ends in .trig"
        return Finding(path, error.lineno or 0, Severity.ERROR, "syntax", column + text)
    name = undeclared.group(1)
    namespace = WELL_KNOWN_PREFIXES.get(name, "...")
    advice = f"prefix `{name}:` is not declared; add `@prefix {name}: <{namespace}> .`"
    return Finding(path, error.lineno or 0, Severity.ERROR, "undeclared-prefix", column + advice)
