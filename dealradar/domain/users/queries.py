import re
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select

from dealradar.domain import pages
from dealradar.domain.errors import NotFoundError
from dealradar.domain.pages import Key, Order, Window
from dealradar.domain.shapes import Page
from dealradar.domain.users.models import Role, Standing, User
from dealradar.domain.users.shapes import OwnOut, UserOut, UserQuery
from dealradar.extensions import db

ABSENT: Final = "There is no such person."
PUBLIC: Final = tuple(getattr(User, name) for name in UserOut.model_fields)
OWN: Final = tuple(getattr(User, name) for name in OwnOut.model_fields)
NEWEST: Final = Order("newest", (Key(User.created_at), Key(User.id)))
_WILDCARDS: Final = re.compile(r"[\\%_]")


def get(user_id: int) -> UserOut:
    """Return a person as everybody sees them.

    Raises:
        NotFoundError: There is no such person.
    """
    row = db.session.execute(select(*PUBLIC).where(User.id == user_id)).one_or_none()
    if row is None:
        raise NotFoundError(ABSENT)
    return UserOut.model_validate(row)


def listing(query: UserQuery) -> Page[UserOut]:
    """Return a page of people, who joined last first.

    Raises:
        BadCursorError: The cursor is not of this list.
    """
    window = Window(scope=f"people {query.q!r} {query.standing}", limit=query.limit, cursor=query.cursor)
    rows, next_cursor = pages.fetch(db.session(), select(*PUBLIC).where(*_conditions(query)), NEWEST, window)
    return Page(items=[UserOut.model_validate(row) for row in rows], next_cursor=next_cursor)


def own(user_id: int, *, for_update: bool = False) -> OwnOut:
    """Return a person as they see themselves; *for_update* keeps others from changing them until the commit.

    Raises:
        NotFoundError: There is no such person.
    """
    statement = select(*OWN).where(User.id == user_id)
    if for_update:
        statement = statement.with_for_update(key_share=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFoundError(ABSENT)
    return OwnOut.model_validate(row)


def addresses_for_alerts() -> tuple[str, ...]:
    """Return the e-mail addresses of the admins who want alerts, in the order in which they joined."""
    wanting = select(User.email).where(User.role == Role.ADMIN, User.email_alerts, User.email.is_not(None))
    addresses = db.session.scalars(wanting.where(User.standing != Standing.BANNED).order_by(User.id))
    return tuple(address for address in addresses if address is not None)


def named(login: str) -> ColumnElement[bool]:
    """Return the condition that a person has *login* as their e-mail address or, having no @ in it, as username."""
    column = User.email if "@" in login else User.username
    return func.lower(column) == func.lower(login)


def _conditions(query: UserQuery) -> list[ColumnElement[bool]]:
    conditions = [] if query.standing is None else [User.standing == query.standing]
    if query.q is not None:
        literally = _WILDCARDS.sub(r"\\\g<0>", query.q)
        anywhere = f"%{literally}%"
        conditions.append(or_(User.username.ilike(anywhere), User.display_name.ilike(anywhere)))
    return conditions
