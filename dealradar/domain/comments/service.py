"""The verbs that write comments and the votes on them."""

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from dealradar.domain import notifications, reviews
from dealradar.domain.comments.columns import IS_VISIBLE
from dealradar.domain.comments.models import Comment, CommentStatus
from dealradar.domain.comments.queries import absent, get, lock_thread
from dealradar.domain.comments.shapes import CommentChange, CommentDraft, CommentOut
from dealradar.domain.errors import Fault, ForbiddenError, InvalidError
from dealradar.domain.notifications import Kind
from dealradar.domain.users import Actor
from dealradar.extensions import db


def publish(draft: CommentDraft, *, by: Actor) -> CommentOut:
    """Say something about a review or in reply to a comment on it; the caller commits.

    Raises:
        NotFoundError: There is no such review, or it may not be seen.
        InvalidError: The parent is not a visible comment on that review.
    """
    review = reviews.get(draft.review_id, for_update=True)
    parent_author_id = _author_of_parent(draft)
    new = insert(Comment).values(**draft.model_dump(), deal_id=review.deal_id, author_id=by.user_id)
    comment_id = db.session.scalars(new.returning(Comment.id)).one()
    if parent_author_id is None:
        _tell(review.author.id, comment_id, by, f"Your review of “{review.deal.title}” got a comment.")
    else:
        _tell(parent_author_id, comment_id, by, f"Your comment on a review of “{review.deal.title}” got a reply.")
    return get(comment_id)


def change(comment_id: int, wish: CommentChange, *, by: Actor) -> CommentOut:
    """Change what *wish* holds of a comment; the caller commits.

    Raises:
        NotFoundError: There is no such comment, or it may not be seen.
        ForbiddenError: *by* neither wrote it nor moderates.
    """
    _own(comment_id, by)
    values = wish.model_dump(exclude_unset=True)
    if values:
        db.session.execute(update(Comment).where(Comment.id == comment_id).values(values))
    return get(comment_id)


def remove(comment_id: int, *, by: Actor) -> None:
    """Take a comment away; the caller commits.

    One with replies stays as a tombstone. One without is deleted, and so is each tombstone above that stood for its
    sake alone.

    Raises:
        NotFoundError: There is no such comment, or it may not be seen.
        ForbiddenError: *by* neither wrote it nor moderates.
    """
    _own(comment_id, by)
    has_replies = db.session.scalar(select(exists().where(Comment.parent_id == comment_id)))
    if has_replies:
        set_status(comment_id, CommentStatus.DELETED)
        return
    _delete_with_tombstones_above(comment_id)


def set_status(comment_id: int, status: CommentStatus) -> None:
    """Let people see a comment or not, whatever it was before; the caller commits.

    Its row stays in any case, and with it what was reported about it.

    Raises:
        NotFoundError: There is no such comment.
    """
    lock_thread(comment_id)
    deleted_at = func.now() if status is CommentStatus.DELETED else None
    changed = update(Comment).where(Comment.id == comment_id).values(status=status, deleted_at=deleted_at)
    if db.session.scalar(changed.returning(Comment.id)) is None:
        raise absent(comment_id)


def _author_of_parent(draft: CommentDraft) -> int | None:
    if draft.parent_id is None:
        return None
    parent = select(Comment.author_id).where(Comment.id == draft.parent_id, Comment.review_id == draft.review_id)
    author_id = db.session.scalar(parent.where(IS_VISIBLE))
    if author_id is None:
        raise InvalidError(Fault("parent_id", f"must be a comment on review {draft.review_id} that is still there"))
    return author_id


def _own(comment_id: int, by: Actor) -> None:
    author = get(comment_id, for_update=True).author
    if author is None or not by.may_change(author.id):
        raise ForbiddenError("Only its author or a moderator may change a comment.")


def _delete_with_tombstones_above(comment_id: int) -> None:
    below = select(Comment.id, Comment.parent_id).where(Comment.id == comment_id).cte("bare", recursive=True)
    parent, other_reply = aliased(Comment), aliased(Comment)
    is_bare = ~exists().where(other_reply.parent_id == parent.id, other_reply.id != below.c.id)
    above = select(parent.id, parent.parent_id).join(below, below.c.parent_id == parent.id)
    bare = below.union_all(above.where(parent.status == CommentStatus.DELETED, is_bare))
    db.session.execute(
        delete(Comment).where(Comment.id.in_(select(bare.c.id))), execution_options={"synchronize_session": False}
    )


def _tell(user_id: int, comment_id: int, by: Actor, message: str) -> None:
    notifications.tell(
        user_id, kind=Kind.REPLY, actor_id=by.user_id, subject_type="comment", subject_id=comment_id, message=message
    )
