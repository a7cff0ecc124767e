"""What is in demand is computed before anybody has to wait for it: one run at a time, of all workers (ADR 0069)."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import structlog
from flask import current_app

from dealradar.cache import Lease, StoreUnavailableError
from dealradar.config import Settings
from dealradar.httpcache import origins, stores
from dealradar.httpcache.control import hot_pages, planning, sights, warm_runs
from dealradar.httpcache.control.front_pages import FRONT_PAGES
from dealradar.httpcache.control.hot_pages import Experience
from dealradar.httpcache.control.pacing import Pace
from dealradar.httpcache.control.planning import Candidate, Skip, State
from dealradar.httpcache.control.sights import Sight
from dealradar.httpcache.control.warm_runs import Tally, Trigger
from dealradar.httpcache.measures import WARM_SKIPS, WARMED
from dealradar.httpcache.refresh import Outcome
from dealradar.invalidation.hook import bookkeeping

LEASE: Final = "warming"
BATCH: Final = 200
"""How many pages are looked at in one go; only after a loss there is a second, further down."""
TURN_S: Final = 5.0
UPKEEP_S: Final = 4.0
LOSS_S: Final = 20.0
"""How long a run may take, and how long after a loss: within the time for which a lease is renewed."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Page:
    """A page that was seen: how much it is in demand, what is known of it, and how many hits its key has had."""

    demand: float
    known: Experience
    sight: Sight
    hits: int

    @property
    def has_ended(self) -> bool:
        """Whether what a run has warmed of it is there no longer, or is about to be made anew."""
        is_there = self.sight.is_warmed and self.sight.state is State.FRESH
        return self.known.run_id is not None and not is_there

    @property
    def earned_hits(self) -> int | None:
        """Return how many hits that has had, None where nobody knows."""
        return planning.earned(self.hits, before=self.known.hits_before, state=self.sight.state)


@dataclass
class _Run:
    """A run under way: how fast it goes, since when, and what it has come to."""

    pace: Pace
    began_s: float
    trigger: Trigger = Trigger.UPKEEP
    id: int | None = None
    outcomes: Counter[str] = field(default_factory=Counter)
    skipped: Counter[Skip] = field(default_factory=Counter)

    @property
    def until_s(self) -> float:
        """Return when it has to stop."""
        return self.began_s + (LOSS_S if self.trigger is Trigger.LOSS else UPKEEP_S)

    @property
    def tally(self) -> Tally:
        """Return what it has come to."""
        return Tally(self.outcomes["warmed"], self.outcomes["failed"], dict(self.skipped))


def keep_warm(*, clock_s: Callable[[], float] = time.monotonic, pause: Callable[[float], None] = time.sleep) -> int:
    """Warm what is in demand and missing, or soon will be, if no other worker does; return how many pages that were.

    It stays this worker's turn for `TURN_S`, so that however many there are, there is one run in that time.
    """
    settings: Settings = current_app.extensions["settings"]
    most = settings.cache_warm_database_percent / 100
    leases = stores.current().leases
    lease = leases.take(LEASE) if most else None
    if not isinstance(lease, Lease):
        return 0
    ends_s = clock_s() + TURN_S
    try:
        return _Keeper(clock_s, pause).keep(Pace(most, most))
    except StoreUnavailableError as error:
        log.warning("warming_interrupted", reason=str(error))
        return 0
    finally:
        pause(max(0.0, ends_s - clock_s()))
        leases.give_back(lease, stored=True)


