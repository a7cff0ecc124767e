from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import QueuePool, select

from dealradar.domain import users
from dealradar.domain.errors import ConflictError
from dealradar.domain.users import LogIn, Passwords, Registration, SessionOut
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.interleaving import others, until_one_waits

ALICE = Registration(username="alice", email="alice@example.org", password="correct horse")
LOG_IN = LogIn(login="alice", password="correct horse")
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
DEARER = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)

pytestmark = pytest.mark.usefixtures("app")


class Watchful(Passwords):
    """Takes note of how many database connections are held when a hash is to be worked out."""

    def __init__(self) -> None:
        super().__init__(max_concurrent=1, hasher=CHEAP)
        self.held: list[int] = []

    def hash(self, password: str) -> str:
        self._look()
        return super().hash(password)

    def is_right(self, password: str, kept: str | None) -> bool:
        self._look()
        return super().is_right(password, kept)

    def _look(self) -> None:
        assert isinstance(db.engine.pool, QueuePool)
        self.held.append(db.engine.pool.checkedout())


def _register(wish: Registration = ALICE, *, passwords: Passwords | None = None) -> SessionOut:
    passwords = passwords or Passwords(max_concurrent=1, hasher=CHEAP)
    return users.register(wish, passwords=passwords, token_ttl_s=60, now=datetime.now(UTC))


def _log_in(passwords: Passwords) -> SessionOut:
    with transaction():
        return users.log_in(LOG_IN, passwords=passwords, token_ttl_s=60, now=datetime.now(UTC))


def _kept() -> str | None:
    return db.session.scalar(select(User.password_hash))


def test_who_waits_for_a_hash_holds_no_database_connection() -> None:
    passwords = Watchful()
    db.session.remove()

    with transaction():
        _register(passwords=passwords)
    _log_in(passwords)

    assert passwords.held == [0, 0]


def test_a_hash_of_former_parameters_is_replaced_when_its_owner_logs_in() -> None:
    with transaction():
        _register()
    before = _kept()

    _log_in(Passwords(max_concurrent=1, hasher=DEARER))

    after = _kept()
    assert after != before
    _log_in(Passwords(max_concurrent=1, hasher=DEARER))
    assert _kept() == after


def test_of_two_who_want_one_name_at_once_the_later_is_told_that_it_is_taken(app: Flask) -> None:
    other = ALICE.model_copy(update={"username": "ALICE", "email": "other@example.org"})

    with others(app) as start:
        with transaction():
            _register()
            later = start(lambda: _register(other))
            until_one_waits()

        with pytest.raises(ConflictError, match=r"^username: "):
            later.result(timeout=10)
