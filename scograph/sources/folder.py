"""A graph folder: which files it has, what each is for, and who it says it is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from scograph.findings import Finding, GraphError, Severity
from scograph.sources.document import Document, Role, read_document
from scograph.vocab import DCTERMS, OWL, TYPE, VOID, compact

FORUM_FILE = "data/forum.ttl"

_QUERY_NAME = re.compile(r"\d{3}-[a-z0-9]+(-[a-z0-9]+)*\.rq")


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
class SavedQuery:
    """A question with its SPARQL and, where it is committed, the expected answer in TSV."""

    name: str
    path: str
    text: str
    answer: bytes | None

    @property
    def question(self) -> str:
        """The comment on the first lines, up to one that names keywords."""
        lines = []
        for line in self.text.splitlines():
            if not line.startswith("#") or line.startswith("# keywords:"):
                break
            lines.append(line.lstrip("# ").strip())
        return " ".join(lines)

    @property
    def keywords(self) -> list[str]:
        """The words of the ``# keywords:`` line."""
        found = re.search(r"^# keywords:(.*)$", self.text, re.MULTILINE)
        return [word.strip() for word in found.group(1).split(",")] if found else []


@dataclass(frozen=True)
class Folder:
    """A graph folder as read: parsed documents, metadata, saved queries."""

    root: Path
    documents: tuple[Document, ...]
    metadata: Metadata
    queries: tuple[SavedQuery, ...]
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
    paths = list(_layout(root))
    if (root / "data/dataset.ttl") not in [root / path for path, _ in paths]:
        raise GraphError(
            f"{root} is not a graph folder: data/dataset.ttl is missing "
            "(see the README, 'A graph is a folder')"
        )
    read = [read_document(root, path, role) for path, role in paths]
    queries, findings = _queries(root)
    findings += [item for item in read if isinstance(item, Finding)]
    findings += _strays(root, {path for path, _ in paths})
    documents = tuple(item for item in read if isinstance(item, Document))
    if len(documents) < len(paths):
        return None, sorted(findings)
    metadata, missing = _metadata(documents)
    if metadata is None:
        return None, sorted(findings + missing)
    forum = root / FORUM_FILE
    content = forum.read_bytes() if forum.is_file() else None
    return Folder(root, documents, metadata, queries, content), sorted(findings + missing)


def folder_digest(root: Path) -> str:
    """Return a SHA-256 over the names and bytes of all files that a build reads.

    A server compares it with the one in a release's manifest, to say that the
    folder has changed since. Files that cannot be read count as empty.
    """
    names = [path for path, _ in _layout(root)]
    names += [path.relative_to(root).as_posix() for path in _sorted(root / "queries", "*.rq")]
    total = hashlib.sha256()
    for name in names:
        try:
            content = (root / name).read_bytes()
        except OSError:
            content = b""
        total.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()


def _layout(root: Path) -> Iterator[tuple[str, Role]]:
    for path in _sorted(root / "ontology", "*.ttl"):
        role = Role.TOPICS if path.name == "topics.ttl" else Role.ONTOLOGY
        yield path.relative_to(root).as_posix(), role
    for name, role in (
        ("data/dataset.ttl", Role.DATASET),
        ("data/inferences.trig", Role.INFERENCES),
        ("data/disputes.ttl", Role.DISPUTES),
    ):
        if (root / name).exists():
            yield name, role
    for folder, pattern, role in (
        ("data/reference", "*.ttl", Role.REFERENCE),
        ("data/record", "*.trig", Role.RECORD),
        ("shapes", "*.ttl", Role.SHAPES),
    ):
        for path in _sorted(root / folder, pattern):
            yield path.relative_to(root).as_posix(), role


def _sorted(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))


def _strays(root: Path, known: set[str]) -> Iterator[Finding]:
    for folder in ("ontology", "data", "shapes"):
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            is_rdf = path.suffix in {".ttl", ".trig", ".nt", ".nq", ".rdf", ".jsonld"}
            if is_rdf and name not in known and name != FORUM_FILE:
                yield Finding(
                    name, 0, Severity.WARNING, "ignored-file",
                    "nothing reads a file of this name here; records are data/record/*.trig, "
                    "reference data data/reference/*.ttl, the ontology ontology/*.ttl",
                )  # fmt: skip


def _queries(root: Path) -> tuple[tuple[SavedQuery, ...], list[Finding]]:
    queries, findings = [], []
    for path in _sorted(root / "queries", "*.rq"):
        name = path.relative_to(root).as_posix()
        if not _QUERY_NAME.fullmatch(path.name):
            findings.append(
                Finding(name, 0, Severity.ERROR, "query-name",
                        "name the file NNN-slug.rq: three digits, then words in a-z and 0-9")
            )  # fmt: skip
            continue
        answer = path.with_suffix(".tsv")
        expected = answer.read_bytes() if answer.is_file() else None
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            findings.append(Finding(name, 0, Severity.ERROR, "unreadable", f"cannot read: {error}"))
            continue
        queries.append(SavedQuery(path.stem, name, text, expected))
    return tuple(queries), findings


def _metadata(documents: tuple[Document, ...]) -> tuple[Metadata | None, list[Finding]]:
    document = next(item for item in documents if item.role is Role.DATASET)
    node = next(
        (
            quad.subject
            for quad in document.quads
            if quad.predicate.value == TYPE and quad.object == NamedNode(VOID + "Dataset")
        ),
        None,
    )
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
    base = values.get(VOID + "uriSpace", "")
    missing = [
        f"`{name}`"
        for name, iri in (
            ("a void:Dataset", TYPE),
            ("void:uriSpace", VOID + "uriSpace"),
            ("dcterms:title", DCTERMS + "title"),
            ("owl:versionInfo", OWL + "versionInfo"),
        )
        if (node is None if iri == TYPE else iri not in values)
    ]
    if missing or not isinstance(node, NamedNode) or not base.endswith("/"):
        lacks = f"lacks {', '.join(missing)}" if missing else "has a void:uriSpace without final /"
        message = f"the description of the dataset {lacks}; see the README, 'A graph is a folder'"
        return None, [Finding(document.path, 0, Severity.ERROR, "dataset", message)]
    return (
        Metadata(
            node.value, base, values[DCTERMS + "title"], values[OWL + "versionInfo"],
            document.prefixes,
        ),
        [],
    )  # fmt: skip
