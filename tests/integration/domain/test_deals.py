from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dealradar.domain import deals
from dealradar.domain.deals import DealChange, DealDraft, DealStatus, PriceOut
from dealradar.domain.errors import ForbiddenError, InvalidError, NotFoundError
from dealradar.domain.shapes import ListQuery
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.invalidation import transaction
from tests.factories.deals import make_category, make_deal, make_merchant
from tests.factories.people import make_user

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("app")


def _as(user: User) -> Actor:
    return Actor(user.id, Role(user.role))


def _draft(**fields: Any) -> DealDraft:
    return DealDraft(**{"title": "Good headphones", "price_cents": 4_999} | fields)


def _post(author: User, **fields: Any) -> int:
    with transaction():
        return deals.post(_draft(**fields), by=_as(author)).id


def _change(deal_id: int, author: User, **fields: Any) -> None:
    with transaction():
        deals.change(deal_id, DealChange(**fields), by=_as(author))


def _history(deal_id: int) -> list[PriceOut]:
    return deals.history(deal_id, ListQuery()).items


def test_what_is_posted_is_shown() -> None:
    alice, audio, acme = make_user("alice"), make_category("audio"), make_merchant("acme")
    told = {
        "description": "They fold.",
        "url": "https://example.org/x",
        "list_price_cents": 9_999,
        "coupon_code": "SAVE",
        "starts_at": NOW,
        "ends_at": NOW + timedelta(days=1),
    }

    shown = deals.get(_post(alice, category_id=audio.id, merchant_id=acme.id, **told))

    assert shown.model_dump(include=set(told)) == told
    assert (shown.title, shown.price_cents, shown.status) == ("Good headphones", 4_999, "active")
    assert (shown.category and shown.category.id, shown.merchant and shown.merchant.id) == (audio.id, acme.id)


def test_a_posted_deal_begins_its_history_with_its_price() -> None:
    deal_id = _post(make_user("alice"), price_cents=4_999, list_price_cents=9_999)

    assert [(each.price_cents, each.list_price_cents) for each in _history(deal_id)] == [(4_999, 9_999)]


def test_each_new_price_is_appended_to_the_history_latest_first() -> None:
    alice = make_user("alice")
    deal_id = _post(alice, price_cents=3)

    _change(deal_id, alice, price_cents=2)
    _change(deal_id, alice, list_price_cents=9)
    _change(deal_id, alice, price_cents=1, list_price_cents=None)

    assert [(each.price_cents, each.list_price_cents) for each in _history(deal_id)] == [
        (1, None),
        (2, 9),
        (2, None),
        (3, None),
    ]


@pytest.mark.parametrize("fields", [{}, {"title": "Better headphones"}, {"price_cents": 4_999}])
def test_a_change_that_leaves_the_price_leaves_the_history(fields: dict[str, Any]) -> None:
    alice = make_user("alice")
    deal_id = _post(alice, price_cents=4_999)

    _change(deal_id, alice, **fields)

    assert len(_history(deal_id)) == 1


def test_the_history_goes_on_page_after_page() -> None:
    alice = make_user("alice")
    deal_id = _post(alice, price_cents=3)
    for cents in (2, 1):
        _change(deal_id, alice, price_cents=cents)

    first = deals.history(deal_id, ListQuery(limit=2))
    second = deals.history(deal_id, ListQuery(limit=2, cursor=first.next_cursor))

    assert [each.price_cents for each in (*first.items, *second.items)] == [1, 2, 3]
    assert second.next_cursor is None


def test_a_change_sets_what_it_names_and_spares_the_rest() -> None:
    alice = make_user("alice")
    deal_id = _post(alice, description="They fold.", coupon_code="SAVE", url="https://example.org/x")
    before = deals.get(deal_id)

    _change(deal_id, alice, title="Better headphones", coupon_code=None, status="expired")

    changed = {"title": "Better headphones", "coupon_code": None, "status": "expired"}
    after = deals.get(deal_id)
    assert after.updated_at > before.updated_at
    assert after == before.model_copy(update={**changed, "updated_at": after.updated_at})


def test_an_empty_change_changes_nothing() -> None:
    alice = make_user("alice")
    deal_id = _post(alice)
    before = deals.get(deal_id)

    _change(deal_id, alice)

    assert deals.get(deal_id) == before


