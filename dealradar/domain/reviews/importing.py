"""Reviews that were written elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from dealradar.domain import arrivals
from dealradar.domain.reviews.models import Review


@dataclass(frozen=True)
class ImportedReview:
    """A review of another place; its helpful votes were cast there, so that only their number is known."""

    source_key: str
    deal_id: int
    author_id: int
    rating: int
    title: str | None
    body: str
    helpful_count: int
    written_at: datetime


def imported(source_keys: Collection[str]) -> Collection[str]:
    """Return which of the keys reviews were imported under."""
    return arrivals.ids_by(Review.source_key, source_keys).keys()


def bring_in(reviews: Collection[ImportedReview]) -> Collection[str]:
    """Publish those of *reviews* whose author has none of the deal yet; return their keys. The caller commits."""
    return arrivals.bring_in(Review.source_key, [_row(review) for review in reviews]).ids.keys()


def _row(review: ImportedReview) -> dict[str, object]:
    return {
        "source_key": review.source_key,
        "deal_id": review.deal_id,
        "author_id": review.author_id,
        "rating": review.rating,
        "title": review.title,
        "body": review.body,
        "imported_helpful_count": review.helpful_count,
        "created_at": review.written_at,
        "updated_at": review.written_at,
    }
