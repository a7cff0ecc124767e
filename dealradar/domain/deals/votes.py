from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from dealradar.domain import notifications, pages
from dealradar.domain.deals.locks import lock
from dealradar.domain.deals.models import Deal, DealVote
from dealradar.domain.deals.shapes import TallyOut, VoteOnDealOut
from dealradar.domain.notifications import Kind
from dealradar.domain.pages import Key, Order, Window
from dealradar.domain.shapes import ListQuery, Page
from dealradar.domain.users import Actor
from dealradar.extensions import db

LAST_CAST_FIRST: Final = Order("last cast", (Key(DealVote.voted_at), Key(DealVote.deal_id)))


def vote(deal_id: int, value: int, *, by: Actor) -> TallyOut:
    """Vote 1 for or -1 against a deal, or take the vote back with 0; the caller commits.

    The same vote again changes nothing. The author is told of who is newly for the deal.

    Raises:
        NotFoundError: There is no such deal, or it is hidden or removed.
    """
    deal = lock(deal_id)
    if value == 0:
        _withdraw(deal_id, by.user_id)
    elif _cast(deal_id, value, by.user_id) and value > 0:
        _tell_author(deal, by)
    return _tally(deal_id, value)


def votes_of(user_id: int, query: ListQuery) -> Page[VoteOnDealOut]:
    """Return a page of the votes that the person has cast on deals, the last first.

    Raises:
        BadCursorError: The cursor is not of this list.
    """
    cast = select(DealVote.deal_id, DealVote.value, DealVote.voted_at).where(DealVote.user_id == user_id)
    window = Window(scope=f"deal votes of user {user_id}", limit=query.limit, cursor=query.cursor)
    rows, next_cursor = pages.fetch(db.session(), cast, LAST_CAST_FIRST, window)
    return Page(items=[VoteOnDealOut.model_validate(row) for row in rows], next_cursor=next_cursor)


def cast_on(deal_ids: Collection[int], *, by: Actor) -> Mapping[int, int]:
    """Return the person's votes on some deals, by deal; those that they haven't voted on are left out."""
    own = select(DealVote.deal_id, DealVote.value)
    rows = db.session.execute(own.where(DealVote.deal_id.in_(deal_ids), DealVote.user_id == by.user_id))
    return dict(rows.all())


def _withdraw(deal_id: int, user_id: int) -> None:
    own = delete(DealVote).where(DealVote.deal_id == deal_id, DealVote.user_id == user_id)
    db.session.execute(own, execution_options={"synchronize_session": False})


def _cast(deal_id: int, value: int, user_id: int) -> bool:
    """Return whether that is another vote than before."""
    ballot = insert(DealVote).values(deal_id=deal_id, user_id=user_id, value=value)
    upsert = ballot.on_conflict_do_update(
        index_elements=[DealVote.deal_id, DealVote.user_id],
        set_={"value": ballot.excluded.value, "voted_at": func.now()},
        where=DealVote.value != ballot.excluded.value,
    )
    return db.session.scalar(upsert.returning(DealVote.value)) is not None


def _tell_author(deal: Deal, by: Actor) -> None:
    notifications.tell(
        deal.author_id,
        kind=Kind.VOTE,
        actor_id=by.user_id,
        subject_type="deal",
        subject_id=deal.id,
        message=f"Your deal “{deal.title}” got a vote.",
    )


def _tally(deal_id: int, value: int) -> TallyOut:
    counts = select(Deal.score, Deal.upvote_count, Deal.downvote_count).where(Deal.id == deal_id)
    score, upvote_count, downvote_count = db.session.execute(counts).one()
    return TallyOut(deal_id=deal_id, value=value, score=score, upvote_count=upvote_count, downvote_count=downvote_count)
