from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.domain import users
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.deals import make_deal
from tests.factories.people import make_user
from tests.factories.reviews import make_comment, make_review
from tests.interleaving import others


def _refresh() -> int:
    with transaction():
        return users.refresh_reputations()


def _count(table: str, row_id: int, **counts: int) -> None:
    """Set what the counters' triggers maintain, as many votes would."""
    assigned = ", ".join(f"{column} = {count}" for column, count in counts.items())
    with transaction():
        db.session.execute(text(f"UPDATE {table} SET {assigned} WHERE id = {row_id}"))  # noqa: S608  our own names


def _of(user: User) -> int:
    return users.get(user.id).reputation


@pytest.mark.usefixtures("app")
def test_the_parts_are_everybody_and_nobody_twice() -> None:
    people = [make_user(f"person{number}") for number in range(11)]
    deal = make_deal(people[0])
    for person in people[1:]:
        _count("reviews", make_review(deal, person).id, helpful_count=1)

    with transaction():
        changed = [users.refresh_reputations(part, of=4) for part in range(4)]

    assert sum(changed) == 10
    assert min(changed) > 0
    assert _refresh() == 0
    assert {_of(person) for person in people[1:]} == {10}


def test_a_reputation_is_what_others_thought_of_what_one_wrote(alice: User, bob: User) -> None:
    deal = make_deal(alice)
    review = make_review(deal, alice)
    comment = make_comment(review, alice)
    _count("deals", deal.id, upvote_count=3, downvote_count=1)
    _count("reviews", review.id, helpful_count=4, unhelpful_count=3)
    _count("comments", comment.id, upvote_count=1, downvote_count=2)

    assert _refresh() == 1

    assert _of(alice) == 5 * 2 + 10 * 4 - 2 * 3 - 1
    assert _of(bob) == 0


def test_a_deal_that_is_voted_down_costs_nothing(alice: User) -> None:
    deal = make_deal(alice)
    _count("deals", deal.id, downvote_count=7)

    _refresh()

    assert _of(alice) == 0


def test_what_nobody_sees_counts_for_nothing(alice: User, bob: User) -> None:
    deal = make_deal(alice, status="hidden")
    review = make_review(make_deal(bob), alice, status="removed")
    comment = make_comment(make_review(make_deal(bob), bob), alice, status="hidden")
    _count("deals", deal.id, upvote_count=9)
    _count("reviews", review.id, helpful_count=9)
    _count("comments", comment.id, upvote_count=9)
    _count("users", alice.id, reputation=99)

    assert _refresh() == 1

    assert _of(alice) == 0


def test_only_rows_that_change_are_written(alice: User) -> None:
    _count("reviews", make_review(make_deal(alice), alice).id, helpful_count=1)

    assert [_refresh(), _refresh()] == [1, 0]


def test_who_is_being_changed_is_left_for_the_next_time(app: Flask, alice: User, bob: User) -> None:
    for author in (alice, bob):
        _count("reviews", make_review(make_deal(author), author).id, helpful_count=1)
    db.session.execute(text(f"SELECT 1 FROM users WHERE id = {alice.id} FOR NO KEY UPDATE"))  # noqa: S608  a number

    with others(app) as start:
        changed: Any = start(_refresh).result(timeout=5)
    db.session.rollback()

    assert changed == 1
    assert (_of(alice), _of(bob)) == (0, 10)
    assert _refresh() == 1
