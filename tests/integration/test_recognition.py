"""Who shows a credential is known without asking the database, for as long as what was known holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from dealradar.cache import Hit
from dealradar.config import Settings
from dealradar.domain import users
from dealradar.domain.errors import UnauthenticatedError
from dealradar.domain.users import Actor, Role, api_keys, proofs, tokens
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.httpcache import stores
from dealradar.invalidation import sweep, transaction
from dealradar.security.authentication import authenticate
from dealradar.security.callers import Caller
from dealradar.security.records import Credential, Kind
from tests.applications import Make
from tests.factories.people import token_for

RECORDS: Final = "dealradarus:v1:identity:*"


def _who(secret: str, *, now: datetime | None = None) -> Caller:
    return authenticate(f"Bearer {secret}", None, now=now, is_by_record=True)


def _machine(secret: str) -> Caller:
    return authenticate(None, secret, is_by_record=True)


@contextmanager
def _asked() -> Iterator[list[str]]:
    """Give what the database is asked meanwhile about credentials."""
    executed: list[str] = []

    def note(*told: object) -> None:
        statement = str(told[2])
        if "tokens" in statement or "api_keys" in statement:
            executed.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield executed
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def known(alice: User) -> str:
    """Return a token of alice's whose record is in the store."""
    secret = token_for(alice)
    assert _who(secret).actor == Actor(alice.id, Role.MEMBER)
    with _asked() as asked:
        assert _who(secret).actor == Actor(alice.id, Role.MEMBER)
    assert asked == []
    return secret


@pytest.fixture
def key(app: Flask) -> str:  # noqa: ARG001  its context
    """Return an API key whose record is in the store."""
    with transaction():
        secret = api_keys.create("robot", ["cache:read"])
    assert _machine(secret).scopes == {"cache:read"}
    return secret


def test_whose_token_it_is_is_asked_once_a_minute(alice: User) -> None:
    secret, noon = token_for(alice), datetime.now(UTC)

    for seconds, statements in ((0, 2), (1, 0), (59, 0), (60, 2)):
        with _asked() as asked:
            assert _who(secret, now=noon + timedelta(seconds=seconds)).actor == Actor(alice.id, Role.MEMBER)
        assert len(asked) == statements, seconds


def test_a_machine_is_known_by_its_record(key: str) -> None:
    with _asked() as asked:
        assert _machine(key).scopes == {"cache:read"}

    assert asked == []


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_hit_for_a_member_asks_the_database_nothing(known: str, client: FlaskClient, method: str) -> None:
    bearer = {"Authorization": f"Bearer {known}"}
    client.get("/api/categories", headers=bearer)

    with _asked() as asked:
        answer = getattr(client, method)("/api/categories", headers=bearer)

    assert answer.headers["X-Cache"] == "HIT"
    assert asked == []


def test_who_may_change_something_is_asked_of_the_database(known: str, client: FlaskClient) -> None:
    with _asked() as asked:
        client.post("/api/reviews", json={}, headers={"Authorization": f"Bearer {known}"})

    assert len(asked) == 1


def test_who_has_logged_out_is_refused_by_every_process(known: str, client: FlaskClient, make: Make) -> None:
    bearer = {"Authorization": f"Bearer {known}"}
    other = make().test_client()
    assert other.get("/api/categories", headers=bearer).status_code == 200

    assert client.post("/api/auth/logout", headers=bearer).status_code == 204

    assert other.get("/api/categories", headers=bearer).status_code == 401
    assert client.get("/api/categories", headers=bearer).status_code == 401


def test_who_is_banned_is_refused(known: str, alice: User, mona: User) -> None:
    with transaction():
        users.ban(alice.id, by=Actor(mona.id, Role.MODERATOR))

    with pytest.raises(UnauthenticatedError):
        _who(known)


def test_a_role_is_in_force_with_the_next_request(known: str) -> None:
    with transaction():
        users.set_role("alice", Role.MODERATOR)

    assert _who(known).actor == Actor(1, Role.MODERATOR)


REVOCATIONS: Final[dict[str, str]] = {
    "the log-in is revoked": "UPDATE tokens SET revoked_at = now()",
    "the log-in is over": "UPDATE tokens SET expires_at = now() - interval '1 s'",
    "the log-in is deleted": "DELETE FROM tokens",
    "the person is banned": "UPDATE users SET standing = 'banned'",
    "the person is deleted": "DELETE FROM users",
}


