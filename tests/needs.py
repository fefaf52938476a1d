"""What a test needs, read from its code: `make test-fast` leaves out what needs much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType, FunctionType

import pytest

# A test that reaches one of these, itself or by a helper or a fixture, starts processes.
STARTERS = {"subprocess", "sync_playwright"}


def mark(item: pytest.Item) -> None:
    """Mark *item* where it starts processes, or needs this repository's release."""
    assert isinstance(item, pytest.Function)
    if "checked" in item.fixturenames:
        item.add_marker(pytest.mark.repository)
    if any(starts_processes(function, set()) for function in functions(item)):
        item.add_marker(pytest.mark.process)


def functions(item: pytest.Function) -> Iterator[Callable[..., object]]:
    yield item.function
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        yield from (definition.func for definition in definitions)


def starts_processes(function: object, seen: set[object]) -> bool:
    """Tell whether *function*, or one of the tests' own that it names, names a starter."""
    function = getattr(function, "__wrapped__", function)
    if not isinstance(function, FunctionType) or function in seen:
        return False
    seen.add(function)
    if not function.__module__.startswith("tests."):
        return False
    names = set(names_in(function.__code__))
    if names & STARTERS:
        return True
    return any(starts_processes(function.__globals__.get(name), seen) for name in names)


def names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)
