"""JSON-LD 1.1: flattened node objects, with a context of prefixes and nothing else.

Readers need not fetch a remote context, and no term of it changes what a value means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from json import JSONEncoder

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from scograph.rdf.errors import FormatError
from scograph.rdf.namespaces import XSD
from scograph.rdf.terms import AnyTerm
from scograph.rdf.vocabulary import TYPE

# A namespace that ends otherwise is a prefix only where the context says so (JSON-LD 1.1, 9.15.1).
_GEN_DELIMS = tuple(":/?#[]@")
_STRING = XSD + "string"
_quoted = JSONEncoder(ensure_ascii=False).encode


def json_ld(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Serialise *triples*, which are grouped by subject and predicate, as JSON-LD 1.1.

    Literals keep their lexical forms: none becomes a number. Of *prefixes*, those that
    are used are declared.

    Raises:
        FormatError: there is a triple term or a base direction, which JSON-LD 1.1 has not.

    """
    found = list(triples)
    names = _Names(prefixes, set(_iris(found)))
    nodes = ",\n".join(_nodes(found, names))
    return f'{{"@context": {names.context()},\n"@graph": [\n{nodes}\n]}}\n'.encode()


def _iris(triples: Iterable[Triple]) -> Iterable[str]:
    for triple in triples:
        yield triple.predicate.value
        for term in (triple.subject, triple.object):
            if isinstance(term, NamedNode):
                yield term.value
            elif isinstance(term, Literal):
                yield term.datatype.value


class _Names(dict[str, str]):
    """By IRI, the text that stands for it, quoted; and the context by which it does."""

    def __init__(self, prefixes: Mapping[str, str], iris: set[str]) -> None:
        super().__init__()
        # An IRI is read as a prefixed name if its scheme is a prefix, but not before `//`
        # (JSON-LD 1.1 API, section 5.2.2): neither an IRI nor a namespace may be so confused.
        schemes = {
            iri.partition(":")[0]
            for iri in (*iris, *prefixes.values())
            if not iri.partition(":")[2].startswith("//")
        }
        self._by_namespace = {
            namespace: prefix
            for prefix, namespace in sorted(prefixes.items(), reverse=True)
            if prefix and namespace and prefix not in schemes
        }
        longest_first = sorted(self._by_namespace, key=len, reverse=True)
        self._namespace = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        self._used: set[str] = set()

    def __missing__(self, iri: str) -> str:
        text = self[iri] = _quoted(self._compacted(iri))
        return text

    def context(self) -> str:
        """Write the context: the prefixes that are used."""
        lines = [
            f"\n {_quoted(self._by_namespace[namespace])}: {_definition(namespace)}"
            for namespace in sorted(self._used, key=self._by_namespace.__getitem__)
        ]
        return f"{{{','.join(lines)}}}"

    def _compacted(self, iri: str) -> str:
        match = self._namespace.match(iri)
        if match is None:
            return iri
        local = iri[match.end() :]
        if not local or local.startswith("//"):
            return iri
        self._used.add(match.group())
        return f"{self._by_namespace[match.group()]}:{local}"


def _definition(namespace: str) -> str:
    text = _quoted(namespace)
    return text if namespace.endswith(_GEN_DELIMS) else f'{{"@id": {text}, "@prefix": true}}'


def _nodes(triples: Iterable[Triple], names: _Names) -> Iterable[str]:
    subject: NamedNode | BlankNode | Triple | None = None
    values: dict[str, list[str]] = {}
    for triple in triples:
        if triple.subject != subject:
            if subject is not None:
                yield _node(subject, values, names)
            subject, values = triple.subject, {}
        predicate, term = triple.predicate.value, triple.object
        if predicate == TYPE and isinstance(term, NamedNode | BlankNode):
            values.setdefault('"@type"', []).append(_name(term, names))
        else:
            values.setdefault(names[predicate], []).append(_value(term, names))
    if subject is not None:
        yield _node(subject, values, names)


def _node(
    subject: NamedNode | BlankNode | Triple, values: dict[str, list[str]], names: _Names
) -> str:
    lines = [f'{{"@id": {_name(subject, names)}']
    for key, items in values.items():
        lines.append(f"{key}: {items[0] if len(items) == 1 else '[' + ', '.join(items) + ']'}")
    return ",\n ".join(lines) + "}"


def _value(term: AnyTerm, names: _Names) -> str:
    if not isinstance(term, Literal):
        return f'{{"@id": {_name(term, names)}}}'
    text = _quoted(term.value)
    if term.direction is not None:
        raise FormatError("JSON-LD 1.1 has no literals with a base direction")
    if term.language is not None:
        return f'{{"@language": {_quoted(term.language)}, "@value": {text}}}'
    datatype = term.datatype.value
    return text if datatype == _STRING else f'{{"@type": {names[datatype]}, "@value": {text}}}'


def _name(term: AnyTerm, names: _Names) -> str:
    if isinstance(term, NamedNode):
        return names[term.value]
    if isinstance(term, BlankNode):
        return _quoted(str(term))
    raise FormatError("JSON-LD 1.1 has no triple terms")