@pytest.mark.parametrize("case", REVOCATIONS)
def test_what_was_revoked_past_the_site_is_refused_once_it_was_swept(known: str, case: str) -> None:
    db.session.execute(text(REVOCATIONS[case]))
    db.session.execute(text("UPDATE cache_outbox SET created_at = now() - interval '1 min'"))
    db.session.commit()

    sweep()

    with pytest.raises(UnauthenticatedError):
        _who(known)


def test_another_password_has_the_database_asked_again(known: str) -> None:
    with transaction():
        db.session.execute(text("UPDATE users SET password_hash = 'x'"))

    with _asked() as asked:
        _who(known)
    assert asked


@pytest.mark.parametrize("change", ["revoked_at = now()", "expires_at = now() - interval '1 s'"])
def test_an_api_key_that_was_revoked_or_is_over_is_refused(key: str, change: str) -> None:
    with transaction():
        db.session.execute(text(f"UPDATE api_keys SET {change}"))  # noqa: S608  from above

    with pytest.raises(UnauthenticatedError):
        _machine(key)


def test_the_scopes_of_an_api_key_are_in_force_with_the_next_request(key: str) -> None:
    with transaction():
        db.session.execute(text("UPDATE api_keys SET scopes = '{cache:warm}'"))

    assert _machine(key).scopes == {"cache:warm"}


def test_an_expired_token_is_refused_though_it_was_known_a_moment_before(alice: User) -> None:
    now = datetime.now(UTC)
    with transaction():
        secret = tokens.issue(alice.id, ttl_s=10, now=now).secret
    _who(secret, now=now + timedelta(seconds=9))

    with pytest.raises(UnauthenticatedError):
        _who(secret, now=now + timedelta(seconds=10))


def test_what_is_revoked_while_it_is_looked_up_is_not_kept_as_good(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, prove = token_for(alice), proofs.of_token

    def then_revoked(token_hash: bytes, *, now: datetime) -> proofs.TokenProof | None:
        proof = prove(token_hash, now=now)
        with transaction():
            tokens.revoke_all_of(alice.id)
        return proof

    with monkeypatch.context() as patched:
        patched.setattr(proofs, "of_token", then_revoked)
        assert _who(secret).actor == Actor(alice.id, Role.MEMBER)  # it was good when it was looked up

    with pytest.raises(UnauthenticatedError):
        _who(secret)


def test_a_flush_costs_a_statement(known: str, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as store:
        store.flushdb()

    with _asked() as asked:
        _who(known)
    assert len(asked) == 1


def test_everything_being_invalidated_has_the_database_asked_again(known: str) -> None:
    stores.current().bump(["path:/"])

    with _asked() as asked:
        _who(known)
    assert len(asked) == 1


@pytest.mark.parametrize(
    "changes",
    [{"cache_enabled": False}, {"cache_bust_on_write": False}, {"redis_url": "redis://127.0.0.1:1/0"}],
)
def test_where_nothing_would_tell_of_a_revocation_the_database_is_asked(
    alice: User, make: Make, changes: dict[str, object]
) -> None:
    secret, other = token_for(alice), make(**changes)

    with other.app_context():
        for _ in range(2):
            with _asked() as asked:
                assert _who(secret).actor == Actor(alice.id, Role.MEMBER)
            assert len(asked) >= 1


def test_a_refusal_leaves_nothing_in_the_store(app: Flask, redis_url: str) -> None:  # noqa: ARG001  its context
    with pytest.raises(UnauthenticatedError):
        _who(f"dr_{'x' * 43}")

    with redis.Redis.from_url(redis_url) as store:
        assert store.keys("dealradarus:v1:tag:token:*") == []
        assert store.keys(RECORDS) == []


def test_neither_the_token_nor_its_digest_names_a_record_and_none_outlives_its_minute(
    known: str, redis_url: str
) -> None:
    with redis.Redis.from_url(redis_url) as store:
        (record,) = store.keys(RECORDS)
        blob, ttl_ms = store.get(record), store.pttl(record)

    assert known.encode() not in record + blob
    assert users.credentials.hash_of(known).hex().encode() not in record
    assert 0 < ttl_ms <= 60_000


def test_who_can_write_into_the_store_makes_nobody_an_admin(known: str, settings: Settings) -> None:
    credential = Credential(Kind.TOKEN, users.credentials.hash_of(known))
    key = credential.key(settings.secret_key.get_secret_value().encode())
    found = stores.current().lookup(key, credential.tags)
    assert isinstance(found, Hit)
    forged = found.entry.body.replace(b'"member"', b'"admin"')
    assert forged != found.entry.body

    stores.current().put(key, replace(found.entry, body=forged))

    assert _who(known).actor == Actor(1, Role.MEMBER)
