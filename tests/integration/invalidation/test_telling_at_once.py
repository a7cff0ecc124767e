"""Several workers tell several targets: nobody waits for another, and nothing is passed over."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.extensions import db
from dealradar.invalidation import attempts, outbox, sweep, tell, telling
from dealradar.invalidation.turns import names, turns_of
from tests.edges import PATIENCE_S, Edge, let_pass, owe, told
from tests.interleaving import others, until_waiting

pytestmark = pytest.mark.usefixtures("_community")


@pytest.fixture
def edge() -> Iterator[Edge]:
    """Return a target that works; whatever still waits for it when the test is over is let go."""
    edge = Edge()
    yield edge
    edge.may_answer.set()


def test_one_worker_at_a_time_tells_a_target_and_what_comes_meanwhile_is_not_forgotten(app: Flask, edge: Edge) -> None:
    turns = turns_of([edge])
    edge.may_answer.clear()
    owe("deal:1")

    with others(app) as start:
        telling_it = start(lambda: tell("edge", turns))
        assert edge.is_asked.wait(PATIENCE_S)
        owe("deal:2")
        meanwhile = tell("edge", turns)
        edge.may_answer.set()
        count = telling_it.result(PATIENCE_S)

    assert (meanwhile, count, edge.tags) == (0, 2, [("deal:1",), ("deal:2",)])


def test_a_target_that_hangs_holds_up_neither_another_nor_the_store(
    app: Flask, edge: Edge, version: Callable[[str], bytes | None]
) -> None:
    other = Edge("other")
    turns = turns_of([edge, other])
    edge.may_answer.clear()
    owe("deal:1")

    with others(app) as start:
        hanging = start(lambda: tell("edge", turns))
        assert edge.is_asked.wait(PATIENCE_S)
        told_other = tell("other", turns)
        owe("deal:2", is_stored=False)
        swept = sweep(turns)
        edge.may_answer.set()
        hanging.result(PATIENCE_S)

    assert (told_other, other.tags, swept) == (1, [("deal:1",)], 1)
    assert version("deal:2") is not None
    assert told()["deal:1"] == ["store", "other", "edge"]


def test_what_another_targets_worker_is_looking_at_is_not_passed_over(app: Flask, edge: Edge) -> None:
    turns = turns_of([edge, Edge("other")])
    owe("deal:1")

    with others(app) as start:
        db.session.execute(text("SELECT FROM cache_outbox FOR UPDATE"))
        telling_it = start(lambda: tell("edge", turns))
        assert edge.is_asked.wait(PATIENCE_S)
        db.session.rollback()
        count = telling_it.result(PATIENCE_S)

    assert (count, edge.tags) == (1, [("deal:1",)])


def test_two_who_mark_the_same_rows_in_different_orders_do_not_wait_for_each_other(app: Flask) -> None:
    turns = turns_of([Edge("one"), Edge("other")])
    owe("deal:1", "deal:2", "deal:3")
    rows = outbox.look(outbox.Due("one"), limit=10)
    db.session.rollback()

    def mark(name: str, *, is_reversed: bool) -> None:
        outbox.mark(sorted(rows, key=lambda row: row.tag, reverse=is_reversed), name, names(turns))
        db.session.commit()

    with others(app, at_once=2) as start:
        db.session.execute(text("SELECT FROM cache_outbox WHERE tag = 'deal:2' FOR UPDATE"))
        marking = [start(lambda: mark("one", is_reversed=False)), start(lambda: mark("other", is_reversed=True))]
        until_waiting(2)
        db.session.rollback()
        for each in marking:
            each.result(PATIENCE_S)

    assert {tuple(sorted(each)) for each in told().values()} == {("one", "other", "store")}


def test_what_a_worker_told_that_died_before_it_noted_it_is_told_once_more(edge: Edge) -> None:
    turns = turns_of([edge])
    owe("deal:1")
    edge.fault = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        tell("edge", turns)
    edge.fault = None

    while_it_may_be_at_it = tell("edge", turns)
    let_pass(telling.BUSY_S)

    assert (while_it_may_be_at_it, tell("edge", turns)) == (0, 1)
    assert attempts.is_due(edge)
    assert edge.tags == [("deal:1",)]
