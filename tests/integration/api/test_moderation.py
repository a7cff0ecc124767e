from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dealradar.domain.deals.models import Deal
from dealradar.domain.reports.models import Report
from dealradar.domain.reviews.models import Review
from dealradar.domain.users import Role
from dealradar.domain.users.models import User
from tests.factories.deals import make_deal
from tests.factories.people import make_user
from tests.factories.reports import make_report
from tests.factories.reviews import make_comment, make_review
from tests.integration.api.deciding import decide, log_of, told

As = Callable[[User], FlaskClient]
NOW = datetime.now(UTC)


@pytest.fixture
def deal(alice: User) -> Deal:
    """Return what alice posted."""
    return make_deal(alice, title="A lamp")


@pytest.fixture
def review(deal: Deal, alice: User) -> Review:
    """Return what alice wrote about it herself."""
    return make_review(deal, alice, title="Wow")


@pytest.fixture
def report(review: Review, bob: User) -> Report:
    """Return what bob says of alice's review."""
    return make_report(bob, review)


def test_a_decision_without_if_match_is_refused(as_: As, report: Report, mona: User) -> None:
    blind = as_(mona).patch(f"/api/reports/{report.id}", json={"status": "resolved"})

    assert blind.status_code == 428
    assert as_(mona).get(f"/api/reports/{report.id}").get_json()["status"] == "open"


def test_a_decision_on_a_version_that_is_gone_is_refused(as_: As, report: Report, mona: User) -> None:
    path = f"/api/reports/{report.id}"
    seen = as_(mona).get(path).headers["ETag"]
    decide(as_(mona), report, status="triaged")

    stale = as_(mona).patch(path, json={"status": "resolved"}, headers={"If-Match": seen})

    assert stale.status_code == 412
    assert as_(mona).get(path).get_json()["status"] == "triaged"
    assert log_of(as_(mona)) == [("triage", "review", report.review_id, None)]


def test_a_decision_answers_with_what_is_then_shown(as_: As, report: Report, mona: User) -> None:
    decided = decide(as_(mona), report, status="triaged", assignee_id=mona.id)

    assert decided.status_code == 200
    assert decided.get_json() == as_(mona).get(f"/api/reports/{report.id}").get_json()
    assert decided.get_json()["assignee"]["username"] == "mona"
    assert decided.get_json()["closed_at"] is None


@pytest.mark.parametrize("status", ["resolved", "dismissed"])
def test_closing_tells_the_reporter_once(as_: As, report: Report, bob: User, mona: User, status: str) -> None:
    closed = decide(as_(mona), report, status=status)
    decide(as_(mona), report, resolution="A word more.")

    assert closed.get_json()["closed_at"] == closed.get_json()["updated_at"]
    assert told(as_(bob)) == [("report_outcome", f"Your report about the review “Wow” was {status}.")]


def test_who_closes_their_own_report_is_told_nothing(as_: As, review: Review, mona: User) -> None:
    decide(as_(mona), make_report(mona, review), status="resolved")

    assert told(as_(mona)) == []


def test_a_closed_report_that_is_judged_anew_keeps_its_closing_time_and_tells_the_new_outcome(
    as_: As, report: Report, bob: User, mona: User
) -> None:
    closed = decide(as_(mona), report, status="resolved").get_json()

    again = decide(as_(mona), report, status="dismissed").get_json()

    assert again["closed_at"] == closed["closed_at"]
    assert len(told(as_(bob))) == 2


def test_a_report_can_be_opened_again(as_: As, report: Report, mona: User) -> None:
    decide(as_(mona), report, status="dismissed")

    reopened = decide(as_(mona), report, status="open")

    assert (reopened.status_code, reopened.get_json()["closed_at"]) == (200, None)
    assert [line[0] for line in log_of(as_(mona))] == ["dismiss", "reopen"]


def test_a_report_does_not_open_again_beside_another_of_the_same_person(
    as_: As, review: Review, bob: User, mona: User
) -> None:
    closed = make_report(bob, review, status="dismissed", closed_at=NOW)
    make_report(bob, review)

    refused = decide(as_(mona), closed, status="open", action="hide")

    assert refused.status_code == 409
    assert as_(mona).get(f"/api/reviews/{review.id}").status_code == 200
    assert log_of(as_(mona)) == []


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_moderators_and_admins_can_be_assigned_and_released(as_: As, report: Report, mona: User, role: Role) -> None:
    max_ = make_user("max", role)

    assigned = decide(as_(mona), report, assignee_id=max_.id)
    released = decide(as_(mona), report, assignee_id=None)

    assert assigned.get_json()["assignee"]["id"] == max_.id
    assert released.get_json()["assignee"] is None
    assert [(line[0], line[3]) for line in log_of(as_(mona))] == [("assign", "max"), ("unassign", None)]


