"""Expressions of every kind: the operators, functions and casts of SPARQL 1.1, section 17."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.oracle import constants as c
from tests.oracle.dice import Dice

CASTS = ("string", "boolean", "integer", "decimal", "double", "float", "dateTime")
PATTERNS = (
    '"b"', '"^a"', '"a.c"', '"."', '"[a-c]+"', '"B"', '"^$"', '"(a)(b)?"', '"\\\\."', '"x*"',
    '"a|c"', '"^b"', '"c$"', '"[^a]"', '"\\\\d"', '"\\\\s"', '"é"', '"a{2}"', '"("', '"[ab"',
    '"\\\\p{L}"', '"😀"',
)  # fmt: skip
FLAGS = ('"i"', '""', '"s"', '"m"', '"x"', '"q"', '"ix"', '"y"')
TAGS = ('"en"', '"fr-BE"', '"EN"', '"en"@en')
RANGES = ('"en"', '"*"', '"EN-gb"', '"fr"', '"e"')
REPLACEMENTS = ('"Z"', '""', '"$0"', '"$1"', '"[$1]"', '"\\\\$"', '"$"', '"\\\\\\\\"', '"$2x"')


class Expressions:
    """Makes expressions over *variables*; *exists* makes patterns for EXISTS."""

    def __init__(
        self, dice: Dice, variables: Sequence[str], exists: Callable[[], str] | None = None
    ) -> None:
        self.dice = dice
        self.variables = list(variables)
        self._exists = exists
        self._guesses = 0  # how often an operand was made whose type is not known

    def any(self, depth: int) -> str:
        self._guesses += 1
        kind = self.dice.pick(
            (self.number, self.string, self.boolean, self.term, self.moment, self.wild)
        )
        return kind(depth)

    def variable_or(self, among: Sequence[str], percent: int = 40) -> str:
        if self.variables and self.dice.chance(percent):
            self._guesses += 1
            return "?" + self.dice.pick(self.variables)
        return self.dice.pick(among)

    def one(self, *makers: Callable[[int], str]) -> Callable[[int], str]:
        """One of *makers*, or, seldom, any other type."""
        return self.any if self.dice.chance(8) else self.dice.pick(makers)

    def wild(self, depth: int) -> str:
        d = self.dice
        self._guesses += 1
        if depth <= 0:
            return self.variable_or(d.pick((c.ODD, c.NUMBERS, c.STRINGS, c.DATES, c.BOOLEANS)), 30)
        kind = d.below(4)
        if kind == 0:
            d.uses("IF")
            return f"IF({self.boolean(depth - 1)}, {self.any(depth - 1)}, {self.any(depth - 1)})"
        if kind == 1:
            d.uses("COALESCE")
            return f"COALESCE({self._list(depth, 0, 3)})"
        if kind == 2:
            return self.cast(depth)
        return self.wild(0)

    def _list(self, depth: int, least: int, most: int) -> str:
        return ", ".join(self.any(depth - 1) for _ in self.dice.some(least, most))

    def cast(self, depth: int) -> str:
        d = self.dice
        self._guesses += 1
        name = d.pick(CASTS)
        d.uses("cast", f"cast:{name}")
        if d.chance(60):
            return f'xsd:{name}("{d.pick(c.FORMS)}")'
        return f"xsd:{name}({self.any(depth - 1)})"

    def number(self, depth: int) -> str:
        d = self.dice
        if depth <= 0:
            return self.variable_or(c.NUMBERS)
        kind = d.below(9)
        if kind == 0:
            return self.number(0)
        if kind in (1, 2):
            operator = d.pick(("+", "-", "*", "/"))
            d.uses(operator)
            left, right = self._numeric(depth), self._numeric(depth)
            return f"({left} {operator} {right})"
        if kind == 3:
            d.uses("unary")
            return f"({d.pick('-+')} {self._numeric(depth)})"
        if kind == 4:
            name = d.pick(("ABS", "CEIL", "FLOOR", "ROUND"))
            d.uses(name)
            return f"{name}({self._numeric(depth)})"
        if kind == 5:
            d.uses("STRLEN")
            return f"STRLEN({self.one(self.string)(depth - 1)})"
        if kind == 6:
            name = d.pick(("YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS"))
            d.uses(name)
            return f"{name}({self.one(self.moment)(depth - 1)})"
        if kind == 7:
            return self.cast(depth)
        return self.wild(depth)

    def _numeric(self, depth: int) -> str:
        return self.one(self.number)(depth - 1)

    def moment(self, depth: int) -> str:
        if depth > 0 and self.dice.chance(20):
            self.dice.uses("cast", "cast:dateTime")
            return f"xsd:dateTime({self.one(self.string)(depth - 1)})"
        return self.variable_or(c.DATES, 20)

    def string(self, depth: int) -> str:
        d = self.dice
        if depth <= 0:
            return self.variable_or(c.STRINGS)
        name = d.pick((
            "", "STR", "SUBSTR", "SUBSTR3", "UCASE", "LCASE", "STRBEFORE", "STRAFTER", "CONCAT",
            "ENCODE_FOR_URI", "REPLACE", "REPLACE4", "LANG", "TIMEZONE", "TZ", "STRLANG", "STRDT",
            "HASH", "CAST",
        ))  # fmt: skip
        if not name:
            return self.string(0)
        if name == "CAST":
            d.uses("cast", "cast:string")
            return f"xsd:string({self.any(depth - 1)})"
        if name == "HASH":
            name = d.pick(("MD5", "SHA1", "SHA256", "SHA384", "SHA512"))
        d.uses(
            name.removesuffix("3").removesuffix("4") if name in ("SUBSTR3", "REPLACE4") else name
        )
        return self._string_function(name, depth)

    def _string_function(self, name: str, depth: int) -> str:
        d = self.dice
        text = self.one(self.string)
        if name in ("STR", "LANG"):
            return f"{name}({self.any(depth - 1)})"
        if name in ("TIMEZONE", "TZ"):
            return f"{name}({self.one(self.moment)(depth - 1)})"
        if name in ("STRBEFORE", "STRAFTER"):
            return f"{name}({text(depth - 1)}, {self.one(self.string)(depth - 1)})"
        if name == "CONCAT":
            parts = [self.one(self.string)(depth - 1) for _ in d.some(0, 3)]
            return f"CONCAT({', '.join(parts)})"
        if name == "SUBSTR":
            return f"SUBSTR({text(depth - 1)}, {self._numeric(depth)})"
        if name == "SUBSTR3":
            return f"SUBSTR({text(depth - 1)}, {self._numeric(depth)}, {self._numeric(depth)})"
        if name in ("REPLACE", "REPLACE4"):
            flags = f", {d.pick(FLAGS)}" if name.endswith("4") else ""
            return f"REPLACE({text(depth - 1)}, {d.pick(PATTERNS)}, {d.pick(REPLACEMENTS)}{flags})"
        if name == "STRLANG":
            return f"STRLANG({text(depth - 1)}, {d.pick(TAGS)})"
        if name == "STRDT":
            kind = d.pick(
                ("xsd:integer", "xsd:string", ":unknown", "xsd:decimal", '"x"', "rdf:langString")
            )
            return f"STRDT({text(depth - 1)}, {kind})"
        return f"{name}({text(depth - 1)})"

    def term(self, depth: int) -> str:
        d = self.dice
        name = d.pick(("", "IRI", "URI", "DATATYPE", "BNODE"))
        if depth <= 0 or not name:
            return self.variable_or((":a", ":b", "<rel>", ":p", "<http://e/ü>"), 50)
        d.uses(name)
        if name == "BNODE":
            return f"BNODE({d.pick(('', '', self.string(0)))})"
        if name == "DATATYPE":
            return f"DATATYPE({self.any(depth - 1)})"
        return f"{name}({d.pick(c.NAMES)})"

    def boolean(self, depth: int) -> str:
        d = self.dice
        if depth <= 0:
            return self.variable_or(c.BOOLEANS, 20)
        makers = (
            self._comparison, self._logic, self._test, self._in, self._string_test, self._same,
            self._bound, self._exists_test, self.boolean_leaf,
        )  # fmt: skip
        return d.pick(makers)(depth)

    def boolean_leaf(self, _: int) -> str:
        return self.boolean(0)

    def _comparison(self, depth: int) -> str:
        d = self.dice
        operator = d.pick(("=", "!=", "<", ">", "<=", ">="))
        d.uses(operator)
        kind = d.pick((self.number, self.string, self.any, self.moment, self.boolean, self.term))
        other = self.any if d.chance(20) else kind
        before = self._guesses
        left, right = kind(depth - 1), other(depth - 1)
        if self._guesses > before or kind in (self.string, self.term, self.boolean):
            d.uses("mixed")
        return f"({left} {operator} {right})"

    def _logic(self, depth: int) -> str:
        d = self.dice
        name = d.pick(("!", "&&", "||"))
        d.uses(name)
        first = self.one(self.boolean)(depth - 1)
        if name == "!":
            return f"(! {first})"
        return f"({first} {name} {self.one(self.boolean)(depth - 1)})"

    def _test(self, depth: int) -> str:
        name = self.dice.pick(("isIRI", "isURI", "isBLANK", "isLITERAL", "isNUMERIC"))
        self.dice.uses(name)
        return f"{name}({self.any(depth - 1)})"

    def _in(self, depth: int) -> str:
        name = self.dice.pick(("IN", "NOT IN"))
        self.dice.uses(name)
        among = self._list(depth, 0, 3)
        if not among:
            self.dice.uses("IN:empty")
        return f"({self.any(depth - 1)} {name} ({among}))"

    def _string_test(self, depth: int) -> str:
        d = self.dice
        name = d.pick(("STRSTARTS", "STRENDS", "CONTAINS", "REGEX", "REGEX3", "LANGMATCHES"))
        d.uses(name.rstrip("3"))
        text = self.one(self.string)(depth - 1)
        if name == "REGEX":
            return f"REGEX({text}, {d.pick(PATTERNS)})"
        if name == "REGEX3":
            return f"REGEX({text}, {d.pick(PATTERNS)}, {d.pick(FLAGS)})"
        if name == "LANGMATCHES":
            return f"LANGMATCHES(LANG({text}), {d.pick(RANGES)})"
        return f"{name}({text}, {self.one(self.string)(depth - 1)})"

    def _same(self, depth: int) -> str:
        self.dice.uses("sameTerm")
        return f"sameTerm({self.any(depth - 1)}, {self.any(depth - 1)})"

    def _bound(self, depth: int) -> str:
        if not self.variables:
            return self._comparison(depth)
        self.dice.uses("BOUND")
        return f"BOUND(?{self.dice.pick(self.variables)})"

    def _exists_test(self, depth: int) -> str:
        if self._exists is None:
            return self._comparison(depth)
        name = self.dice.pick(("EXISTS", "NOT EXISTS"))
        self.dice.uses(name)
        return f"{name} {self._exists()}"
