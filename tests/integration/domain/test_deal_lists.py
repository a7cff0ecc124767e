from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from dealradar.domain import deals
from dealradar.domain.deals import DealQuery, DealSort, DealStatus
from dealradar.domain.errors import BadCursorError
from dealradar.domain.users.models import User
from dealradar.extensions import db
from tests.factories.deals import make_category, make_deal, make_merchant
from tests.factories.people import make_user

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def queries() -> Iterator[list[tuple[str, Any]]]:
    """Return the statements that have been sent to the database so far, and their parameters."""
    sent: list[tuple[str, Any]] = []

    def note(*told: Any) -> None:
        sent.append(told[2:4])

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def _titles(**asked: Any) -> list[str]:
    return [deal.title for deal in deals.listing(DealQuery.model_validate(asked)).items]


def _walk(**asked: Any) -> list[str]:
    """Return the titles of all pages, two a page."""
    page = deals.listing(DealQuery(limit=2, **asked))
    titles = [deal.title for deal in page.items]
    while page.next_cursor is not None:
        page = deals.listing(DealQuery(limit=2, cursor=page.next_cursor, **asked))
        titles += [deal.title for deal in page.items]
    return titles


@pytest.mark.parametrize(
    ("sort", "column", "best_first"),
    [
        (DealSort.NEW, "created_at", [NOW, NOW - timedelta(hours=1), NOW - timedelta(hours=2)]),
        (DealSort.TOP, "upvote_count", [9, 5, 0]),
        (DealSort.PRICE, "price_cents", [0, 1_999, 2_000]),
        (DealSort.DISCOUNT, "list_price_cents", [20_000, 10_000, None]),
        (DealSort.ENDING, "ends_at", [NOW, NOW + timedelta(seconds=1), NOW + timedelta(days=9)]),
    ],
)
def test_each_sort_puts_the_best_first(sort: DealSort, column: str, best_first: list[object]) -> None:
    alice = make_user("alice")
    for value in (best_first[1], best_first[2], best_first[0]):
        make_deal(alice, title=str(best_first.index(value)), **{column: value})

    assert _walk(sort=sort) == ["0", "1", "2"]


def test_what_is_hot_is_liked_and_new() -> None:
    alice = make_user("alice")
    make_deal(alice, title="disliked", created_at=NOW, downvote_count=10)
    make_deal(alice, title="ten times as liked but older", created_at=NOW - timedelta(seconds=45_001), upvote_count=100)
    make_deal(alice, title="liked", created_at=NOW, upvote_count=10)

    assert _titles() == ["liked", "ten times as liked but older", "disliked"]


@pytest.mark.parametrize("sort", list(DealSort))
def test_pages_neither_skip_nor_repeat_deals_that_are_alike(sort: DealSort) -> None:
    alice = make_user("alice")
    for number in range(5):
        make_deal(alice, title=str(number), created_at=NOW, ends_at=NOW)

    assert sorted(_walk(sort=sort)) == ["0", "1", "2", "3", "4"]


def test_a_deal_that_comes_while_one_reads_shifts_no_page() -> None:
    alice = make_user("alice")
    for number in range(4):
        make_deal(alice, title=str(number), created_at=NOW + timedelta(seconds=number))
    first = deals.listing(DealQuery(sort=DealSort.NEW, limit=2))
    make_deal(alice, title="newcomer", created_at=NOW + timedelta(days=1))

    assert _titles(sort="new", limit=2, cursor=first.next_cursor) == ["1", "0"]


@pytest.mark.parametrize(
    "other", [{"sort": "price"}, {"status": "all"}, {"q": "headphones"}, {"category": "audio"}, {"min_price": 0}]
)
def test_a_cursor_of_one_list_opens_no_other(other: dict[str, Any]) -> None:
    alice = make_user("alice")
    for _ in range(2):
        make_deal(alice)
    cursor = deals.listing(DealQuery(limit=1)).next_cursor

    with pytest.raises(BadCursorError):
        _titles(cursor=cursor, **other)


def test_deals_without_an_end_are_not_about_to_end() -> None:
    alice = make_user("alice")
    make_deal(alice, title="endless")
    make_deal(alice, title="ending", ends_at=NOW)

    assert _titles(sort="ending") == ["ending"]


@pytest.mark.parametrize(
    ("status", "seen"), [("active", {"active"}), ("expired", {"expired"}), ("all", {"active", "expired"})]
)
def test_hidden_and_removed_deals_are_in_no_list(status: str, seen: set[str]) -> None:
    alice = make_user("alice")
    for each in DealStatus:
        make_deal(alice, title=each.value, status=each)

    assert set(_titles(status=status)) == seen


def test_a_category_holds_the_deals_of_all_below_it() -> None:
    alice = make_user("alice")
    electronics, garden = make_category("electronics"), make_category("garden")
    audio = make_category("audio", parent=electronics)
    earphones = make_category("earphones", parent=audio)
    for place in (electronics, garden, audio, earphones):
        make_deal(alice, title=place.slug, category_id=place.id)
    make_deal(alice, title="nowhere")

    assert set(_titles(category="electronics")) == {"electronics", "audio", "earphones"}
    assert set(_titles(category="audio")) == {"audio", "earphones"}
    assert set(_titles(category="earphones")) == {"earphones"}


@pytest.mark.parametrize("sort", DealSort)
def test_the_pages_of_a_category_are_those_of_all_its_deals_in_order(sort: DealSort) -> None:
    alice = make_user("alice")
    electronics = make_category("electronics")
    places = (electronics, make_category("audio", parent=electronics), make_category("video", parent=electronics))
    for number in range(9):
        columns = {"price_cents": number, "upvote_count": number, "ends_at": NOW + timedelta(hours=number)}
        make_deal(alice, title=str(number), category_id=places[number % 3].id, list_price_cents=50 - number, **columns)
    make_deal(alice, title="nowhere", ends_at=NOW)

    assert _walk(category="electronics", sort=sort) == [title for title in _walk(sort=sort) if title != "nowhere"]


