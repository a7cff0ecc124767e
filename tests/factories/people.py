"""People for tests, as rows that are committed."""

from datetime import UTC, datetime
from typing import Any, Final

from dealradar.domain.users import Role, tokens
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction

TOKEN_TTL_S: Final = 3_600


def make_user(username: str, role: Role = Role.MEMBER, **columns: Any) -> User:
    """Return a person who can be sent notifications and be given tokens, but has no password to log in with."""
    told = {"email": f"{username}@example.org", "display_name": username.capitalize()} | columns
    user = User(username=username, role=role, **told)
    with transaction():
        db.session.add(user)
    db.session.refresh(user)
    return user


def token_for(user: User) -> str:
    """Return the secret of a new token of *user*, for ``Authorization: Bearer``."""
    with transaction():
        return tokens.issue(user.id, ttl_s=TOKEN_TTL_S, now=datetime.now(UTC)).secret
