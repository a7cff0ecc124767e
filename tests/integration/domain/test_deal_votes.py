import pytest
from sqlalchemy import select

from dealradar.domain import deals
from dealradar.domain.deals import DealStatus, TallyOut
from dealradar.domain.errors import NotFoundError
from dealradar.domain.notifications.models import Notification
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.deals import make_deal
from tests.factories.people import make_user

pytestmark = pytest.mark.usefixtures("app")


def _vote(deal_id: int, voter: User, value: int) -> TallyOut:
    with transaction():
        return deals.vote(deal_id, value, by=Actor(voter.id, Role(voter.role)))


def _told() -> list[tuple[int, int | None]]:
    return [(each.user_id, each.actor_id) for each in db.session.scalars(select(Notification))]


def test_a_vote_counts_once_however_often_it_is_cast() -> None:
    deal, bob = make_deal(make_user("alice")), make_user("bob")

    tallies = [_vote(deal.id, bob, 1) for _ in range(3)]

    assert tallies == [TallyOut(deal_id=deal.id, value=1, score=1, upvote_count=1, downvote_count=0)] * 3


def test_a_changed_mind_counts_on_the_other_side_and_a_vote_taken_back_on_none() -> None:
    deal, bob, carol = make_deal(make_user("alice")), make_user("bob"), make_user("carol")
    _vote(deal.id, carol, 1)
    _vote(deal.id, bob, 1)

    against = _vote(deal.id, bob, -1)
    withdrawn = [_vote(deal.id, bob, 0) for _ in range(2)]

    assert (against.score, against.upvote_count, against.downvote_count) == (0, 1, 1)
    assert {(each.score, each.upvote_count, each.downvote_count) for each in withdrawn} == {(1, 1, 0)}


def test_authors_may_vote_for_their_own_deals_and_are_not_told_of_it() -> None:
    alice = make_user("alice")
    deal = make_deal(alice)

    assert _vote(deal.id, alice, 1).upvote_count == 1

    assert _told() == []


def test_an_author_is_told_of_who_is_for_the_deal_and_not_of_who_is_against_it() -> None:
    alice, bob, mallory = make_user("alice"), make_user("bob"), make_user("mallory")
    deal = make_deal(alice)

    _vote(deal.id, bob, 1)
    _vote(deal.id, mallory, -1)

    assert _told() == [(alice.id, bob.id)]


def test_casting_the_same_vote_again_tells_nobody_again() -> None:
    alice, bob, carol = make_user("alice"), make_user("bob"), make_user("carol")
    deal = make_deal(alice)
    _vote(deal.id, bob, 1)
    _vote(deal.id, carol, 1)

    _vote(deal.id, bob, 1)

    assert _told() == [(alice.id, carol.id)]


@pytest.mark.parametrize("value", [1, 0, -1])
def test_on_what_nobody_sees_nobody_votes(value: int) -> None:
    deal, bob = make_deal(make_user("alice"), status=DealStatus.HIDDEN), make_user("bob")

    with pytest.raises(NotFoundError):
        _vote(deal.id, bob, value)