def test_a_category_is_narrowed_by_other_filters() -> None:
    alice, audio = make_user("alice"), make_category("audio")
    make_deal(alice, title="cheap", category_id=audio.id, price_cents=1)
    make_deal(alice, title="dear", category_id=audio.id, price_cents=9)
    make_deal(alice, title="over", category_id=audio.id, price_cents=9, status=DealStatus.EXPIRED)
    make_deal(alice, title="hidden", category_id=audio.id, price_cents=9, status=DealStatus.HIDDEN)

    assert _titles(category="audio", min_price=5) == ["dear"]
    assert set(_titles(category="audio", min_price=5, status="all")) == {"dear", "over"}


def test_a_person_s_list_holds_the_deals_of_no_other() -> None:
    alice = make_user("alice")
    make_deal(alice, title="hers")
    make_deal(make_user("bob"), title="his")

    assert _titles(author=alice.id) == ["hers"]


def test_a_merchants_list_holds_the_deals_of_no_other() -> None:
    alice = make_user("alice")
    acme, other = make_merchant("acme"), make_merchant("other")
    make_deal(alice, title="of acme", merchant_id=acme.id)
    make_deal(alice, title="of other", merchant_id=other.id)
    make_deal(alice, title="of nobody")

    assert _titles(merchant="acme") == ["of acme"]


@pytest.mark.parametrize("filtered", [{"category": "unheard-of"}, {"merchant": "unheard-of"}])
def test_of_an_unknown_category_or_merchant_there_are_no_deals(filtered: dict[str, str]) -> None:
    make_deal(make_user("alice"))

    assert _titles(**filtered) == []


def test_prices_are_bounded_from_both_sides_bounds_included() -> None:
    alice = make_user("alice")
    for cents in (999, 1_000, 2_000, 2_001):
        make_deal(alice, title=str(cents), price_cents=cents)

    assert _titles(sort="price", min_price=1_000, max_price=2_000) == ["1000", "2000"]


def test_the_rating_asked_for_is_the_least_and_the_unrated_have_none() -> None:
    alice = make_user("alice")
    make_deal(alice, title="unrated")
    make_deal(alice, title="3.99", review_count=100, rating_sum=399)
    make_deal(alice, title="4", review_count=1, rating_sum=4)

    assert _titles(min_rating=4) == ["4"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("headphone", {"Good headphones", "Cable"}),
        ("HEADPHONES good", {"Good headphones"}),
        ('"good headphones"', {"Good headphones"}),
        ('"headphones good"', set()),
        ("headphones -cable", {"Good headphones"}),
        ("garden or cable", {"Garden hose", "Cable"}),
        ("the", set()),
        ("' \" ( & | ! :* \\", set()),
    ],
)
def test_a_search_finds_words_of_title_and_description(words: str, found: set[str]) -> None:
    alice = make_user("alice")
    make_deal(alice, title="Good headphones")
    make_deal(alice, title="Cable", description="It fits your headphones.")
    make_deal(alice, title="Garden hose")

    assert set(_titles(q=words)) == found


def _deal_of_somebody_else(number: int) -> None:
    author: User = make_user(f"author-{number}")
    category, merchant = make_category(f"c-{number}"), make_merchant(f"m-{number}")
    make_deal(author, category_id=category.id, merchant_id=merchant.id)


def test_a_list_costs_one_statement_however_long(queries: list[tuple[str, Any]]) -> None:
    for number in range(3):
        _deal_of_somebody_else(number)
    db.session.rollback()
    queries.clear()

    assert len(_titles(category="c-1")) == 1
    assert len(_titles()) == 3

    assert len(queries) == 2


@pytest.mark.parametrize("status", ["active", "all"])
@pytest.mark.parametrize("sort", ["hot", "new", "top", "price", "discount"])
def test_a_list_is_read_off_an_index_in_its_order(queries: list[tuple[str, Any]], sort: str, status: str) -> None:
    assert "Sort" not in _plan_of_a_list(queries, sort=sort, status=status)


def test_what_ends_next_is_read_off_an_index(queries: list[tuple[str, Any]]) -> None:
    assert "Sort" not in _plan_of_a_list(queries, sort="ending")


def _plan_of_a_list(queries: list[tuple[str, Any]], **asked: str) -> str:
    """Return how the database goes about a list when it would rather not sort, as it wouldn't if there were many."""
    _titles(**asked)
    statement, parameters = queries[-1]
    db.session.execute(text("SET LOCAL enable_sort = off"))
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
    return "\n".join(plan.scalars())


def test_a_deal_carries_what_a_page_shows_beside_it() -> None:
    alice = make_user("alice", display_name="Alice A.")
    audio, acme = make_category("audio", name="Audio"), make_merchant("acme", name="ACME Ltd")
    columns = {"price_cents": 7_500, "list_price_cents": 10_000, "review_count": 3, "rating_sum": 13}
    deal = make_deal(alice, category_id=audio.id, merchant_id=acme.id, **columns)

    shown = deals.get(deal.id)

    assert (shown.author.id, shown.author.display_name) == (alice.id, "Alice A.")
    assert (shown.category and shown.category.slug, shown.merchant and shown.merchant.name) == ("audio", "ACME Ltd")
    assert (shown.discount_ratio, shown.rating_avg) == (0.25, 4.33)
    assert deals.listing(DealQuery()).items == [shown]
