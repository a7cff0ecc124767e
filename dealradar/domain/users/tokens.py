"""Log-ins: each is one token, good until it expires or is revoked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update

from dealradar.domain.users import credentials
from dealradar.domain.users.models import Token
from dealradar.extensions import db

KEPT: Final = timedelta(days=30)
"""For how long it can still be seen when somebody was logged in."""
MAX_FORGOTTEN: Final = 1_000


@dataclass(frozen=True)
class Issued:
    """A new token; the only time that its secret is seen."""

    secret: str
    expires_at: datetime


def issue(user_id: int, *, ttl_s: int, now: datetime) -> Issued:
    """Return a new token of the person; the caller commits."""
    issued = Issued(credentials.make(credentials.TOKEN), now + timedelta(seconds=ttl_s))
    row = {"user_id": user_id, "token_hash": credentials.hash_of(issued.secret), "expires_at": issued.expires_at}
    db.session.execute(insert(Token).values(row))
    return issued


def revoke(token_id: int) -> None:
    """Make the token worth nothing, at once; the caller commits. Doing it twice is fine."""
    _revoke(Token.id == token_id)


def revoke_all_of(user_id: int) -> None:
    """Make every token of the person worth nothing, at once; the caller commits."""
    _revoke(Token.user_id == user_id)


def revoke_others_of(user_id: int, *, kept_id: int | None) -> None:
    """Make every token of the person worth nothing, at once, but for one; the caller commits."""
    _revoke(and_(Token.user_id == user_id, Token.id.is_distinct_from(kept_id)))


def forget_expired(*, now: datetime) -> int:
    """Delete tokens that expired `KEPT` ago or earlier, a thousand at most; return how many. The caller commits."""
    old = select(Token.id).where(Token.expires_at < now - KEPT).order_by(Token.expires_at).limit(MAX_FORGOTTEN)
    # As an array, so that each is looked up: as a list to be joined PostgreSQL would read all tokens for it.
    gone = delete(Token).where(Token.id == func.any(func.array(old.scalar_subquery()))).returning(Token.id)
    return len(db.session.scalars(gone, execution_options={"synchronize_session": False}).all())


def _revoke(which: ColumnElement[bool]) -> None:
    db.session.execute(update(Token).where(which, Token.revoked_at.is_(None)).values(revoked_at=func.now()))
