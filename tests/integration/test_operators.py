from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from dealradar.domain.errors import UnauthenticatedError
from dealradar.domain.users.models import ApiKey, User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from dealradar.security.authentication import authenticate

Typed = Callable[..., Result]
PASSWORD = ("--password", "correct horse")


@pytest.fixture
def typed(app: Flask) -> Typed:
    """Return what runs a command as an operator types it, and gives its result."""
    return lambda *words: app.test_cli_runner().invoke(args=words)


def test_an_operator_makes_an_admin_who_can_log_in(app: Flask, typed: Typed) -> None:
    assert typed("users", "create-admin", "root", "root@example.org", *PASSWORD).exit_code == 0

    session: Any = app.test_client().post("/api/auth/login", json={"login": "root", "password": "correct horse"})

    assert session.json["user"]["role"] == "admin"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [(("r", "root@example.org"), "username"), (("root", "root"), "email"), (("alice", "a@example.org"), "taken")],
)
@pytest.mark.usefixtures("alice")
def test_an_admin_who_can_not_be_made_is_explained(typed: Typed, words: tuple[str, str], complaint: str) -> None:
    result = typed("users", "create-admin", *words, *PASSWORD)

    assert result.exit_code == 1
    assert complaint in result.output


def test_a_role_is_in_force_with_the_next_request(typed: Typed, alice: User, as_: Any) -> None:
    client = as_(alice)

    assert typed("users", "set-role", "alice", "moderator").exit_code == 0

    assert client.get("/api/auth/me").json["role"] == "moderator"
    assert typed("users", "set-role", "nobody", "member").exit_code == 1
    assert typed("users", "set-role", "alice", "queen").exit_code == 2


def test_a_key_may_do_what_it_was_made_for_until_it_is_revoked(typed: Typed) -> None:
    secret = typed(
        "api-keys", "create", "purger", "--scope", "cache:invalidate", "--scope", "cache:read"
    ).output.strip()

    assert secret.startswith("dk_")
    assert authenticate(None, secret).scopes == {"cache:invalidate", "cache:read"}

    assert typed("api-keys", "revoke", "purger").exit_code == 0

    with pytest.raises(UnauthenticatedError):
        authenticate(None, secret)


def test_a_key_ends_when_it_was_said_to(typed: Typed) -> None:
    secret = typed("api-keys", "create", "prober", "--scope", "metrics:read", "--days", "1").output.strip()
    now = datetime.now(UTC)

    assert authenticate(None, secret, now=now + timedelta(hours=23)).scopes
    with pytest.raises(UnauthenticatedError):
        authenticate(None, secret, now=now + timedelta(hours=25))


def test_the_list_tells_keys_apart_and_shows_no_secret(typed: Typed) -> None:
    secret = typed("api-keys", "create", "prober", "--scope", "metrics:read").output.strip()
    typed("api-keys", "create", "guest", "--scope", "cache:read", "--days", "1")
    typed("api-keys", "create", "former", "--scope", "cache:read")
    typed("api-keys", "revoke", "former")
    with transaction():
        db.session.execute(
            update(ApiKey).where(ApiKey.name == "guest").values(expires_at=datetime(2020, 1, 2, tzinfo=UTC))
        )

    lines = typed("api-keys", "list").output.splitlines()

    assert lines[0] == f"prober  {secret[:12]}…  metrics:read  good for ever"
    assert lines[1].endswith("cache:read  expired 2020-01-02")
    assert " revoked " in lines[2]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("prober", "--scope", "metrics:read"), "already"),
        (("other", "--scope", "cache:everything"), "cache:invalidate"),
        (("", "--scope", "metrics:read"), "name"),
        (("x" * 81, "--scope", "metrics:read"), "name"),
    ],
)
def test_a_key_that_can_not_be_made_is_explained(typed: Typed, words: tuple[str, ...], complaint: str) -> None:
    typed("api-keys", "create", "prober", "--scope", "metrics:read")

    result = typed("api-keys", "create", *words)

    assert result.exit_code == 1
    assert complaint in result.output


def test_a_key_that_does_not_exist_can_not_be_revoked(typed: Typed) -> None:
    assert typed("api-keys", "revoke", "nobody's").exit_code == 1
