"""What operators see of the cache at a glance: what it holds, and what became stale of it lately."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import control
from tests.applications import Make
from tests.factories.deals import make_deal
from tests.factories.reviews import make_review

As = Callable[[User], FlaskClient]
ALL_TOLD: Final = "UPDATE cache_outbox SET delivered_at = clock_timestamp() WHERE delivered_at IS NULL"


def write(statement: str) -> None:
    db.session.execute(text(statement))
    db.session.commit()


@pytest.fixture
def admin(app: Flask, as_: As, alice: User, ada: User) -> FlaskClient:  # noqa: ARG001  its context
    """Return an admin's client, where there are two deals with a review each."""
    for _ in range(2):
        make_review(make_deal(alice), alice)
    control.work()
    write("DELETE FROM cache_outbox")
    return as_(ada)


def test_what_is_held_is_counted_by_endpoint_with_the_bytes_of_its_bodies(admin: Any) -> None:
    bodies = [admin.get(path).data for path in ("/api/deals/1", "/api/deals/2")]
    admin.get("/api/reviews/deal/1")
    admin.get("/api/reviews/deal/1?sort=oldest")

    held = admin.get("/api/cache/holdings").json

    assert held["is_whole"]
    assert held["endpoints"]["/deals/<int:deal_id>"] == {"entries": 2, "body_bytes": sum(map(len, bodies))}
    assert held["endpoints"]["/reviews/deal/<int:deal_id>"]["entries"] == 2
    assert "/categories" not in held["endpoints"]


def test_what_became_stale_is_held_no_more(admin: Any) -> None:
    admin.get("/api/deals/1")
    admin.post("/api/cache/invalidate", json={"tags": ["deal:1"]})

    assert admin.get("/api/cache/holdings").json["endpoints"]["/deals/<int:deal_id>"]["entries"] == 0


def test_what_a_store_that_is_away_holds_is_asked_again_later(make: Make, as_: As, ada: User) -> None:
    cut_off: Any = make(redis_url="redis://127.0.0.1:1/0").test_client()
    cut_off.environ_base |= as_(ada).environ_base

    answer = cut_off.get("/api/cache/holdings")

    assert answer.status_code == 503
    assert "store" in answer.json["detail"]


def test_what_was_ordered_and_what_a_write_made_stale_is_shown_the_newest_first(admin: Any) -> None:
    job_id = admin.post("/api/cache/invalidate", json={"tags": ["deal:1"]}).json["job_id"]
    write(ALL_TOLD)
    admin.post("/api/deals/2/vote", json={"value": 1})
    write(ALL_TOLD)

    shown = admin.get("/api/cache/activity").json

    assert [job["id"] for job in shown["jobs"]] == [job_id]
    by_tag = {each["tag"]: each for each in shown["invalidations"]}
    assert by_tag["deal:1"]["urgency"] == "strict"
    assert {"deal:2", "deal:1"} <= set(by_tag)
    assert list(by_tag).index("deal:2") < list(by_tag).index("deal:1")


def test_what_is_still_owed_comes_first_and_has_taken_no_time_yet(admin: Any) -> None:
    admin.post("/api/cache/invalidate", json={"tags": ["deal:1"]})
    write(ALL_TOLD)
    write("INSERT INTO cache_outbox (tag) VALUES ('merchants')")

    shown = admin.get("/api/cache/activity").json["invalidations"]

    assert (shown[0]["tag"], shown[0]["lag_s"]) == ("merchants", None)
    assert all(each["lag_s"] >= 0 for each in shown[1:])
