"""Where moderators work the reports."""

from flask import Flask
from flask.testing import FlaskClient

from dealradar.domain import reports
from dealradar.domain.reports import ReportStatus
from dealradar.domain.reviews.models import Review
from dealradar.domain.users.models import User
from dealradar.web.me.deciding import version_of
from tests.factories.reports import make_report
from tests.factories.reviews import make_comment
from tests.integration.site.members import SCRIPT, Browser

QUEUE = "/me/moderation/reports"


def chosen(*report_ids: int) -> list[str]:
    return [f"{report_id}:{version_of(reports.get(report_id))}" for report_id in report_ids]


def test_the_queue_shows_what_waits_and_its_filters_may_be_left_empty(
    app: Flask, mona: User, bob: User, review: Review
) -> None:
    report = make_report(bob, review)

    page = Browser(app, mona).look(f"{QUEUE}?waiting=true&sort=oldest&status=&reason=&target_type=&assignee=")

    assert page.status_code == 200
    assert f'name="report" value="{chosen(report.id)[0]}"' in page.text


def test_several_are_decided_at_once_and_what_was_hidden_is_gone_from_the_pages(
    app: Flask, client: FlaskClient, mona: User, alice: User, bob: User, review: Review
) -> None:
    path = f"/reviews/{review.id}"
    assert client.get(path).status_code == 200
    ids = [make_report(bob, review).id, make_report(bob, make_comment(review, alice)).id]

    answer = Browser(app, mona).send(QUEUE, report=chosen(*ids), verdict="hide", resolution="Rude.", back=QUEUE)

    assert (answer.status_code, answer.headers["Location"]) == (303, QUEUE)
    assert [(reports.get(each).status, reports.get(each).resolution) for each in ids] == [
        (ReportStatus.RESOLVED, "Rude.")
    ] * 2
    assert client.get(path).status_code == 404


def test_one_that_has_changed_is_left_alone_and_named_and_the_others_are_decided(
    app: Flask, mona: User, alice: User, bob: User, review: Review
) -> None:
    first, second = make_report(bob, review).id, make_report(alice, review).id
    marks = chosen(first, second)
    browser = Browser(app, mona)
    browser.send(QUEUE, report=marks[:1], verdict="take")

    answer = browser.send(QUEUE, report=marks, verdict="dismiss")
    told = browser.send(QUEUE, headers=SCRIPT, report=marks[:1], verdict="dismiss")

    assert answer.status_code == 409
    assert f"Report {first}: It has changed since you saw it." in answer.text
    assert reports.get(first).status is ReportStatus.TRIAGED
    assert reports.get(first).assignee is not None
    assert reports.get(second).status is ReportStatus.DISMISSED
    assert told.get_json() == {"items": [{"report_id": first, "refusal": "It has changed since you saw it."}]}


def test_nothing_chosen_no_verdict_and_no_moderator_decide_nothing(
    app: Flask, mona: User, alice: User, bob: User, review: Review
) -> None:
    report = make_report(bob, review)
    marks = chosen(report.id)

    assert Browser(app, mona).send(QUEUE, verdict="hide").status_code == 422
    assert Browser(app, mona).send(QUEUE, report=marks, verdict="praise").status_code == 422
    assert Browser(app, mona).send(QUEUE, report=["x:y"], verdict="hide").status_code == 422
    assert Browser(app, alice).send(QUEUE, report=marks, verdict="hide").status_code == 403
    assert Browser(app, mona).send(QUEUE, headers={}, report=marks, verdict="hide").status_code == 403
    assert reports.get(report.id).status is ReportStatus.OPEN


def test_the_log_and_the_people_are_for_who_keeps_order(app: Flask, mona: User, bob: User, review: Review) -> None:
    browser = Browser(app, mona)
    browser.send(QUEUE, report=chosen(make_report(bob, review).id), verdict="warn", resolution="Be kind.")

    log = browser.look("/me/moderation/log?action=&target_type=user")
    people = browser.look("/me/moderation/people?q=ali&standing=warned")

    assert (log.status_code, people.status_code) == (200, 200)
    assert "Warn" in log.text
    assert "@alice" in people.text
