from typing import Final

from sqlalchemy import ColumnElement, func, select

from dealradar.domain.errors import NotFoundError
from dealradar.domain.users.models import User
from dealradar.domain.users.shapes import OwnOut, UserOut
from dealradar.extensions import db

ABSENT: Final = "There is no such person."
PUBLIC: Final = tuple(getattr(User, name) for name in UserOut.model_fields)
OWN: Final = tuple(getattr(User, name) for name in OwnOut.model_fields)


def get(user_id: int) -> UserOut:
    """Return a person as everybody sees them.

    Raises:
        NotFoundError: There is no such person.
    """
    row = db.session.execute(select(*PUBLIC).where(User.id == user_id)).one_or_none()
    if row is None:
        raise NotFoundError(ABSENT)
    return UserOut.model_validate(row)


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


def named(login: str) -> ColumnElement[bool]:
    """Return the condition that a person has *login* as their e-mail address or, having no @ in it, as username."""
    column = User.email if "@" in login else User.username
    return func.lower(column) == func.lower(login)
