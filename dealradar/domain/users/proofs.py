"""What is known of who shows a credential.

Each is read on a connection of its own, given back before the request takes one, before a slow hash, and before a
cached answer that needs none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Executable, or_, select, update

from dealradar.domain.users import queries
from dealradar.domain.users.actors import Actor
from dealradar.domain.users.models import ApiKey, Role, Standing, Token, User
from dealradar.extensions import db

USE_NOTED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Account:
    """Whom a login names, and what is kept of their password."""

    user_id: int
    password_hash: str
    standing: Standing


@dataclass(frozen=True)
class TokenProof:
    """A token that is good, whose it is, and how long it may be."""

    token_id: int
    actor: Actor
    expires_at: datetime


@dataclass(frozen=True)
class KeyProof:
    """An API key that is good, what it may be used for, and how long; None is for good."""

    key_id: int
    scopes: frozenset[str]
    expires_at: datetime | None


def of_login(login: str) -> Account | None:
    """Return whose *login* it is, a username or an e-mail address; None if nobody's who could log in."""
    return _account(queries.named(login))


def of_person(user_id: int) -> Account | None:
    """Return what is kept of the person's password; None if they have none."""
    return _account(User.id == user_id)


def _account(who: ColumnElement[bool]) -> Account | None:
    found = select(User.id, User.password_hash, User.standing).where(who, User.password_hash.is_not(None))
    with _autocommit() as connection:
        row = connection.execute(found).one_or_none()
    return Account(row.id, str(row.password_hash), Standing(row.standing)) if row else None


def of_token(token_hash: bytes, *, now: datetime) -> TokenProof | None:
    """Return what the token of that hash proves at *now*; None if it is unknown, expired, revoked or its person banned.

    Notes the use, at most once a minute; commits that by itself.
    """
    good = (
        select(Token.id, Token.last_used_at, Token.expires_at, Token.user_id, User.role)
        .join(User, User.id == Token.user_id)
        .where(Token.token_hash == token_hash, Token.revoked_at.is_(None), Token.expires_at > now)
        .where(User.standing != Standing.BANNED)
    )
    row = _read_and_note(good, Token, now=now)
    return TokenProof(row.id, Actor(row.user_id, Role(row.role)), row.expires_at) if row else None


def of_api_key(key_hash: bytes, *, now: datetime) -> KeyProof | None:
    """Return what the API key of that hash proves at *now*; None if it is unknown, expired or revoked.

    Notes the use, at most once a minute; commits that by itself.
    """
    good = select(ApiKey.id, ApiKey.last_used_at, ApiKey.expires_at, ApiKey.scopes).where(
        ApiKey.key_hash == key_hash,
        ApiKey.revoked_at.is_(None),
        or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now),
    )
    row = _read_and_note(good, ApiKey, now=now)
    return KeyProof(row.id, frozenset(row.scopes), row.expires_at) if row else None


def _read_and_note(good: Executable, credential: type[Token | ApiKey], *, now: datetime) -> Any:  # noqa: ANN401  a row
    with _autocommit() as connection:
        row = connection.execute(good).one_or_none()
        if row is not None and (row.last_used_at is None or row.last_used_at <= now - USE_NOTED_EVERY):
            _note_use(connection, credential, row.id, now=now)
        return row


def _autocommit() -> Connection:
    return db.engine.execution_options(isolation_level="AUTOCOMMIT").connect()


def _note_use(connection: Connection, credential: type[Token | ApiKey], row_id: int, *, now: datetime) -> None:
    """Write when the credential was last used; of requests that come at once, one writes and none waits."""
    due = (
        select(credential.id)
        .where(credential.id == row_id)
        .where(or_(credential.last_used_at.is_(None), credential.last_used_at <= now - USE_NOTED_EVERY))
        .with_for_update(skip_locked=True)
    )
    connection.execute(update(credential).where(credential.id.in_(due)).values(last_used_at=now))
