"""What the world sees of reviews, and what people send of them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from dealradar.domain.reviews.models import ReviewStatus
from dealradar.domain.shapes import Id, Input, ListQuery, Moment, NotNull, Output, Storable, Worded
from dealradar.domain.users import AuthorOut

Rating = Annotated[int, Field(ge=1, le=5)]
Title = Annotated[str, Field(min_length=1, max_length=200), Storable, Worded]
Body = Annotated[str, Field(min_length=1, max_length=10_000), Storable, Worded]


class ReviewSort(StrEnum):
    """In which order reviews are listed."""

    NEWEST = "newest"
    OLDEST = "oldest"
    HELPFUL = "helpful"
    RATING_HIGH = "rating_high"
    RATING_LOW = "rating_low"


class ReviewQuery(ListQuery):
    """The parameters of a list of reviews."""

    sort: ReviewSort = ReviewSort.NEWEST
    rating: Annotated[Rating | None, Field(description="Only reviews that give this many stars.")] = None


class ReviewDraft(Input):
    """What a person publishes a review with; title and body are kept character for character."""

    deal_id: Id
    rating: Rating
    title: Title | None = None
    body: Body


class ReviewChange(Input):
    """What may be changed of a review: what is absent stays, a null takes the title away."""

    rating: Annotated[Rating | None, NotNull] = None
    title: Title | None = None
    body: Annotated[Body | None, NotNull] = None


class ReviewBallot(Input):
    """Whether a person found a review helpful; null takes the vote back."""

    helpful: bool | None


class ReviewedDeal(Output):
    """The deal of a review: what a page shows beside it, and nothing that each further review would change."""

    id: int
    title: str


class ReviewOut(Output):
    """A review with who wrote it and what it is about."""

    id: int
    deal_id: int
    deal: ReviewedDeal
    author: AuthorOut
    rating: int
    title: str | None
    body: str
    helpful_count: int
    unhelpful_count: int
    comment_count: int
    created_at: Moment
    updated_at: Moment


class ReviewVoteOut(Output):
    """One person's vote and what the votes on the review now come to."""

    review_id: int
    helpful: bool | None
    helpful_count: int
    unhelpful_count: int


class VoteOnReviewOut(Output):
    """A vote that the caller has cast: whether the review helped."""

    review_id: int
    helpful: bool
    voted_at: Moment


@dataclass(frozen=True)
class ReviewBrief:
    """A review in short, visible or not, for those who judge it."""

    author_id: int
    excerpt: str
    status: ReviewStatus
