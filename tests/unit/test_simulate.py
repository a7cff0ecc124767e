"""What `scripts/dev simulate` says of a trace: each policy's fate, and the best that there could have been."""

import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.refused import RefusedError
from scripts.simulate import checking, command, optimum, reading, report, zipf
from scripts.simulate.checking import Served
from scripts.simulate.events import Asked, Cleared, Event, Invalidated, Made, Thing, Trace
from scripts.simulate.policies import ADAPTIVE, CURRENT, ENDLESS, LONG, POLICIES, Policy
from scripts.simulate.replay import Conditions, Counts, Replay, already
from scripts.simulate.zipf import Community

PLAIN = Policy("plain", refreshes=False)
THINGS = [Thing("/deals", (number,), 100.0, 0.8) for number in range(3)]
MADE = [Made(0.0, number, 1_000, 0.01, 100.0) for number in range(3)]


def trace_of(*events: Event) -> Trace:
    return Trace(THINGS, [*MADE, *events])


def asked(*at_s: float, thing: int = 0) -> list[Asked]:
    return [Asked(one, thing, "m") for one in at_s]


def played(policy: Policy, *events: Event, conditions: Conditions | None = None) -> Counts:
    return Replay(trace_of(*events), policy, conditions or Conditions()).run()


def test_an_entry_serves_until_its_time_is_over() -> None:
    counts = played(PLAIN, *asked(1, 2, 80, 102, 103))

    assert (counts.asked, counts.hits, counts.computed) == (5, 3, 2)
    assert counts.computed_s == pytest.approx(0.02)
    assert (counts.computed_bytes, counts.peak_bytes) == (2_000, 1_000)


def test_what_is_invalidated_is_computed_anew_and_nothing_else() -> None:
    counts = played(PLAIN, *asked(1), *asked(1.5, thing=1), Invalidated(2, (0, 77)), *asked(3), *asked(4, thing=1))

    assert (counts.hits, counts.computed, counts.stale_hits) == (1, 3, 0)


def test_where_nothing_is_invalidated_hits_are_stale_for_as_long_as_it_is_since_the_first_change() -> None:
    alone = Policy("alone", invalidates=False, refreshes=False)

    counts = played(alone, *asked(1), Invalidated(2, (0,)), Invalidated(5, (0,)), *asked(6, 7))

    assert (counts.hits, counts.stale_hits, counts.stale_s) == (2, 2, 4 + 5)


def test_who_asks_while_it_is_computed_waits_and_computes_nothing() -> None:
    counts = played(PLAIN, *asked(1, 1.005, 1.02))

    assert (counts.asked, counts.hits, counts.computed) == (3, 1, 1)


def test_past_its_soft_age_it_is_refreshed_once_while_it_is_served() -> None:
    counts = played(Policy("refreshing"), *asked(1, 85, 86, 150))

    assert (counts.hits, counts.refreshed, counts.computed) == (3, 1, 1)


def test_what_is_in_demand_is_warmed_before_somebody_asks_again() -> None:
    asking = asked(*(second / 10 for second in range(1, 400)))
    later: list[Event] = [Invalidated(40.0, (0,)), Asked(59.0, 0, "m"), Asked(60.0, 0, "m")]

    warm, cold = played(CURRENT, *asking, *later), played(Policy("cold"), *asking, *later)

    assert (warm.warmed, warm.computed) == (1, 1)
    assert (cold.warmed, cold.computed) == (0, 2)


def test_without_a_part_of_the_workers_time_nothing_is_warmed() -> None:
    asking = asked(*(second / 10 for second in range(1, 400)))

    counts = played(CURRENT, *asking, Invalidated(40.0, (0,)), *asked(59), conditions=Conditions(warm_share=0.0))

    assert counts.warmed == 0


def test_where_there_is_room_for_one_the_longest_unused_goes() -> None:
    both: list[Event] = [*asked(1), *asked(2, thing=1), *asked(3)]

    assert played(PLAIN, *both).hits == 1
    assert played(PLAIN, *both, conditions=Conditions(entries=1)).hits == 0
    assert played(PLAIN, *both, conditions=Conditions(entries=2)).hits == 1


