"""What a test needs, read from its code: `make test-fast` leaves out what needs much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType, FunctionType

import pytest

# A test that reaches one of these, itself or by a helper or a fixture, starts processes.
STARTERS = {"subprocess", "sync_playwright"}


def mark(item: pytest.Item, known: dict[object, bool]) -> None:
    """Mark *item* where it starts processes, or needs this repository's release.

    *known* is what is known of functions from the items before.
    """
    assert isinstance(item, pytest.Function)
    if "checked" in item.fixturenames:
        item.add_marker(pytest.mark.repository)
    if any(starts_processes(function, known) for function in functions(item)):
        item.add_marker(pytest.mark.process)


def functions(item: pytest.Function) -> Iterator[Callable[..., object]]:
    yield item.function
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        yield from (definition.func for definition in definitions)


def starts_processes(function: object, known: dict[object, bool]) -> bool:
    """Tell whether *function*, or one of the tests' own that it names, names a starter."""
    function = getattr(function, "__wrapped__", function)
    if not isinstance(function, FunctionType) or not function.__module__.startswith("tests."):
        return False
    if function not in known:
        known[function] = False  # for those that call each other
        names = set(names_in(function.__code__))
        known[function] = bool(names & STARTERS) or any(
            starts_processes(function.__globals__.get(name), known) for name in names
        )
    return known[function]


def names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)
