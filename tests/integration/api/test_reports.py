from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from dealradar.domain.users.models import User
from tests.factories.deals import make_deal
from tests.factories.reports import make_report
from tests.factories.reviews import make_comment, make_review

As = Callable[[User], FlaskClient]
NOW = datetime.now(UTC)


def _ids(page: Any) -> list[int]:
    return [item["id"] for item in page.get_json()["items"]]


def test_who_reports_something_gets_back_what_moderators_will_see(as_: As, alice: User, bob: User, mona: User) -> None:
    review = make_review(make_deal(alice), alice, title="Wow", body="Buy at my shop.")

    filed = as_(bob).post(
        "/api/reports",
        json={"target_type": "review", "target_id": review.id, "reason": "spam", "details": "An advertisement."},
    )

    report = filed.get_json()
    assert filed.status_code == 201
    assert filed.headers["Location"] == f"/api/reports/{report['id']}"
    assert as_(mona).get(filed.headers["Location"]).get_json() == report
    assert report == {
        "id": report["id"],
        "reporter": {"id": bob.id, "username": "bob", "display_name": "Bob", "reputation": 0, "role": "member"},
        "target": {
            "type": "review",
            "id": review.id,
            "title": "Wow",
            "text": "Buy at my shop.",
            "author": {"id": alice.id, "username": "alice", "display_name": "Alice", "reputation": 0, "role": "member"},
            "status": "visible",
            "url": f"/api/reviews/{review.id}",
        },
        "reason": "spam",
        "details": "An advertisement.",
        "status": "open",
        "assignee": None,
        "resolution": None,
        "action": None,
        "created_at": report["created_at"],
        "updated_at": report["created_at"],
        "closed_at": None,
    }


def test_deals_comments_and_people_can_be_reported_too(as_: As, alice: User, bob: User) -> None:
    deal = make_deal(alice, title="A lamp", description="It shines.")
    comment = make_comment(make_review(deal, alice), alice, body="No, it doesn't.")
    targets = [("deal", deal.id), ("comment", comment.id), ("user", alice.id)]

    filed = [
        as_(bob).post("/api/reports", json={"target_type": kind, "target_id": number, "reason": "abuse"})
        for kind, number in targets
    ]

    shown = [report.get_json()["target"] for report in filed]
    assert [(target["title"], target["text"], target["status"], target["url"]) for target in shown] == [
        ("A lamp", "It shines.", "active", f"/api/deals/{deal.id}"),
        (None, "No, it doesn't.", "visible", f"/api/comments/{comment.id}"),
        ("Alice", None, "good", f"/api/users/{alice.id}"),
    ]
    assert {target["author"]["id"] for target in shown} == {alice.id}


@pytest.mark.parametrize("kind", ["deal", "review", "comment", "user"])
def test_what_is_not_there_cannot_be_reported(as_: As, bob: User, kind: str) -> None:
    refused = as_(bob).post("/api/reports", json={"target_type": kind, "target_id": 404, "reason": "spam"})

    assert refused.status_code == 404


def test_what_nobody_sees_cannot_be_reported(as_: As, alice: User, bob: User) -> None:
    hidden_deal = make_deal(alice, status="hidden")
    review_of_hidden = make_review(hidden_deal, alice)
    hidden_comment = make_comment(make_review(make_deal(alice), alice), alice, status="hidden")
    unseen = [("deal", hidden_deal.id), ("review", review_of_hidden.id), ("comment", hidden_comment.id)]

    refused = [
        as_(bob).post("/api/reports", json={"target_type": kind, "target_id": number, "reason": "spam"})
        for kind, number in unseen
    ]

    assert [each.status_code for each in refused] == [404, 404, 404]


def test_a_second_open_report_of_one_person_about_one_thing_is_refused(as_: As, alice: User, bob: User) -> None:
    deal = make_deal(alice)
    sent = {"target_type": "deal", "target_id": deal.id, "reason": "spam"}
    as_(bob).post("/api/reports", json=sent)

    second = as_(bob).post("/api/reports", json=sent | {"reason": "fake"})

    assert second.status_code == 409


def test_others_and_those_whose_report_is_closed_may_report_it_again(
    as_: As, alice: User, bob: User, mallory: User
) -> None:
    deal = make_deal(alice)
    make_report(bob, deal, status="dismissed", closed_at=NOW)
    make_report(mallory, deal)

    again = as_(bob).post("/api/reports", json={"target_type": "deal", "target_id": deal.id, "reason": "spam"})

    assert again.status_code == 201


def test_nobody_reports_themselves_but_their_own_words_they_may(as_: As, alice: User) -> None:
    deal = make_deal(alice)

    themselves = as_(alice).post("/api/reports", json={"target_type": "user", "target_id": alice.id, "reason": "other"})
    own_deal = as_(alice).post(
        "/api/reports", json={"target_type": "deal", "target_id": deal.id, "reason": "duplicate"}
    )

    assert themselves.status_code == 422
    assert [fault["field"] for fault in themselves.get_json()["errors"]] == ["target_id"]
    assert own_deal.status_code == 201


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({}, ["target_type", "target_id", "reason"]),
        ({"target_type": "merchant", "target_id": 1, "reason": "spam"}, ["target_type"]),
        ({"target_type": "deal", "target_id": "1", "reason": "spam"}, ["target_id"]),
        ({"target_type": "deal", "target_id": 0, "reason": "spam"}, ["target_id"]),
        ({"target_type": "deal", "target_id": 2**63, "reason": "spam"}, ["target_id"]),
        ({"target_type": "deal", "target_id": 1, "reason": "ugly"}, ["reason"]),
        ({"target_type": "deal", "target_id": 1, "reason": "spam", "details": " \n"}, ["details"]),
        ({"target_type": "deal", "target_id": 1, "reason": "spam", "details": "nu\x00l"}, ["details"]),
        ({"target_type": "deal", "target_id": 1, "reason": "spam", "details": "x" * 2_001}, ["details"]),
        ({"target_type": "deal", "target_id": 1, "reason": "spam", "status": "resolved"}, ["status"]),
    ],
)
def test_a_report_that_cannot_be_is_refused_naming_the_fields(
    as_: As, bob: User, sent: dict[str, Any], fields: list[str]
) -> None:
    refused = as_(bob).post("/api/reports", json=sent)

    assert refused.status_code == 422
    assert [fault["field"] for fault in refused.get_json()["errors"]] == fields


