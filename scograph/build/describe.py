"""The description of a release: versions, prefixes, saved queries, rules, VoID statistics.

It has the form that SPARQL editors read from the default graph of an endpoint: class and
property partitions, ``sh:declare`` for prefixes, one ``sh:SPARQLExecutable`` per saved
query. Every node has an IRI, since blank nodes would make canonicalisation slower.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from scograph import __version__
from scograph.folder.folder import Folder
from scograph.folder.queries import SavedQuery
from scograph.rdf.namespaces import (
    DCTERMS,
    OWL,
    PROV,
    RDF,
    SCHEMA,
    SH,
    VOID,
    VOID_EXT,
    XSD,
)
from scograph.rdf.vocabulary import COMMENT, LABEL, TYPE, graph_iri
from scograph.sparql.tokens import FORMS, shape_of

# The classes of each node, by the text of its term.
Types = dict[str, set[str]]
# The query forms, as in the names of properties and of classes of SHACL.
_FORMS = {"select": "Select", "ask": "Ask", "construct": "Construct", "describe": "Describe"}


def describe(
    folder: Folder, ontology_version: str, asserted: set[Triple], inferred: frozenset[Triple]
) -> set[Triple]:
    """Return the triples of ``<base>graph/release``, except those of ``dataset.ttl``.

    *asserted* and *inferred* together are the default graph without this description, and
    both are counted. Classes have property partitions only if they are the asserted type of
    something: superclasses, which are inferred, would repeat them.
    """
    description = _Description(folder)
    return {
        *description.versions(ontology_version),
        *description.prefixes(),
        *description.queries(),
        *description.rules(),
        *description.statistics(asserted, inferred),
    }


class _Description:
    """Makes the triples that describe the release of one graph folder."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._dataset = NamedNode(folder.metadata.iri)
        self._graph = graph_iri(folder.metadata.base, "release")

    def _node(self, *key: str) -> NamedNode:
        digest = hashlib.sha256("\0".join(key).encode()).hexdigest()[:16]
        return NamedNode(f"{self._graph}#{digest}")

    def versions(self, ontology_version: str) -> Iterator[Triple]:
        software = NamedNode(f"{self._graph}#software")
        yield Triple(self._dataset, NamedNode(PROV + "wasAttributedTo"), software)
        yield Triple(software, NamedNode(TYPE), NamedNode(PROV + "SoftwareAgent"))
        yield Triple(software, NamedNode(OWL + "versionInfo"), Literal(f"scograph {__version__}"))
        ontology = NamedNode(graph_iri(self._folder.metadata.base, "ontology"))
        yield Triple(ontology, NamedNode(OWL + "versionInfo"), Literal(ontology_version))

    def prefixes(self) -> Iterator[Triple]:
        for name, namespace in self._folder.metadata.prefixes.items():
            node = NamedNode(f"{self._graph}#prefix-{name}")
            yield Triple(self._dataset, NamedNode(SH + "declare"), node)
            yield Triple(node, NamedNode(TYPE), NamedNode(SH + "PrefixDeclaration"))
            yield Triple(node, NamedNode(SH + "prefix"), Literal(name))
            uri = Literal(namespace, datatype=NamedNode(XSD + "anyURI"))
            yield Triple(node, NamedNode(SH + "namespace"), uri)

    def queries(self) -> Iterator[Triple]:
        for query in self._folder.queries:
            yield from self._query(query)

    def _query(self, query: SavedQuery) -> Iterator[Triple]:
        node = NamedNode(f"{self._folder.metadata.base}queries/{query.name}")
        query_form = shape_of(query.text).form
        form = query_form.lower() if query_form in FORMS else "select"
        yield Triple(node, NamedNode(TYPE), NamedNode(SH + "SPARQLExecutable"))
        yield Triple(node, NamedNode(TYPE), NamedNode(f"{SH}SPARQL{_FORMS[form]}Executable"))
        yield Triple(node, NamedNode(COMMENT), Literal(query.question, language="en"))
        yield Triple(node, NamedNode(SH + form), Literal(query.text))
        yield Triple(node, NamedNode(SH + "prefixes"), self._dataset)
        endpoint = NamedNode(self._folder.metadata.base + "sparql")
        yield Triple(node, NamedNode(SCHEMA + "target"), endpoint)
        for word in query.keywords:
            yield Triple(node, NamedNode(SCHEMA + "keywords"), Literal(word))
        yield Triple(node, NamedNode(DCTERMS + "isPartOf"), self._dataset)

    def rules(self) -> Iterator[Triple]:
        """Describe the folder's own rules, so that a release can explain their conclusions."""
        for rule in self._folder.rules:
            node = NamedNode(f"{self._folder.metadata.base}rules/{rule.name}")
            yield Triple(node, NamedNode(TYPE), NamedNode(SH + "SPARQLRule"))
            yield Triple(node, NamedNode(LABEL), Literal(rule.name))
            for language, sentence in rule.sentences.items():
                yield Triple(node, NamedNode(COMMENT), Literal(sentence, language=language))
            yield Triple(node, NamedNode(SH + "construct"), Literal(rule.text))
            yield Triple(node, NamedNode(SH + "prefixes"), self._dataset)
            yield Triple(node, NamedNode(DCTERMS + "isPartOf"), self._dataset)

    def statistics(self, asserted: set[Triple], inferred: frozenset[Triple]) -> Iterator[Triple]:
        triples = asserted | inferred
        by_property: dict[str, list[Triple]] = defaultdict(list)
        for triple in triples:
            by_property[triple.predicate.value].append(triple)
        types = _types(asserted)
        asserted_classes = {name for names in types.values() for name in names}
        instances: dict[str, set[str]] = defaultdict(set)
        for subject, names in _types(triples).items():
            for name in names:
                instances[name].add(subject)
        yield self._count(self._dataset, "triples", len(triples))
        yield self._count(self._dataset, "classes", len(instances))
        yield self._count(self._dataset, "properties", len(by_property))
        subjects, objects = {t.subject for t in triples}, {t.object for t in triples}
        yield self._count(self._dataset, "distinctSubjects", len(subjects))
        yield self._count(self._dataset, "distinctObjects", len(objects))
        for name, members in instances.items():
            node = self._node("class", name)
            yield Triple(self._dataset, NamedNode(VOID + "classPartition"), node)
            yield Triple(node, NamedNode(VOID + "class"), NamedNode(name))
            yield self._count(node, "entities", len(members))
            if name in asserted_classes:
                yield from self._properties(node, name, by_property, types, members)
        yield from self._properties(self._dataset, "", by_property, types, None)

    def _properties(
        self,
        parent: NamedNode,
        class_name: str,
        by_property: dict[str, list[Triple]],
        types: Types,
        members: set[str] | None,
    ) -> Iterator[Triple]:
        for name, all_triples in by_property.items():
            triples = [t for t in all_triples if members is None or str(t.subject) in members]
            if not triples:
                continue
            node = self._node("property", class_name, name)
            yield Triple(parent, NamedNode(VOID + "propertyPartition"), node)
            yield Triple(node, NamedNode(VOID + "property"), NamedNode(name))
            yield self._count(node, "triples", len(triples))
            if members is not None and name != RDF + "type":
                yield from self._objects(node, (class_name, name), triples, types)

    def _objects(
        self, parent: NamedNode, key: tuple[str, str], triples: Iterable[Triple], types: Types
    ) -> Iterator[Triple]:
        classes: dict[str, int] = defaultdict(int)
        datatypes: dict[str, int] = defaultdict(int)
        for triple in triples:
            if isinstance(triple.object, Literal):
                datatypes[triple.object.datatype.value] += 1
            for name in types.get(str(triple.object), ()):
                classes[name] += 1
        for counts, link, member in (
            (classes, VOID + "classPartition", VOID + "class"),
            (datatypes, VOID_EXT + "datatypePartition", VOID_EXT + "datatype"),
        ):
            for name, count in counts.items():
                node = self._node("object", *key, name)
                yield Triple(parent, NamedNode(link), node)
                yield Triple(node, NamedNode(member), NamedNode(name))
                yield self._count(node, "triples", count)

    def _count(self, node: NamedNode, name: str, number: int) -> Triple:
        return Triple(node, NamedNode(VOID + name), Literal(number))


def _types(triples: Iterable[Triple]) -> Types:
    types: Types = defaultdict(set)
    for triple in triples:
        if triple.predicate.value == TYPE and isinstance(triple.object, NamedNode):
            types[str(triple.subject)].add(triple.object.value)
    return types
