from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from dealradar.domain import comments
from dealradar.domain.comments import CommentStatus, ThreadQuery
from dealradar.domain.deals import DealStatus
from dealradar.domain.errors import BadCursorError, NotFoundError
from dealradar.domain.reviews import ReviewStatus
from dealradar.domain.reviews.models import Review
from dealradar.domain.shapes import ListQuery
from dealradar.domain.users.models import User
from tests.factories.deals import make_deal
from tests.factories.reviews import make_comment, make_review

NOON: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def review(alice: User) -> Review:
    """Return a review that nobody has commented on yet."""
    return make_review(make_deal(alice, title="Headphones"), alice)


def test_flat_lists_are_newest_first_in_pages_that_neither_skip_nor_repeat(review: Review, bob: User) -> None:
    at = [NOON + timedelta(minutes=minutes) for minutes in (0, 2, 1, 1, 1)]
    made = [make_comment(review, bob, created_at=moment).id for moment in at]
    newest_first = [made[1], made[4], made[3], made[2], made[0]]

    for listing, listed_id in ((comments.of_deal, review.deal_id), (comments.of_user, bob.id)):
        page = listing(listed_id, ListQuery(limit=2))
        walked = [comment.id for comment in page.items]
        while page.next_cursor is not None:
            page = listing(listed_id, ListQuery(limit=2, cursor=page.next_cursor))
            walked += [comment.id for comment in page.items]
        assert walked == newest_first


def test_flat_lists_leave_out_what_nobody_sees(alice: User, bob: User) -> None:
    deal = make_deal(alice)
    review = make_review(deal, alice)
    shown = make_comment(review, bob)
    hidden = make_comment(review, bob, status=CommentStatus.HIDDEN)
    make_comment(hidden, alice)
    make_comment(make_review(deal, bob, status=ReviewStatus.HIDDEN), bob)
    make_comment(make_review(make_deal(alice, status=DealStatus.REMOVED), bob), bob)

    assert [comment.id for comment in comments.of_user(bob.id, ListQuery()).items] == [shown.id]
    assert [comment.parent_id for comment in comments.of_deal(deal.id, ListQuery()).items] == [hidden.id, None]


def test_there_are_no_lists_of_what_never_was(alice: User) -> None:
    hidden = make_deal(alice, status=DealStatus.HIDDEN)

    for deal_id in (hidden.id, 99):
        with pytest.raises(NotFoundError):
            comments.of_deal(deal_id, ListQuery())
    with pytest.raises(NotFoundError):
        comments.of_user(99, ListQuery())


def test_a_cursor_is_good_for_its_own_list_alone(review: Review, bob: User) -> None:
    for _ in range(2):
        make_comment(review, bob)
    cursor = comments.of_deal(review.deal_id, ListQuery(limit=1)).next_cursor

    with pytest.raises(BadCursorError):
        comments.of_user(bob.id, ListQuery(cursor=cursor))
    with pytest.raises(BadCursorError):
        comments.of_review(review.id, ThreadQuery(cursor=cursor))