def test_moderators_see_what_was_hidden_and_its_text(as_: As, alice: User, bob: User, mona: User) -> None:
    review = make_review(make_deal(alice, status="removed"), alice, status="hidden", body="Something rude.")
    report = make_report(bob, review)

    shown = as_(mona).get(f"/api/reports/{report.id}").get_json()

    assert (shown["target"]["status"], shown["target"]["text"]) == ("hidden", "Something rude.")


def test_the_list_is_newest_first_or_oldest_first_and_goes_on_by_its_cursor(
    as_: As, alice: User, bob: User, mona: User
) -> None:
    filed = [make_report(bob, make_deal(alice), created_at=NOW - timedelta(hours=age)).id for age in (3, 2, 1)]

    newest = as_(mona).get("/api/reports?limit=2")
    rest = as_(mona).get(f"/api/reports?limit=2&cursor={newest.get_json()['next_cursor']}")
    oldest = as_(mona).get("/api/reports?sort=oldest")

    assert _ids(newest) + _ids(rest) == filed[::-1]
    assert rest.get_json()["next_cursor"] is None
    assert _ids(oldest) == filed


def test_each_filter_spares_what_it_does_not_name(as_: As, alice: User, bob: User, mona: User) -> None:
    deal = make_deal(alice)
    old = make_report(bob, deal, status="triaged", assignee_id=mona.id, created_at=NOW - timedelta(days=2))
    new = make_report(alice, make_review(deal, bob), reason="fake")
    filters = {
        "status=triaged": [old.id],
        "target_type=review": [new.id],
        "reason=fake": [new.id],
        f"assignee={mona.id}": [old.id],
        f"reporter={alice.id}": [new.id],
        f"older_than={NOW - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}": [old.id],
        f"status=triaged&reporter={alice.id}": [],
        "waiting=true": [new.id, old.id],
        "waiting=false": [],
        f"target_type=deal&target_id={deal.id}": [old.id],
        f"target_type=review&target_id={new.review_id}": [new.id],
        "target_type=comment&target_id=1": [],
        f"target_type=user&target_id={bob.id}": [],
        "": [new.id, old.id],
    }

    found = {chosen: _ids(as_(mona).get(f"/api/reports?{chosen}")) for chosen in filters}

    assert found == filters


def test_what_is_closed_no_longer_waits(as_: As, alice: User, bob: User, mona: User) -> None:
    closed = make_report(bob, make_deal(alice), status="resolved", closed_at=NOW)
    waiting = make_report(bob, make_deal(alice))

    assert _ids(as_(mona).get("/api/reports?waiting=false")) == [closed.id]
    assert _ids(as_(mona).get("/api/reports?waiting=true")) == [waiting.id]


@pytest.mark.parametrize(
    "filters",
    ["status=new", "assignee=0", "older_than=yesterday", "older_than=2026-01-01T00:00", "target_id=1", "waiting=soon"],
)
def test_a_filter_that_means_nothing_is_refused(as_: As, mona: User, filters: str) -> None:
    assert as_(mona).get(f"/api/reports?{filters}").status_code == 422


def test_a_cursor_is_good_for_its_filters_only(as_: As, alice: User, bob: User, mona: User) -> None:
    for _ in range(2):
        make_report(bob, make_deal(alice))
    cursor = as_(mona).get("/api/reports?limit=1").get_json()["next_cursor"]

    foreign = as_(mona).get(f"/api/reports?limit=1&status=open&cursor={cursor}")

    assert foreign.status_code == 400


def test_a_report_ends_with_what_it_is_about(as_: As, alice: User, bob: User, mona: User) -> None:
    review = make_review(make_deal(alice), alice)
    report = make_report(bob, review)

    as_(alice).delete(f"/api/reviews/{review.id}")

    assert as_(mona).get(f"/api/reports/{report.id}").status_code == 404


def test_the_counts_are_by_status_and_reason_and_by_age_of_what_waits(
    as_: As, alice: User, bob: User, mona: User
) -> None:
    ages = [timedelta(minutes=5), timedelta(hours=2), timedelta(days=2), timedelta(days=6), timedelta(days=8)]
    for age in ages:
        make_report(
            bob, make_deal(alice), created_at=NOW - age, status="triaged" if age > timedelta(days=1) else "open"
        )
    make_report(bob, alice, reason="abuse", status="dismissed", closed_at=NOW)

    assert as_(mona).get("/api/reports/stats").get_json() == {
        "by_status": {"open": 2, "triaged": 3, "resolved": 0, "dismissed": 1},
        "by_reason": {"spam": 5, "abuse": 1, "fake": 0, "expired": 0, "duplicate": 0, "illegal": 0, "other": 0},
        "open_by_age": {"under_1h": 1, "under_24h": 1, "under_7d": 2, "older": 1},
    }
