"""What a measurement makes of what was known of its signal: pure, so that it can be gone through for every case.

Each of the two bounds is looked at by itself. It counts as crossed once values have been beyond it for as long as the
rule says, and as clear once they have been good for as long as that says; one value to the contrary begins the wait
anew. How bad the signal is follows from which of them are crossed (ADR 0059).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from dealradar.monitoring.alerts.levels import Level
from dealradar.monitoring.alerts.signals import Signal
from dealradar.monitoring.alerts.thresholds import Bound, Rule

UNSEEN: Final = timedelta(seconds=90)
"""After as long a time without any measurement nothing counts as having held meanwhile."""

FORGOTTEN: Final = timedelta(minutes=30)
"""What was bad and has had no value for as long is no longer said to be."""

DAMPED: Final = timedelta(hours=1)
"""How long a rise is held against a signal: each lets it take twice as long to clear."""

MAX_CLEAR: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Measurement:
    """What a signal was found to be: None where there is nothing to say, and in words why, or of what it is."""

    signal: Signal
    value: float | None
    detail: str


@dataclass(frozen=True)
class Side:
    """On which side of a bound a signal is taken to be, and since when its values say otherwise."""

    is_crossed: bool = False
    contradicted_at: datetime | None = None


@dataclass(frozen=True)
class State:
    """What is known of a signal.

    Attributes:
        began_at: Since when it has been bad, if it is: the first of the values that were.
        changed_at: When it last became better or worse.
        measured_at: When it last had a value.
        rises: When it became worse, within `DAMPED`.
    """

    warning: Side = Side()
    critical: Side = Side()
    began_at: datetime | None = None
    changed_at: datetime | None = None
    measured_at: datetime | None = None
    value: float | None = None
    detail: str = ""
    rises: tuple[datetime, ...] = ()

    @property
    def level(self) -> Level:
        """How bad it is."""
        if self.critical.is_crossed:
            return Level.CRITICAL
        return Level.WARNING if self.warning.is_crossed else Level.OK

    @property
    def is_pending(self) -> bool:
        """Whether it will be worse if its values stay as they are."""
        return any(side.contradicted_at is not None and not side.is_crossed for side in (self.warning, self.critical))


@dataclass(frozen=True)
class Transition:
    """That a signal became better or worse: *since* its values say so."""

    before: Level
    after: Level
    since: datetime


@dataclass(frozen=True)
class _Wish:
    """What a value says of a bound, and for how long it must before it counts: to be crossed, and to be clear."""

    is_beyond: bool
    for_s: float
    clear_for_s: float


def decide(state: State, measurement: Measurement, rule: Rule, *, now: datetime) -> tuple[State, Transition | None]:
    """Return what is known after *measurement*, and what became of the signal, if it did become better or worse."""
    known = _awake(state, now)
    value = measurement.value
    if value is None:
        return _concluded(known, _unseen(known, measurement, now), now)
    seen = replace(
        known,
        warning=_settled(known.warning, _wish(known, known.warning, rule.warning, rule=rule, value=value), now),
        critical=_settled(known.critical, _wish(known, known.critical, rule.critical, rule=rule, value=value), now),
        measured_at=now,
        value=value,
        detail=measurement.detail,
    )
    return _concluded(known, _told_at_once(known, seen), now)


def _told_at_once(before: State, after: State) -> State:
    """Return *after*, still critical while it is on its way to being well: that is one thing to tell, not two."""
    is_getting_well = after.warning.is_crossed and after.warning.contradicted_at is not None
    if is_getting_well and before.critical.is_crossed and not after.critical.is_crossed:
        return replace(after, critical=before.critical)
    return after


def _awake(state: State, now: datetime) -> State:
    """Return *state* without what somebody would have had to look at meanwhile to know that it held."""
    recent = replace(state, rises=tuple(at for at in state.rises if now - at < DAMPED))
    if state.measured_at is None or now - state.measured_at <= UNSEEN:
        return recent
    return replace(recent, warning=Side(state.warning.is_crossed), critical=Side(state.critical.is_crossed))


def _unseen(state: State, measurement: Measurement, now: datetime) -> State:
    is_known = state.measured_at is not None and now - state.measured_at < FORGOTTEN
    return replace(
        state,
        warning=Side(state.warning.is_crossed and is_known),
        critical=Side(state.critical.is_crossed and is_known),
        value=None,
        detail=measurement.detail,
    )


def _wish(state: State, side: Side, bound: Bound, *, rule: Rule, value: float) -> _Wish:
    clear_for = timedelta(seconds=rule.clear_for_s) * 2 ** max(0, len(state.rises) - 1)
    return _Wish(
        bound.is_beyond(value, was_beyond=side.is_crossed),
        rule.for_s,
        max(rule.clear_for_s, min(clear_for, MAX_CLEAR).total_seconds()),
    )


def _settled(side: Side, wish: _Wish, now: datetime) -> Side:
    if wish.is_beyond == side.is_crossed:
        return Side(side.is_crossed)
    since = side.contradicted_at or now
    if now - since >= timedelta(seconds=wish.for_s if wish.is_beyond else wish.clear_for_s):
        return Side(wish.is_beyond)
    return Side(side.is_crossed, since)


def _concluded(before: State, after: State, now: datetime) -> tuple[State, Transition | None]:
    if after.level is before.level:
        return after, None
    since = _since(before, after) or now
    is_worse = after.level.rank > before.level.rank
    changed = replace(
        after,
        changed_at=now,
        began_at=_began(before, after, since),
        rises=(*after.rises, now) if is_worse else after.rises,
    )
    return changed, Transition(before.level, after.level, since)


def _began(before: State, after: State, since: datetime) -> datetime | None:
    if after.level is Level.OK:
        return None
    return since if before.level is Level.OK else before.began_at


def _since(before: State, after: State) -> datetime | None:
    """Return since when the values have been saying what *after* is, as far as *before* knew."""
    moved = [
        old.contradicted_at
        for old, new in ((before.warning, after.warning), (before.critical, after.critical))
        if old.is_crossed != new.is_crossed and old.contradicted_at is not None
    ]
    return min(moved, default=None) if after.level.rank > before.level.rank else max(moved, default=None)
