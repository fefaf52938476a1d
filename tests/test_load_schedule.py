"""The supervisor's states without processes: in the end the newest good release is served."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from scograph.server.load_schedule import LoadSchedule, State, Target

A, B, C = (Target(Path(name)) for name in "ABC")
MENDED = Target(B.path, (("manifest.json", 2),))
LOAD_SECONDS = 60.0


@dataclass
class Told:
    """A schedule, what it has told, and the states that it has been in."""

    schedule: LoadSchedule = field(default_factory=lambda: LoadSchedule(A, 0.0, LOAD_SECONDS))
    now: float = 0.0
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.states = [self.schedule.state.value]

    def do(self, *events: object) -> None:
        """Each event is a target that is asked for, the seconds that pass, or a word."""
        for event in events:
            sentence = self.one(event)
            if sentence is not None:
                self.told.append(sentence)
            self.states.append(self.schedule.state.value)

    def one(self, event: object) -> str | None:
        schedule = self.schedule
        match event:
            case Target():
                schedule.want(event, self.now, asked=True)
            case ("seen", Target() as target):
                schedule.want(target, self.now, asked=False)
            case "ready":
                schedule.ready(self.now)
            case "refused":
                return schedule.failed("damaged", self.now, refused=True)
            case "killed":
                return schedule.failed("killed", self.now, refused=False)
            case "lost":
                return schedule.lost("lost", self.now)
            case float():
                self.now += event
                return schedule.passed(self.now)
            case _:
                raise AssertionError(event)
        return None


def name(target: Target | None) -> str | None:
    return None if target is None else str(target.path)


LOADED_AGAIN = "lost; the release is loaded again"
# The events, the state after each, and then: what is served, what is being loaded, what was told.
COURSES: list[tuple[str, list[object], str, tuple[str | None, str | None], list[str]]] = [
    ("a start", ["ready"], "serving", ("A", None), []),
    ("a start that is refused", ["refused"], "ended", (None, None), []),
    ("a start that is killed", ["killed"], "ended", (None, None), []),
    ("a start that hangs", [60.0], "ended", (None, None), []),
    ("another one while it starts", [B, "ready"], "starting serving", ("B", None), []),
    ("a change", ["ready", B, "ready"], "serving changing serving", ("B", None), []),
    ("nothing new", ["ready", A, ("seen", A)], "serving serving serving", ("A", None), []),
    ("the same three times", ["ready", B, B, ("seen", B), "ready"],
     "serving changing changing changing serving", ("B", None), []),
    ("the newest of two", ["ready", B, C, "ready"], "serving changing changing serving",
     ("C", None), []),
    ("there and back", ["ready", B, A], "serving changing serving", ("A", None), []),
    ("a damaged one", ["ready", B, "refused", 999.0, ("seen", B)],
     "serving changing serving serving serving", ("A", None),
     ["damaged; the old release is served on"]),
    ("a damaged one, asked for again", ["ready", B, "refused", B, "ready"],
     "serving changing serving changing serving", ("B", None),
     ["damaged; the old release is served on"]),
    ("a damaged one, mended", ["ready", B, "refused", ("seen", MENDED), "ready"],
     "serving changing serving changing serving", ("B", None),
     ["damaged; the old release is served on"]),
    ("a change that is killed", ["ready", B, "killed", 0.4, 0.1, "ready"],
     "serving changing pausing pausing changing serving", ("B", None),
     ["killed; the old release is served on"]),
    ("a change that is killed again and again", ["ready", B, "killed", 0.5, "killed", 0.9, 0.1],
     "serving changing pausing changing pausing pausing changing", ("A", "B"),
     ["killed; the old release is served on"]),
    ("a change that hangs", ["ready", B, 60.0, 0.5, "ready"],
     "serving changing pausing changing serving", ("B", None),
     ["B is not loaded in time; the old release is served on"]),
    ("back while it pauses", ["ready", B, "killed", A, 99.0],
     "serving changing pausing serving serving", ("A", None),
     ["killed; the old release is served on"]),
    ("a loss", ["ready", "lost", "ready"], "serving restoring serving", ("A", None),
     [LOADED_AGAIN]),
    ("two losses soon", ["ready", "lost", "ready", "lost", 0.5, "ready"],
     "serving restoring serving waiting restoring serving", ("A", None), [LOADED_AGAIN] * 2),
    ("two losses after a while", ["ready", 10.0, "lost", "ready", 10.0, "lost"],
     "serving serving restoring serving serving restoring", (None, "A"), [LOADED_AGAIN] * 2),
    ("a loss, then unreadable", ["ready", "lost", "refused", 0.5, "refused", 1.0, "ready"],
     "serving restoring waiting restoring waiting restoring serving", ("A", None),
     [LOADED_AGAIN, "damaged; it is tried again"]),
    ("a loss, then killed", ["ready", "lost", "killed", 1.0, "ready"],
     "serving restoring waiting restoring serving", ("A", None),
     [LOADED_AGAIN, "killed; it is tried again"]),
    ("a loss during a change", ["ready", B, "lost", "ready"],
     "serving changing restoring serving", ("B", None), [LOADED_AGAIN]),
    ("a loss during a change to a damaged one", ["ready", B, "lost", "refused", "ready", 99.0],
     "serving changing restoring restoring serving serving", ("A", None),
     [LOADED_AGAIN, "damaged; it is tried again"]),
    ("a loss during a change that is killed", ["ready", B, "lost", "killed", "ready", 1.0, "ready"],
     "serving changing restoring restoring pausing changing serving", ("B", None),
     [LOADED_AGAIN, "killed; it is tried again"]),
    ("a loss after a damaged one", ["ready", B, "refused", "lost", "ready"],
     "serving changing serving restoring serving", ("A", None),
     ["damaged; the old release is served on", LOADED_AGAIN]),
    ("another one while none can be read", ["ready", "lost", "refused", B, "ready"],
     "serving restoring waiting restoring serving", ("B", None),
     [LOADED_AGAIN, "damaged; it is tried again"]),
    ("asked for while none can be read", ["ready", "lost", "refused", A, "ready"],
     "serving restoring waiting restoring serving", ("A", None),
     [LOADED_AGAIN, "damaged; it is tried again"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("events", "states", "releases", "told"), [c[1:] for c in COURSES], ids=[c[0] for c in COURSES]
)
def test_a_course_of_events(
    events: list[object],
    states: str,
    releases: tuple[str | None, str | None],
    told: list[str],
) -> None:
    found = Told()
    found.do(*events)
    assert found.states == ["starting", *states.split()]
    attempt = found.schedule.attempt
    assert (name(found.schedule.current), name(attempt.target if attempt else None)) == releases
    assert found.told == told


def test_every_state_is_met_by_one_of_these() -> None:
    assert {word for course in COURSES for word in course[2].split()} == set(State)


def test_a_large_release_may_take_longer() -> None:
    large = LoadSchedule(Target(A.path, size=250_000_000), 0.0, LOAD_SECONDS)
    assert large.next_time == 1_060.0


def test_pauses_grow_up_to_five_seconds() -> None:
    found, pauses = Told(), []
    found.do("ready", B)
    for _ in range(8):
        found.do("killed")
        assert found.schedule.retry_at is not None
        pauses.append(found.schedule.retry_at - found.now)
        found.do(pauses[-1])
    assert pauses == [0.5, 1, 2, 4, 5, 5, 5, 5]


class Schedules(RuleBasedStateMachine):
    """Releases are made, damaged, mended, wanted; loads end well, badly or never; time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.stamps = dict.fromkeys("ABC", 0)
        self.damaged: set[str] = set()
        self.now = 0.0
        self.schedule = LoadSchedule(self.target("A"), self.now, LOAD_SECONDS)
        self.wanted_at = {self.schedule.wanted: 0}
        self.served = -1

    def target(self, letter: str) -> Target:
        return Target(Path(letter), ((self.stamps[letter],),))

    @rule(letter=st.sampled_from("ABC"), asked=st.booleans())
    def want(self, letter: str, asked: bool) -> None:
        target = self.target(letter)
        if target != self.schedule.wanted:
            self.wanted_at[target] = max(self.wanted_at.values()) + 1
        self.schedule.want(target, self.now, asked=asked)

    @rule(letter=st.sampled_from("ABC"), damaged=st.booleans())
    def change_in_place(self, letter: str, damaged: bool) -> None:
        self.stamps[letter] += 1
        (self.damaged.add if damaged else self.damaged.discard)(letter)

    @precondition(lambda self: self.schedule.attempt is not None)
    @rule()
    def load(self) -> None:
        assert self.schedule.attempt is not None
        if str(self.schedule.attempt.target.path) in self.damaged:
            self.schedule.failed("damaged", self.now, refused=True)
        else:
            target = self.schedule.attempt.target
            self.schedule.ready(self.now)
            # An older one comes back only where no newer one can be loaded.
            assert self.schedule.current == target

    @rule()
    def kill_the_load(self) -> None:
        self.schedule.failed("killed", self.now, refused=False)

    @rule()
    def kill_the_zygote(self) -> None:
        self.schedule.lost("killed", self.now)

    @rule(seconds=st.floats(0.0, 200.0))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.schedule.passed(self.now)

    @invariant()
    def a_state_is_left_by_the_clock_or_is_a_good_one(self) -> None:
        schedule = self.schedule
        assert (schedule.next_time is None) == (schedule.state in (State.SERVING, State.ENDED))
        assert (schedule.current is not None) == (
            schedule.state in (State.SERVING, State.CHANGING, State.PAUSING)
        )
        if schedule.attempt is not None and schedule.current is not None:
            assert schedule.attempt.target == schedule.wanted

    @invariant()
    def no_older_release_takes_the_place_of_a_newer(self) -> None:
        if self.schedule.current is not None:
            served = self.wanted_at[self.schedule.current]
            assert served >= self.served
            self.served = served

    def teardown(self) -> None:
        """Let everything go well from now on, as long as somebody looks: see what is served."""
        schedule = self.schedule
        if schedule.ended:
            return
        newest = str(schedule.wanted.path)
        schedule.want(self.target(newest), self.now, asked=True)
        for _ in range(4):
            while schedule.attempt is not None:
                self.load()
            self.now += 10.0
            schedule.passed(self.now)
        if newest not in self.damaged and not schedule.ended:
            assert (schedule.state, schedule.current) == (State.SERVING, self.target(newest))


Schedules.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
test_after_any_events_the_newest_good_release_is_served = Schedules.TestCase
