"""Group graph patterns of every kind (SPARQL 1.1, sections 5 to 12)."""

from __future__ import annotations

from tests.oracle import constants as c
from tests.oracle.dice import Dice
from tests.oracle.expressions import Expressions
from tests.oracle.paths import Paths

VARIABLES = ("x", "y", "z", "w")
_TERMS = (*c.NODES, c.UNKNOWN)


class Patterns:
    """Makes patterns over a few variables; what BIND and AS introduce gets a name of its own."""

    def __init__(self, dice: Dice, triples: int) -> None:
        self.dice = dice
        self.named = list(VARIABLES)
        self._left = self._most = triples
        self._fresh = 0
        self._blank = 0
        self._plain = Expressions(dice, self.named)
        self._paths = Paths(dice)

    def expressions(self) -> Expressions:
        made = Expressions(self.dice, self.named, self.exists)
        made.variables = self.named
        return made

    def fresh(self, letter: str = "n") -> str:
        self._fresh += 1
        return f"{letter}{self._fresh}"

    def variable(self) -> str:
        return "?" + self.dice.pick(self.named)

    def exists(self) -> str:
        """The pattern of EXISTS: what substitution does to others is not agreed on."""
        made = [self._triples()]
        if self.dice.chance(30):
            self.dice.uses("EXISTS:filter")
            made.append(f"FILTER({self._plain.boolean(1)})")
        return f"{{ {' '.join(made)} }}"

    def group(self, depth: int) -> str:
        parts = [self._element(depth) for _ in self.dice.some(1, 3)]
        parts = [part for part in parts if part]
        if all(part.startswith("FILTER") for part in parts):
            self.dice.uses("only filters")
        return f"{{ {' '.join(parts)} }}"

    def _element(self, depth: int) -> str:
        kinds = (
            self._triples, self._triples, self._filter, self._optional, self._union, self._graph,
            self._minus, self._bind, self._values, self._subselect, self._nested, self._triples,
        )  # fmt: skip
        return self.dice.pick(kinds if depth > 0 else kinds[:3])(depth)

    def _triples(self, _: int = 0) -> str:
        made = []
        for _turn in self.dice.some(1, 2):
            if self._left > 0:
                self._left -= 1
                made.append(self._triple())
        if self._most - self._left > 1:
            self.dice.uses("joined")
        return " ".join(made)

    def _triple(self) -> str:
        d = self.dice
        subject, target = self._end(False), self._end(True)
        kind = d.below(10)
        if kind < 4:
            return f"{subject} {d.pick((':p', ':q', ':r'))} {target} ."
        if kind < 6:
            return f"{subject} {self.variable()} {target} ."
        return self._by_path(subject, target)

    def path_triple(self) -> str:
        return self._by_path(self._end(False), self._end(True))

    def _by_path(self, subject: str, target: str) -> str:
        d = self.dice
        path = self._paths.path(d.pick((1, 2, 3)))
        d.uses("path")
        if "*" in path or "?" in path:
            for end in (subject, target):
                if not end.startswith(("?", "[", "_")):
                    d.uses("path:zero-constant")
        if subject[0] in "?[_" and target[0] in "?[_":
            d.uses("path:open")
        if subject == target:
            d.uses("path:same-ends")
        return f"{subject} {path} {target} ."

    def _end(self, is_object: bool) -> str:
        d = self.dice
        kind = d.below(20)
        if kind < 12:
            return self.variable()
        if kind < 15:
            return c.short(d.pick(_TERMS))
        if kind == 15:
            d.uses("blank")
            self._blank += 1
            return "[]" if d.chance(50) else f"_:b{self._blank}"
        if kind == 16:
            d.uses("blank", "property-list")
            inner = f"{d.pick((':p', ':q'))} {d.pick((self.variable(), ':a', '1'))}"
            return f"[ {inner} ; :r {self.variable()} ]" if d.chance(20) else f"[ {inner} ]"
        if kind == 17 and d.chance(50):
            d.uses("collection")
            return f"( {' '.join(d.pick((self.variable(), '1', ':a')) for _ in d.some(0, 2))} )"
        if is_object:
            return c.short(d.pick(c.STORED))
        if d.chance(15):
            d.uses("literal-subject")
            return c.short(d.pick(c.STORED))
        return self.variable()

    def _filter(self, _: int) -> str:
        self.dice.uses("FILTER")
        return f"FILTER({self.expressions().boolean(self.dice.pick((1, 1, 1, 2)))})"

    def _optional(self, depth: int) -> str:
        self.dice.uses("OPTIONAL")
        return f"OPTIONAL {self.group(depth - 1)}"

    def _union(self, depth: int) -> str:
        self.dice.uses("UNION")
        return f"{self.group(depth - 1)} UNION {self.group(depth - 1)}"

    def _minus(self, depth: int) -> str:
        self.dice.uses("MINUS")
        return f"MINUS {self.group(depth - 1)}"

    def _graph(self, depth: int) -> str:
        d = self.dice
        d.uses("GRAPH")
        name = self.variable() if d.chance(50) else c.short(d.pick((*c.GRAPHS[:2], *c.GRAPHS)))
        return f"GRAPH {name} {self.group(depth - 1)}"

    def _bind(self, _: int) -> str:
        self.dice.uses("BIND")
        made = self.expressions().any(self.dice.pick((1, 2)))
        name = self.fresh()
        self.named.append(name)
        return f"BIND({made} AS ?{name})"

    def _values(self, _: int) -> str:
        d = self.dice
        d.uses("VALUES")
        names = [d.pick(self.named) for _ in d.some(1, 2)]
        names = list(dict.fromkeys(names))
        rows = [" ".join(self._value() for _ in names) for _ in d.some(0, 3)]
        if not rows:
            d.uses("VALUES:empty")
        if len(names) == 1:
            return f"VALUES ?{names[0]} {{ {' '.join(rows)} }}"
        bound = " ".join(f"?{name}" for name in names)
        return f"VALUES ( {bound} ) {{ {' '.join(f'( {row} )' for row in rows)} }}"

    def _value(self) -> str:
        d = self.dice
        if d.chance(20):
            d.uses("UNDEF")
            return "UNDEF"
        return c.short(d.pick((*_TERMS, *c.STORED)))

    def _nested(self, depth: int) -> str:
        return self.group(depth - 1)

    def _subselect(self, depth: int) -> str:
        d = self.dice
        d.uses("subquery")
        group = self.group(depth - 1)
        kind = d.below(4)
        if kind == 0:
            return f"{{ SELECT * {group} }}"
        if kind == 1:
            names = list(dict.fromkeys(self.variable() for _ in d.some(1, 2)))
            return f"{{ SELECT {d.pick(('', 'DISTINCT '))}{' '.join(names)} {group} }}"
        name = self.variable()
        if kind == 2:
            limit = d.below(4)
            d.uses("subquery:limit", *(() if limit else ("LIMIT 0",)))
            keys = f"STR({name}) STR(DATATYPE({name})) LANG({name})"
            kept = f"{group[:-1]} FILTER(!isBLANK({name})) }}"
            return f"{{ SELECT DISTINCT {name} {kept} ORDER BY {keys} LIMIT {limit} }}"
        d.uses("aggregate", "COUNT(*)")
        count = self.fresh()
        self.named.append(count)
        return f"{{ SELECT {name} (COUNT(*) AS ?{count}) {group} GROUP BY {name} }}"
