from datetime import UTC, datetime, timedelta
from threading import Barrier, Event

import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.domain import deals
from dealradar.domain.deals import DealChange, DealStatus
from dealradar.domain.errors import NotFoundError
from dealradar.domain.shapes import ListQuery
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.deals import make_deal
from tests.factories.people import make_user
from tests.interleaving import others, until_one_waits

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def _as(user: User) -> Actor:
    return Actor(user.id, Role(user.role))


def _prices(deal_id: int) -> list[tuple[int, int | None]]:
    return [(each.price_cents, each.list_price_cents) for each in deals.history(deal_id, ListQuery()).items]


def test_of_two_changes_at_once_the_second_builds_on_the_first(app: Flask) -> None:
    alice = make_user("alice")
    deal, by = make_deal(alice, price_cents=5), _as(alice)

    def set_list_price() -> None:
        with transaction():
            deals.change(deal.id, DealChange(list_price_cents=9), by=by)

    with others(app) as start:
        with transaction():
            deals.change(deal.id, DealChange(price_cents=4), by=by)
            second = start(set_list_price)
            until_one_waits()
        second.result()

    assert _prices(deal.id) == [(4, 9), (4, None)]
    assert (deals.get(deal.id).price_cents, deals.get(deal.id).list_price_cents) == (4, 9)


def test_the_history_tells_who_was_last_to_write_not_who_was_first_to_begin(app: Flask) -> None:
    alice = make_user("alice")
    deal, by = make_deal(alice, price_cents=5), _as(alice)
    begun, go_on = Event(), Event()

    def begin_early_and_write_late() -> None:
        with transaction():
            db.session.execute(text("SELECT now()"))
            begun.set()
            go_on.wait()
            deals.change(deal.id, DealChange(price_cents=3), by=by)

    def begin_late_and_write_early() -> None:
        with transaction():
            deals.change(deal.id, DealChange(price_cents=4), by=by)

    with others(app, at_once=2) as start:
        late = start(begin_early_and_write_late)
        begun.wait()
        start(begin_late_and_write_early).result()
        go_on.set()
        late.result()

    assert _prices(deal.id) == [(3, None), (4, None)]


def test_one_person_voting_from_many_devices_at_once_has_one_vote(app: Flask) -> None:
    deal, bob = make_deal(make_user("alice")), _as(make_user("bob"))
    at_once = Barrier(5)

    def cast() -> int:
        at_once.wait()
        with transaction():
            return deals.vote(deal.id, 1, by=bob).upvote_count

    with others(app, at_once=5) as start:
        votes = [start(cast) for _ in range(5)]

    assert [vote.result() for vote in votes] == [1] * 5


def test_no_vote_of_many_people_at_once_is_lost(app: Flask) -> None:
    deal = make_deal(make_user("alice"))
    voters = [_as(make_user(f"voter-{number}")) for number in range(5)]
    at_once = Barrier(len(voters))

    def cast(voter: Actor) -> int:
        at_once.wait()
        with transaction():
            return deals.vote(deal.id, 1, by=voter).upvote_count

    with others(app, at_once=len(voters)) as start:
        votes = [start(lambda voter=voter: cast(voter)) for voter in voters]  # type: ignore[misc]  # bound early

    assert sorted(vote.result() for vote in votes) == [1, 2, 3, 4, 5]


def test_a_vote_that_waits_for_a_takedown_is_refused(app: Flask) -> None:
    deal, bob = make_deal(make_user("alice")), _as(make_user("bob"))

    def cast() -> None:
        with transaction():
            deals.vote(deal.id, 1, by=bob)

    with others(app) as start:
        with transaction():
            deals.set_status(deal.id, DealStatus.HIDDEN)
            vote = start(cast)
            until_one_waits()
        with pytest.raises(NotFoundError):
            vote.result()


def test_a_deal_prolonged_in_the_last_moment_is_not_closed(app: Flask) -> None:
    alice = make_user("alice")
    deal, by = make_deal(alice, ends_at=NOW), _as(alice)

    def close() -> int:
        with transaction():
            return deals.close_ended(NOW)

    with others(app) as start:
        with transaction():
            deals.change(deal.id, DealChange(ends_at=NOW + timedelta(days=1)), by=by)
            closing = start(close)
            until_one_waits()
        assert closing.result() == 0

    assert deals.get(deal.id).status == "active"
