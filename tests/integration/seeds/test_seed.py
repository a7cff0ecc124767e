"""``flask seed``: a community that can be tried out at once."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from dealradar.config import Settings
from dealradar.domain.errors import ConflictError
from dealradar.domain.recount import drifts
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.seeds import Timeline, named, sow, sowing
from tests.factories.people import make_user
from tests.interleaving import others, until_one_waits

PASSWORD = "dealradar-demo"


def seed(app: Flask, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["seed", *options])


@pytest.fixture
def in_production(app: Flask, settings: Settings) -> Iterator[Flask]:
    app.extensions["settings"] = settings.model_copy(update={"dealradar_env": "production"})
    yield app
    app.extensions["settings"] = settings


def count(model: type[Review | User]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_members_can_review_the_first_deal_at_once(app: Flask, client: FlaskClient) -> None:
    result = seed(app)

    assert result.exit_code == 0
    assert "Log in as member or moderator or admin with the password dealradar-demo." in result.stdout
    log_in = client.post("/api/auth/login", json={"login": "member", "password": PASSWORD})
    written = client.post(
        "/api/reviews",
        json={"deal_id": 1, "rating": 5, "body": "As good as they say."},
        headers={"Authorization": f"Bearer {log_in.get_json()['token']}"},
    )
    assert written.status_code == 201
    newest, *older = client.get("/api/reviews/deal/1").get_json()["items"]
    assert newest["body"] == "As good as they say."
    assert len(older) > 10


def test_everything_is_counted_and_people_have_earned_their_reputation(app: Flask) -> None:
    seed(app)

    assert list(drifts()) == []
    assert count(Review) == 1_000
    reputation, reviews = db.session.execute(select(User.reputation, User.review_count).where(User.id == 1)).one()
    assert reputation > 0
    assert reviews > 0


def test_a_community_that_is_there_is_left_alone(app: Flask) -> None:
    make_user("alice")

    result = seed(app)

    assert result.exit_code == 1
    assert "There is a community in this database already" in result.stderr
    assert count(User) == 1


def test_where_asked_to_it_does_nothing_instead_of_failing(app: Flask) -> None:
    assert seed(app, "--if-empty").exit_code == 0

    again = seed(app, "--if-empty")

    assert again.exit_code == 0
    assert again.stdout == "There is a community already.\n"
    assert count(Review) == 1_000


def test_production_gets_no_demo_log_ins(in_production: Flask) -> None:
    result = seed(in_production)

    assert result.exit_code == 0
    assert "Nobody can log in to it" in result.stdout
    assert db.session.scalar(select(func.count()).where(User.password_hash.is_not(None))) == 0


def test_of_two_who_seed_at_once_one_is_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sowing, "BATCH_ROWS", 500)
    timeline = Timeline(named("small"), datetime(2026, 3, 1, tzinfo=UTC))
    first = sow(timeline, {})
    next(first)

    with others(app) as start:
        second = start(lambda: list(sow(timeline, {})))
        until_one_waits()
        list(first)
        with pytest.raises(ConflictError):
            second.result()

    assert count(Review) == 1_000