def test_a_store_that_is_cleared_has_nothing() -> None:
    assert played(PLAIN, *asked(1), Cleared(2), *asked(3)).computed == 2


def test_what_the_store_had_no_part_in_is_no_lookup() -> None:
    assert played(PLAIN, Asked(1, 0, "b")).asked == 0


def test_what_was_there_before_the_trace_began_is_known_by_its_first_lookup() -> None:
    events: list[Event] = [Asked(1, 0, "h"), Asked(1, 1, "m"), Made(1.5, 1, 1, 0.0, 100.0), Asked(2, 1, "h"), *MADE[2:]]

    assert already(events) == [0]
    assert Replay(Trace(THINGS, events), PLAIN, Conditions()).run().hits == 2


@pytest.mark.parametrize(
    ("bounds", "changed_at_s", "lives_s"),
    [(ADAPTIVE, 99.0, 100 / 6), (ADAPTIVE, 40.0, 30.0), (ADAPTIVE, None, 50.0), (LONG, 99.0, 600.0)],
)
def test_an_adaptive_life_follows_the_time_since_the_last_change_within_bounds(
    bounds: tuple[float, float], changed_at_s: float | None, lives_s: float
) -> None:
    policy = Policy("adaptive", bounds, refreshes=False)
    changes = [] if changed_at_s is None else [Invalidated(changed_at_s, (0,))]

    within = played(policy, *changes, *asked(100, 100 + lives_s * 0.89))
    after = played(policy, *changes, *asked(100, 100 + lives_s * 1.01))

    assert (within.hits, after.hits) == (1, 0)


def test_what_lives_for_ever_goes_only_when_it_has_changed() -> None:
    counts = played(Policy("endless", ENDLESS), *asked(1, 1e4), Invalidated(2e4, (0,)), *asked(3e4))

    assert (counts.hits, counts.refreshed, counts.computed) == (1, 0, 2)


THREE = st.integers(0, 2)
STEPS = st.lists(st.one_of(st.tuples(st.just("ask"), THREE), st.tuples(st.just("change"), THREE)), max_size=9)


@given(STEPS, st.integers(1, 3))
def test_the_optimum_is_what_trying_everything_finds(steps: Sequence[tuple[str, int]], room: int) -> None:
    events: list[Event] = [
        Asked(float(at), thing, "m") if what == "ask" else Invalidated(float(at), (thing,))
        for at, (what, thing) in enumerate(steps)
    ]

    assert optimum.most_hits(Trace(THINGS, events), entries=room) == best(tuple(steps), room, frozenset())


def best(steps: tuple[tuple[str, int], ...], room: int, held: frozenset[int]) -> int:
    """Return the most hits, by trying everything that a store might hold on to after each lookup."""
    if not steps:
        return 0
    (what, thing), *rest = steps
    if what == "change":
        return best(tuple(rest), room, held - {thing})
    wanted = held | {thing}
    kept = [frozenset(chosen) for count in range(min(room, len(wanted)) + 1) for chosen in combinations(wanted, count)]
    return (thing in held) + max(best(tuple(rest), room, one) for one in kept)


def test_with_room_for_all_the_optimum_misses_what_is_new_or_has_changed() -> None:
    trace = trace_of(*asked(1, 2), Invalidated(3, (0,)), *asked(4, 5), Cleared(6), *asked(7))

    assert optimum.most_hits(trace, entries=None) == 2


@given(st.integers(0, 5), st.sampled_from([None, 3, 20]))
def test_no_policy_that_stores_on_demand_beats_the_optimum(seed: int, entries: int | None) -> None:
    trace = zipf.made_up(Community(objects=40, rate_per_s=5, minutes=1, writes=0.1, seed=seed))

    hits = [
        Replay(trace, policy, Conditions(entries=entries)).run().hits
        for policy in (PLAIN, Policy("no TTL", ENDLESS, refreshes=False))
    ]

    assert max(hits) <= optimum.most_hits(trace, entries=entries)


def test_traffic_that_is_made_up_is_the_same_for_a_seed_and_has_its_share_of_writes() -> None:
    community = Community(objects=50, rate_per_s=100, minutes=1, writes=0.2)

    trace = zipf.made_up(community)

    assert trace == zipf.made_up(community)
    writes = sum(isinstance(event, Invalidated) for event in trace.events)
    reads = [event.thing for event in trace.events if isinstance(event, Asked)]
    assert 0.15 < writes / (writes + len(reads)) < 0.25
    assert reads.count(0) > reads.count(10) > 0


