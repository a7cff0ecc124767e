import pytest

from dealradar.domain import deals
from dealradar.domain.deals import DealStatus
from dealradar.domain.errors import BadCursorError, NotFoundError
from dealradar.domain.shapes import ListQuery
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.invalidation import transaction
from tests.factories.deals import make_deal
from tests.factories.people import make_user

pytestmark = pytest.mark.usefixtures("app")


def _keep(deal_id: int, user: User) -> None:
    with transaction():
        deals.bookmark(deal_id, by=Actor(user.id, Role(user.role)))


def _drop(deal_id: int, user: User) -> None:
    with transaction():
        deals.unbookmark(deal_id, by=Actor(user.id, Role(user.role)))


def _kept(user: User) -> list[int]:
    return [deal.id for deal in deals.bookmarked_by(user.id, ListQuery()).items]


def test_the_deal_kept_last_comes_first_and_one_kept_again_stays_where_it_is() -> None:
    alice = make_user("alice")
    first, second = make_deal(alice), make_deal(alice)

    _keep(first.id, alice)
    _keep(second.id, alice)
    _keep(first.id, alice)

    assert _kept(alice) == [second.id, first.id]


def test_a_bookmark_is_the_deal_with_the_moment_it_was_kept() -> None:
    alice = make_user("alice")
    deal = make_deal(alice)
    _keep(deal.id, alice)

    (kept,) = deals.bookmarked_by(alice.id, ListQuery()).items

    assert kept.bookmarked_at > kept.created_at
    assert kept.model_dump(exclude={"bookmarked_at"}) == deals.get(deal.id).model_dump()


def test_how_many_keep_a_deal_is_counted_once_a_person() -> None:
    alice, bob = make_user("alice"), make_user("bob")
    deal = make_deal(alice)

    for keeper in (alice, bob, bob):
        _keep(deal.id, keeper)
    assert deals.get(deal.id).bookmark_count == 2

    for _ in range(2):
        _drop(deal.id, bob)
    assert deals.get(deal.id).bookmark_count == 1
    assert (_kept(alice), _kept(bob)) == ([deal.id], [])


def test_a_hidden_deal_is_in_nobodys_bookmarks_until_it_is_back() -> None:
    alice = make_user("alice")
    deal = make_deal(alice)
    _keep(deal.id, alice)

    with transaction():
        deals.set_status(deal.id, DealStatus.HIDDEN)
    assert _kept(alice) == []

    with transaction():
        deals.set_status(deal.id, DealStatus.ACTIVE)
    assert _kept(alice) == [deal.id]


def test_what_nobody_sees_can_be_neither_kept_nor_dropped() -> None:
    alice = make_user("alice")
    deal = make_deal(alice, status=DealStatus.REMOVED)

    for act in (_keep, _drop):
        with pytest.raises(NotFoundError):
            act(deal.id, alice)


def test_bookmarks_go_on_page_after_page_for_their_owner_alone() -> None:
    alice, bob = make_user("alice"), make_user("bob")
    for _ in range(3):
        deal = make_deal(alice)
        _keep(deal.id, alice)
        _keep(deal.id, bob)

    first = deals.bookmarked_by(alice.id, ListQuery(limit=2))
    second = deals.bookmarked_by(alice.id, ListQuery(limit=2, cursor=first.next_cursor))

    assert [deal.id for deal in (*first.items, *second.items)] == [3, 2, 1]
    with pytest.raises(BadCursorError):
        deals.bookmarked_by(bob.id, ListQuery(limit=2, cursor=first.next_cursor))
