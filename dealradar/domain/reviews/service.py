"""The verbs that write reviews and the votes on them."""

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert

from dealradar.domain import deals, notifications
from dealradar.domain.errors import ConflictError, ForbiddenError, NotFoundError
from dealradar.domain.notifications import Kind
from dealradar.domain.reviews.models import Review, ReviewStatus, ReviewVote
from dealradar.domain.reviews.queries import get
from dealradar.domain.reviews.shapes import ReviewBallot, ReviewChange, ReviewDraft, ReviewOut, ReviewVoteOut
from dealradar.domain.users import Actor
from dealradar.extensions import db


def publish(draft: ReviewDraft, *, by: Actor) -> ReviewOut:
    """Publish what a person thinks of a deal, once; the caller commits.

    Raises:
        NotFoundError: There is no such deal, or it may not be seen.
        ConflictError: The person has reviewed the deal before, though perhaps nobody may see it any more.
    """
    deals.ensure_visible(draft.deal_id)
    new = insert(Review).values(**draft.model_dump(), author_id=by.user_id)
    once = new.on_conflict_do_nothing(index_elements=["deal_id", "author_id"])
    review_id = db.session.scalar(once.returning(Review.id))
    if review_id is None:
        raise ConflictError(f"You have reviewed deal {draft.deal_id} before; there is one review a person and deal.")
    return get(review_id)


def change(review_id: int, wish: ReviewChange, *, by: Actor) -> ReviewOut:
    """Change what *wish* holds of a review; the caller commits.

    Raises:
        NotFoundError: There is no such review, or it may not be seen.
        ForbiddenError: *by* neither wrote it nor moderates.
    """
    _own(review_id, by)
    values = wish.model_dump(exclude_unset=True)
    if values:
        db.session.execute(update(Review).where(Review.id == review_id).values(values))
    return get(review_id)


def remove(review_id: int, *, by: Actor) -> None:
    """Take a review away with all that was said about it; the caller commits.

    Its author's own wish deletes it, and the author may write another; a moderator's leaves the row as the reason why
    not.

    Raises:
        NotFoundError: There is no such review, or it may not be seen.
        ForbiddenError: *by* neither wrote it nor moderates.
    """
    review = _own(review_id, by)
    if review.author.id != by.user_id:
        set_status(review_id, ReviewStatus.REMOVED)
        return
    db.session.execute(delete(Review).where(Review.id == review_id))


def vote(review_id: int, ballot: ReviewBallot, *, by: Actor) -> ReviewVoteOut:
    """Set what a person's vote on a review is; voting the same twice changes nothing; the caller commits.

    Raises:
        NotFoundError: There is no such review, or it may not be seen.
        ForbiddenError: *by* wrote it.
    """
    review = get(review_id, for_update=True)
    if review.author.id == by.user_id:
        raise ForbiddenError("Nobody votes on their own review.")
    if _cast(review_id, by.user_id, ballot.helpful) and ballot.helpful:
        _tell_of_vote(review, by)
    voted = get(review_id)
    return ReviewVoteOut(
        review_id=review_id,
        helpful=ballot.helpful,
        helpful_count=voted.helpful_count,
        unhelpful_count=voted.unhelpful_count,
    )


def set_status(review_id: int, status: ReviewStatus) -> None:
    """Let people see a review or not, whatever it was before; the caller commits.

    Raises:
        NotFoundError: There is no such review.
    """
    changed = update(Review).where(Review.id == review_id).values(status=status).returning(Review.id)
    if db.session.scalar(changed) is None:
        raise NotFoundError(f"There is no review {review_id}.")


def _own(review_id: int, by: Actor) -> ReviewOut:
    review = get(review_id, for_update=True)
    if not by.may_change(review.author.id):
        raise ForbiddenError("A review is changed by its author or a moderator alone.")
    return review


def _cast(review_id: int, user_id: int, helpful: bool | None) -> bool:
    """Write the vote; return whether it is another than before."""
    if helpful is None:
        gone = delete(ReviewVote).where(ReviewVote.review_id == review_id, ReviewVote.user_id == user_id)
        return db.session.scalar(gone.returning(ReviewVote.user_id)) is not None
    new = insert(ReviewVote).values(review_id=review_id, user_id=user_id, helpful=helpful)
    upsert = new.on_conflict_do_update(
        index_elements=["review_id", "user_id"],
        set_={"helpful": new.excluded.helpful, "voted_at": func.now()},
        where=ReviewVote.helpful != new.excluded.helpful,
    )
    return db.session.scalar(upsert.returning(ReviewVote.user_id)) is not None


def _tell_of_vote(review: ReviewOut, by: Actor) -> None:
    notifications.tell(
        review.author.id,
        kind=Kind.VOTE,
        actor_id=by.user_id,
        subject_type="review",
        subject_id=review.id,
        message=f"Your review of “{review.deal.title}” was found helpful.",
    )
