"""Whole cases: a small dataset, and a query of any form over it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.oracle import constants as c
from tests.oracle.cases import RDF, Case, Quad, Term, iri, literal
from tests.oracle.dice import Dice
from tests.oracle.expressions import Expressions
from tests.oracle.patterns import Patterns

_RDF = {name: iri(RDF + name) for name in ("first", "rest", "nil")}


def case(dice: Dice) -> Case:
    """Make a case by *dice*."""
    maker = dice.pick(
        (_patterns, _one_path, _patterns, _one_path, _expression, _aggregates, _construct, _sorted)
    )
    return maker(dice)


def dataset(dice: Dice) -> tuple[Quad, ...]:
    """A few triples in the default graph and in named ones."""
    quads: list[Quad] = [(c.NODES[0], c.PREDICATES[0], c.NODES[1], graph) for graph in c.GRAPHS[:2]]
    blank = dice.chance(30)
    for _ in dice.some(0, 8):
        subject = dice.pick((*c.NODES, *c.NODES, *c.BLANKS) if blank else c.NODES)
        predicate = dice.pick(c.PREDICATES)
        graph = dice.pick((None, None, *c.GRAPHS[:2]))
        quads.append((subject, predicate, _object(dice, blank), graph))
    if dice.chance(10):
        graph = dice.pick((None, c.GRAPHS[0]))
        one, two = ("bnode", "l1"), ("bnode", "l2")
        quads += [
            (c.NODES[0], c.PREDICATES[0], one, graph),
            (one, _RDF["first"], literal("1", "integer"), graph), (one, _RDF["rest"], two, graph),
            (two, _RDF["first"], c.NODES[0], graph), (two, _RDF["rest"], _RDF["nil"], graph),
        ]  # fmt: skip
    return tuple(dict.fromkeys(quads))


def _object(dice: Dice, blank: bool) -> Term:
    if dice.chance(40):
        return dice.pick(c.STORED)
    return dice.pick((*c.NODES, *c.NODES, *c.BLANKS) if blank else c.NODES)


@dataclass
class _Asked:
    """The dataset that a query or a request asks for."""

    froms: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    default_uris: tuple[str, ...] = ()
    named_uris: tuple[str, ...] = ()


def _asked(dice: Dice) -> _Asked:
    made = _Asked()
    if dice.chance(25):
        dice.uses("FROM")
        made.froms, made.named = _names(dice), _names(dice)
    if dice.chance(8):
        dice.uses("protocol")
        made.default_uris, made.named_uris = _names(dice), _names(dice)
    return made


def _names(dice: Dice) -> tuple[str, ...]:
    return tuple(dice.pick((*c.GRAPHS[:2], c.UNKNOWN))[1] for _ in dice.some(0, 3))


def _made(
    dice: Dice, quads: tuple[Quad, ...], head: str, body: str, *,
    ordered: tuple[str, ...] = (), cut: bool = False, reduced: bool = False,
) -> Case:  # fmt: skip
    asked = _asked(dice)
    return Case(
        quads, head, body, asked.froms, asked.named, asked.default_uris, asked.named_uris,
        used=frozenset(dice.used), ordered=ordered, cut=cut, reduced=reduced,
        disguise=dice.below(1000) if dice.chance(25) else 0,
    )  # fmt: skip


def _patterns(dice: Dice) -> Case:
    quads = dataset(dice)
    made = Patterns(dice, triples=5)
    group = made.group(dice.pick((0, 1, 1, 2)))
    kind = dice.below(6)
    if kind == 0:
        return _made(dice, quads, "SELECT *", group)
    if kind == 1:
        dice.uses("ASK")
        return _made(dice, quads, "ASK", group)
    names = list(dict.fromkeys(made.variable() for _ in dice.some(1, 3)))
    items = list(names)
    if dice.chance(30):
        items.append(f"({made.expressions().any(2)} AS ?{made.fresh('e')})")
    modifier = dice.pick(("", "", "DISTINCT ", "REDUCED "))
    dice.uses(*modifier.split())
    head, reduced = f"SELECT {modifier}{' '.join(items)}", modifier == "REDUCED "
    if kind == 2 and not reduced:
        dice.uses("ORDER BY")
        if len(names) > 1:
            dice.uses("ORDER BY:several")
        turned = [dice.pick(("STR({})", "DESC(STR({}))")).format(name) for name in names]
        cut = dice.pick(
            ("", "LIMIT 2", "OFFSET 1", "LIMIT 3 OFFSET 1", "LIMIT 0", "OFFSET 1 LIMIT 1")
        )
        dice.uses(*re.findall("LIMIT 0|LIMIT|OFFSET", cut))
        body = f"{group} ORDER BY {' '.join(turned)} {cut}"
        keys = tuple(name[1:] for name in names)
        return _made(dice, quads, head, body, ordered=keys, cut=bool(cut))
    if dice.chance(10):
        dice.uses("VALUES", "VALUES:end")
        group += f" VALUES {names[0]} {{ {c.short(dice.pick(c.NODES))} UNDEF }}"
    return _made(dice, quads, head, group, reduced=reduced)


def _one_path(dice: Dice) -> Case:
    """A path alone, in the default graph or in a named one."""
    quads = dataset(dice)
    made = Patterns(dice, triples=1)
    pattern = made.path_triple()
    if dice.chance(30):
        dice.uses("GRAPH")
        pattern = f"GRAPH {dice.pick(('?g', ':g', ':h'))} {{ {pattern} }}"
    head = dice.pick(("SELECT *", "ASK", "SELECT (COUNT(*) AS ?n)", "SELECT DISTINCT *"))
    if "COUNT" in head:
        dice.uses("aggregate", "COUNT(*)")
    return _made(dice, quads, head, f"{{ {pattern} }}")


def _expression(dice: Dice) -> Case:
    made = Expressions(dice, ())
    items = " ".join(f"({made.any(dice.pick((1, 1, 2)))} AS ?v{n})" for n in dice.some(1, 2))
    return Case((), f"SELECT {items}", "{}", used=frozenset(dice.used))


_AGGREGATES = ("COUNT(*)", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT", "COUNT")


def _aggregates(dice: Dice) -> Case:
    quads = dataset(dice)
    made = Patterns(dice, triples=4)
    group = made.group(dice.pick((0, 0, 1)))
    dice.uses("aggregate")
    keys: list[str] = []
    clause = ""
    if dice.chance(70):
        dice.uses("GROUP BY")
        parts = []
        for _ in dice.some(1, 2):
            if dice.chance(20):
                key = made.fresh("k")
                parts.append(f"({made.expressions().any(1)} AS ?{key})")
                keys.append("?" + key)
            else:
                keys.append(made.variable())
                parts.append(keys[-1])
                if dice.chance(10):
                    dice.uses("GROUP BY:renamed")
                    key = made.fresh("k")
                    parts[-1] = f"({keys.pop()} AS ?{key})"
                    keys.append("?" + key)
        clause = f" GROUP BY {' '.join(dict.fromkeys(parts))}"
    keys = list(dict.fromkeys(keys))
    items = list(keys)
    for _ in dice.some(1, 2):
        text, letter = _aggregate(dice, made, keys)
        items.append(f"({text} AS ?{made.fresh(letter)})")
    if dice.chance(20):
        dice.uses("HAVING")
        text, _ = _aggregate(dice, made, keys)
        clause += (
            f" HAVING({text} {dice.pick(('>', '=', '!=', '<='))} {dice.pick(('1', '0', '2'))})"
        )
    return _made(dice, quads, f"SELECT {' '.join(items)}", group + clause)


def _aggregate(dice: Dice, made: Patterns, keys: list[str]) -> tuple[str, str]:
    """An aggregate, and the letter for the name of its value."""
    name = dice.pick(_AGGREGATES)
    dice.uses(name)
    distinct = "DISTINCT " if dice.chance(25) else ""
    if distinct:
        dice.uses("aggregate:DISTINCT")
    variable = made.variable()
    if name == "COUNT(*)":
        return f"COUNT({distinct}*)", "n"
    if name == "SAMPLE":
        return f"SAMPLE({distinct}{dice.pick((*keys, '1'))})", "n"
    if name == "GROUP_CONCAT":
        separator = dice.pick(("", ' ; SEPARATOR="|"', ' ; SEPARATOR=""'))
        text = f"STR({variable})"
        if dice.chance(15):
            dice.uses("GROUP_CONCAT of terms")
            text = variable
        return f"GROUP_CONCAT({distinct}{text}{separator})", "gc"
    if name in ("MIN", "MAX"):
        # The order of values of several types is not agreed on.
        wrapped = dice.pick(
            (f"STR({variable})", f"xsd:decimal({variable})", f"STRLEN(STR({variable}))")
        )
        return f"{name}({distinct}{wrapped})", "n"
    if dice.chance(30):
        return f"{name}({distinct}{made.expressions().any(1)})", "n"
    return f"{name}({distinct}{variable})", "n"


def _construct(dice: Dice) -> Case:
    quads = dataset(dice)
    dice.uses("CONSTRUCT")
    made = Patterns(dice, triples=4)
    if dice.chance(15):
        dice.uses("CONSTRUCT WHERE")
        triples = " ".join(
            f"{made.variable()} {dice.pick((':p', ':q'))} {made.variable()} ."
            for _ in dice.some(1, 2)
        )
        return _made(dice, quads, "CONSTRUCT", f"WHERE {{ {triples} }}")
    group = made.group(dice.pick((1, 2)))
    triples = " ".join(_template(dice, made) for _ in dice.some(1, 3))
    return _made(dice, quads, f"CONSTRUCT {{ {triples} }}", f"WHERE {group}")


def _template(dice: Dice, made: Patterns) -> str:
    subject = dice.pick((made.variable(), ":a", "_:t", "[]"))
    predicate = dice.pick((":p", made.variable()))
    target = dice.pick((made.variable(), "1", '"x"@en', "_:t", "[ :q :a ]"))
    return f"{subject} {predicate} {target} ."


_SORTABLE = (
    ("-1", "0", "1.5", "2", "10", "3e0", '"2.5"^^xsd:float', '"INF"^^xsd:double'),
    ('"a"', '"b"', '"B"', '""', '"aa"', '"ä"'),
    ('"2020-01-01T10:00:00Z"^^xsd:dateTime', '"2020-01-01T12:30:00+02:00"^^xsd:dateTime',
     '"1999-01-01T00:00:00Z"^^xsd:dateTime'),
    ("true", "false"),
)  # fmt: skip


def _sorted(dice: Dice) -> Case:
    """Values whose order is determined: unbound, then IRIs, then literals (section 15.1)."""
    dice.uses("ORDER BY", "VALUES", "ORDER BY:values")
    literals = dice.pick(_SORTABLE)
    if '"a"' in literals:
        dice.uses("ORDER BY:texts")
    among = (*literals, ":a", ":b", ":c", "UNDEF")
    values = list(dict.fromkeys(dice.pick(among) for _ in dice.some(1, 6)))
    key = dice.pick(("?v", "DESC(?v)", "ASC(?v)"))
    cut = dice.pick(("", "LIMIT 2", "OFFSET 1", "LIMIT 2 OFFSET 2"))
    body = f"{{ VALUES ?v {{ {' '.join(values)} }} }} ORDER BY {key} {cut}"
    return Case((), "SELECT ?v", body, used=frozenset(dice.used), ordered=("v",))
