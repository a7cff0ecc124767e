from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from dealradar.domain import reviews
from dealradar.domain.deals import DealStatus
from dealradar.domain.deals.models import Deal
from dealradar.domain.errors import BadCursorError, NotFoundError
from dealradar.domain.reviews import ReviewQuery, ReviewSort, ReviewStatus
from dealradar.extensions import db
from tests.factories.deals import make_deal
from tests.factories.people import make_user
from tests.factories.reviews import make_review

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def deal() -> Deal:
    """Return a deal that nobody has reviewed yet."""
    return make_deal(make_user("alice"))


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Return the statements that have been sent to the database so far."""
    sent: list[str] = []

    def note(*told: Any) -> None:
        sent.append(told[2])

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def _review(deal: Deal, title: str, **columns: Any) -> None:
    make_review(deal, make_user(f"by-{title}"), title=title, **columns)


def _titles(deal: Deal, **asked: Any) -> list[str | None]:
    return [review.title for review in reviews.of_deal(deal.id, ReviewQuery.model_validate(asked)).items]


def _walk(deal: Deal, **asked: Any) -> list[str | None]:
    """Return the titles of all pages, two a page."""
    page = reviews.of_deal(deal.id, ReviewQuery(limit=2, **asked))
    titles = [review.title for review in page.items]
    while page.next_cursor is not None:
        page = reviews.of_deal(deal.id, ReviewQuery(limit=2, cursor=page.next_cursor, **asked))
        titles += [review.title for review in page.items]
    return titles


@pytest.mark.parametrize(
    ("sort", "column", "first_to_last"),
    [
        (ReviewSort.NEWEST, "created_at", [NOON, NOON - timedelta(minutes=1), NOON - timedelta(minutes=2)]),
        (ReviewSort.OLDEST, "created_at", [NOON, NOON + timedelta(minutes=1), NOON + timedelta(minutes=2)]),
        (ReviewSort.HELPFUL, "imported_helpful_count", [7, 3, 0]),
        (ReviewSort.RATING_HIGH, "rating", [5, 3, 1]),
        (ReviewSort.RATING_LOW, "rating", [1, 3, 5]),
    ],
)
def test_each_sort_has_its_first_and_its_last(
    deal: Deal, sort: ReviewSort, column: str, first_to_last: list[object]
) -> None:
    first, second, third = first_to_last
    for title, value in (("second", second), ("third", third), ("first", first)):
        _review(deal, title, **{column: value})

    assert _titles(deal, sort=sort) == ["first", "second", "third"]


@pytest.mark.parametrize("sort", ReviewSort)
def test_pages_neither_skip_nor_repeat_where_all_are_alike(deal: Deal, sort: ReviewSort) -> None:
    written = [f"{number}" for number in range(5)]
    for title in written:
        _review(deal, title, created_at=NOON)

    walked = _walk(deal, sort=sort)

    assert sorted(title or "" for title in walked) == written
    assert walked == _titles(deal, sort=sort)


def test_lists_are_newest_first_unless_asked_otherwise(deal: Deal) -> None:
    _review(deal, "old", created_at=NOON)
    _review(deal, "new", created_at=NOON + timedelta(seconds=1))

    assert _titles(deal) == ["new", "old"]


def test_a_list_can_be_of_one_rating(deal: Deal) -> None:
    for number, rating in enumerate([5, 3, 5, 5, 4]):
        _review(deal, str(number), rating=rating, created_at=NOON + timedelta(minutes=number))

    assert _walk(deal, rating=5) == ["3", "2", "0"]
    assert _titles(deal, rating=1) == []


@pytest.mark.parametrize(("sort", "titles"), [(ReviewSort.RATING_HIGH, "dbca"), (ReviewSort.RATING_LOW, "acbd")])
def test_of_one_rating_the_list_that_is_best_first_is_newest_first(deal: Deal, sort: ReviewSort, titles: str) -> None:
    for title, rating, hour in (("b", 3, 2), ("a", 1, 4), ("c", 3, 1), ("d", 5, 0)):
        _review(deal, title, rating=rating, created_at=NOON + timedelta(hours=hour))

    assert "".join(title or "" for title in _walk(deal, sort=sort)) == titles


@pytest.mark.parametrize("status", [ReviewStatus.HIDDEN, ReviewStatus.REMOVED])
def test_lists_leave_out_what_nobody_sees(deal: Deal, status: ReviewStatus) -> None:
    dave = make_user("dave")
    make_review(deal, dave, status=status)
    make_review(make_deal(dave, status=DealStatus.HIDDEN), dave)

    assert _titles(deal) == []
    assert reviews.of_user(dave.id, ReviewQuery()).items == []


def test_the_reviews_of_a_person_are_theirs_on_all_deals(deal: Deal) -> None:
    dave = make_user("dave")
    other_deal = make_deal(dave, title="A lamp")
    make_review(deal, dave, rating=2, created_at=NOON)
    make_review(other_deal, dave, rating=4, created_at=NOON + timedelta(hours=1))
    _review(deal, "of-another-person")

    page = reviews.of_user(dave.id, ReviewQuery())

    assert [review.deal.title for review in page.items] == ["A lamp", "Good headphones"]
    assert [review.rating for review in reviews.of_user(dave.id, ReviewQuery(sort=ReviewSort.OLDEST)).items] == [2, 4]


def test_there_are_no_lists_of_what_never_was() -> None:
    hidden = make_deal(make_user("alice"), status=DealStatus.HIDDEN)

    for deal_id in (hidden.id, 99):
        with pytest.raises(NotFoundError):
            reviews.of_deal(deal_id, ReviewQuery())
    with pytest.raises(NotFoundError):
        reviews.of_user(99, ReviewQuery())


def test_a_cursor_is_good_for_its_own_list_alone(deal: Deal) -> None:
    other_deal = make_deal(make_user("bob"))
    for title in ("one", "two"):
        _review(deal, title)
    cursor = reviews.of_deal(deal.id, ReviewQuery(limit=1)).next_cursor

    for deal_id, asked in ((other_deal.id, {}), (deal.id, {"rating": 4}), (deal.id, {"sort": "oldest"})):
        with pytest.raises(BadCursorError):
            reviews.of_deal(deal_id, ReviewQuery.model_validate({"cursor": cursor, **asked}))


def test_a_list_costs_one_statement_however_long(deal: Deal, statements: list[str]) -> None:
    for number in range(5):
        _review(deal, str(number))
    statements.clear()

    reviews.of_deal(deal.id, ReviewQuery())

    assert len(statements) == 1
