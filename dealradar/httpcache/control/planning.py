"""What is worth warming, and in which order: decided from what was seen, without asking anybody (ADR 0069)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from math import log
from typing import Final

from dealradar.httpcache.control.hot_pages import HALF_LIFE_S

COUNTED_FOR_S: Final = HALF_LIFE_S / log(2)
"""For how long a request counts on average: demand, divided by it, are requests a second."""

LEAST_HITS: Final = 1.0
"""How many hits an entry must be expected to earn in its life."""

UNKNOWN_COST_S: Final = 0.01
LEAST_WORTH: Final = 0.05
LEARNED: Final = 0.3
"""How much of what is thought of a page the latest entry of it decides."""


class State(StrEnum):
    """What the store has of a page."""

    FRESH = "fresh"
    DUE = "due"
    """It is served, and past its soft age before it is looked at again."""
    EXPIRED = "expired"
    INVALIDATED = "invalidated"
    LOST = "lost"
    """Nothing at all: flushed, evicted, or never there."""


MISSING: Final = frozenset({State.EXPIRED, State.INVALIDATED, State.LOST})
"""Whoever asks next has to wait."""


class Skip(StrEnum):
    """Why a page was left as it is."""

    FRESH = "fresh"
    UNWANTED = "unwanted"
    """It is asked for too seldom, or what was warmed of it earned too little."""
    UNSEEN = "unseen"
    """It isn't cached, leads nowhere, or the store didn't answer."""
    LEFT = "left"
    """Somebody else computes it, or has just done so."""
    LATE = "late"
    """The time of the run was over."""


@dataclass(frozen=True)
class Candidate:
    """A page that might be warmed.

    Attributes:
        demand: How often it was asked for lately, a request counting half as much each five minutes.
        worth: Which part of its warmed entries earned a hit of late, from 0 to 1.
        ttl_s: How long an entry of it lives.
        cost_s: How long it takes to compute, None where that isn't known.
    """

    path: str
    state: State
    demand: float
    ttl_s: float
    worth: float = 1.0
    cost_s: float | None = None

    @property
    def expected_hits(self) -> float:
        """Return how many hits an entry is likely to earn in its life."""
        return self.demand / COUNTED_FOR_S * self.ttl_s * self.worth

    @property
    def saved_s(self) -> float:
        """Return how long readers would wait otherwise, a second: what pages are ordered by."""
        return self.demand / COUNTED_FOR_S * self.worth * (self.cost_s or UNKNOWN_COST_S)


@dataclass(frozen=True)
class Agenda:
    """What to warm, first things first, and how many pages are left alone, by why."""

    steps: tuple[Candidate, ...]
    skipped: Mapping[Skip, int]

    @property
    def shows_loss(self) -> bool:
        """Whether most of what is wanted is missing, as after a flush: there will be more of it further down."""
        wanted = len(self.steps) + self.skipped.get(Skip.FRESH, 0)
        return sum(step.state in MISSING for step in self.steps) * 2 > wanted


def plan(candidates: Iterable[Candidate]) -> Agenda:
    """Return which of *candidates* to warm, in this order.

    First what readers have to wait for, then what is due; each by the time that it saves them.
    """
    steps: list[Candidate] = []
    skipped: Counter[Skip] = Counter()
    for candidate in candidates:
        why = _why_not(candidate)
        if why is None:
            steps.append(candidate)
        else:
            skipped[why] += 1
    return Agenda(tuple(sorted(steps, key=lambda step: (step.state not in MISSING, -step.saved_s))), skipped)


def judged(worth: float, *, earned_hits: int | None) -> float:
    """Return what is thought of a page of which an entry has gone that earned so many hits, after *worth* before.

    Nothing else than before where nobody knows how many.
    """
    if earned_hits is None:
        return worth
    return max(LEAST_WORTH, worth + LEARNED * ((earned_hits > 0) - worth))


def blended(before_s: float | None, took_s: float) -> float:
    """Return what a page is taken to cost that cost *before_s* so far, if that is known, and *took_s* just now."""
    return took_s if before_s is None else before_s + LEARNED * (took_s - before_s)


def earned(hits: int, *, before: int, state: State) -> int | None:
    """Return how many *hits* came since there were so many *before*, None where their count is lost like the entry."""
    return None if state is State.LOST or hits < before else hits - before


def with_front_pages(demand: Mapping[str, float], front_pages: Mapping[str, float]) -> dict[str, float]:
    """Return *demand* by path, the greatest first, each of the *front_pages* raised to what it is held to have."""
    raised = {
        path: max(demand.get(path, 0.0), front_pages.get(path, 0.0))
        for path in dict.fromkeys(chain(demand, front_pages))
    }
    return dict(sorted(raised.items(), key=lambda item: -item[1]))


def _why_not(candidate: Candidate) -> Skip | None:
    if candidate.state is State.FRESH:
        return Skip.FRESH
    return Skip.UNWANTED if candidate.expected_hits < LEAST_HITS else None
