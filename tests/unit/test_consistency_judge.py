"""The judge of the consistency check, on histories made by hand."""

from math import inf

import pytest

from scripts.consistency import judge, recomputes, weakened
from scripts.consistency.client import CutError, Wish
from scripts.consistency.history import GONE, Answer, History, Injected, Outage, Sighting, Via, What, Write, mark, marks
from scripts.consistency.ledger import unexplained
from scripts.consistency.recomputes import Expiry, Recompute

REVIEW = "review-1"


def write(number: int, at_s: float, via: Via = Via.HTTP) -> Write:
    return Write(REVIEW, number, via, began_s=at_s - 0.1, ended_s=at_s)


def sighting(number: int, at_s: float, *, took_s: float = 0.01) -> Sighting:
    return Sighting(REVIEW, number, "/api/reviews/1", "HIT", "request-1", at_s, at_s + took_s)


def is_stale(seen: Sighting, *writes: Write, outages: tuple[Outage, ...] = ()) -> bool:
    return bool(judge.stale([seen], writes={REVIEW: writes}, outages=outages))


def answer(body: str, at_s: float) -> Answer:
    return Answer("/api/reviews/1", 200, body.encode(), "HIT", "request-1", at_s, at_s + 0.01)


def cut(*, opened_s: float, ended_s: float, reason: Exception | None = None) -> CutError:
    return CutError(Wish("/"), reason or ConnectionResetError(), opened_s=opened_s, ended_s=ended_s)


def recompute(began_s: float, ended_s: float, *, key: str = "key", versions: str = "v1", led: bool = True) -> Recompute:
    return Recompute(key, versions, led, began_s, ended_s)


def test_what_was_before_an_answered_write_is_stale() -> None:
    assert is_stale(sighting(1, 10.0), write(2, 10.0))


def test_a_read_that_began_before_the_answer_may_see_either() -> None:
    assert not is_stale(sighting(1, 9.999), write(2, 10.0))


def test_the_newest_is_not_stale() -> None:
    assert not is_stale(sighting(2, 11.0), write(2, 10.0))


@pytest.mark.parametrize("via", [Via.SQL, Via.UNANSWERED])
def test_what_the_sweep_has_to_invalidate_is_stale_from_the_bound_on(via: Via) -> None:
    bound_s = judge.BOUNDS_S[via]

    assert not is_stale(sighting(1, 10.0 + bound_s - 0.001), write(2, 10.0, via))
    assert is_stale(sighting(1, 10.0 + bound_s), write(2, 10.0, via))


def test_a_write_that_was_rolled_back_makes_nothing_stale() -> None:
    assert not is_stale(sighting(1, 20.0), write(2, 10.0, Via.UNDONE))


def test_what_was_deleted_is_stale_wherever_it_is_seen() -> None:
    assert is_stale(sighting(7, 20.0), write(GONE, 10.0, Via.SQL))


def test_of_several_newer_writes_one_that_is_overdue_is_enough() -> None:
    verdict = judge.stale([sighting(1, 11.0)], writes={REVIEW: [write(2, 10.0), write(3, 10.9)]}, outages=())

    assert [(one.write.number, one.late_s) for one in verdict] == [(2, 1.0)]


def test_after_an_outage_of_the_store_a_write_has_until_the_bound() -> None:
    outage = Outage(What.STORE, 9.0, 12.0)
    until_s = outage.ended_s + judge.RETURN_BOUND_S

    assert not is_stale(sighting(1, until_s - 0.001), write(2, 10.0), outages=(outage,))
    assert is_stale(sighting(1, until_s), write(2, 10.0), outages=(outage,))


def test_an_outage_excuses_no_write_from_before_it() -> None:
    assert is_stale(sighting(1, 10.5), write(2, 8.0), outages=(Outage(What.STORE, 9.0, 12.0),))


def test_while_the_store_is_deaf_nothing_is_stale() -> None:
    deaf = Outage(What.STORE, 9.0, 12.0, deaf=True)

    assert is_stale(sighting(1, 11.0), write(2, 10.0), outages=(deaf,))


def test_a_read_that_ends_after_the_deafness_is_excused() -> None:
    deaf = Outage(What.STORE, 9.0, 12.0, deaf=True)

    assert not is_stale(sighting(1, 11.0, took_s=2.0), write(2, 10.0), outages=(deaf,))


def test_without_a_sweep_only_what_needs_it_is_excused() -> None:
    outages = (Outage(What.SWEEP, 9.0, inf),)

    assert not is_stale(sighting(1, 100.0), write(2, 10.0, Via.SQL), outages=outages)
    assert is_stale(sighting(1, 100.0), write(2, 10.0), outages=outages)


