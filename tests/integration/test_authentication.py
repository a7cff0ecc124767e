from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from dealradar.domain.errors import UnauthenticatedError
from dealradar.domain.users import Actor, Role, tokens
from dealradar.domain.users.models import Standing, Token, User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from dealradar.security.authentication import authenticate
from dealradar.security.callers import ANYBODY
from tests.factories.people import TOKEN_TTL_S, token_for


def _bearer(secret: str, *, now: datetime | None = None) -> Actor | None:
    return authenticate(f"Bearer {secret}", None, now=now).actor


@contextmanager
def _counted() -> Iterator[list[str]]:
    executed: list[str] = []

    def note(*told: Any) -> None:
        executed.append(told[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield executed
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_without_credentials_one_is_anybody() -> None:
    assert authenticate(None, None) is ANYBODY


def test_a_token_says_who_calls(alice: User) -> None:
    secret = token_for(alice)

    assert _bearer(secret) == Actor(alice.id, Role.MEMBER)
    assert authenticate(f"bearer  {secret}", None).actor == Actor(alice.id, Role.MEMBER)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic YWxpY2U6", "Bearer dr_nonsense", f"Bearer dr_{'x' * 43}", "Bearer dr_ü\x00"],
)
def test_what_is_shown_and_not_good_is_refused(authorization: str) -> None:
    with pytest.raises(UnauthenticatedError):
        authenticate(authorization, None)


def test_a_token_is_no_api_key_and_both_at_once_are_refused(alice: User) -> None:
    secret = token_for(alice)

    with pytest.raises(UnauthenticatedError):
        authenticate(None, secret)
    with pytest.raises(UnauthenticatedError, match="not both"):
        authenticate(f"Bearer {secret}", secret)


def test_a_token_is_worth_nothing_once_its_time_is_over(alice: User) -> None:
    now = datetime.now(UTC)
    secret = token_for(alice)

    assert _bearer(secret, now=now + timedelta(seconds=TOKEN_TTL_S - 5))
    with pytest.raises(UnauthenticatedError):
        _bearer(secret, now=now + timedelta(seconds=TOKEN_TTL_S + 5))


def test_a_revoked_token_stops_working_at_once_and_spares_the_others(alice: User) -> None:
    phone, laptop = token_for(alice), token_for(alice)
    caller = authenticate(f"Bearer {phone}", None)

    with transaction():
        tokens.revoke(caller.token_id or 0)

    assert _bearer(laptop)
    with pytest.raises(UnauthenticatedError):
        _bearer(phone)


def test_a_banned_person_is_refused_even_with_a_token_that_was_not_revoked(alice: User) -> None:
    secret = token_for(alice)

    with transaction():
        db.session.execute(update(User).values(standing=Standing.BANNED))

    with pytest.raises(UnauthenticatedError):
        _bearer(secret)


def test_the_use_of_a_token_is_noted_once_a_minute_and_else_costs_one_statement(alice: User) -> None:
    secret = token_for(alice)
    noon = datetime.now(UTC)

    for seconds, statements in ((0, 2), (59, 1), (60, 2)):
        with _counted() as executed:
            _bearer(secret, now=noon + timedelta(seconds=seconds))
        assert len(executed) == statements, seconds

    assert db.session.query(Token.last_used_at).scalar() == noon + timedelta(seconds=60)


def test_a_use_that_another_request_is_noting_is_not_waited_for(alice: User) -> None:
    secret = token_for(alice)
    db.session.execute(update(Token).values(last_used_at=datetime.now(UTC) - timedelta(hours=1)))

    assert _bearer(secret) == Actor(alice.id, Role.MEMBER)

    db.session.rollback()
