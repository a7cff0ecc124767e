from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event

from dealradar.domain import reports
from dealradar.domain.errors import ConflictError, NotFoundError
from dealradar.domain.reports import Reason, ReportDraft, ReportOut, ReportQuery, TargetType
from dealradar.domain.reviews.models import Review
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.deals import make_deal
from tests.factories.reports import make_report
from tests.factories.reviews import make_comment, make_review
from tests.interleaving import others, until_one_waits


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Return what the database is asked from now on."""
    with app.app_context():
        engine = db.engine
    asked: list[str] = []

    def note(*told: Any) -> None:
        asked.append(told[2])

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_a_list_of_all_kinds_of_targets_is_one_statement(statements: list[str], alice: User, bob: User) -> None:
    deal = make_deal(alice)
    review = make_review(deal, alice)
    for target in (deal, review, make_comment(review, alice), alice):
        make_report(bob, target)
    statements.clear()

    page = reports.listing(ReportQuery())

    assert [report.target.type for report in page.items] == ["user", "comment", "review", "deal"]
    assert len(statements) == 1


def test_the_counts_are_one_statement(statements: list[str], alice: User, bob: User) -> None:
    make_report(bob, alice)
    statements.clear()

    reports.stats()

    assert len(statements) == 1


def test_of_two_reports_of_one_person_at_once_the_second_is_refused(app: Flask, alice: User, bob: User) -> None:
    draft = ReportDraft(target_type=TargetType.DEAL, target_id=make_deal(alice).id, reason=Reason.SPAM)

    with others(app) as start:
        with transaction():
            first = reports.file(draft, by=_as(bob))
            second = start(lambda: _file(draft, bob))
            until_one_waits()
        with pytest.raises(ConflictError):
            second.result()

    assert [report.id for report in reports.listing(ReportQuery()).items] == [first.id]


def test_what_is_deleted_while_it_is_reported_is_not_there(app: Flask, alice: User, bob: User) -> None:
    review = make_review(make_deal(alice), alice)
    draft = ReportDraft(target_type=TargetType.REVIEW, target_id=review.id, reason=Reason.SPAM)

    with others(app) as start:
        with transaction():
            db.session.execute(delete(Review).where(Review.id == review.id))
            filing = start(lambda: _file(draft, bob))
            until_one_waits()
        with pytest.raises(NotFoundError):
            filing.result()


def _as(user: User) -> Actor:
    return Actor(user.id, Role(user.role))


def _file(draft: ReportDraft, user: User) -> ReportOut:
    with transaction():
        return reports.file(draft, by=_as(user))
