"""What a drill makes of what its clients met."""

import time
from dataclasses import replace

import pytest

from scripts.consistency.client import CutError, Wish
from scripts.consistency.history import Answer, Outage, Via, What, Write, mark
from scripts.consistency.ledger import Access, Ledger
from scripts.drill.findings import Done, End, Tally, Waits, draw_up, table

NOTHING = Tally(0, 0, {})
CACHED = Done("on", is_cached=True, took_s=1.0, during=NOTHING, after=Tally(10, 0, {"HIT": 8, "MISS": 2}))
UNCACHED = replace(CACHED, name="off", is_cached=False, after=Tally(10, 0, {"BYPASS": 10}))


def _answer(x_cache: str, *, body: str = "", began_s: float = 10.0) -> Answer:
    return Answer("/api/deals/1", 200, body.encode(), x_cache, "request", began_s, began_s + 0.1)


def test_what_came_in_between_is_what_there_is_now_less_what_there_was() -> None:
    ledger = Ledger()
    ledger.did("read", _answer("MISS"))
    before = Tally.of(ledger)
    ledger.did("read", _answer("HIT"))
    ledger.refuse(_answer("HIT"), "expected something else")

    came = Tally.of(ledger).since(before)

    assert (came.requests, came.failed, came.stored, came.stored_share) == (1, 1, 1, 1.0)


def test_where_everything_is_as_meant_nobody_noticed() -> None:
    findings = draw_up([CACHED, UNCACHED], Ledger(), outages=(), end=End())

    assert findings.is_clean
    assert table(findings).endswith("nobody noticed")


@pytest.mark.parametrize(
    "step", [replace(CACHED, after=UNCACHED.after), replace(UNCACHED, after=CACHED.after)], ids=["off", "on"]
)
def test_a_step_that_didnt_do_what_it_was_to_is_told(step: Done) -> None:
    findings = draw_up([step], Ledger(), outages=(), end=End())

    assert len(findings.wrong["not as meant"]) == 1
    assert table(findings).endswith("SOMEBODY NOTICED")


@pytest.mark.parametrize(
    ("waits", "is_too_long"),
    [
        (Waits(read_s=0.9, write_s=1.0), False),
        (Waits(read_s=1.1), True),
        (Waits(write_s=1.1), True),
        (Waits(write_s=1.4, stall_s=0.5), False),
        (Waits(write_s=1.6, stall_s=0.5), True),
    ],
    ids=str,
)
def test_a_step_that_has_somebody_wait_longer_than_it_may_is_told_unless_the_machine_stood_still(
    waits: Waits, *, is_too_long: bool
) -> None:
    step = replace(CACHED, waits=waits, patience_s=1.0)

    findings = draw_up([step], Ledger(), outages=(), end=End())

    assert findings.wrong["waited too long"] == ([f"on: {waits}"] if is_too_long else [])
    assert findings.is_clean is not is_too_long


def test_a_step_without_patience_of_its_own_may_have_people_wait() -> None:
    findings = draw_up([replace(CACHED, waits=Waits(read_s=9.0))], Ledger(), outages=(), end=End())

    assert findings.is_clean
    assert "9.00" in table(findings)


def test_the_longest_wait_is_that_since_the_last_lap() -> None:
    ledger = Ledger()
    ledger.did("read", _answer("HIT"))
    ledger.waited(Access.WRITE, 0.5)
    ledger.waited(Access.WRITE, 0.25)

    first, second = (Waits.of(ledger.lap(), stall_s=0.0) for _ in range(2))

    assert (round(first.read_s, 3), first.write_s) == (0.1, 0.5)
    assert second == Waits()


def test_a_request_without_an_answer_is_told() -> None:
    ledger = Ledger()
    ledger.cut(CutError(Wish("/api/deals"), ConnectionResetError(), opened_s=0.0, ended_s=time.monotonic()))

    assert draw_up([], ledger, outages=(), end=End()).wrong["requests without an answer"]


def test_what_is_old_is_told_unless_processes_of_both_settings_ran_and_the_sweep_was_still_to_come() -> None:
    ledger = Ledger()
    for number in (1, 2):
        ledger.history.wrote(Write("deal-1", number, Via.HTTP, began_s=9.0, ended_s=9.0))
    ledger.history.saw(_answer("HIT", body=mark("deal-1", 1)))
    reload = Outage(What.STORE, 8.0, 9.0)

    told, excused = (draw_up([], ledger, outages=outages, end=End()) for outages in ((), (reload,)))

    assert (len(told.wrong["stale reads"]), len(excused.wrong["stale reads"])) == (1, 0)
    assert told.oldest_s == excused.oldest_s == 1.0


def test_what_the_site_s_own_sampler_found_stale_is_told() -> None:
    findings = draw_up([], Ledger(), outages=(), end=End(samples=200, stale=1))

    assert findings.wrong["stale to the site's own sampler"] == ["1 of 200"]
    assert "compared meanwhile: 200" in table(findings)