@pytest.mark.parametrize("field", ["category_id", "merchant_id"])
def test_an_unknown_category_or_merchant_is_named_as_the_fault(field: str) -> None:
    alice = make_user("alice")
    deal_id = _post(alice)

    with pytest.raises(InvalidError) as posting, transaction():
        deals.post(_draft(**{field: 404}), by=_as(alice))
    with pytest.raises(InvalidError) as changing, transaction():
        deals.change(deal_id, DealChange(**{field: 404}), by=_as(alice))

    assert [fault.field for fault in (*posting.value.faults, *changing.value.faults)] == [field, field]


@pytest.mark.parametrize("ends_at", [NOW, NOW - timedelta(seconds=1)])
def test_a_deal_ends_after_it_starts(ends_at: datetime) -> None:
    alice = make_user("alice")
    deal_id = _post(alice, starts_at=NOW)

    with pytest.raises(InvalidError, match="ends_at"), transaction():
        deals.post(_draft(starts_at=NOW, ends_at=ends_at), by=_as(alice))
    with pytest.raises(InvalidError, match="ends_at"), transaction():
        deals.change(deal_id, DealChange(ends_at=ends_at), by=_as(alice))

    assert deals.get(deal_id).ends_at is None


def test_only_the_author_and_moderators_may_change_a_deal() -> None:
    alice, mallory, mona = make_user("alice"), make_user("mallory"), make_user("mona", Role.MODERATOR)
    deal_id = _post(alice, title="Good headphones")

    with pytest.raises(ForbiddenError):
        _change(deal_id, mallory, title="Mallory was here")
    with pytest.raises(ForbiddenError), transaction():
        deals.remove(deal_id, by=_as(mallory))

    assert deals.get(deal_id).title == "Good headphones"
    _change(deal_id, mona, title="Headphones")
    assert deals.get(deal_id).title == "Headphones"


@pytest.mark.parametrize("remover", ["alice", "mona"])
def test_a_removed_deal_is_gone_for_its_author_too(remover: str) -> None:
    people = {"alice": make_user("alice"), "mona": make_user("mona", Role.MODERATOR)}
    deal_id = _post(people["alice"])

    with transaction():
        deals.remove(deal_id, by=_as(people[remover]))

    with pytest.raises(NotFoundError):
        deals.get(deal_id)
    with pytest.raises(NotFoundError):
        _change(deal_id, people["alice"], status="active")
    with pytest.raises(NotFoundError), transaction():
        deals.remove(deal_id, by=_as(people[remover]))


@pytest.mark.parametrize("status", [DealStatus.HIDDEN, DealStatus.REMOVED])
def test_of_what_moderation_took_away_only_the_author_is_known(status: DealStatus) -> None:
    alice = make_user("alice")
    deal_id = _post(alice)

    with transaction():
        deals.set_status(deal_id, status)

    assert deals.author_of(deal_id) == alice.id
    for look in (deals.get, deals.ensure_visible, _history):
        with pytest.raises(NotFoundError):
            look(deal_id)


def test_moderation_can_bring_a_hidden_deal_back() -> None:
    deal = make_deal(make_user("alice"), status=DealStatus.HIDDEN)

    with transaction():
        deals.set_status(deal.id, DealStatus.ACTIVE)

    deals.ensure_visible(deal.id)
    assert deals.get(deal.id).status == "active"


def test_what_never_was_is_not_found() -> None:
    for look in (deals.get, deals.ensure_visible, deals.author_of, _history):
        with pytest.raises(NotFoundError, match="404"):
            look(404)
    with pytest.raises(NotFoundError, match="404"), transaction():
        deals.set_status(404, DealStatus.HIDDEN)


def test_deals_whose_end_has_come_are_closed_and_no_others() -> None:
    alice = make_user("alice")
    just_ended = make_deal(alice, ends_at=NOW)
    long_ended = make_deal(alice, ends_at=NOW - timedelta(days=9))
    hidden = make_deal(alice, ends_at=NOW, status=DealStatus.HIDDEN)
    spared = [make_deal(alice), make_deal(alice, ends_at=NOW + timedelta(microseconds=1))]

    with transaction():
        assert deals.close_ended(NOW) == 2
    with transaction():
        assert deals.close_ended(NOW) == 0

    assert {deals.get(deal.id).status for deal in (just_ended, long_ended)} == {"expired"}
    assert {deals.get(deal.id).status for deal in spared} == {"active"}
    with pytest.raises(NotFoundError):
        deals.ensure_visible(hidden.id)
