from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Bundle

from dealradar.domain import pages
from dealradar.domain.moderation.models import LogEntry
from dealradar.domain.moderation.shapes import LogEntryOut, LogQuery
from dealradar.domain.pages import Key, Order, Window
from dealradar.domain.shapes import Page
from dealradar.domain.users import AuthorOut
from dealradar.domain.users.models import User
from dealradar.extensions import db

NEWEST: Final = Order("newest", (Key(LogEntry.created_at), Key(LogEntry.id)))


def log(query: LogQuery) -> Page[LogEntryOut]:
    """Return a page of what moderators did, the latest first.

    Raises:
        BadCursorError: The cursor is not of this list.
    """
    moderator: Bundle[Any] = Bundle("moderator", *(getattr(User, name) for name in AuthorOut.model_fields))
    columns = (getattr(LogEntry, name) for name in LogEntryOut.model_fields if name != "moderator")
    wanted = (
        (LogEntry.moderator_id, query.moderator),
        (LogEntry.action, query.action),
        (LogEntry.target_type, query.target_type),
    )
    statement = (
        select(*columns, moderator)
        .outerjoin(User, User.id == LogEntry.moderator_id)
        .where(*(column == value for column, value in wanted if value is not None))
    )
    filters = query.model_dump_json(exclude={"limit", "cursor"})
    window = Window(scope=f"moderation log {filters}", limit=query.limit, cursor=query.cursor)
    rows, next_cursor = pages.fetch(db.session(), statement, NEWEST, window)
    return Page(items=[LogEntryOut.model_validate(row) for row in rows], next_cursor=next_cursor)
