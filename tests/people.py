"""The people of the stories, and how they send requests."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dealradar.domain.users import Role
from dealradar.domain.users.models import User
from dealradar.extensions import db
from tests.factories.people import make_user, token_for


def _join(app: Flask, username: str, role: Role = Role.MEMBER) -> User:
    """Return a person who is no longer tied to a session, so that looking at them asks the database nothing."""
    with app.app_context():
        user = make_user(username, role)
        db.session.expunge(user)
    return user


@pytest.fixture
def alice(app: Flask) -> User:
    """Return a member, who mostly wrote the thing in question."""
    return _join(app, "alice")


@pytest.fixture
def bob(app: Flask) -> User:
    """Return a member, who mostly reads it."""
    return _join(app, "bob")


@pytest.fixture
def mallory(app: Flask) -> User:
    """Return a member, who tries what is not allowed."""
    return _join(app, "mallory")


@pytest.fixture
def mona(app: Flask) -> User:
    """Return a moderator."""
    return _join(app, "mona", Role.MODERATOR)


@pytest.fixture
def ada(app: Flask) -> User:
    """Return an admin."""
    return _join(app, "ada", Role.ADMIN)


@pytest.fixture
def as_(app: Flask) -> Callable[[User], FlaskClient]:
    """Return what makes a client that sends a person's token with each request."""

    def client_of(user: User) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token_for(user)}"
        return client

    return client_of
