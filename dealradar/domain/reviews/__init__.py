"""What people think of deals."""

from dealradar.domain.reviews.importing import ImportedReview, bring_in, imported
from dealradar.domain.reviews.models import ReviewStatus
from dealradar.domain.reviews.queries import (
    IS_VISIBLE,
    author_of,
    briefs,
    cast_on,
    ensure_visible,
    get,
    of_deal,
    of_user,
    votes_of,
)
from dealradar.domain.reviews.service import change, publish, remove, set_status, vote
from dealradar.domain.reviews.shapes import (
    Body,
    Rating,
    ReviewBallot,
    ReviewBrief,
    ReviewChange,
    ReviewDraft,
    ReviewOut,
    ReviewQuery,
    ReviewSort,
    ReviewVoteOut,
    Title,
    VoteOnReviewOut,
)

__all__ = [
    "IS_VISIBLE",
    "Body",
    "ImportedReview",
    "Rating",
    "ReviewBallot",
    "ReviewBrief",
    "ReviewChange",
    "ReviewDraft",
    "ReviewOut",
    "ReviewQuery",
    "ReviewSort",
    "ReviewStatus",
    "ReviewVoteOut",
    "Title",
    "VoteOnReviewOut",
    "author_of",
    "briefs",
    "bring_in",
    "cast_on",
    "change",
    "ensure_visible",
    "get",
    "imported",
    "of_deal",
    "of_user",
    "publish",
    "remove",
    "set_status",
    "vote",
    "votes_of",
]
