"""Which release is loaded next, and when: the states of the supervisor, without any process.

`docs/architecture.md` draws them. Times are seconds of one clock that never goes back; methods
that change the state return the sentence that the operator is to be told, if there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

# Seconds before a failed load is tried again: doubled from the first to the last, but the first
# time nobody waits.
_FIRST_PAUSE, _LAST_PAUSE = 0.5, 5.0
# A release that was served for so many seconds is loaded again at once when its process ends.
_STEADY = 10.0
# What a load may take grows with the size of the release: far more than it needs.
_BYTES_PER_SECOND = 250_000


class State(StrEnum):
    """What the supervisor is doing."""

    STARTING = "starting"  # the first release is being loaded
    SERVING = "serving"  # a release is served, and no other is to come
    CHANGING = "changing"  # a release is served, the wanted one is being loaded
    PAUSING = "pausing"  # a release is served, the load of the wanted one is tried again later
    RESTORING = "restoring"  # none is served any more, one is being loaded
    WAITING = "waiting"  # none is served any more, a load is tried again later
    ENDED = "ended"  # none could be loaded at the start


@dataclass(frozen=True)
class Target:
    """A release on disk. ``stamp`` differs when anything in its folder has changed."""

    path: Path
    stamp: tuple[tuple[str | int, ...], ...] = ()
    size: int = 0


@dataclass(frozen=True, eq=False)
class Attempt:
    """A load of *target*, which is given up after the time *overdue*."""

    target: Target
    overdue: float


class LoadSchedule:
    """At most one release is being loaded, at most one is wanted: the newest that was asked for.

    ``attempt`` is the load at work, which the process part starts, and stops when it is
    replaced. ``current`` is what is served.
    """

    def __init__(self, wanted: Target, now: float, load_seconds: float) -> None:
        """Begin to load *wanted*. A load may take *load_seconds*, and more for a large release."""
        self.wanted = wanted
        self.current: Target | None = None
        self.attempt: Attempt | None = None
        self.retry_at: float | None = None
        self.ended = False
        self.why = ""  # the last load failed
        self._good: Target | None = None  # what was served last
        self._refused = False  # whether the wanted release cannot be read
        self._failures = 0  # since something was served that is wanted
        self._losses = 0  # one soon after the other
        self._load_seconds = load_seconds
        self._since = now
        self._told: set[str] = set()
        self._load(wanted, now)

    @property
    def state(self) -> State:
        """The state, as the drawing names it."""
        if self.ended:
            return State.ENDED
        if self.attempt is not None and self._good is None:
            return State.STARTING
        if self.current is None:
            return State.WAITING if self.attempt is None else State.RESTORING
        if self.attempt is not None:
            return State.CHANGING
        return State.SERVING if self.retry_at is None else State.PAUSING

    @property
    def next_time(self) -> float | None:
        """When `passed` has something to do."""
        return self.retry_at if self.attempt is None else self.attempt.overdue

    def want(self, target: Target, now: float, *, asked: bool) -> None:
        """Have *target* served: it is what there is to serve now.

        Nothing is done twice for one that is served, is being loaded, or is to be tried again;
        but where somebody has *asked*, one that was refused is tried again at once.
        """
        is_new = target != self.wanted
        again = asked and (self._refused or self.retry_at is not None)
        if self.ended or not (is_new or again):
            return
        self.wanted, self._refused = target, False
        if is_new:
            self._begin_anew()
        if target == self.current:
            self.attempt = self.retry_at = None
        elif self.attempt is None or self.attempt.target != target:
            self._load(target, now)

    def ready(self, now: float) -> None:
        """The load at work is done: it is what is served."""
        if self.attempt is None:
            return
        self.current = self._good = self.attempt.target
        self.attempt, self._since = None, now
        if self.current == self.wanted:
            self._begin_anew()
        elif not self._refused:
            self._pause(now, self._failures)

    def failed(self, why: str, now: float, *, refused: bool) -> str | None:
        """The load at work has failed: *refused* where the release cannot be read."""
        if self.attempt is None:
            return None
        target, self.attempt, self.why = self.attempt.target, None, why
        if self._good is None:
            self.ended = True
            return None
        self._failures += 1
        if target == self.wanted:
            self._refused = refused
        if self.current is None and target == self.wanted != self._good:
            self._load(self._good, now)
        elif self.current is None or not refused:
            self._pause(now, self._failures)
        kept = "it is tried again" if self.current is None else "the old release is served on"
        return self._tell(f"{why}; {kept}")

    def lost(self, why: str, now: float) -> str | None:
        """The process that held the current release has ended."""
        if self.current is None:
            return None
        lost, self.current = self.current, None
        self._losses = 0 if now - self._since >= _STEADY else self._losses
        if self.attempt is None:
            if self._losses:
                self._pause(now, self._losses)
            else:
                self._load(lost, now)
        self._losses += 1
        return self._tell(f"{why}; the release is loaded again")

    def passed(self, now: float) -> str | None:
        """Look at the clock: give up a load that takes too long, try again one that failed."""
        if self.attempt is not None and now >= self.attempt.overdue:
            why = f"{self.attempt.target.path} is not loaded in time"
            return self.failed(why, now, refused=False)
        if self.retry_at is not None and now >= self.retry_at:
            self._load(self.wanted, now)
        return None

    def _load(self, target: Target, now: float) -> None:
        self.retry_at = None
        allowed = self._load_seconds + target.size / _BYTES_PER_SECOND
        self.attempt = Attempt(target, now + allowed)

    def _pause(self, now: float, times: int) -> None:
        doubled = _FIRST_PAUSE * 2.0 ** min(times - 1, 10)
        self.retry_at = now + min(doubled, _LAST_PAUSE)

    def _begin_anew(self) -> None:
        self._failures = 0
        self._told.clear()

    def _tell(self, sentence: str) -> str | None:
        """Return *sentence* unless it was told already since something succeeded."""
        if sentence in self._told:
            return None
        self._told.add(sentence)
        return sentence
