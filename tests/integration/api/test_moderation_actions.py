from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from dealradar.domain.deals.models import Deal
from dealradar.domain.reviews.models import Review
from dealradar.domain.users import Role
from dealradar.domain.users.models import User
from tests.factories.deals import make_deal
from tests.factories.people import make_user
from tests.factories.reports import make_report
from tests.factories.reviews import make_comment, make_review
from tests.integration.api.deciding import decide, log_of, told

As = Callable[[User], FlaskClient]


@pytest.fixture
def review(alice: User) -> Review:
    """Return what alice wrote."""
    return make_review(make_deal(alice), alice, title="Wow")


@pytest.mark.parametrize(("action", "status"), [("hide", "hidden"), ("remove", "removed")])
def test_a_deal_or_a_review_is_hidden_or_removed_at_once(
    as_: As, review: Review, bob: User, mona: User, action: str, status: str
) -> None:
    targets: tuple[Deal | Review, ...] = (review, make_deal(bob))

    decided = [decide(as_(mona), make_report(bob, target), action=action).get_json() for target in targets]

    assert [each["target"]["status"] for each in decided] == [status, status]
    assert [as_(bob).get(each["target"]["url"]).status_code for each in decided] == [404, 404]
    assert log_of(as_(mona)) == [(action, each["target"]["type"], each["target"]["id"], None) for each in decided]


@pytest.mark.parametrize(("action", "status"), [("hide", "hidden"), ("remove", "deleted")])
def test_a_comment_is_hidden_or_deleted_at_once_and_its_report_stays(
    as_: As, review: Review, bob: User, mona: User, action: str, status: str
) -> None:
    comment = make_comment(review, bob)
    report = make_report(bob, comment)

    decided = decide(as_(mona), report, action=action)

    assert decided.get_json()["target"]["status"] == status
    assert as_(bob).get(f"/api/comments/{comment.id}").status_code == 404
    assert as_(mona).get(f"/api/reports/{report.id}").get_json()["target"]["text"] == comment.body


@pytest.mark.parametrize("action", ["hide", "remove"])
def test_a_person_is_neither_hidden_nor_removed(as_: As, alice: User, bob: User, mona: User, action: str) -> None:
    refused = decide(as_(mona), make_report(bob, alice), action=action, status="resolved")

    assert refused.status_code == 422
    assert [fault["field"] for fault in refused.get_json()["errors"]] == ["action"]
    assert log_of(as_(mona)) == []


def test_a_warning_reaches_the_author_and_names_no_moderator(
    as_: As, review: Review, alice: User, bob: User, mona: User
) -> None:
    decide(as_(mona), make_report(bob, review), action="warn", resolution="Ads go to the ads.")

    assert as_(bob).get(f"/api/users/{alice.id}").get_json()["standing"] == "warned"
    assert told(as_(alice)) == [("warning", "You have been warned because of your review “Wow”: Ads go to the ads.")]
    assert as_(alice).get("/api/notifications").get_json()["items"][0]["actor"] is None
    assert log_of(as_(mona)) == [("warn", "user", alice.id, "Ads go to the ads.")]


def test_who_is_banned_is_out_at_once(as_: As, review: Review, alice: User, bob: User, mona: User) -> None:
    logged_in = as_(alice)
    assert logged_in.get("/api/auth/me").status_code == 200

    decide(as_(mona), make_report(bob, review), action="ban")

    assert logged_in.get("/api/auth/me").status_code == 401
    assert as_(bob).get(f"/api/users/{alice.id}").get_json()["standing"] == "banned"
    assert log_of(as_(mona)) == [("ban", "user", alice.id, None)]


@pytest.mark.parametrize("action", ["warn", "ban"])
def test_moderators_judge_neither_admins_nor_moderators_nor_themselves(
    as_: As, bob: User, mona: User, ada: User, action: str
) -> None:
    judged = (ada, make_user("max", Role.MODERATOR), mona)

    refused = [decide(as_(mona), make_report(bob, person), action=action) for person in judged]

    assert [each.status_code for each in refused] == [403, 403, 403]
    assert [as_(bob).get(f"/api/users/{person.id}").get_json()["standing"] for person in judged] == ["good"] * 3
    assert log_of(as_(mona)) == []


def test_admins_judge_moderators(as_: As, bob: User, mona: User, ada: User) -> None:
    decide(as_(ada), make_report(bob, mona), action="warn")

    assert as_(bob).get(f"/api/users/{mona.id}").get_json()["standing"] == "warned"
