"""A graph folder, read into memory: its files and the metadata of its dataset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from scograph.folder.document import MAX_BYTES, Document, Role, read_document
from scograph.folder.layout import FORUM_FILE, layout, odd_names, strays
from scograph.folder.queries import SavedQuery, read_queries
from scograph.folder.rules import read_rules
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import Finding, Severity, shortened
from scograph.rdf.namespaces import DCTERMS, OWL, VOID, compact
from scograph.rdf.vocabulary import TYPE
from scograph.reasoning.rules.files import Rule
from scograph.system.files import read_inside

_REQUIRED = {
    "void:uriSpace": VOID + "uriSpace",
    "dcterms:title": DCTERMS + "title",
    "owl:versionInfo": OWL + "versionInfo",
}


@dataclass(frozen=True)
class Metadata:
    """The description of the dataset in ``data/dataset.ttl``.

    ``base`` ends in a slash; IRIs of things are ``<base>id/...``, of system graphs
    ``<base>graph/...``. ``prefixes`` are those that the file declares; they serve for the
    whole dataset.
    """

    iri: str
    base: str
    title: str
    version: str
    prefixes: dict[str, str]


@dataclass(frozen=True)
class Folder:
    """A graph folder: parsed documents, metadata, saved queries, and its own rules.

    ``forum`` is the content of ``data/forum.ttl``, None where there is no such file.
    """

    root: Path
    documents: tuple[Document, ...]
    metadata: Metadata
    queries: tuple[SavedQuery, ...]
    rules: tuple[Rule, ...]
    forum: bytes | None

    def compact(self, iri: str, path: str = "") -> str:
        """Shorten *iri* with the prefixes of the file at *path* and those of the dataset."""
        own = next((doc.prefixes for doc in self.documents if doc.path == path), {})
        return compact(iri, self.metadata.prefixes | own)

    def of(self, *roles: Role) -> Iterator[Document]:
        """Yield the documents with one of *roles*, in the order in which they were read."""
        return (document for document in self.documents if document.role in roles)


def read_folder(root: Path) -> tuple[Folder | None, list[Finding]]:
    """Read every file of the graph folder *root*.

    Returns the folder and the findings about its files. The folder is None where a file
    cannot be parsed or the metadata are wrong: the other checks would then mislead.

    Raises:
        GraphError: *root* is not a graph folder.

    """
    if not root.is_dir():
        raise GraphError(f"{root} is not a folder")
    paths = list(layout(root))
    if Role.DATASET not in [role for _, role in paths]:
        raise GraphError(
            f"{root} is not a graph folder: data/dataset.ttl is missing "
            "(see the README, 'A graph is a folder')"
        )
    results = [read_document(root, path, role) for path, role in paths]
    queries, findings = read_queries(root)
    findings += [result for result in results if isinstance(result, Finding)]
    findings += [*strays(root), *odd_names(root)]
    documents = tuple(result for result in results if isinstance(result, Document))
    if len(documents) < len(paths):
        return None, sorted(findings)
    metadata = _metadata(next(doc for doc in documents if doc.role is Role.DATASET))
    if isinstance(metadata, Finding):
        return None, sorted([*findings, metadata])
    wrong_base = list(_check_base(documents, metadata.base))
    if wrong_base:
        return None, sorted(findings + wrong_base)
    rules, rule_findings = read_rules(root, metadata.prefixes)
    folder = Folder(root, documents, metadata, queries, rules, _forum(root))
    return folder, sorted(findings + rule_findings)


def _forum(root: Path) -> bytes | None:
    try:
        return read_inside(root, FORUM_FILE, MAX_BYTES)
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
    # Where there are several languages, English wins: it is sorted last.
    values = {
        name: literal.value
        for name, literal in sorted(literals, key=lambda pair: pair[1].language == "en")
    }
    missing = [name for name, iri in _REQUIRED.items() if iri not in values]
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


def _check_base(documents: tuple[Document, ...], base: str) -> Iterator[Finding]:
    """Report a base IRI that no data use: it is wrong, and all other checks depend on it."""
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
