from collections import Counter

import pytest
from prometheus_client import REGISTRY

from dealradar.monitoring.ended import Ended
from dealradar.monitoring.latencies import bucket_of
from dealradar.monitoring.tallies import KEPT_SLOTS, SLOT_S, Alike, Tallies, Tally


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """Return a process's own clock."""
    return Clock()


@pytest.fixture
def tallies(clock: Clock) -> Tallies:
    """Return counts that begin in slot 100."""
    tallies = Tallies(clock)
    tallies.set_clock(1_000.0)
    return tallies


def ended(route: str = "/api/deals", **changes: object) -> Ended:
    fields: dict[str, object] = {
        "method": "GET",
        "route": route,
        "status": 200,
        "address": None,
        "cache": "HIT",
        "duration_s": 0.25,
        "statements": 2,
        "database_s": 0.125,
        "body_bytes": 5,
        "user_id": None,
    }
    return Ended(**fields | changes)  # type: ignore[arg-type]


def seen(tallies: Tallies) -> dict[int, int]:
    return {slot.number: slot.requests for slot in tallies.due()}


def lost() -> float:
    return REGISTRY.get_sample_value("dealradar_readings_lost_requests_total") or 0.0


def test_a_request_counts_in_its_route_and_its_slot(tallies: Tallies, clock: Clock) -> None:
    tallies.request(ended(status=503, cache="BYPASS"))
    tallies.request(ended(status=304))
    clock.now_s += SLOT_S
    tallies.request(ended("/api/auth/me", cache=None))

    first, second = tallies.due()

    assert (first.number, second.number) == (100, 101)
    assert first.routes == {
        "/api/deals": Tally(
            requests=2,
            errors=1,
            not_modified=1,
            hits=1,
            bypasses=1,
            statements=4,
            database_s=0.25,
            duration_s=0.5,
            latencies=Counter({bucket_of(0.25): 2}),
        )
    }
    assert second.routes["/api/auth/me"].requests == 1


@pytest.mark.parametrize(
    ("cache", "field"), [("HIT", "hits"), ("MISS", "misses"), ("STALE", "stale"), ("BYPASS", "bypasses")]
)
def test_what_the_cache_did_is_counted_by_its_word(tallies: Tallies, cache: str, field: str) -> None:
    tallies.request(ended(cache=cache))

    (slot,) = tallies.due()
    tally = slot.routes["/api/deals"]

    assert getattr(tally, field) == 1
    assert tally.hits + tally.misses + tally.stale + tally.bypasses == 1


def test_many_alike_count_as_if_they_had_been_counted_one_by_one(clock: Clock) -> None:
    one_by_one, at_once = Tallies(clock), Tallies(clock)
    for _ in range(3):
        one_by_one.request(ended(statements=0, database_s=0.0))

    at_once.requests(Alike("/api/deals", 200, "HIT", duration_s=0.75, latencies={bucket_of(0.25): 3}))

    assert at_once.due()[0].routes == one_by_one.due()[0].routes


def test_what_is_written_is_not_due_until_more_is_counted(tallies: Tallies) -> None:
    tallies.request(ended())
    tallies.settle(tallies.due())

    before = seen(tallies)
    tallies.request(ended())

    assert (before, seen(tallies)) == ({}, {100: 2})


def test_what_is_counted_while_it_is_written_stays_due(tallies: Tallies, clock: Clock) -> None:
    tallies.request(ended())
    due = tallies.due()
    tallies.request(ended())
    clock.now_s += SLOT_S

    tallies.settle(due)

    assert seen(tallies) == {100: 2}


def test_a_slot_that_was_forgotten_is_never_begun_again(tallies: Tallies, clock: Clock) -> None:
    tallies.request(ended())
    clock.now_s += SLOT_S
    tallies.settle(tallies.due())

    tallies.set_clock(1_000.0)
    tallies.request(ended())

    assert seen(tallies) == {101: 1}


def test_what_could_not_be_written_for_too_long_is_lost_and_that_is_counted(tallies: Tallies, clock: Clock) -> None:
    before = lost()
    tallies.request(ended())
    clock.now_s += SLOT_S
    tallies.request(ended())
    clock.now_s += KEPT_SLOTS * SLOT_S
    tallies.request(ended())

    assert seen(tallies) == {101: 1, 101 + KEPT_SLOTS: 1}
    assert lost() - before == 1