def test_nobody_else_can_be_assigned(as_: As, report: Report, bob: User, mona: User) -> None:
    banned = make_user("max", Role.MODERATOR, standing="banned")

    refused = [decide(as_(mona), report, assignee_id=number) for number in (bob.id, banned.id, 404)]

    assert [each.status_code for each in refused] == [422, 422, 422]
    assert [fault["field"] for each in refused for fault in each.get_json()["errors"]] == ["assignee_id"] * 3


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        ({"status": None}, "status"),
        ({"status": "closed"}, "status"),
        ({"action": None}, "action"),
        ({"action": "praise"}, "action"),
        ({"resolution": ""}, "resolution"),
        ({"assignee_id": 0}, "assignee_id"),
        ({"reason": "fake"}, "reason"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_naming_the_field(
    as_: As, report: Report, mona: User, decision: dict[str, Any], field: str
) -> None:
    refused = decide(as_(mona), report, **decision)

    assert refused.status_code == 422
    assert [fault["field"] for fault in refused.get_json()["errors"]] == [field]


def test_a_decision_of_nothing_changes_nothing(as_: As, report: Report, mona: User) -> None:
    before = as_(mona).get(f"/api/reports/{report.id}").get_json()

    assert decide(as_(mona), report).get_json() == before
    assert log_of(as_(mona)) == []


def test_all_that_one_decision_does_is_logged_with_who_did_it_and_why(
    as_: As, report: Report, alice: User, mona: User
) -> None:
    decide(as_(mona), report, action="ban", status="resolved", assignee_id=mona.id, resolution="An advertisement.")

    lines = as_(mona).get("/api/moderation/log").get_json()["items"]
    assert log_of(as_(mona)) == [
        ("ban", "user", alice.id, "An advertisement."),
        ("resolve", "review", report.review_id, "An advertisement."),
        ("assign", "review", report.review_id, "mona"),
    ]
    assert {line["moderator"]["username"] for line in lines} == {"mona"}
    assert {line["report_id"] for line in lines} == {report.id}


def test_the_log_outlives_what_it_tells_of(as_: As, report: Report, alice: User, mona: User) -> None:
    decide(as_(mona), report, status="triaged")

    as_(alice).delete(f"/api/reviews/{report.review_id}")

    assert log_of(as_(mona)) == [("triage", "review", report.review_id, None)]
    assert as_(mona).get("/api/moderation/log").get_json()["items"][0]["report_id"] is None


def test_the_log_is_filtered_and_goes_on_by_its_cursor(
    as_: As, report: Report, deal: Deal, bob: User, mona: User, ada: User
) -> None:
    decide(as_(mona), report, status="triaged", action="warn")
    decide(as_(ada), make_report(bob, deal), status="triaged")
    filters = {
        f"moderator={ada.id}": [("triage", "deal")],
        "action=warn": [("warn", "user")],
        "target_type=review": [("triage", "review")],
        f"target_type=review&target_id={report.review_id}": [("triage", "review")],
        f"target_type=deal&target_id={deal.id + 1}": [],
        f"report={report.id}": [("triage", "review"), ("warn", "user")],
        "since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z": [],
        "since=2020-01-01T00:00:00Z": [("triage", "deal"), ("triage", "review"), ("warn", "user")],
        "": [("triage", "deal"), ("triage", "review"), ("warn", "user")],
    }

    found = {chosen: _lines(as_(mona).get(f"/api/moderation/log?{chosen}")) for chosen in filters}
    first = as_(mona).get("/api/moderation/log?limit=2")
    rest = as_(mona).get(f"/api/moderation/log?limit=2&cursor={first.get_json()['next_cursor']}")

    assert found == filters
    assert _lines(first) + _lines(rest) == filters[""]
    assert as_(mona).get("/api/moderation/log?action=praise").status_code == 422
    assert as_(mona).get("/api/moderation/log?target_id=1").status_code == 422


def _lines(page: TestResponse) -> list[tuple[str, str]]:
    return [(line["action"], line["target_type"]) for line in page.get_json()["items"]]


def test_a_moderator_who_acts_unasked_is_in_the_log(as_: As, alice: User, mona: User) -> None:
    deal = make_deal(alice)
    review = make_review(deal, alice)
    comment = make_comment(review, alice)

    for path in (f"/api/comments/{comment.id}", f"/api/reviews/{review.id}", f"/api/deals/{deal.id}"):
        as_(mona).delete(path)

    lines = as_(mona).get("/api/moderation/log").get_json()["items"]
    assert [(line["action"], line["target_type"], line["target_id"], line["moderator"]["id"]) for line in lines] == [
        ("remove", "deal", deal.id, mona.id),
        ("remove", "review", review.id, mona.id),
        ("remove", "comment", comment.id, mona.id),
    ]


def test_what_people_do_with_their_own_is_nobody_s_business(as_: As, alice: User, mallory: User, mona: User) -> None:
    deal = make_deal(alice)

    as_(alice).patch(f"/api/deals/{deal.id}", json={"title": "Better headphones"})
    as_(mallory).patch(f"/api/deals/{deal.id}", json={"title": "Worse headphones"})

    assert as_(mona).get("/api/moderation/log").get_json()["items"] == []
