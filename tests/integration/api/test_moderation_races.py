from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from dealradar.domain.reports.models import Report
from dealradar.domain.reviews.models import Review
from dealradar.domain.users import Role
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.deals import make_deal
from tests.factories.people import make_user
from tests.factories.reports import make_report
from tests.factories.reviews import make_review
from tests.integration.api.deciding import log_of
from tests.interleaving import others, until_waiting

As = Callable[[User], FlaskClient]


@pytest.fixture
def report(alice: User, bob: User) -> Report:
    """Return what bob says of alice's review."""
    return make_report(bob, make_review(make_deal(alice), alice))


def test_of_two_moderators_who_decide_on_the_same_version_at_once_one_is_refused(
    app: Flask, as_: As, report: Report, mona: User
) -> None:
    path, max_ = f"/api/reports/{report.id}", make_user("max", Role.MODERATOR)
    headers = {"If-Match": as_(mona).get(path).headers["ETag"]}
    deciders = [as_(mona), as_(max_)]

    with others(app, at_once=2) as start:
        with transaction():
            _lock_target(report)
            decisions = [
                start(lambda client=client: client.patch(path, json={"action": "hide"}, headers=headers))  # type: ignore[misc]  # bound early
                for client in deciders
            ]
            until_waiting(2)
        statuses = [decision.result().status_code for decision in decisions]

    assert sorted(statuses) == [200, 412]
    assert log_of(as_(mona)) == [("hide", "review", report.review_id, None)]


def test_what_its_author_deletes_while_it_is_hidden_is_gone_and_neither_waits_for_the_other_for_ever(
    app: Flask, as_: As, report: Report, mona: User
) -> None:
    path, moderator = f"/api/reports/{report.id}", as_(mona)
    headers = {"If-Match": moderator.get(path).headers["ETag"]}

    with others(app) as start:
        with transaction():
            _lock_target(report)
            hiding = start(lambda: moderator.patch(path, json={"action": "hide"}, headers=headers))
            until_waiting(1)
            db.session.execute(delete(Review).where(Review.id == report.review_id))
        status = hiding.result().status_code

    assert status == 404
    assert log_of(moderator) == []


def _lock_target(report: Report) -> None:
    db.session.execute(select(Review.id).where(Review.id == report.review_id).with_for_update())
