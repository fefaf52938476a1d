"""Judging: each case is put to all engines, and what differs is made small."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.cases import Case
from tests.oracle.comparing import normal
from tests.oracle.dice import Dice, shrunk
from tests.oracle.engines import Engine
from tests.oracle.faults import asked, constructs, refusal
from tests.oracle.queries import case as make

_TURNS = 300


@dataclass(frozen=True)
class Difference:
    """A case that the product answers otherwise than the engines *against*."""

    name: str
    case: Case
    against: tuple[str, ...]
    answers: dict[str, dict[str, Any]]

    def __str__(self) -> str:
        answers = "\n".join(f"{name}: {answer}" for name, answer in self.answers.items())
        used = ", ".join(sorted(constructs(self.case)))
        return (
            f"case {self.name}, against {self.against}, with {used}:\n{self.case.text()}\n{answers}"
        )


@dataclass
class Judge:
    """Puts cases to *engines*, and counts what comes of it in ``counts``."""

    engines: list[Engine]
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._threads = ThreadPoolExecutor(len(self.engines))

    def _asked(self, case: Case) -> list[Engine]:
        """Return the engines that are to be believed on *case*."""
        names = asked(case)
        return [engine for engine in self.engines if engine.name in names]

    def answers(self, case: Case) -> dict[str, dict[str, Any]]:
        product = next(engine for engine in self.engines if engine.name == "product")
        engines = [product, *self._asked(case)]
        found = self._threads.map(lambda engine: engine.answer(case), engines)
        return {engine.name: answer for engine, answer in zip(engines, found, strict=True)}

    def against(self, case: Case) -> tuple[tuple[str, ...], dict[str, dict[str, Any]]]:
        """Return the engines that answer otherwise than the product, and all answers."""
        answers = self.answers(case)
        product = answers["product"]
        if "fatal" in product:
            return ("itself",), answers
        if refusal(product):
            return (), answers
        values = {name: normal(answer, case) for name, answer in answers.items()}
        # An error of another engine says nothing, whether it is right or not.
        heard = {name: value for name, value in values.items() if value != "error"}
        against = (name for name, value in heard.items() if value != values["product"])
        return tuple(against), answers

    def judge(self, seed: str) -> Difference | None:
        """Make the case of *seed* and judge it; return what differs, made small."""
        source = random.Random(seed)  # noqa: S311
        dice = Dice(source)
        case = make(dice)
        while not self._asked(case):
            dice = Dice(source)
            case = make(dice)
        against, answers = self.against(case)
        self._count(case, against, answers)
        if not against:
            return None

        def fails(choices: list[int]) -> list[int] | None:
            tried = Dice(None, choices)
            return tried.made if self.against(make(tried))[0] == against else None

        smallest = make(Dice(None, shrunk(dice.made, fails, _TURNS)))
        return Difference(seed, smallest, *self.against(smallest))

    def _count(self, case: Case, against: tuple[str, ...], answers: dict[str, Any]) -> None:
        silent = {name for name, answer in answers.items() if {"error", "fatal"} & answer.keys()}
        judges = len(answers) - 1 - len(silent - {"product"})
        refused = refusal(answers["product"])
        if refused:
            self.counts[f"refused: ... {refused} ..."] += 1
        elif against:
            self.counts["different from " + " and ".join(against)] += 1
        else:
            self.counts[f"the same, by {judges} engines"] += 1
        for name in silent - {"product"}:
            self.counts[f"errors of {name}"] += 1
        self.counts["cases"] += 1
        if constructs(case) & {"FROM", "protocol"}:
            self.counts["with a dataset of their own"] += 1


def differences(
    names: tuple[str, ...], seed: int, turns: Iterator[int], counts: Counter[str]
) -> Iterator[Difference]:
    """Judge a case for each of *turns* by the engines called *names*, and yield what differs."""
    with ExitStack() as stack:
        engines = [stack.enter_context(Engine(name, 20.0)) for name in names]
        judge = Judge(engines, counts)
        for turn in turns:
            found = judge.judge(f"{seed}-{turn}")
            if found is not None:
                yield found
