"""Credentials of machines."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from psycopg.errors import UniqueViolation
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dealradar.domain.errors import ConflictError, Fault, InvalidError, NotFoundError
from dealradar.domain.shapes import Moment, Output
from dealradar.domain.users import credentials
from dealradar.domain.users.models import ApiKey
from dealradar.extensions import db

SCOPES: Final = {
    "cache:invalidate": "make what is cached stale",
    "cache:warm": "have responses made before they are asked for",
    "cache:read": "look at what is cached",
    "metrics:read": "read what was measured, from anywhere",
}
PREFIX_LENGTH: Final = 12
NAME_MAX_LENGTH: Final = 80


class ApiKeyOut(Output):
    """A key as operators see it; *prefix* is how its secret begins."""

    id: int
    name: str
    prefix: str
    scopes: Sequence[str]
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None
    revoked_at: Moment | None


def create(name: str, scopes: Sequence[str], *, expires_at: datetime | None = None) -> str:
    """Return the secret of a new key, the only time that it is seen; the caller commits.

    Raises:
        InvalidError: A scope is unknown, or there is none; or the name is empty or longer than 80 characters.
        ConflictError: There is a key of that name.
    """
    _check(name, scopes)
    secret = credentials.make(credentials.API_KEY)
    row = {
        "name": name,
        "prefix": secret[:PREFIX_LENGTH],
        "key_hash": credentials.hash_of(secret),
        "scopes": sorted(set(scopes)),
        "expires_at": expires_at,
    }
    try:
        with db.session.begin_nested():
            db.session.execute(insert(ApiKey).values(row))
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation):
            raise ConflictError(f"name: there is a key called {name} already, if only a revoked one.") from None
        raise
    return secret


def listing() -> list[ApiKeyOut]:
    """Return all keys, the oldest first, revoked ones too."""
    rows = db.session.scalars(select(ApiKey).order_by(ApiKey.id))
    return [ApiKeyOut.model_validate(row) for row in rows]


def revoke(name: str) -> None:
    """Make the key worth nothing, at once; the caller commits. Doing it twice is fine.

    Raises:
        NotFoundError: There is no key of that name.
    """
    revoked_at = func.coalesce(ApiKey.revoked_at, func.now())
    revoked = update(ApiKey).where(ApiKey.name == name).values(revoked_at=revoked_at).returning(ApiKey.id)
    if db.session.execute(revoked).one_or_none() is None:
        raise NotFoundError(f"There is no API key called {name}.")


def _check(name: str, scopes: Sequence[str]) -> None:
    if not 1 <= len(name) <= NAME_MAX_LENGTH:
        raise InvalidError(Fault("name", f"must have 1 to {NAME_MAX_LENGTH} characters"))
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise InvalidError(Fault("scopes", f"must be some of {', '.join(SCOPES)}; not {', '.join(unknown) or 'none'}"))
