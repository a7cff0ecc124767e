from operator import eq, ge, lt
from typing import Any, Final

from sqlalchemy import ColumnElement, select
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
    statement = select(*columns, moderator).outerjoin(User, User.id == LogEntry.moderator_id)
    filters = query.model_dump_json(exclude={"limit", "cursor"})
    window = Window(scope=f"moderation log {filters}", limit=query.limit, cursor=query.cursor)
    rows, next_cursor = pages.fetch(db.session(), statement.where(*_conditions(query)), NEWEST, window)
    return Page(items=[LogEntryOut.model_validate(row) for row in rows], next_cursor=next_cursor)


def _conditions(query: LogQuery) -> list[ColumnElement[bool]]:
    wanted = (
        (LogEntry.moderator_id, eq, query.moderator),
        (LogEntry.action, eq, query.action),
        (LogEntry.target_type, eq, query.target_type),
        (LogEntry.target_id, eq, query.target_id),
        (LogEntry.report_id, eq, query.report),
        (LogEntry.created_at, ge, query.since),
        (LogEntry.created_at, lt, query.until),
    )
    return [compare(column, value) for column, compare, value in wanted if value is not None]
