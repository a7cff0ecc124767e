"""Join, log in, log out, and change what one says of oneself."""

from datetime import datetime
from typing import Final

from psycopg.errors import UniqueViolation
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from dealradar.domain.errors import (
    ConflictError,
    Fault,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)
from dealradar.domain.users import proofs, queries, tokens
from dealradar.domain.users.actors import Actor
from dealradar.domain.users.models import Role, Standing, User
from dealradar.domain.users.passwords import Passwords
from dealradar.domain.users.shapes import LogIn, OwnChange, OwnOut, PasswordChange, Registration, SessionOut
from dealradar.extensions import db

TAKEN: Final = {
    "uq_users_username_lower": "username: this name is taken; choose another.",
    "uq_users_email_lower": "email: this address belongs to an account already; log in instead.",
}


def register(wish: Registration, *, passwords: Passwords, token_ttl_s: int, now: datetime) -> SessionOut:
    """Let a person join, and log them in; the caller commits.

    Raises:
        ConflictError: The username or the e-mail address is taken, whatever the case of its letters.
        BusyError: Too many passwords are being hashed.
    """
    user_id = join(wish, role=Role.MEMBER, passwords=passwords)
    return _session(user_id, ttl_s=token_ttl_s, now=now)


def join(wish: Registration, *, role: Role, passwords: Passwords) -> int:
    """Make an account; return whose. The caller commits.

    Raises:
        ConflictError: The username or the e-mail address is taken, whatever the case of its letters.
        BusyError: Too many passwords are being hashed.
    """
    password_hash = passwords.hash(wish.password)
    columns = wish.model_dump(exclude={"password"})
    new = insert(User).values(**columns, display_name=wish.username, role=role, password_hash=password_hash)
    try:
        with db.session.begin_nested():
            return db.session.execute(new.returning(User.id)).scalar_one()
    except IntegrityError as error:
        raise _refusal(error) from None


def log_in(wish: LogIn, *, passwords: Passwords, token_ttl_s: int, now: datetime) -> SessionOut:
    """Give a new token to a person who knows their password; the caller commits.

    Whether there is such an account can't be told from the answer, nor from how long it takes.

    Raises:
        UnauthenticatedError: There is no such account, or this is not its password.
        ForbiddenError: The person is banned.
        BusyError: Too many passwords are being hashed.
    """
    known = proofs.of_login(wish.login)
    if not passwords.is_right(wish.password, known.password_hash if known else None) or known is None:
        raise UnauthenticatedError("The login or the password is wrong.")
    if known.standing is Standing.BANNED:
        raise ForbiddenError("This account is banned.")
    if passwords.is_outdated(known.password_hash):
        _keep(known, passwords.hash(wish.password))
    return _session(known.user_id, ttl_s=token_ttl_s, now=now)


def change(wish: OwnChange, *, by: Actor) -> OwnOut:
    """Set the given fields of the person's own account; the caller commits."""
    fields = wish.model_dump(exclude_unset=True)
    if fields:
        db.session.execute(update(User).where(User.id == by.user_id).values(**fields))
    return queries.own(by.user_id)


def change_password(wish: PasswordChange, *, by: Actor, token_id: int | None, passwords: Passwords) -> None:
    """Give the person another password, and end all their log-ins but that of *token_id*; the caller commits.

    Raises:
        InvalidError: Their password is another than they say.
        ConflictError: It has been changed meanwhile.
        BusyError: Too many passwords are being hashed.
    """
    known = proofs.of_person(by.user_id)
    if not passwords.is_right(wish.current_password, known.password_hash if known else None) or known is None:
        raise InvalidError(Fault("current_password", "is not your password"))
    if not _keep(known, passwords.hash(wish.new_password)):
        raise ConflictError("Your password has been changed meanwhile; log in with the new one.")
    tokens.revoke_others_of(by.user_id, kept_id=token_id)


def set_role(username: str, role: Role) -> int:
    """Give the person of that name a role, in force with their next request; return who it is. The caller commits.

    Raises:
        NotFoundError: There is no such person.
    """
    given = update(User).where(queries.named(username)).values(role=role).returning(User.id)
    user_id = db.session.execute(given).scalar()
    if user_id is None:
        raise NotFoundError(queries.ABSENT)
    return user_id


def _keep(known: proofs.Account, password_hash: str) -> bool:
    """Keep *password_hash* instead of the one that was read; return whether that hadn't been changed since."""
    same = (User.id == known.user_id, User.password_hash == known.password_hash)
    kept = update(User).where(*same).values(password_hash=password_hash, updated_at=User.updated_at)
    return db.session.scalar(kept.returning(User.id)) is not None


def _session(user_id: int, *, ttl_s: int, now: datetime) -> SessionOut:
    issued = tokens.issue(user_id, ttl_s=ttl_s, now=now)
    return SessionOut(user=queries.own(user_id), token=issued.secret, expires_at=issued.expires_at)


def _refusal(error: IntegrityError) -> Exception:
    if isinstance(error.orig, UniqueViolation) and error.orig.diag.constraint_name in TAKEN:
        return ConflictError(TAKEN[error.orig.diag.constraint_name])
    return error
