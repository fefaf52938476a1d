"""A graph folder: which files it has, what each is for, and who it says it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from scograph.folder.document import Document, Role, read_document
from scograph.folder.layout import FORUM_FILE, layout, strays
from scograph.folder.queries import SavedQuery, read_queries
from scograph.folder.rules import read_rules
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import Finding, Severity, shortened
from scograph.rdf.namespaces import DCTERMS, OWL, VOID, compact
from scograph.rdf.vocabulary import TYPE
from scograph.reasoning.rules.files import Rule

_NEEDED = {
    "void:uriSpace": VOID + "uriSpace",
    "dcterms:title": DCTERMS + "title",
    "owl:versionInfo": OWL + "versionInfo",
}


@dataclass(frozen=True)
class Metadata:
    """What ``data/dataset.ttl`` says of the dataset as a whole.

    ``base`` ends in a slash; things are ``<base>id/...``, graphs ``<base>graph/...``.
    ``prefixes`` are those that the file declares: they are the dataset's.
    """

    iri: str
    base: str
    title: str
    version: str
    prefixes: dict[str, str]


@dataclass(frozen=True)
class Folder:
    """A graph folder as read: parsed documents, metadata, saved queries, own rules."""

    root: Path
    documents: tuple[Document, ...]
    metadata: Metadata
    queries: tuple[SavedQuery, ...]
    rules: tuple[Rule, ...]
    forum: bytes | None

    def compact(self, iri: str, path: str = "") -> str:
        """Shorten *iri* as the file at *path* would write it, else with the dataset's prefixes."""
        own = next((item.prefixes for item in self.documents if item.path == path), {})
        return compact(iri, self.metadata.prefixes | own)

    def of(self, *roles: Role) -> Iterator[Document]:
        """Yield the documents of these roles, in the order of their paths."""
        return (document for document in self.documents if document.role in roles)


def read_folder(root: Path) -> tuple[Folder | None, list[Finding]]:
    """Read every file of the graph folder *root*.

    Returns the folder and what is odd about its files; the folder is None where
    a file cannot be parsed, since every other check would mislead.

    Raises:
        GraphError: *root* is no graph folder at all.

    """
    if not root.is_dir():
        raise GraphError(f"{root} is not a folder")
    paths = list(layout(root))
    if Role.DATASET not in [role for _, role in paths]:
        raise GraphError(
            f"{root} is not a graph folder: data/dataset.ttl is missing "
            "(see the README, 'A graph is a folder')"
        )
    read = [read_document(root, path, role) for path, role in paths]
    queries, findings = read_queries(root)
    findings += [item for item in read if isinstance(item, Finding)]
    findings += strays(root)
    documents = tuple(item for item in read if isinstance(item, Document))
    if len(documents) < len(paths):
        return None, sorted(findings)
    metadata = _metadata(next(item for item in documents if item.role is Role.DATASET))
    if isinstance(metadata, Finding):
        return None, sorted([*findings, metadata])
    misplaced = list(_misplaced(documents, metadata.base))
    if misplaced:
        return None, sorted(findings + misplaced)
    rules, wrong = read_rules(root, metadata.prefixes)
    folder = Folder(root, documents, metadata, queries, rules, _forum(root))
    return folder, sorted(findings + wrong)


def _forum(root: Path) -> bytes | None:
    try:
        return (root / FORUM_FILE).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise GraphError(f"cannot read {root / FORUM_FILE}: {error.strerror}") from error


def _metadata(document: Document) -> Metadata | Finding:
    def wrong(sentence: str) -> Finding:
        message = f"{sentence}; see the README, 'A graph is a folder'"
        return Finding(document.path, 0, Severity.ERROR, "dataset", message)

    nodes = {
        quad.subject
        for quad in document.quads
        if quad.predicate.value == TYPE and quad.object == NamedNode(VOID + "Dataset")
    }
    if len(nodes) != 1:
        return wrong(f"there are {len(nodes)} things that are a void:Dataset, not one")
    (node,) = nodes
    if not isinstance(node, NamedNode):
        return wrong("the void:Dataset is a blank node: give it an IRI")
    literals = [
        (quad.predicate.value, quad.object)
        for quad in document.quads
        if quad.subject == node and isinstance(quad.object, Literal)
    ]
    # Of several languages, English names the dataset.
    values = {
        name: literal.value
        for name, literal in sorted(literals, key=lambda pair: pair[1].language == "en")
    }
    missing = [name for name, iri in _NEEDED.items() if iri not in values]
    if missing:
        return wrong(f"the description of the dataset lacks {', '.join(missing)}")
    base = values[VOID + "uriSpace"]
    if not _is_base(base):
        return wrong(f"void:uriSpace is no IRI that ends in a slash: {shortened(base)!r}")
    title, version = values[DCTERMS + "title"], values[OWL + "versionInfo"]
    return Metadata(node.value, base, title, version, document.prefixes)


def _is_base(text: str) -> bool:
    try:
        return text.endswith("/") and "://" in NamedNode(text).value
    except ValueError:
        return False


def _misplaced(documents: tuple[Document, ...], base: str) -> Iterator[Finding]:
    """Report a base that no record and no reference data use: then nothing else makes sense."""
    things = tuple(
        quad.subject.value
        for document in documents
        if document.role in (Role.RECORD, Role.REFERENCE)
        for quad in document.quads
        if isinstance(quad.subject, NamedNode)
    )
    if things and not any(thing.startswith(base) for thing in things):
        message = f"void:uriSpace is {base}, and no record or reference data have an IRI below it"
        yield Finding("data/dataset.ttl", 0, Severity.ERROR, "dataset", message)