def test_the_worst_after_an_outage_is_measured_from_its_end() -> None:
    worst = judge.worst_s(
        [sighting(1, 12.5)], writes={REVIEW: [write(2, 10.0)]}, outages=[Outage(What.STORE, 9.0, 12.0)]
    )

    assert worst["http after an outage"] == 0.5


def test_the_worst_after_a_fault_is_of_the_faults_that_the_write_met() -> None:
    done = [Injected("kill-web", 1.0, 2.0), Injected("hang-redis", 9.0, 12.0)]

    worst = judge.worst_after_s([sighting(1, 12.5)], writes={REVIEW: [write(2, 10.0)]}, done=done)

    assert worst == {"hang-redis": 0.5, "kill-web": 0.0}


def test_the_worst_after_a_fault_leaves_out_what_has_to_be_swept_anyway() -> None:
    done = [Injected("hang-redis", 9.0, 12.0)]

    worst = judge.worst_after_s([sighting(1, 12.5)], writes={REVIEW: [write(2, 10.0, Via.SQL)]}, done=done)

    assert worst == {"hang-redis": 0.0}


def test_who_computes_before_another_has_stored_computes_for_the_same_expiry() -> None:
    both = [recompute(1.0, 2.0), recompute(1.9, 3.0, led=False)]

    assert recomputes.per_expiry(both) == [Expiry("key", 2, 1, 1.0, 2.0)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(recompute(2.0, 3.0), id="after it was stored"),
        pytest.param(recompute(1.5, 3.0, versions="v2"), id="from other versions"),
        pytest.param(recompute(1.5, 3.0, key="another"), id="for another key"),
    ],
)
def test_another_expiry_is_what_is_computed(other: Recompute) -> None:
    expiries = recomputes.per_expiry([other, recompute(1.0, 2.0)])

    assert [expiry.times for expiry in expiries] == [1, 1]


def test_a_lease_that_several_had_at_once_is_worth_nothing() -> None:
    twice = Expiry("key", times=2, led=2, began_s=10.0, ended_s=10.1)

    assert recomputes.repeated([twice], []) == [twice]


@pytest.mark.parametrize(
    ("expiry", "outages"),
    [
        pytest.param(Expiry("key", 2, 1, 10.0, 10.1), (), id="the other one had waited in vain"),
        pytest.param(Expiry("key", 2, 2, 10.0, 11.0), (), id="the first one's lease may have run out"),
        pytest.param(Expiry("key", 2, 2, 10.0, 10.1), (Outage(What.MEMORY, 9.9, 10.0),), id="the lease was evicted"),
        pytest.param(Expiry("key", 2, 2, 10.0, 10.1), (Outage(What.STORE, 8.0, 9.0),), id="the store is just back"),
    ],
)
def test_to_compute_more_than_once_is_excused(expiry: Expiry, outages: tuple[Outage, ...]) -> None:
    assert recomputes.repeated([expiry], outages) == []


def test_another_persons_secret_is_foreign_and_ones_own_is_not() -> None:
    assert judge.foreign(b'{"title": "private-7"}', 7) == set()
    assert judge.foreign(b'{"title": "private-71", "more": "private-7"}', 7) == {71}


def test_marks_are_found_wherever_they_are_shown() -> None:
    body = f'{{"title": "{mark("deal-3", 4)}", "author": "{mark("user-5", 6)}"}}'.encode()

    assert marks(body) == {("deal-3", 4), ("user-5", 6)}


def test_the_history_suspects_only_what_is_older_than_an_ended_write() -> None:
    history = History()
    history.wrote(write(2, 10.0))

    history.saw(answer(mark(REVIEW, 1), 9.0))
    history.saw(answer(mark(REVIEW, 1), 10.0))
    history.saw(answer(mark(REVIEW, 2), 11.0))

    assert [(seen.number, seen.began_s) for seen in history.suspects] == [(1, 10.0)]


def test_what_was_rolled_back_must_not_have_been_seen() -> None:
    history = History()
    undone = write(2, 10.0, Via.UNDONE)
    history.wrote(undone)

    history.saw(answer(mark(REVIEW, 2), 9.95))

    assert history.undone_but_seen == (undone,)


def test_a_death_explains_a_cut_of_a_connection_from_before_it() -> None:
    before, after = cut(opened_s=1.0, ended_s=9.0), cut(opened_s=6.0, ended_s=9.0)

    assert unexplained([before, after], [5.0]) == [after]


def test_nothing_explains_an_answer_that_never_came() -> None:
    late = cut(opened_s=1.0, ended_s=9.0, reason=TimeoutError())

    assert unexplained([late], [5.0]) == [late]


def test_several_protections_may_be_taken_away_at_once() -> None:
    both = weakened.named("outbox,lease")

    assert both.sql == weakened.named("outbox").sql
    with pytest.raises(ValueError, match="there is no protection 'luck'"):
        weakened.named("lease,luck")
