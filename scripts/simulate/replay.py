"""Play a trace against a policy: what would have been a hit, what would have been computed, what would be stale."""

import random
from bisect import bisect_right
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, log
from typing import Final

from scripts.simulate.events import HIT, PASSED, Asked, Cleared, Event, Invalidated, Made, Thing, Trace
from scripts.simulate.policies import Policy
from scripts.simulate.slots import Slot
from scripts.simulate.warmer import Step, Warmer, is_wanting

TICK_S: Final = 5.0
"""So often is looked at how much is held, and at what to warm."""
JITTER: Final = 0.1
"""The fraction by which a TTL may come out shorter, as the store has it."""
UNKNOWN: Final = Made(0.0, 0, 0, 0.01, inf)
"""What a thing is taken to cost that was never computed while the trace was written."""
CERTAIN: Final = 20.0
"""An early refresh that many times its cost ahead is as good as impossible."""
CALM: Final = 0.5
"""An adaptive TTL is this part of the time since the last change."""


@dataclass(frozen=True)
class Conditions:
    """What the site has: room for so many *entries* (None: for all), and which part of a worker's time to warm."""

    entries: int | None = None
    warm_share: float = 0.25
    seed: int = 1


@dataclass
class Counts:
    """What came of it; *stale_s* is for how long in all, over all stale hits, the thing had been another."""

    asked: int = 0
    hits: int = 0
    computed: int = 0
    refreshed: int = 0
    warmed: int = 0
    computed_s: float = 0.0
    computed_bytes: int = 0
    peak_bytes: int = 0
    stale_hits: int = 0
    stale_s: float = 0.0

    @property
    def hit_ratio(self) -> float:
        """Return the share of lookups that were hits, stale ones included."""
        return self.hits / self.asked if self.asked else 0.0


