"""The grammar of SPARQL 1.1 (section 19.8): a query read into its syntax tree.

It is made only of queries that `scograph.sparql.rewriting` has to look into, after the engine has
parsed them: what the engine accepts beyond the grammar, or what it refuses, is its own concern.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from scograph.sparql.syntax_tree import Node
from scograph.sparql.terminals import Cursor

_COMPARISONS: Final = re.compile(r"<=|>=|!=|=|<|>")
_FORMS: Final = ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK")
_TERMS: Final = frozenset(("VAR", "IRIREF", "PNAME", "NUMBER", "STRING", "BLANK_NODE_LABEL"))


def syntax_tree(text: str) -> Node:
    """Return the tree of the query *text* (production ``QueryUnit``).

    Raises:
        UnreadableError: it is outside of the grammar of SPARQL 1.1 and of RDF 1.2's triple terms.
        RecursionError: it nests deeper than Python's calls may.

    """
    return _Parser(text).query()


class _Parser(Cursor):
    """Reads the text from left to right; each method reads the production of its name."""

    def _done(self, node: Node) -> Node:
        node.end = self.end
        return node

    def _leaf(self, rule: str) -> Node:
        node = Node(rule, self.at)
        self.next()
        return self._done(node)

    # Sections 19.8, [2] to [30]: the query and its clauses.

    def query(self) -> Node:
        node = Node("QueryUnit", self.at)
        node.children.append(self._prologue())
        if not self.here(*_FORMS):
            self.fail()
        form = Node(self.word.capitalize() + "Query", self.at)
        node.children.append(form)
        self._form(form)
        if self.here("VALUES"):
            form.children.append(self._inline_data())
        self._done(form)
        if self.at < len(self.text):
            self.fail()
        return self._done(node)

    def _prologue(self) -> Node:
        node = Node("Prologue", self.at, self.at)
        while self.here("BASE", "PREFIX", "VERSION"):
            declared = Node(self.word.capitalize() + "Decl", self.at)
            self.next()
            while self.kind in ("PNAME", "IRIREF", "STRING"):
                self.next()
            node.children.append(self._done(declared))
        return self._done(node) if node.children else node

    def _form(self, form: Node) -> None:
        add = form.children.append
        if self.here("SELECT"):
            add(self._select_clause())
        elif self.accept("CONSTRUCT"):
            if self.here("{"):
                add(self._construct_template())
        elif self.accept("DESCRIBE"):
            while self.kind in ("VAR", "IRIREF", "PNAME") or self.here("*"):
                add(self._leaf("Star" if self.here("*") else "VarOrIri"))
        else:
            self.expect("ASK")
        while self.here("FROM"):
            add(self._dataset_clause())
        where = Node("WhereClause", self.at)
        if self.accept("WHERE") or self.here("{"):
            where.children.append(self._group())
            add(self._done(where))
        self._solution_modifier(form)

    def _select_clause(self) -> Node:
        node = Node("SelectClause", self.at)
        self.expect("SELECT")
        if self.here("DISTINCT", "REDUCED"):
            self.next()
        if self.here("*"):
            node.children.append(self._leaf("Star"))
        while self.kind == "VAR" or self.here("("):
            if self.kind == "VAR":
                node.children.append(self._leaf("Var"))
            else:
                node.children.append(self._as("Projection"))
        return self._done(node)

    def _as(self, rule: str) -> Node:
        """Read ``( Expression AS Var )``; without AS where that may be left out."""
        node = Node(rule, self.at)
        self.expect("(")
        node.children.append(self._expression())
        if self.accept("AS"):
            node.children.append(self._leaf("Var"))
        self.expect(")")
        return self._done(node)

    def _construct_template(self) -> Node:
        node = Node("ConstructTemplate", self.at)
        self.expect("{")
        while not self.here("}"):
            node.children.append(self._triples_same_subject())
            self.accept(".")
        self.expect("}")
        return self._done(node)

    def _dataset_clause(self) -> Node:
        node = Node("DatasetClause", self.at)
        self.expect("FROM")
        if self.accept("NAMED"):
            node.rule = "NamedGraphClause"
        node.children.append(self._iri())
        return self._done(node)

    def _solution_modifier(self, form: Node) -> None:
        add = form.children.append
        while self.here("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"):
            node = Node(self.word.capitalize() + "Clause", self.at)
            self.next()
            self.accept("BY")
            while not self.here("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "}", ""):
                if self.at >= len(self.text):
                    break
                node.children.append(self._condition())
            add(self._done(node))

    def _condition(self) -> Node:
        """Read one condition of GROUP BY, HAVING or ORDER BY, or the number of LIMIT."""
        if self.here("ASC", "DESC"):
            self.next()
        if self.here("("):
            return self._as("Condition")
        return self._primary()

    # [53] to [68]: graph patterns.

    def _group(self) -> Node:
        node = Node("GroupGraphPattern", self.at)
        self.expect("{")
        if self.here("SELECT"):
            node.children.append(self._sub_select())
        while not self.here("}"):
            node.children.append(self._element())
            self.accept(".")
        self.expect("}")
        return self._done(node)

    def _sub_select(self) -> Node:
        node = Node("SubSelect", self.at)
        self._form(node)
        if self.here("VALUES"):
            node.children.append(self._inline_data())
        return self._done(node)

    def _element(self) -> Node:
        if self.here("{"):
            return self._union()
        readers = {"OPTIONAL": "OptionalGraphPattern", "MINUS": "MinusGraphPattern",
                   "LATERAL": "LateralGraphPattern"}  # fmt: skip
        node = Node(readers.get(self.word, ""), self.at)
        if node.rule:
            self.next()
            node.children.append(self._group())
        elif self.here("GRAPH", "SERVICE"):
            node.rule = f"{self.word.capitalize()}GraphPattern"
            self.next()
            self.accept("SILENT")
            node.children += [self._term(), self._group()]
        elif self.accept("FILTER"):
            node.rule = "Filter"
            node.children.append(self._constraint())
        elif self.accept("BIND"):
            node.rule, node.children = "Bind", self._as("Bind").children
        elif self.here("VALUES"):
            return self._inline_data()
        else:
            return self._triples_block()
        return self._done(node)

    def _union(self) -> Node:
        node = Node("GroupOrUnionGraphPattern", self.at)
        node.children.append(self._group())
        while self.accept("UNION"):
            node.children.append(self._group())
        return self._done(node)

    def _inline_data(self) -> Node:
        node = Node("InlineData", self.at)
        self.expect("VALUES")
        if self.kind == "VAR":
            node.children.append(self._leaf("Var"))
        else:
            self.expect("(")
            while self.kind == "VAR":
                node.children.append(self._leaf("Var"))
            self.expect(")")
        self.expect("{")
        while not self.accept("}"):
            if self.here("(", ")"):
                self.next()
            else:
                node.children.append(self._leaf("Undef") if self.here("UNDEF") else self._term())
        return self._done(node)

    def _constraint(self) -> Node:
        return self._as("BrackettedExpression") if self.here("(") else self._primary()

    # [52], [75] to [109]: triples.

    def _triples_block(self) -> Node:
        node = Node("TriplesBlock", self.at)
        while True:
            node.children.append(self._triples_same_subject())
            self._done(node)
            if not self.accept("."):
                break
            self._done(node)
            if not self._begins_triple():
                break
        return node

    def _triples_same_subject(self) -> Node:
        node = Node("TriplesSameSubjectPath", self.at)
        node.children.append(self._graph_node())
        if self._begins_verb():
            node.children.append(self._property_list())
        return self._done(node)

    def _property_list(self) -> Node:
        """Read verbs, each followed by the list of its objects."""
        node = Node("PropertyListPathNotEmpty", self.at)
        while self._begins_verb():
            node.children += [self._verb(), self._object_list()]
            if not self.here(";"):
                break
            while self.accept(";"):
                pass
        return self._done(node)

    def _begins_verb(self) -> bool:
        return self.kind in ("VAR", "IRIREF", "PNAME") or self.here("A", "^", "(", "!")

    def _begins_triple(self) -> bool:
        return self.kind in _TERMS or self.here("[", "(", "<<", "<<(", "TRUE", "FALSE")

    def _verb(self) -> Node:
        return self._leaf("Var") if self.kind == "VAR" else self._path()

    def _object_list(self) -> Node:
        node = Node("ObjectListPath", self.at)
        while True:
            object_ = Node("ObjectPath", self.at)
            object_.children.append(self._graph_node())
            while self.here("~", "{|"):
                object_.children.append(self._annotation())
            node.children.append(self._done(object_))
            if not self.accept(","):
                return self._done(node)

    def _annotation(self) -> Node:
        node = Node("Annotation", self.at)
        if self.accept("~"):
            if self.kind in _TERMS or self.here("["):
                node.children.append(self._graph_node())
        else:
            self.expect("{|")
            node.children.append(self._property_list())
            self.expect("|}")
        return self._done(node)

    def _graph_node(self) -> Node:
        if self.here("["):
            node = Node("BlankNodePropertyListPath", self.at)
            self.expect("[")
            if not self.here("]"):
                node.children.append(self._property_list())
            self.expect("]")
            return self._done(node)
        if self.here("("):
            node = Node("CollectionPath", self.at)
            self.expect("(")
            while not self.here(")"):
                node.children.append(self._graph_node())
            self.expect(")")
            return self._done(node)
        return self._term()

    def _term(self) -> Node:
        if self.kind == "VAR":
            return self._leaf("Var")
        if self.kind == "BLANK_NODE_LABEL":
            return self._leaf("BlankNode")
        if self.kind in ("IRIREF", "PNAME"):
            return self._iri()
        if self.here("<<", "<<("):
            return self._triple_term()
        return self._literal()

    def _triple_term(self) -> Node:
        node = Node("TripleTerm", self.at)
        close = ")>>" if self.accept("<<(") else ">>"
        if close == ">>":
            self.expect("<<")
        while not self.here(close):
            if self.here("A", "~"):
                self.next()
            else:
                node.children.append(self._term())
        self.expect(close)
        return self._done(node)

    def _iri(self) -> Node:
        if self.kind not in ("IRIREF", "PNAME"):
            self.fail()
        return self._leaf("iri")

    def _literal(self) -> Node:
        if self.kind == "NUMBER":
            return self._leaf("NumericLiteral")
        if self.here("TRUE", "FALSE"):
            return self._leaf("BooleanLiteral")
        if self.kind != "STRING":
            self.fail()
        node = Node("RDFLiteral", self.at)
        node.children.append(self._leaf("String"))
        if self.kind == "LANGTAG":
            self.next()
        elif self.accept("^^"):
            node.children.append(self._iri())
        return self._done(node)

    # [88] to [97]: property paths; of one part alone, that part.

    def _path(self) -> Node:
        return self._parts("PathAlternative", "|", self._path_sequence)

    def _path_sequence(self) -> Node:
        return self._parts("PathSequence", "/", self._path_elt_or_inverse)

    def _parts(self, rule: str, sign: str, read: Callable[[], Node]) -> Node:
        node = Node(rule, self.at)
        node.children.append(read())
        while self.accept(sign):
            node.children.append(read())
        return self._done(node) if len(node.children) > 1 else node.children[0]

    def _path_elt_or_inverse(self) -> Node:
        node = Node("PathInverse", self.at)
        if self.accept("^"):
            node.children.append(self._path_elt())
            return self._done(node)
        return self._path_elt()

    def _path_elt(self) -> Node:
        node = Node("PathElt", self.at)
        primary = self._path_primary()
        if not self.here("*", "+", "?"):
            return primary
        node.children += [primary, self._leaf("PathMod")]
        return self._done(node)

    def _path_primary(self) -> Node:
        if self.here("("):
            node = Node("Path", self.at)
            self.expect("(")
            node.children.append(self._path())
            self.expect(")")
            return self._done(node)
        if self.here("!"):
            return self._negated_property_set()
        return self._leaf("A") if self.here("A") else self._iri()

    def _negated_property_set(self) -> Node:
        node = Node("PathNegatedPropertySet", self.at)
        self.expect("!")
        several = self.accept("(")
        while not self.here(")"):
            item = Node("PathOneInPropertySet", self.at)
            self.accept("^")
            item.children.append(self._leaf("A") if self.here("A") else self._iri())
            node.children.append(self._done(item))
            if not (several and self.accept("|")):
                break
        if several:
            self.expect(")")
        return self._done(node)

    # [110] to [128]: expressions, a flat list of operands and of what joins them.

    def _expression(self) -> Node:
        node = Node("Expression", self.at)
        while True:
            while self.here("!", "+", "-"):
                node.children.append(self._leaf("Sign"))
            node.children.append(self._primary())
            operator = self._operator()
            if operator is None:
                return self._done(node) if len(node.children) > 1 else node.children[0]
            node.children.append(operator)

    def _operator(self) -> Node | None:
        """Read what joins two operands, if there is any."""
        node = Node("Operator", self.at, self.at)
        # After an operand `<` compares, however much what follows looks like an IRI.
        compared = _COMPARISONS.match(self.text, self.at)
        if compared:
            self.token, self.kind = compared[0], "SIGN"
            return self._leaf("Operator")
        if self.here("||", "&&", "+", "-", "*", "/"):
            return self._leaf("Operator")
        if self.kind == "NUMBER" and self.token[0] in "+-":
            return node  # `?x -1` is a subtraction
        if self.accept("NOT") or self.here("IN"):
            self.expect("IN")
            return self._done(node)
        return None

    def _primary(self) -> Node:
        if self.here("("):
            return self._argument_list()
        if self.kind in ("IRIREF", "PNAME"):
            node = Node("FunctionCall", self.at)
            name = self._iri()
            if not self.here("("):
                return name
            node.children += [name, self._argument_list()]
            return self._done(node)
        if self.kind in _TERMS or self.here("TRUE", "FALSE", "<<", "<<("):
            return self._term()
        if self.kind != "WORD":
            self.fail()
        return self._built_in_call()

    def _built_in_call(self) -> Node:
        node = Node("BuiltInCall", self.at)
        negated = self.accept("NOT")
        name = self.word
        self.next()
        if name == "EXISTS" or negated:
            node.rule = "ExistsFunc"
            node.children.append(self._group())
        elif self.here("("):
            node.children.append(self._argument_list())
        return self._done(node)

    def _argument_list(self) -> Node:
        node = Node("ArgList", self.at)
        self.expect("(")
        self.accept("DISTINCT")
        if self.here("*"):
            node.children.append(self._leaf("Star"))
        while not self.here(")"):
            node.children.append(self._expression())
            if self.accept(";"):  # ; SEPARATOR = "..."
                self.expect("SEPARATOR")
                self.expect("=")
                self._literal()
            elif not self.here(")"):
                self.expect(",")
        self.expect(")")
        return self._done(node)
