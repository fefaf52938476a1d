"""The guards of the tests: one factor for all, and a sentence for what never comes."""

from __future__ import annotations

import pytest

from tests.patience import FACTOR, SECONDS, eventually, patience


@pytest.mark.parametrize(("factor", "times"), [("1", 1.0), ("4", 4.0), ("0.5", 0.5)])
def test_one_factor_counts_for_every_guard(
    monkeypatch: pytest.MonkeyPatch, factor: str, times: float
) -> None:
    monkeypatch.setenv(FACTOR, factor)
    assert {name: patience(name) for name in SECONDS} == {
        name: seconds * times for name, seconds in SECONDS.items()
    }


def test_without_a_factor_the_table_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FACTOR, raising=False)
    assert patience("answer") == SECONDS["answer"]


def test_what_holds_at_last_is_waited_for() -> None:
    answers = iter([False, False, True])
    eventually(lambda: next(answers), "the third answer")
    assert list(answers) == []


def test_what_never_holds_fails_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FACTOR, "0.001")
    with pytest.raises(pytest.fail.Exception) as failed:
        eventually(lambda: False, "the moon is not made of cheese")
    assert str(failed.value) == (
        "Waited 0 s in vain: the moon is not made of cheese. "
        "(SCOGRAPH_TEST_PATIENCE makes tests wait longer.)"
    )