ONE = """
dealradar-trace 1 1000000
k 1 aa /deals 300000 240000 t1,t2
a 500000 1 m
s 510000 1 700 10000 300000
a 2000000 1 h
"""
OTHER = """
dealradar-trace 1 2000000
k 1 bb /reports 120000 0 t2
k 2 aa /deals 300000 240000 t1,t2
i 100000 t2
a 600000 2 m
a 70"""


def test_the_files_of_all_processes_are_one_trace(tmp_path: Path) -> None:
    paths = [tmp_path / "trace.1", tmp_path / "trace.2"]
    for path, text in zip(paths, (ONE, OTHER), strict=True):
        path.write_text(text)

    trace = reading.read(paths)

    assert trace.things == [Thing("/deals", (0, 1), 300.0, 0.8), Thing("/reports", (1,), 120.0, None)]
    assert [(type(event).__name__, round(event.at_s, 2)) for event in trace.events] == [
        ("Asked", 1.5),
        ("Made", 1.51),
        ("Invalidated", 2.1),
        ("Asked", 2.6),
        ("Asked", 3.0),
    ]
    assert (trace.unread, trace.hit_ratio()) == (1, 1 / 3)


def test_a_process_that_begins_another_section_numbers_anew(tmp_path: Path) -> None:
    path = tmp_path / "trace.1"
    path.write_text(ONE + "\ndealradar-trace 1 9000000\nk 1 bb /reports 120000 0 t2\na 0 1 m\n")

    assert [event.thing for event in reading.read([path]).events if isinstance(event, Asked)] == [0, 0, 1]


@pytest.mark.parametrize(("text", "why"), [("", "nothing was asked for"), ("dealradar-trace 2 0", "format 2")])
def test_what_is_no_trace_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "trace.1"
    path.write_text(text)

    with pytest.raises(RefusedError, match=why):
        reading.read([path])


def test_the_table_and_the_json_name_each_policy_and_the_optimum() -> None:
    found = command.tried(trace_of(*asked(1, 2, 3)), Conditions())

    assert found.policies["as it is"].hits == found.most_hits == 2
    assert "| as it is | 66.67 % | 1 |" in report.table(found)
    assert f"| {report.OPTIMUM} | 66.67 % |" in report.table(found)
    assert [one["hits"] for one in json.loads(report.as_json(found))][:: len(POLICIES)] == [2, 2]


@pytest.mark.parametrize(("predicted", "is_near"), [(0.909, True), (0.892, True), (0.911, False), (0.88, False)])
def test_a_prediction_is_near_within_a_point(predicted: float, is_near: bool) -> None:
    served = Served(hit_ratio=0.9, trace=trace_of(Asked(1, 0, "h"), Asked(2, 0, "m")))

    text, verdict = checking.verdict(served, predicted)

    assert verdict is is_near
    assert "90.00 % as clients saw it, 50.00 % by the trace" in text


def test_a_part_of_a_trace_knows_the_same_things() -> None:
    part = trace_of(*asked(1, 2, 3)).between(2, 3)

    assert (part.things, part.events) == (THINGS, asked(2))


def test_what_is_not_wished_otherwise_is_as_it_usually_is() -> None:
    wish = command.wish_of(["zipf", "--minutes", "2", "--writes", "0"])

    assert (wish.trace, wish.check, wish.minutes, wish.writes, wish.rate_per_s) == (["zipf"], False, 2.0, 0.0, None)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["zipf", "--entries", "0"], "0 isn't above 0"),
        (["zipf", "--writes", "2"], "2 isn't from 0 to 1"),
        (["zipf", "--warm-percent", "101"], "101 isn't from 0 to 100"),
        (["zipf", "--minutes", "0"], "0 isn't above 0"),
        ([], "one of the arguments trace --check is required"),
        (["zipf", "--check"], "not allowed with argument"),
    ],
)
def test_what_cannot_be_simulated_is_explained(
    arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command.wish_of(arguments)

    assert why in capsys.readouterr().err
