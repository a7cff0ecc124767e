from collections.abc import Collection
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from dealradar.domain import pages
from dealradar.domain.deals.locks import lock
from dealradar.domain.deals.models import Bookmark, Deal
from dealradar.domain.deals.queries import ALL_VISIBLE
from dealradar.domain.deals.shapes import BookmarkOut
from dealradar.domain.pages import Key, Order, Window
from dealradar.domain.shapes import ListQuery, Page
from dealradar.domain.users import Actor
from dealradar.extensions import db

LATEST_FIRST: Final = Order("latest", (Key(Bookmark.created_at), Key(Bookmark.deal_id)))


def bookmark(deal_id: int, *, by: Actor) -> None:
    """Keep a deal for later; once more changes nothing. The caller commits.

    Raises:
        NotFoundError: There is no such deal, or it is hidden or removed.
    """
    lock(deal_id)
    kept = insert(Bookmark).values(deal_id=deal_id, user_id=by.user_id)
    db.session.execute(kept.on_conflict_do_nothing())


def unbookmark(deal_id: int, *, by: Actor) -> None:
    """No longer keep a deal; one that isn't kept stays so. The caller commits.

    Raises:
        NotFoundError: There is no such deal, or it is hidden or removed.
    """
    lock(deal_id)
    kept = delete(Bookmark).where(Bookmark.deal_id == deal_id, Bookmark.user_id == by.user_id)
    db.session.execute(kept, execution_options={"synchronize_session": False})


def kept_of(deal_ids: Collection[int], *, by: Actor) -> frozenset[int]:
    """Return which of some deals the person keeps."""
    own = select(Bookmark.deal_id).where(Bookmark.deal_id.in_(deal_ids), Bookmark.user_id == by.user_id)
    return frozenset(db.session.scalars(own))


def bookmarked_by(user_id: int, query: ListQuery) -> Page[BookmarkOut]:
    """Return a page of the deals that the person keeps, the last kept first.

    Raises:
        BadCursorError: The cursor is not of this list.
    """
    kept = ALL_VISIBLE.join(Bookmark, Bookmark.deal_id == Deal.id).where(Bookmark.user_id == user_id)
    statement = kept.add_columns(Bookmark.created_at.label("bookmarked_at"))
    window = Window(scope=f"bookmarks of user {user_id}", limit=query.limit, cursor=query.cursor)
    rows, next_cursor = pages.fetch(db.session(), statement, LATEST_FIRST, window)
    return Page(items=[BookmarkOut.model_validate(row) for row in rows], next_cursor=next_cursor)
