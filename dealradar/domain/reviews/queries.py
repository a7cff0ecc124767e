from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Bundle, InstrumentedAttribute

from dealradar.domain import deals, pages, users
from dealradar.domain.deals.models import Deal
from dealradar.domain.errors import NotFoundError
from dealradar.domain.pages import Key, Listing, Order, Window
from dealradar.domain.reviews.models import Review, ReviewStatus, ReviewTally, ReviewVote
from dealradar.domain.reviews.shapes import ReviewBrief, ReviewOut, ReviewQuery, ReviewSort, VoteOnReviewOut
from dealradar.domain.shapes import ListQuery, Page
from dealradar.domain.users import Actor, AuthorOut
from dealradar.domain.users.models import User
from dealradar.extensions import db

EXCERPT_LENGTH: Final = 140
MOST_STARS: Final = 5

ORDERS: Final = {
    ReviewSort.NEWEST: Order("newest", (Key(Review.created_at), Key(Review.id))),
    ReviewSort.OLDEST: Order("oldest", (Key(Review.created_at, descending=False), Key(Review.id, descending=False))),
    ReviewSort.HELPFUL: Order("helpful", (Key(Review.helpful_count), Key(Review.id))),
    ReviewSort.RATING_HIGH: Order("rating_high", (Key(Review.rating), Key(Review.created_at), Key(Review.id))),
    ReviewSort.RATING_LOW: Order(
        "rating_low",
        (
            Key(Review.rating, descending=False),
            Key(Review.created_at, descending=False),
            Key(Review.id, descending=False),
        ),
    ),
}
LAST_CAST_FIRST: Final = Order("last cast", (Key(ReviewVote.voted_at), Key(ReviewVote.review_id)))


IS_VISIBLE: Final[ColumnElement[bool]] = (Review.status == ReviewStatus.VISIBLE) & Deal.status.in_(deals.VISIBLE)
"""The condition that people see a review, for statements that join its deal."""

ALL_VISIBLE: Final[Select[*tuple[Any, ...]]] = (
    select(
        Review.id,
        Review.deal_id,
        Bundle("deal", Deal.id, Deal.title),
        Bundle("author", *(getattr(User, name) for name in AuthorOut.model_fields)),
        Review.rating,
        Review.title,
        Review.body,
        Review.helpful_count,
        Review.unhelpful_count,
        Review.comment_count,
        Review.created_at,
        Review.updated_at,
    )
    .join(Deal, Deal.id == Review.deal_id)
    .join(User, User.id == Review.author_id)
    .where(IS_VISIBLE)
)
"""Every review that people see, with all that a ReviewOut carries; made once, like what is made of it."""


def get(review_id: int, *, for_update: bool = False) -> ReviewOut:
    """Return the review; *for_update* keeps its row, and all that is said below it, from changing until the commit.

    Raises:
        NotFoundError: There is no such review, or it may not be seen.
    """
    statement = ALL_VISIBLE.where(Review.id == review_id)
    if for_update:
        statement = statement.with_for_update(of=Review, key_share=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no review {review_id}.")
    return ReviewOut.model_validate(row)


def ensure_visible(review_id: int) -> None:
    """Return if people see the review.

    Raises:
        NotFoundError: There is no such review, or it may not be seen.
    """
    found = select(Review.id).join(Deal, Deal.id == Review.deal_id).where(Review.id == review_id, IS_VISIBLE)
    if db.session.execute(found).one_or_none() is None:
        raise NotFoundError(f"There is no review {review_id}.")


def of_deal(deal_id: int, query: ReviewQuery) -> Page[ReviewOut]:
    """Return a page of the reviews of one deal.

    Raises:
        NotFoundError: There is no such deal, or it may not be seen.
        BadCursorError: The cursor is not of this list.
    """
    page = _page(Review.deal_id, deal_id, f"reviews@deal:{deal_id}", query)
    if not page.items:  # what belongs to a deal that isn't seen isn't either
        deals.ensure_visible(deal_id)
    return page


def of_user(user_id: int, query: ReviewQuery) -> Page[ReviewOut]:
    """Return a page of the reviews that one person wrote.

    Raises:
        NotFoundError: There is no such person.
        BadCursorError: The cursor is not of this list.
    """
    page = _page(Review.author_id, user_id, f"reviews@user:{user_id}", query)
    if not page.items:
        users.get(user_id)
    return page


def votes_of(user_id: int, query: ListQuery) -> Page[VoteOnReviewOut]:
    """Return a page of the votes that the person has cast on reviews, the last first.

    Raises:
        BadCursorError: The cursor is not of this list.
    """
    cast = select(ReviewVote.review_id, ReviewVote.helpful, ReviewVote.voted_at).where(ReviewVote.user_id == user_id)
    window = Window(scope=f"review votes of user {user_id}", limit=query.limit, cursor=query.cursor)
    rows, next_cursor = pages.fetch(db.session(), cast, LAST_CAST_FIRST, window)
    return Page(items=[VoteOnReviewOut.model_validate(row) for row in rows], next_cursor=next_cursor)


def by_rating(deal_id: int) -> Mapping[int, int]:
    """Return how many visible reviews of the deal give five stars, four, and so on."""
    tallied = select(ReviewTally.rating, ReviewTally.count)
    given = tallied.where(ReviewTally.deal_id == deal_id, ReviewTally.status == ReviewStatus.VISIBLE)
    counts = dict(db.session.execute(given).all())
    return {rating: counts.get(rating, 0) for rating in range(MOST_STARS, 0, -1)}


def cast_on(review_ids: Collection[int], *, by: Actor) -> Mapping[int, bool]:
    """Return whether the person found some reviews helpful, by review; where they haven't said, it is left out."""
    own = select(ReviewVote.review_id, ReviewVote.helpful)
    rows = db.session.execute(own.where(ReviewVote.review_id.in_(review_ids), ReviewVote.user_id == by.user_id))
    return dict(rows.all())


def author_of(review_id: int) -> int:
    """Return the id of who wrote the review, visible or not.

    Raises:
        NotFoundError: There is no such review.
    """
    author_id = db.session.scalar(select(Review.author_id).where(Review.id == review_id))
    if author_id is None:
        raise NotFoundError(f"There is no review {review_id}.")
    return author_id


def briefs(review_ids: Collection[int]) -> Mapping[int, ReviewBrief]:
    """Return those of the reviews that are there, visible or not, in short."""
    excerpt = func.left(Review.body, EXCERPT_LENGTH)
    found = select(Review.id, Review.author_id, excerpt, Review.status).where(Review.id.in_(review_ids))
    return {
        review_id: ReviewBrief(author_id, text, ReviewStatus(status))
        for review_id, author_id, text, status in db.session.execute(found)
    }


def _page(belongs: InstrumentedAttribute[int], owner_id: int, scope: str, query: ReviewQuery) -> Page[ReviewOut]:
    window = Window(scope=f"{scope}?rating={query.rating}", limit=query.limit, cursor=query.cursor)
    listing = _listing(belongs, query.sort, is_rated=query.rating is not None)
    return listing.fetch(db.session(), window, {"owner_id": owner_id, "stars": query.rating})


@cache
def _listing(belongs: InstrumentedAttribute[int], sort: ReviewSort, *, is_rated: bool) -> Listing[ReviewOut]:
    statement = ALL_VISIBLE.where(belongs == bindparam("owner_id"))
    if is_rated:
        statement = statement.where(Review.rating == bindparam("stars"))
    return Listing(ReviewOut, statement, ORDERS[sort])
