"""A case: a small dataset, and a query over it, with the dataset that the query asks for.

Terms are tuples: ``("iri", value)``, ``("bnode", label)``, ``("literal", lexical form, datatype,
language)``. A quad has a graph name, or None where it is in the default graph.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

Term = tuple[str, ...]
Quad = tuple[Term, Term, Term, Term | None]

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PLACE = "http://e/"
HEADER = f"BASE <{PLACE}> PREFIX : <{PLACE}> PREFIX xsd: <{XSD}> PREFIX rdf: <{RDF}>"


def iri(name: str) -> Term:
    return ("iri", name)


def literal(form: str, datatype: str = "string", language: str = "") -> Term:
    return ("literal", form, RDF + "langString" if language else XSD + datatype, language)


def n3(term: Term) -> str:
    """Write *term* as N-Triples and SPARQL do."""
    if term[0] == "iri":
        return f"<{term[1]}>"
    if term[0] == "bnode":
        return f"_:{term[1]}"
    quoted = json.dumps(term[1], ensure_ascii=False).replace("\x7f", "\\u007F")
    if term[3]:
        return f"{quoted}@{term[3]}"
    return quoted if term[2] == XSD + "string" else f"{quoted}^^<{term[2]}>"


@dataclass(frozen=True)
class Case:
    """A query over *quads*. ``head`` stands before the dataset clauses, ``body`` after them.

    ``froms`` and ``named`` are the graphs of FROM and FROM NAMED; ``default_uris`` and
    ``named_uris`` those of the request, which replace them (SPARQL 1.1 Protocol, 2.1.4).
    ``used`` names the constructs that the generator has put into the query. ``ordered`` names the
    variables by whose values as strings the rows are ordered; ``cut`` says that a LIMIT may
    take any of several rows that have the same; ``reduced``, that it may drop duplicates.
    ``disguise`` numbers another way to write the same text, which only the product gets.
    """

    quads: tuple[Quad, ...]
    head: str
    body: str
    froms: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    default_uris: tuple[str, ...] = ()
    named_uris: tuple[str, ...] = ()
    used: frozenset[str] = field(default_factory=frozenset)
    ordered: tuple[str, ...] = ()
    cut: bool = False
    reduced: bool = False
    disguise: int = 0

    @property
    def query(self) -> str:
        """The text as the product gets it."""
        clauses = [f"FROM <{name}>" for name in self.froms]
        clauses += [f"FROM NAMED <{name}>" for name in self.named]
        text = " ".join([HEADER, self.head, *clauses, self.body])
        return disguised(text, self.disguise) if self.disguise else text

    @property
    def plain_query(self) -> str:
        """The text without clauses of a dataset."""
        return " ".join([HEADER, self.head, self.body])

    def dataset(self) -> list[Quad]:
        """The dataset that is asked, with the default graph merged (SPARQL 1.1, 13.2)."""
        default, named = self.froms, self.named
        if self.default_uris or self.named_uris:
            default, named = self.default_uris, self.named_uris
        if not default and not named:
            return list(dict.fromkeys(self.quads))
        merged = [(s, p, o, None) for s, p, o, g in self.quads if g and g[1] in default]
        kept = [quad for quad in self.quads if quad[3] and quad[3][1] in named]
        return list(dict.fromkeys([*merged, *kept]))

    def text(self) -> str:
        """The case, copyable."""
        data = "\n".join(_line(quad) for quad in self.quads)
        request = [f"default-graph-uri={name}" for name in self.default_uris]
        request += [f"named-graph-uri={name}" for name in self.named_uris]
        return "\n".join(filter(None, [data, self.query, *request]))


# A text, an IRI or (), in which nothing is changed.
_QUOTED = re.compile(r'("(?:[^"\\]|\\.)*"|<[^<>" ]*>|\(\s*\))')
_SPACES = (" ", " ", " ", "\n", "\t", " # } UNION { ' \" | ? <\n", "\r\n")


def disguised(text: str, number: int) -> str:
    """Write *text* with other white space, comments, cases of keywords and marks of variables."""
    source = random.Random(number)  # noqa: S311
    mark = source.choice("?$")
    change = source.choice((str.lower, str.title, str.upper))
    pieces = _QUOTED.split(text)
    for at in range(0, len(pieces), 2):
        piece = re.sub(r"\b[A-Z]{2,}[0-9]*\b", lambda found: change(found[0]), pieces[at])
        piece = re.sub(r"\?(?=[a-z])", mark, piece)
        pieces[at] = re.sub(" ", lambda _: source.choice(_SPACES), piece)
    return "".join(pieces)


def _line(quad: Quad) -> str:
    return " ".join([*(n3(term) for term in quad if term), "."])


def listed(quads: Iterable[Quad]) -> list[list[list[str] | None]]:
    """*quads* for JSON."""
    return [[list(term) if term else None for term in quad] for quad in quads]
