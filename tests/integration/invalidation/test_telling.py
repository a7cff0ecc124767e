"""Telling those beyond the local store: in which order, how often, and what happens when one can't be told."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from dealradar.extensions import db
from dealradar.invalidation import current, sweep, tell, telling
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.targets import STORE, Backoff, TargetUnavailableError
from dealradar.invalidation.turns import turns_of
from tests.edges import Edge, let_pass, owe, owed, told

pytestmark = pytest.mark.usefixtures("_community")


@pytest.fixture
def edge() -> Edge:
    """Return a target that works."""
    return Edge()


def _waits_s() -> float:
    left = "SELECT coalesce(max(extract(epoch FROM retry_at - clock_timestamp())), 0) FROM cache_targets"
    waits_s = float(db.session.scalar(text(left)) or 0)
    db.session.rollback()
    return waits_s


def test_the_local_store_is_told_first(edge: Edge) -> None:
    turns = turns_of([edge])
    owe("deal:1", is_stored=False)

    before = tell("edge", turns)
    sweep(turns)

    assert (before, tell("edge", turns), edge.tags) == (0, 1, [("deal:1",)])


def test_it_is_told_again_two_seconds_after_the_first_time_and_no_sooner(edge: Edge) -> None:
    turns = turns_of([edge])
    owe("deal:1")
    tell("edge", turns)
    let_pass(1.5)

    too_soon = tell("edge", turns)
    let_pass(0.6)
    again = tell("edge", turns)

    assert (too_soon, again, edge.tags) == (0, 1, [("deal:1",), ("deal:1",)])
    assert (told(), owed()) == ({"deal:1": ["store", "edge", "edge again"]}, [])


def test_the_second_time_is_as_durable_as_the_first(edge: Edge) -> None:
    turns = turns_of([edge])
    owe("deal:1")
    tell("edge", turns)
    let_pass(3.0)
    edge.fault = TargetUnavailableError("away")

    tell("edge", turns)
    meanwhile = owed()
    edge.fault = None
    let_pass(3_600.0)
    tell("edge", turns)

    assert (meanwhile, owed(), edge.tags) == (["deal:1"], [], [("deal:1",), ("deal:1",)])


def test_of_several_writes_each_tag_is_told_once_in_a_batch(edge: Edge) -> None:
    for _ in range(3):
        owe("deal:1", "deals")

    count = tell("edge", turns_of([edge]))

    assert (count, [sorted(tags) for tags in edge.tags]) == (6, [["deal:1", "deals"]])


def test_no_more_is_told_at_once_than_it_takes(edge: Edge) -> None:
    edge.batch_tags = 2
    owe(*(f"deal:{number}" for number in range(5)))

    tell("edge", turns_of([edge]))

    assert [len(tags) for tags in edge.tags] == [2, 2, 1]


def test_what_was_taken_down_is_told_first_and_by_itself(edge: Edge) -> None:
    owe("deals")
    owe("deal:1", kind=Kind.HARD)

    tell("edge", turns_of([edge]))

    assert [(batch.kind, batch.tags) for batch in edge.heard] == [(Kind.HARD, ("deal:1",)), (Kind.STRICT, ("deals",))]


def test_a_target_that_wants_a_short_pause_is_given_it_and_then_told_the_rest(edge: Edge) -> None:
    edge.batch_tags, edge.pace_s = 1, 0.2
    paused: list[float] = []
    owe("deal:1", "deal:2")

    def pause(seconds: float) -> None:
        paused.append(seconds)
        let_pass(seconds)

    count = tell("edge", turns_of([edge]), pause=pause)

    assert (count, set(paused)) == (2, {0.2})


def test_a_target_that_wants_a_long_pause_is_left_to_the_next_round_by_every_worker(edge: Edge) -> None:
    edge.batch_tags, edge.pace_s = 1, 60.0
    turns = turns_of([edge])
    owe("deal:1", "deal:2")

    first, meanwhile = tell("edge", turns), tell("edge", turns)
    let_pass(60.0)

    assert (first, meanwhile, tell("edge", turns)) == (1, 0, 1)


def test_new_writes_do_not_keep_the_second_time_from_coming(edge: Edge) -> None:
    edge.pace_s = 60.0
    turns = turns_of([edge])
    owe("deal:1")
    tell("edge", turns)

    for number in (2, 3):
        owe(f"deal:{number}")
        let_pass(60.0)
        tell("edge", turns)

    assert told()["deal:1"] == ["store", "edge", "edge again"]


def test_a_round_ends_however_much_is_owed(edge: Edge) -> None:
    edge.batch_tags = 1
    owe(*(f"deal:{number}" for number in range(5)))
    ticks = iter(range(100))

    tell("edge", turns_of([edge]), clock_s=lambda: float(next(ticks)) * telling.ROUND_S / 3)

    assert 1 <= len(edge.heard) < 5


def test_who_refuses_is_left_alone_for_as_long_as_it_asks(edge: Edge) -> None:
    edge.backoff = Backoff(first_s=1.0, max_s=1.0)
    edge.fault = TargetUnavailableError("429", retry_after_s=600.0)
    owe("deal:1")

    tell("edge", turns_of([edge]))

    assert 500.0 < _waits_s() <= 600.0


def test_who_asks_for_less_than_the_backoff_is_left_alone_for_that(edge: Edge) -> None:
    edge.fault = TargetUnavailableError("429", retry_after_s=1.0)
    owe("deal:1")

    tell("edge", turns_of([edge]))

    assert 3_500.0 < _waits_s() <= 3_600.0


def test_a_target_that_is_no_longer_there_is_not_told(edge: Edge) -> None:
    owe("deal:1")

    assert tell("gone", turns_of([edge])) == 0


def test_rows_that_a_former_version_marked_as_stored_are_told(edge: Edge) -> None:
    owe("deal:1")
    db.session.execute(text("UPDATE cache_outbox SET told_at = NULL"))
    db.session.commit()

    assert tell("edge", turns_of([edge])) == 1


def test_the_turns_of_the_store_and_of_two_targets_stand_in_their_order() -> None:
    turns = turns_of([Edge("one"), Edge("other")])

    assert [(turn.name, turn.after, turn.delay_s) for turn in turns] == [
        (STORE.name, None, 0.0),
        ("one", STORE.name, 0.0),
        ("one again", "one", 2.0),
        ("other", STORE.name, 0.0),
        ("other again", "other", 2.0),
    ]
    assert {turn.target.name for turn in turns} == {STORE.name, "one", "other"}


def test_while_the_cache_is_switched_off_each_write_is_told_to_those_in_front(
    edge: Edge, variant: Callable[..., None]
) -> None:
    variant(cache_enabled=False)
    turns = turns_of([edge], after=None)

    for number in (1, 2):
        owe(f"deal:{number}", is_stored=False)
        sweep(turns)
        tell("edge", turns)
        let_pass(3.0)
        tell("edge", turns)
        sweep(turns)

    assert edge.tags == [("deal:1",), ("deal:1",), ("deal:2",), ("deal:2",)]
    assert told() == {"path:/": ["edge", "edge again"]}


def test_when_the_cache_is_on_again_the_store_alone_is_told_of_everything(
    edge: Edge, variant: Callable[..., None], version: Callable[[str], bytes | None]
) -> None:
    variant(cache_enabled=False)
    owe("deal:1", is_stored=False)
    db.session.execute(text("UPDATE cache_outbox SET delivered_to = '{edge,edge again}'"))
    db.session.commit()
    sweep(turns_of([edge], after=None))
    db.session.execute(text("UPDATE cache_outbox SET created_at = now() - interval '1 s'"))
    db.session.commit()
    variant()
    turns = turns_of([edge])

    sweep(turns)

    assert (tell("edge", turns), owed()) == (0, [])
    assert version("path:/") is not None


@pytest.mark.parametrize(
    ("switches", "after"),
    [
        ({"cache_enabled": True}, STORE.name),
        ({"cache_enabled": False}, None),
        ({"cache_enabled": False, "cache_bust_on_write": False}, STORE.name),
        ({"cache_bust_on_write": False}, STORE.name),
    ],
    ids=str,
)
def test_those_in_front_wait_for_the_store_unless_it_alone_is_switched_off(
    variant: Callable[..., None], switches: dict[str, bool], after: str | None
) -> None:
    variant(varnish_urls=("http://127.0.0.1:1",), **switches)

    assert [(turn.name, turn.after) for turn in current()] == [
        (STORE.name, None),
        ("varnish 127.0.0.1:1", after),
        ("varnish 127.0.0.1:1 again", "varnish 127.0.0.1:1"),
    ]
