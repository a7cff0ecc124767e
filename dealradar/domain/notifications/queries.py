from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Bundle

from dealradar.domain import pages
from dealradar.domain.notifications.models import Notification
from dealradar.domain.notifications.shapes import NotificationOut, NotificationQuery
from dealradar.domain.pages import Key, Order, Window
from dealradar.domain.shapes import Page
from dealradar.domain.users import AuthorOut
from dealradar.domain.users.models import User
from dealradar.extensions import db

MAX_COUNTED: Final = 1_000
NEWEST_FIRST: Final = Order("newest", (Key(Notification.created_at), Key(Notification.id)))
COLUMNS: Final = (
    *(getattr(Notification, name) for name in NotificationOut.model_fields if name != "actor"),
    Bundle("actor", *(getattr(User, name) for name in AuthorOut.model_fields)),
)


def of_user(user_id: int, query: NotificationQuery) -> Page[NotificationOut]:
    """Return a page of what the person was told, the last first.

    Raises:
        BadCursorError: The cursor is not of this list.
    """
    told = select(*COLUMNS).join(User, User.id == Notification.actor_id, isouter=True)
    told = told.where(Notification.user_id == user_id, *_conditions(query))
    window = Window(f"notifications of {user_id} unread={query.unread}", limit=query.limit, cursor=query.cursor)
    rows, next_cursor = pages.fetch(db.session(), told, NEWEST_FIRST, window)
    return Page(items=[NotificationOut.model_validate(row) for row in rows], next_cursor=next_cursor)


def unread_count(user_id: int) -> int:
    """Return how many notifications the person has not read yet, `MAX_COUNTED` if there are more."""
    unread = select(Notification.id).where(Notification.user_id == user_id, Notification.read_at.is_(None))
    counted = unread.limit(MAX_COUNTED).subquery()
    return db.session.execute(select(func.count()).select_from(counted)).scalar_one()


def _conditions(query: NotificationQuery) -> tuple[ColumnElement[bool], ...]:
    if query.unread is None:
        return ()
    return (Notification.read_at.is_(None) if query.unread else Notification.read_at.is_not(None),)
