"""How moderators judge people: warned, banned, and forgiven."""

from typing import Final

from sqlalchemy import select, update

from dealradar.domain.errors import ForbiddenError, NotFoundError
from dealradar.domain.users import queries, tokens
from dealradar.domain.users.actors import Actor
from dealradar.domain.users.models import Role, Standing, User
from dealradar.domain.users.shapes import UserOut
from dealradar.extensions import db

NOT_YOURS: Final = "Only somebody of a higher role may judge this person."


def warn(user_id: int, *, by: Actor) -> UserOut:
    """Mark a person as warned, unless they are banned already; the caller commits.

    Raises:
        NotFoundError: There is no such person.
        ForbiddenError: *by* has no higher role than the person.
    """
    if _lock(user_id, by) is not Standing.BANNED:
        _set(user_id, Standing.WARNED)
    return queries.get(user_id)


def ban(user_id: int, *, by: Actor) -> UserOut:
    """Shut a person out: every token is revoked, and no log-in gives another. The caller commits.

    Raises:
        NotFoundError: There is no such person.
        ForbiddenError: *by* has no higher role than the person.
    """
    _lock(user_id, by)
    _set(user_id, Standing.BANNED)
    tokens.revoke_all_of(user_id)
    return queries.get(user_id)


def unban(user_id: int, *, by: Actor) -> UserOut:
    """Let a banned person in again, as one who has been warned; the caller commits.

    Raises:
        NotFoundError: There is no such person.
        ForbiddenError: *by* has no higher role than the person.
    """
    if _lock(user_id, by) is Standing.BANNED:
        _set(user_id, Standing.WARNED)
    return queries.get(user_id)


def _lock(user_id: int, by: Actor) -> Standing:
    locked = select(User.role, User.standing).where(User.id == user_id).with_for_update(key_share=True)
    row = db.session.execute(locked).one_or_none()
    if row is None:
        raise NotFoundError(queries.ABSENT)
    if not by.outranks(Role(row.role)):
        raise ForbiddenError(NOT_YOURS)
    return Standing(row.standing)


def _set(user_id: int, standing: Standing) -> None:
    db.session.execute(update(User).where(User.id == user_id).values(standing=standing))
