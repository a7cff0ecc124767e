from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from dealradar.domain import pages
from dealradar.domain.comments.columns import IS_VISIBLE
from dealradar.domain.comments.models import Comment, CommentVote
from dealradar.domain.comments.queries import absent, get
from dealradar.domain.comments.shapes import CommentVoteOut, VoteOnCommentOut
from dealradar.domain.pages import Key, Order, Window
from dealradar.domain.shapes import ListQuery, Page
from dealradar.domain.users import Actor
from dealradar.extensions import db

LAST_CAST_FIRST: Final = Order("last cast", (Key(CommentVote.voted_at), Key(CommentVote.comment_id)))


def vote(comment_id: int, value: int, *, by: Actor) -> CommentVoteOut:
    """Vote 1 for or -1 against a comment, or take the vote back with 0; the caller commits.

    The same vote again changes nothing.

    Raises:
        NotFoundError: There is no such comment, or it may not be seen.
    """
    _lock(comment_id)
    if value == 0:
        _withdraw(comment_id, by.user_id)
    else:
        _cast(comment_id, value, by.user_id)
    voted = get(comment_id)
    return CommentVoteOut(
        comment_id=comment_id,
        value=value,
        score=voted.score,
        upvote_count=voted.upvote_count,
        downvote_count=voted.downvote_count,
    )


def votes_of(user_id: int, query: ListQuery) -> Page[VoteOnCommentOut]:
    """Return a page of the votes that the person has cast on comments, the last first.

    Raises:
        BadCursorError: The cursor is not of this list.
    """
    cast = select(CommentVote.comment_id, CommentVote.value, CommentVote.voted_at)
    window = Window(scope=f"comment votes of user {user_id}", limit=query.limit, cursor=query.cursor)
    rows, next_cursor = pages.fetch(db.session(), cast.where(CommentVote.user_id == user_id), LAST_CAST_FIRST, window)
    return Page(items=[VoteOnCommentOut.model_validate(row) for row in rows], next_cursor=next_cursor)


def cast_on(comment_ids: Collection[int], *, by: Actor) -> Mapping[int, int]:
    """Return the person's votes on some comments, by comment; those that they haven't voted on are left out."""
    own = select(CommentVote.comment_id, CommentVote.value)
    rows = db.session.execute(own.where(CommentVote.comment_id.in_(comment_ids), CommentVote.user_id == by.user_id))
    return dict(rows.all())


def _lock(comment_id: int) -> None:
    """Keep the comment alone as it is: its thread goes on while people vote."""
    found = select(Comment.id).where(Comment.id == comment_id, IS_VISIBLE)
    if db.session.scalar(found.with_for_update(key_share=True)) is None:
        raise absent(comment_id)


def _withdraw(comment_id: int, user_id: int) -> None:
    own = delete(CommentVote).where(CommentVote.comment_id == comment_id, CommentVote.user_id == user_id)
    db.session.execute(own, execution_options={"synchronize_session": False})


def _cast(comment_id: int, value: int, user_id: int) -> None:
    ballot = insert(CommentVote).values(comment_id=comment_id, user_id=user_id, value=value)
    upsert = ballot.on_conflict_do_update(
        index_elements=[CommentVote.comment_id, CommentVote.user_id],
        set_={"value": ballot.excluded.value, "voted_at": func.now()},
        where=CommentVote.value != ballot.excluded.value,
    )
    db.session.execute(upsert)
