"""Queries that the engine answers otherwise than SPARQL 1.1, written such that it is right.

What is rewritten, and what is refused because it cannot be, is listed in docs/conformance.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from scograph.rdf.namespaces import RDF, XSD, compact
from scograph.rdf.terms import AnyTerm, text_of
from scograph.sparql.blank_nodes import BNODE, bnode_edits, bnode_of
from scograph.sparql.casts import CASTS, COLLAPSE, FLOATING, cast_edits, collapse, floating
from scograph.sparql.dataset import QueryDataset
from scograph.sparql.edits import Edit, Names, edited
from scograph.sparql.errors import RefusedError
from scograph.sparql.grammar import syntax_tree
from scograph.sparql.graph_names import GraphNameRewriter
from scograph.sparql.property_paths import PathRewriter
from scograph.sparql.regular_expressions import (
    PATTERN,
    REPLACED,
    REPLACEMENT,
    pattern_of,
    regex_edits,
    replaced_pattern_of,
    replacement_of,
)
from scograph.sparql.syntax_tree import Node
from scograph.sparql.terminals import UnreadableError
from scograph.sparql.truth_values import TRUTH, truth_edits, truth_of
from scograph.sparql.xpath_regex import PatternError

# What may have to be rewritten, by letters that it has and an expression that looks closer, both in
# upper case: alternatives and paths of length zero, datasets and the names of graphs, functions,
# conditions that are terms, casts, constants in a spelling of their own. Whether it has to be, the
# tree tells.
# The time is linear in the text: nothing that is repeated may begin in the middle of another.
_DOUBTFUL: Final = {
    sign: re.compile(closer)
    for sign, closer in {
        "|": r"\|",
        "?": r"\?(?!\w)",
        "FROM": r"FROM",
        "GRAPH": r"GRAPH\s*[?$#]",
        "REGEX": "REGEX",
        "REPLACE": "REPLACE",
        "BNODE": "BNODE",
        "&&": "&&",
        "!": "!(?!=)",
        "IF": r"IF\s*[(#]",
        "IN": r"IN\s*\(\s*\)",
        "HAVING": "HAVING",
        "GROUP": r"GROUP[\s#]",
        "XMLSCHEMA#": r"XMLSCHEMA#\w",
        "FILTER": r"FILTER[\s(]*(?:#|[?$]\w+\s*[)#]|[?$]\w+ [-+]|[\"']|(?:COALESCE|CONCAT|[LU]CASE"
        r"|SUBSTR|STRBEFORE|STRAFTER|STRLANG|STRDT|SAMPLE|M[AI][XN])\s*\()",
        "^^": r"\^\^",
        "": r"[\s(=<>,;*](?:[+-]?(?:0\d|\d*\.\d*0(?!\d)|\.\d|\d+(?:\.\d*)?E)|\+\d)",
        **{name.upper(): rf"{name.upper()}>?\s*[(#]" for name in CASTS},
    }.items()
}
# A star that ends no path: of all variables, or of all rows.
_NO_PATH: Final = re.compile(r"(?:(?<![\w:.\-\\])(?:SELECT|DISTINCT|REDUCED|DESCRIBE)|\()\s*\*")
# The functions of the project's own, by the names under which queries call them.
_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    BNODE: bnode_of,
    COLLAPSE: collapse,
    FLOATING: floating,
    PATTERN: pattern_of,
    REPLACED: replaced_pattern_of,
    REPLACEMENT: replacement_of,
    TRUTH: truth_of,
}
_NIL: Final = NamedNode(RDF + "nil")
_STR_OR_DATATYPE: Final = re.compile(r"(?:(STR)|DATATYPE)\s*\(", re.IGNORECASE)
_PREFIX: Final = re.compile(r"([\w.\-·]*):")
_PLAIN_NUMBER: Final = re.compile(r"-?[1-9][0-9]*|0")


@dataclass(frozen=True)
class Rewritten:
    """A query as the engine is asked it, over which dataset, and what is to be said of it.

    ``functions`` are those of the project's own that it calls, by their IRIs.
    """

    text: str
    dataset: QueryDataset
    functions: dict[NamedNode, Callable[..., Any]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def is_doubtful(text: str) -> bool:
    """Tell whether the query *text* has anything that `rewritten` may have to rewrite."""
    upper = text.upper()
    if "*" in upper and "*" in _NO_PATH.sub("", upper):
        return True
    return any(closer.search(upper) for sign, closer in _DOUBTFUL.items() if sign in upper)


def rewritten(
    text: str, dataset: QueryDataset, base: str, prefixes: Mapping[str, str]
) -> Rewritten:
    """Return the query *text* such that the engine answers it rightly.

    Args:
        text: the query.
        dataset: what it is asked of, unless it has FROM clauses of its own.
        base: the base IRI of the query.
        prefixes: those that it uses without declaring them.

    Raises:
        RefusedError: the engine would answer wrongly whatever is written.
        SyntaxError: it is no query.

    """
    try:
        tree = syntax_tree(text)
    except RecursionError as error:
        raise RefusedError("its brackets nest too deep for what has to be rewritten") from error
    except UnreadableError as error:
        Store().query(text, base_iri=base, prefixes=dict(prefixes))
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        raise RefusedError(
            f"line {line}, column {column}: this is not written as SPARQL 1.1 has it; write "
            "keywords and names apart"
        ) from error
    query = _Query(text, tree, base, dict(prefixes))
    query.take_dataset(dataset)
    try:
        changed = edited(text, query.edits())
    except PatternError as error:
        raise RefusedError(str(error)) from error
    functions = {
        NamedNode(name): function for name, function in _FUNCTIONS.items() if name in changed
    }
    return Rewritten(changed, query.dataset, functions, tuple(query.warnings()))


class _Query:
    def __init__(self, text: str, tree: Node, base: str, prefixes: dict[str, str]) -> None:
        self._text = text
        self._base = base
        self._prefixes = prefixes
        self._prologue, self._form = tree.children
        self._names = Names(text)
        self._parts = self._form.parts()
        self._declared = _declared(text, self._prologue)
        self._terms: dict[str, AnyTerm] = {}
        self._spelt: set[int] = set()  # where constants stand whose spelling counts

    def _slice(self, node: Node) -> str:
        return self._text[node.start : node.end]

    def _ask(self, query: str) -> QuerySolutions:
        """Ask *query*, with what it uses of the prologue of this one, of no data."""
        names = ("", *_PREFIX.findall(query))
        needed = {at for name in names for at in self._declared.get(name, ())}
        declared = [self._slice(self._prologue.children[at]) for at in sorted(needed)]
        text = "\n".join([*declared, query])
        found = Store().query(text, base_iri=self._base, prefixes=self._prefixes)
        if not isinstance(found, QuerySolutions):
            raise TypeError(query)
        return found

    def _resolve(self, node: Node) -> AnyTerm:
        """Return the term that *node*, a constant, stands for."""
        written = self._slice(node)
        if written not in self._terms:
            solution = next(self._ask(f"SELECT ({written} AS ?term) {{}}"))
            self._terms[written] = solution["term"]
        return self._terms[written]

    def take_dataset(self, given: QueryDataset) -> None:
        """Use the dataset that the query names, unless the protocol names one (section 2.1.4)."""
        self.dataset = given
        clauses = self._form.of("DatasetClause", "NamedGraphClause")
        if clauses and not given.is_chosen:
            graphs: dict[str, list[Any]] = {"DatasetClause": [], "NamedGraphClause": []}
            for clause in clauses:
                graphs[clause.rule].append(self._resolve(clause.children[0]))
            self.dataset = given.of(graphs["DatasetClause"], graphs["NamedGraphClause"])
        self._names.graphs = self.dataset.named

    def edits(self) -> Iterator[Edit]:
        names_of_graphs = GraphNameRewriter(self._text, self._names)
        for clause in self._form.of("DatasetClause", "NamedGraphClause"):
            yield Edit(clause.start, clause.end, "")  # the engine is given the dataset apart
        yield from self._path_edits()
        for graph in self._parts["GraphGraphPattern"]:
            if graph.children[0].rule == "Var":
                yield from names_of_graphs.edits(graph)
        for call in self._parts["FunctionCall"]:
            yield from cast_edits(self._text, call, self._resolve)
        for call in self._parts["BuiltInCall"]:
            yield from regex_edits(self._text, call, self._resolve)
        yield from self._group_edits()
        yield from self._spelling_edits()
        yield from truth_edits(self._text, self._parts)
        yield from bnode_edits(self._text, self._form, self._parts, self._names)
        if self._names.used or names_of_graphs.selected:
            yield from self._star_edits(names_of_graphs.selected)

    def _path_edits(self) -> Iterator[Edit]:
        rewriter = PathRewriter(self._text, self._names, self._is_absent)
        blocks = list(_blocks(self._form, None))
        edits = [edit for block, graph in blocks for edit in rewriter.edits(block, graph)]
        yield from edits
        if edits:
            flat = {edit.start for edit in edits}
            for block, _ in blocks:
                yield from rewriter.unlabelled(block, flat)

    def _group_edits(self) -> Iterator[Edit]:
        """Make an expression of a variable in ``GROUP BY (?x AS ?y)``, which else is not read."""
        for group in self._parts["GroupClause"]:
            for condition in group.of("Condition"):
                variable, *name = condition.children
                if name and variable.rule == "Var":
                    text = f"COALESCE({self._slice(variable)})"
                    yield Edit(variable.start, variable.end, text)

    def _spelling_edits(self) -> Iterator[Edit]:
        """Answer STR and DATATYPE of a constant from the query: the engine has its value alone."""
        for call in self._parts["BuiltInCall"]:
            name = _STR_OR_DATATYPE.match(self._text, call.start)
            arguments = call.children[0].children if call.children else []
            if name and len(arguments) == 1 and _has_spelling(arguments[0]):
                text, datatype = self._spelling(arguments[0])
                term = Literal(text) if name[1] else NamedNode(datatype)
                self._spelt.add(arguments[0].start)
                yield Edit(call.start, call.end, f"({term})")

    def _is_absent(self, node: Node, graph: Node | None) -> bool | None:
        if graph is not None and graph.rule == "Var":
            return None
        if any(node.every("Var")):
            return False
        term = _NIL if node.rule == "CollectionPath" else self._resolve(node)
        name = None if graph is None else self._resolve(graph)
        return self.dataset.is_absent(term, cast("NamedNode | None", name))

    def _star_edits(self, selected: Mapping[int, str]) -> Iterator[Edit]:
        """Name the variables that ``*`` stands for, as the patterns may have others now."""
        counted = [call for call in self._parts["ArgList"] if call.of("Star")]
        if self._names.used and any("DISTINCT" in self._slice(c).upper() for c in counted):
            raise RefusedError(
                "COUNT(DISTINCT *) beside a path with alternatives is counted wrongly: name the "
                "variables in a subquery with DISTINCT"
            )
        for select in [self._form, *self._parts["SubSelect"]]:
            heads = [select] if select.rule == "DescribeQuery" else select.of("SelectClause")
            for star in (star for head in heads for star in head.of("Star")):
                text = self._slice(select)
                if select.rule == "DescribeQuery":
                    where = select.of("WhereClause")[0]
                    text = f"SELECT * {self._text[where.start : select.end]}"
                names = [f"?{name.value}" for name in self._ask(text).variables]
                also = selected.get(star.start)
                if also is not None and also not in names:
                    names.append(also)
                if not names and select is self._form:
                    raise RefusedError("SELECT * of a pattern without variables: write ASK")
                yield Edit(star.start, star.end, " ".join(names) or self._names.fresh())

    def warnings(self) -> Iterator[str]:
        """Yield a sentence for each constant that the engine spells otherwise, or types."""
        constants = {
            text: node
            for node in self._parts["NumericLiteral"] + self._parts["RDFLiteral"]
            if _has_spelling(node)
            and node.start not in self._spelt
            and not _PLAIN_NUMBER.fullmatch(text := self._slice(node))
        }
        if not constants:
            return
        terms = " ".join(
            f"(STR({term}) AS ?s{n}) (DATATYPE({term}) AS ?d{n})"
            for n, term in enumerate(constants)
        )
        solution = next(self._ask(f"SELECT {terms} {{}}"))
        for n, (term, node) in enumerate(constants.items()):
            spelling, datatype = solution[f"s{n}"], solution[f"d{n}"]
            if spelling is None or datatype is None:
                continue
            written = self._spelling(node)
            if written != (spelling.value, datatype.value):
                found = f"{spelling.value} ({compact(datatype.value, {'xsd': XSD})})"
                yield f"{term} is {found} here: the value is the same, its spelling is not"

    def _spelling(self, node: Node) -> tuple[str, str]:
        """Return the lexical form and the datatype of a literal that has one of its own."""
        if node.rule == "NumericLiteral":
            written = self._slice(node)
            kind = "double" if "e" in written.lower() else "decimal" if "." in written else None
            return written, XSD + (kind or "integer")
        text, datatype = (self._resolve(child) for child in node.children)
        return text_of(text), text_of(datatype)


def _declared(text: str, prologue: Node) -> dict[str, list[int]]:
    """Return where in *prologue* each prefix is declared last; BASE, under "", always counts."""
    found: dict[str, list[int]] = {"": []}
    for at, declaration in enumerate(prologue.children):
        name = _PREFIX.search(text, declaration.start, declaration.end)
        if declaration.rule == "PrefixDecl" and name and name[1]:
            found[name[1]] = [at]
        else:
            found[""].append(at)
    return found


def _has_spelling(node: Node) -> bool:
    """Tell whether *node* is a number, or a literal with a datatype of its own."""
    if node.rule == "RDFLiteral":
        return len(node.children) > 1
    return node.rule == "NumericLiteral"


def _blocks(node: Node, graph: Node | None) -> Iterator[tuple[Node, Node | None]]:
    """Yield each ``TriplesBlock`` below *node* with the graph that it is matched in."""
    for child in node.children:
        if child.rule == "TriplesBlock":
            yield child, graph
        elif child.rule == "GraphGraphPattern":
            yield from _blocks(child, child.children[0])
        elif child.rule != "ConstructTemplate":
            yield from _blocks(child, graph)
