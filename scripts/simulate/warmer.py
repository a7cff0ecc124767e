"""A worker that keeps warm what is in demand, by the site's own planner and pace, without its clock and its store."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from operator import itemgetter
from typing import Final, Protocol

from dealradar.httpcache.control import planning
from dealradar.httpcache.control.hot_pages import HALF_LIFE_S, LEAST_DEMAND, MAX_KEPT
from dealradar.httpcache.control.pacing import Pace
from dealradar.httpcache.control.planning import MISSING, Candidate, State
from dealradar.httpcache.control.sights import AHEAD_S
from dealradar.invalidation.keeping_warm import BATCH, LOSS_S, UPKEEP_S
from scripts.simulate.events import Made, Thing
from scripts.simulate.slots import Slot

LEARN_EVERY_S: Final = 30.0
"""So often the site's database learns what is in demand."""


class Store(Protocol):
    """What the warmer looks at."""

    @property
    def things(self) -> Sequence[Thing]:
        """Return what there is."""

    @property
    def made(self) -> Mapping[int, Made]:
        """Return what each thing took to compute."""

    @property
    def slots(self) -> Mapping[int, Slot]:
        """Return what is stored."""

    def changed_s(self, thing: int, *, since_s: float) -> float:
        """Return when *thing* changed first after *since_s*, infinity if it didn't."""


@dataclass(frozen=True)
class Step:
    """A *thing* that is to be computed at *at_s*."""

    at_s: float
    thing: int


class Warmer:
    """Counts what is asked for, and says what to warm; with no more than *share* of one worker's time."""

    def __init__(self, share: float, began_s: float) -> None:
        self._share = share
        self._began_s = began_s
        self._weight = 1.0
        self._demand: dict[int, float] = {}
        self._known: list[tuple[int, float]] = []
        self._learn_s = began_s + LEARN_EVERY_S
        self._busy_until_s = began_s
        self._worth: dict[int, float] = {}
        self._warmed: dict[int, Slot] = {}

    def ask(self, thing: int) -> None:
        """Count a request; later ones count more, which is as if earlier ones faded."""
        self._demand[thing] = self._demand.get(thing, 0.0) + self._weight

    def note(self, thing: int, slot: Slot) -> None:
        """Remember that *slot* was made as planned, to see what it earns."""
        self._warmed[thing] = slot

    def plan(self, store: Store, at_s: float) -> list[Step]:
        """Return what a run does that begins at *at_s*; nothing while the last one is under way."""
        self._weight = 2 ** ((at_s - self._began_s) / HALF_LIFE_S)
        if at_s >= self._learn_s:
            self._learn(store)
            self._learn_s = at_s + LEARN_EVERY_S
        if not self._share or at_s < self._busy_until_s:
            return []
        steps: list[Step] = []
        clock_s, until_s, pace = at_s, at_s + UPKEEP_S, Pace(self._share, self._share)
        for batch in self._batches():
            agenda = planning.plan(self._candidate(store, thing, demand, at_s) for thing, demand in batch)
            if agenda.shows_loss:
                until_s = at_s + LOSS_S
            for planned in agenda.steps:
                if clock_s >= until_s:
                    break
                cost_s = planned.cost_s or planning.UNKNOWN_COST_S
                clock_s += cost_s
                steps.append(Step(clock_s, int(planned.path)))
                clock_s += pace.pause_s(cost_s)
            if not agenda.shows_loss or clock_s >= until_s:
                break
        self._busy_until_s = clock_s
        return steps

    def _learn(self, store: Store) -> None:
        faded = {thing: count / self._weight for thing, count in self._demand.items()}
        self._demand = {thing: self._demand[thing] for thing, count in faded.items() if count >= LEAST_DEMAND}
        shared = ((thing, faded[thing]) for thing in self._demand if store.things[thing].soft_share is not None)
        self._known = nlargest(MAX_KEPT, shared, key=itemgetter(1))

    def _batches(self) -> Iterator[list[tuple[int, float]]]:
        return (self._known[start : start + BATCH] for start in range(0, len(self._known), BATCH))

    def _candidate(self, store: Store, thing: int, demand: float, at_s: float) -> Candidate:
        slot, made = store.slots.get(thing), store.made.get(thing)
        state = _state(store, thing, slot, at_s)
        self._judge(thing, slot, state)
        cost_s = None if made is None else made.cost_s
        worth = self._worth.get(thing, 1.0)
        return Candidate(str(thing), state, demand, store.things[thing].ttl_s, worth, cost_s)

    def _judge(self, thing: int, slot: Slot | None, state: State) -> None:
        """Learn from what was warmed of a thing and is gone, or about to go, whether that was worth it."""
        warmed = self._warmed.get(thing)
        if warmed is not None and (warmed is not slot or state is not State.FRESH):
            del self._warmed[thing]
            self._worth[thing] = planning.judged(self._worth.get(thing, 1.0), earned_hits=warmed.hits)


def is_wanting(store: Store, thing: int, at_s: float) -> bool:
    """Return whether *thing*, which was to be warmed, still is: nobody else has computed it meanwhile."""
    state = _state(store, thing, store.slots.get(thing), at_s)
    return state in MISSING or state is State.DUE


def _state(store: Store, thing: int, slot: Slot | None, at_s: float) -> State:
    if slot is None:
        return State.LOST
    if store.changed_s(thing, since_s=slot.made_s) <= at_s:
        return State.INVALIDATED
    if at_s >= slot.ends_s:
        return State.EXPIRED
    return State.DUE if at_s + AHEAD_S >= slot.soft_s else State.FRESH
