"""RDF/XML 1.1, well-formed whatever the names are: what has no name in XML is refused.

pyoxigraph's serialiser takes letters and digits of every script for parts of XML names, and
writes a class that ends in no name as an element without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from xml.parsers import expat

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from scograph.rdf.errors import FormatError
from scograph.rdf.findings import shortened
from scograph.rdf.namespaces import RDF, XSD
from scograph.rdf.terms import AnyTerm
from scograph.rdf.vocabulary import TYPE

_STRING = XSD + "string"
# What XML 1.0 has no way to write (section 2.2).
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;",
            "\t": "&#9;", "\n": "&#10;"}  # fmt: skip
_ESCAPED_IN_TEXT = re.compile("[&<>\r]")
_ESCAPED_IN_ATTRIBUTES = re.compile('[&<>"\r\t\n]')
# Names that mean something else as property elements (RDF/XML 1.1, sections 5.1 and 6.1.4).
_NO_PROPERTIES = frozenset(
    RDF + name
    for name in (
        "RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "li",
        "aboutEach", "aboutEachPrefix", "bagID",
    )
)  # fmt: skip
# Namespaces that no prefix may be declared for (Namespaces in XML, section 3).
_RESERVED = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/")


def rdf_xml(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Serialise *triples*, which are grouped by subject and have types first, as RDF/XML 1.1.

    Of *prefixes*, those that occur in names of elements are declared.

    Raises:
        FormatError: a predicate ends in no name in XML, or in one that RDF/XML reserves; there is a
            control character, a triple term or a base direction.

    """
    elements = _Elements(prefixes)
    body = "".join(_nodes(triples, elements))
    declared = "".join(
        f"\n  {elements.declaration(namespace)}" for namespace in sorted(elements.used)
    )
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="{RDF}"{declared}>\n'
    return f"{head}{body}</rdf:RDF>\n".encode()


class _Elements:
    """The elements that IRIs name: of classes and of predicates."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = {
            namespace: prefix
            for prefix, namespace in sorted(prefixes.items(), reverse=True)
            if _may_be_declared(prefix, namespace)
        }
        self.used: set[str] = set()
        self._properties: dict[str, tuple[str, str]] = {}

    def declaration(self, namespace: str) -> str:
        """Write the attribute that declares the prefix of *namespace*."""
        prefix = self._prefixes[namespace]
        return f'xmlns{prefix and ":"}{prefix}="{_attribute(namespace)}"'

    def of_class(self, iri: str) -> str | None:
        """Return the name of a node element for *iri*, if a declared prefix makes one."""
        namespace, local = _split(iri)
        if not local or namespace not in self._prefixes:
            return None
        return self._qualified(namespace, local)

    def of_predicate(self, iri: str) -> tuple[str, str]:
        """Return the start of a property element for *iri*, and its name.

        Raises:
            FormatError: there is none.

        """
        found = self._properties.get(iri)
        if found is None:
            found = self._properties[iri] = self._property(iri)
        return found

    def _property(self, iri: str) -> tuple[str, str]:
        if iri in _NO_PROPERTIES:
            raise FormatError(f"RDF/XML has no element for rdf:{iri.removeprefix(RDF)}")
        namespace, local = _split(iri)
        if not local or namespace in _RESERVED:
            raise FormatError(f"{shortened(iri, 200)} ends in no name that all readers of XML know")
        if namespace == RDF:
            return f"rdf:{local}", f"rdf:{local}"
        if namespace in self._prefixes:
            name = self._qualified(namespace, local)
            return name, name
        return f'ns:{local} xmlns:ns="{_attribute(namespace)}"', f"ns:{local}"

    def _qualified(self, namespace: str, local: str) -> str:
        self.used.add(namespace)
        prefix = self._prefixes[namespace]
        return f"{prefix}:{local}" if prefix else local


def _may_be_declared(prefix: str, namespace: str) -> bool:
    known = namespace in (RDF, *_RESERVED) or prefix in ("rdf", "xml", "xmlns")
    return bool(namespace) and not known and (not prefix or _is_name(prefix))


def _is_name(text: str) -> bool:
    return _split(text) == ("", text)


def _split(iri: str) -> tuple[str, str]:
    """Split *iri* before the longest name without colon that it ends in, which may be empty."""
    start = at = len(iri)
    while at and _in_names(iri[at - 1]):
        at -= 1
        if _begins_names(iri[at]):
            start = at
    return iri[:start], iri[start:]


@lru_cache(maxsize=4096)
def _in_names(character: str) -> bool:
    return character != ":" and _is_element(f"a{character}")


@lru_cache(maxsize=4096)
def _begins_names(character: str) -> bool:
    return character != ":" and _is_element(character)


def _is_element(name: str) -> bool:
    """Tell whether elements may be so called, by the narrower rules of the fourth edition of XML.

    Many readers, expat among them, keep to these; names that they allow, the fifth allows, too.
    """
    if name.isascii():
        return re.fullmatch(r"[A-Za-z_][\w.-]*", name, re.ASCII) is not None
    try:
        expat.ParserCreate().Parse(f"<{name}/>", True)
    except expat.ExpatError:
        return False
    return True


def _nodes(triples: Iterable[Triple], elements: _Elements) -> Iterator[str]:
    subject: NamedNode | BlankNode | Triple | None = None
    end = ""
    for triple in triples:
        predicate, term = triple.predicate.value, triple.object
        if triple.subject != subject:
            yield end
            subject = triple.subject
            name = None
            if predicate == TYPE and isinstance(term, NamedNode):
                name = elements.of_class(term.value)
            yield f"<{name or 'rdf:Description'} {_reference(subject, 'about')}>\n"
            end = f"</{name or 'rdf:Description'}>\n"
            if name is not None:
                continue
        start, name = elements.of_predicate(predicate)
        yield f" <{start}{_content(term, name)}\n"
    yield end


def _content(term: AnyTerm, name: str) -> str:
    if not isinstance(term, Literal):
        return f" {_reference(term, 'resource')}/>"
    if term.direction is not None:
        raise FormatError("RDF/XML 1.1 has no literals with a base direction")
    if _NO_CHARACTER.search(term.value):
        raise FormatError("the answer has a control character, which XML cannot carry")
    text = _ESCAPED_IN_TEXT.sub(_escape, term.value)
    datatype = term.datatype.value
    if term.language is not None:
        attribute = f' xml:lang="{_attribute(term.language)}"'
    else:
        attribute = "" if datatype == _STRING else f' rdf:datatype="{_attribute(datatype)}"'
    return f"{attribute}>{text}</{name}>"


def _reference(term: AnyTerm, attribute: str) -> str:
    if isinstance(term, NamedNode):
        return f'rdf:{attribute}="{_attribute(term.value)}"'
    if isinstance(term, BlankNode):
        return f'rdf:nodeID="{_node_id(term.value)}"'
    raise FormatError("RDF/XML 1.1 has no triple terms")


def _node_id(label: str) -> str:
    """Return *label* if it is a name in XML, else one that no other label becomes."""
    marked = label.startswith("_x")
    return label if not marked and _is_name(label) else f"_x{label.encode().hex()}"


def _attribute(text: str) -> str:
    return _ESCAPED_IN_ATTRIBUTES.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES[match.group()]