class Replay:
    """One policy's way through one trace."""

    def __init__(self, trace: Trace, policy: Policy, conditions: Conditions) -> None:
        self.counts = Counts()
        self.things: Sequence[Thing] = trace.things
        self.made: dict[int, Made] = _first_made(trace.events)
        self.slots: OrderedDict[int, Slot] = OrderedDict()
        self._policy, self._conditions = policy, conditions
        self._moved: dict[int, list[float]] = {}
        self._random = random.Random(conditions.seed)  # noqa: S311  the same each time
        self._events = trace.events
        self._began_s = trace.events[0].at_s if trace.events else 0.0
        self._tick_s = self._wake_s = self._began_s + TICK_S
        self._steps: deque[Step] = deque()
        self._warmer = Warmer(conditions.warm_share, self._began_s) if policy.warms else None
        for thing in already(trace.events):
            self.make(thing, self._began_s).ready_s = self._began_s
        self.counts = Counts()  # what was there before cost nothing here

    def run(self) -> Counts:
        """Play it all."""
        for event in self._events:
            if event.at_s >= self._wake_s:
                self._pass_time(event.at_s)
            if type(event) is not Asked:
                self._happen(event)
            elif event.found != PASSED:
                self._ask(event.thing, event.at_s)
        self._measure(self._tick_s)
        return self.counts

    def is_valid(self, thing: int, slot: Slot | None, at_s: float) -> bool:
        """Return whether *slot* of *thing* may be served at *at_s*."""
        if slot is None or at_s >= slot.ends_s:
            return False
        return not self._policy.invalidates or self.changed_s(thing, since_s=slot.made_s) == inf

    def changed_s(self, thing: int, *, since_s: float) -> float:
        """Return when *thing* changed first after *since_s*, infinity if it didn't."""
        first = inf
        for tag in self.things[thing].tags:
            moved = self._moved.get(tag)
            if moved is not None and moved[-1] > since_s:
                first = min(first, moved[bisect_right(moved, since_s)])
        return first

    def make(self, thing: int, at_s: float) -> Slot:
        """Compute *thing* at *at_s*, and store it."""
        made = self.made.get(thing, UNKNOWN)
        ttl_s = self._ttl_s(thing, made, at_s)
        soft_share = self.things[thing].soft_share
        is_refreshed = soft_share is not None and made.ttl_s >= self.things[thing].ttl_s and ttl_s < inf
        soft_s = at_s + ttl_s * soft_share if is_refreshed and soft_share is not None else inf
        slot = Slot(at_s, at_s + made.cost_s, at_s + ttl_s, soft_s, made.body_bytes)
        self.slots[thing] = slot
        self.slots.move_to_end(thing)
        if self._conditions.entries is not None and len(self.slots) > self._conditions.entries:
            self.slots.popitem(last=False)
        self.counts.computed_s += made.cost_s
        self.counts.computed_bytes += made.body_bytes
        return slot

    def _happen(self, event: Event) -> None:
        if type(event) is Made:
            self.made[event.thing] = event
        elif type(event) is Invalidated:
            for tag in event.tags:
                self._moved.setdefault(tag, []).append(event.at_s)
        elif type(event) is Cleared:
            self.slots.clear()

    def _ask(self, thing: int, at_s: float) -> None:
        slot = self.slots.get(thing)
        is_hit = self.is_valid(thing, slot, at_s)
        self._count(thing, slot if is_hit else None, at_s)
        if self._warmer is not None:
            self._warmer.ask(thing)
        if slot is None or not is_hit:
            self.make(thing, at_s)
            return
        slot.hits += 1
        if self._conditions.entries is not None:
            self.slots.move_to_end(thing)
        if self._policy.refreshes and self._is_due(thing, slot, at_s):
            self.make(thing, at_s).ready_s = at_s  # meanwhile the old one is served
            self.counts.refreshed += 1

    def _count(self, thing: int, slot: Slot | None, at_s: float) -> None:
        counts = self.counts
        counts.asked += 1
        if slot is None:
            counts.computed += 1
        elif at_s >= slot.ready_s:  # else it waits for who computes it, which is no hit
            counts.hits += 1
            if not self._policy.invalidates:
                self._count_stale(at_s - self.changed_s(thing, since_s=slot.made_s))

    def _count_stale(self, stale_s: float) -> None:
        if stale_s > 0:
            self.counts.stale_hits += 1
            self.counts.stale_s += stale_s

    def _is_due(self, thing: int, slot: Slot, at_s: float) -> bool:
        """Return whether a reader has *slot* refreshed, as `dealradar.httpcache.refresh.due` has it."""
        cost_s = self.made.get(thing, UNKNOWN).cost_s
        if at_s < slot.soft_s - CERTAIN * cost_s:
            return False
        return at_s - cost_s * log(1.0 - self._random.random()) >= slot.soft_s

    def _ttl_s(self, thing: int, made: Made, at_s: float) -> float:
        """Return how long *thing* lives from *at_s* on.

        Adaptive as caches guess where nobody tells them (RFC 9111 §4.2.2; Cate, "Alex: a Global Filesystem", 1992).
        """
        ttl_s = min(made.ttl_s, self.things[thing].ttl_s)
        least, most = self._policy.bounds
        part = least if least == most else CALM * (at_s - self._last_changed_s(thing)) / ttl_s
        return ttl_s * min(most, max(least, part)) * (1 - JITTER * self._random.random())

    def _last_changed_s(self, thing: int) -> float:
        tags = self.things[thing].tags
        return max((moved[-1] for tag in tags if (moved := self._moved.get(tag))), default=self._began_s)

    def _pass_time(self, until_s: float) -> None:
        """Do what is done by the clock until *until_s*."""
        while self._wake_s <= until_s:
            if self._wake_s == self._tick_s:
                self._measure(self._tick_s)
                if self._warmer is not None:
                    self._steps += self._warmer.plan(self, self._tick_s)
                self._tick_s += TICK_S
            elif self._warmer is not None:
                self._warm(self._warmer, self._steps.popleft())
            self._wake_s = min(self._tick_s, self._steps[0].at_s) if self._steps else self._tick_s

    def _warm(self, warmer: Warmer, step: Step) -> None:
        if is_wanting(self, step.thing, step.at_s):
            warmer.note(step.thing, self.make(step.thing, step.at_s))
            self.counts.warmed += 1

    def _measure(self, at_s: float) -> None:
        """Note how much is held, and forget what has expired."""
        for thing in [thing for thing, slot in self.slots.items() if slot.ends_s <= at_s]:
            del self.slots[thing]
        held_bytes = sum(slot.body_bytes for slot in self.slots.values())
        self.counts.peak_bytes = max(self.counts.peak_bytes, held_bytes)


def already(events: Iterable[Event]) -> list[int]:
    """Return the things that were in the store when the trace began, by what it says of the first lookup of each."""
    seen: dict[int, bool] = {}
    for event in events:
        if isinstance(event, Cleared):
            break
        if isinstance(event, Asked | Made):
            seen.setdefault(event.thing, isinstance(event, Asked) and event.found == HIT)
    return [thing for thing, was_there in seen.items() if was_there]


def _first_made(events: Iterable[Event]) -> dict[int, Made]:
    first: dict[int, Made] = {}
    for event in events:
        if type(event) is Made:
            first.setdefault(event.thing, event)
    return first


def totals(counts: Counts) -> Mapping[str, float]:
    """Return *counts* with the ratios that are made of them."""
    stale_ratio = counts.stale_hits / counts.asked if counts.asked else 0.0
    return {**vars(counts), "hit_ratio": counts.hit_ratio, "stale_ratio": stale_ratio}