class _Keeper:
    """Does one run, by a clock."""

    def __init__(self, clock_s: Callable[[], float], pause: Callable[[float], None]) -> None:
        self._clock_s = clock_s
        self._pause = pause

    def keep(self, pace: Pace) -> int:
        run = _Run(pace, self._clock_s())
        with bookkeeping():
            demand = planning.with_front_pages(hot_pages.demanded(hot_pages.MAX_KEPT), FRONT_PAGES)
            known = hot_pages.experiences()
        for batch in _batches(demand):
            if not self._keep_batch(run, _see(batch, known), looked_at=len(batch)) or self._clock_s() >= run.until_s:
                break
        for why, count in run.skipped.items():
            WARM_SKIPS.labels(why).inc(count)
        return run.tally.warmed

    def _keep_batch(self, run: _Run, pages: Mapping[str, _Page], *, looked_at: int) -> bool:
        """Warm what is worth it of *pages*, those that were seen of so many; return whether most had been lost."""
        agenda = planning.plan(_candidate(path, page) for path, page in pages.items())
        run.skipped.update(agenda.skipped)
        run.skipped[Skip.UNSEEN] += looked_at - len(pages)
        if agenda.shows_loss:
            run.trigger = Trigger.LOSS
        if agenda.steps and run.id is None:
            with bookkeeping():
                run.id = warm_runs.begin(run.trigger)
        learned = {path: _judged(page) for path, page in pages.items() if page.has_ended}
        for step in agenda.steps:
            known = learned.get(step.path, pages[step.path].known)
            learned[step.path] = self._take(run, replace(pages[step.path], known=known))
        self._note(run, pages, learned=learned)
        return agenda.shows_loss

    def _take(self, run: _Run, page: _Page) -> Experience:
        """Return what is known of *page* after it was its turn."""
        began_s = self._clock_s()
        if began_s >= run.until_s:
            run.skipped[Skip.LATE] += 1
            return page.known
        outcome = _warm(page)
        took_s = self._clock_s() - began_s
        if outcome is Outcome.LEFT:
            run.skipped[Skip.LEFT] += 1
            return page.known
        told = "warmed" if outcome is Outcome.DONE else "failed"
        run.outcomes[told] += 1
        WARMED.labels(told).inc()
        run.pace = run.pace.after(took_s, usual_s=page.known.cost_s or page.sight.cost_s)
        self._pause(run.pace.pause_s(took_s))
        cost_s = planning.blended(page.known.cost_s, took_s)
        if outcome is not Outcome.DONE:
            return replace(page.known, cost_s=cost_s)
        return replace(page.known, cost_s=cost_s, run_id=run.id, hits_before=page.hits)

    def _note(self, run: _Run, pages: Mapping[str, _Page], *, learned: Mapping[str, Experience]) -> None:
        if not learned and run.id is None:
            return
        with bookkeeping():
            warm_runs.credit([credit for page in pages.values() if (credit := _credit(page)) is not None])
            hot_pages.note(list(learned.values()))
            if run.id is not None:
                warm_runs.save(run.id, run.tally, duration_s=self._clock_s() - run.began_s)


def _batches(demand: Mapping[str, float]) -> Iterator[dict[str, float]]:
    pages = list(demand.items())
    return (dict(pages[start : start + BATCH]) for start in range(0, len(pages), BATCH))


def _see(demand: Mapping[str, float], known: Mapping[str, Experience]) -> dict[str, _Page]:
    """Return what is to be seen of the pages in *demand*, as far as it can be.

    Raises:
        StoreUnavailableError: The store, asked for their hits, doesn't answer.
    """
    seen = {path: sight for path in demand if (sight := sights.look(path)) is not None}
    hits = stores.hits([sight.plan.key for sight in seen.values()])
    return {
        path: _Page(demand[path], known.get(path, Experience(path)), sight, count)
        for (path, sight), count in zip(seen.items(), hits, strict=True)
    }


def _candidate(path: str, page: _Page) -> Candidate:
    known = _judged(page) if page.has_ended else page.known
    return Candidate(
        path=path,
        state=page.sight.state,
        demand=page.demand,
        ttl_s=page.sight.plan.ttl_s,
        worth=known.worth,
        cost_s=page.sight.cost_s if known.cost_s is None else known.cost_s,
    )


def _judged(page: _Page) -> Experience:
    """Return what is known of a page of which what was warmed has gone."""
    return replace(page.known, worth=planning.judged(page.known.worth, earned_hits=page.earned_hits), run_id=None)


def _credit(page: _Page) -> tuple[int, int] | None:
    """Return which run made *page*'s entry and the hits that earned, None unless it has gone and that is known."""
    run_id, hits = page.known.run_id, page.earned_hits
    return None if run_id is None or hits is None or not page.has_ended else (run_id, hits)


def _warm(page: _Page) -> Outcome:
    sight = page.sight
    try:
        with current_app.app_context():  # with a session of its own, which ends with it
            return origins.current().refresher.refresh(sight.plan, sight.compute, stored_at_s=sight.stored_at_s)
    except Exception:  # a page that can't be computed must not keep the others cold
        log.exception("warming_failed", path=page.known.path)
        return Outcome.FAILED
