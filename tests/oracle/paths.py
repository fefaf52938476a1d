"""Property paths of every kind (SPARQL 1.1, section 9)."""

from __future__ import annotations

from tests.oracle.dice import Dice

NAMES = (":p", ":q", ":r", "rdf:first", "rdf:rest")


class Paths:
    """Makes property paths, and notes of what they are made."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice

    def path(self, depth: int, closed: bool = False) -> str:
        """A path; *closed* where it stands in a closure, which keeps no duplicates anyway."""
        d = self.dice
        kind = d.below(8) if depth > 0 else 0
        if kind == 0:
            return self._name()
        if kind == 1:
            return f"^{self._part(depth, closed)}"
        if kind == 2:
            d.uses("path:sequence")
            return f"{self._part(depth, closed)}/{self._part(depth, closed)}"
        if kind == 3:
            d.uses("path:alternative", *(() if closed else ("path:open-alternative",)))
            return f"{self._part(depth, closed)}|{self._part(depth, closed)}"
        if kind == 4:
            return self._negated(closed)
        mark = d.pick("+*?") if kind < 7 else d.pick("*+")
        d.uses(f"path:{mark}", *(("path:nested",) if closed else ()))
        return f"{self._part(depth, True)}{mark}"

    def _name(self) -> str:
        return self.dice.pick(NAMES if self.dice.chance(5) else NAMES[:3])

    def _part(self, depth: int, closed: bool) -> str:
        made = self.path(depth - 1, closed)
        return made if made in NAMES else f"({made})"

    def _negated(self, closed: bool) -> str:
        d = self.dice
        d.uses("path:negated")
        names = [("^" if d.chance(35) else "") + self._name() for _ in d.some(1, 3)]
        if len({name.startswith("^") for name in names}) > 1:
            d.uses("path:negated-both", *(() if closed else ("path:open-negated-both",)))
        if len(names) == 1 and d.chance(50):
            return f"!{names[0]}"
        return f"!({'|'.join(names)})"
