"""Each family moves when what it is about happens, and by as much."""

import pytest
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from sqlalchemy import text

from dealradar import invalidation
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.httpcache.control.jobs import Kind, Wanted
from dealradar.invalidation import control, counting, kinds, transaction
from dealradar.monitoring import answers
from dealradar.monitoring.answers import AGE_BUCKETS_S
from dealradar.monitoring.observations import Observed
from tests.applications import Make
from tests.factories.deals import make_deal
from tests.measuring import Since

DEAL = "/deals/<int:deal_id>"
RESPONSES = "dealradar_cache_responses_total"
OWE = text("INSERT INTO cache_outbox (tag, created_at) VALUES ('deal:1', now() - interval '9 s')")


@pytest.fixture(autouse=True)
def _deal(alice: User) -> None:
    make_deal(alice)


def retitle() -> None:
    with transaction():
        db.session.execute(text("UPDATE deals SET title = title || '!'"))


def test_answers_are_counted_by_endpoint_result_and_reason(client: FlaskClient) -> None:
    since = Since()

    client.get("/api/deals/1")
    client.get("/api/deals/1")
    retitle()
    client.get("/api/deals/1")

    assert since(RESPONSES, endpoint=DEAL, result="MISS", reason="absent") == 1
    assert since(RESPONSES, endpoint=DEAL, result="HIT", reason="valid") == 1
    assert since(RESPONSES, endpoint=DEAL, result="MISS", reason="mismatched") == 1
    assert since("dealradar_cache_hit_age_seconds_count", endpoint=DEAL) == 1


def test_what_could_not_be_looked_up_says_why(make: Make) -> None:
    client = make(redis_url="redis://127.0.0.1:1/0").test_client()
    since = Since()

    client.get("/api/deals/1")

    assert since(RESPONSES, endpoint=DEAL, result="BYPASS", reason="breaker_open") == 1


def test_a_fill_is_measured_in_seconds_and_bytes(client: FlaskClient) -> None:
    since = Since()

    body = client.get("/api/deals/1", headers={"Accept-Encoding": "identity"}).data
    client.get("/api/deals/1")

    assert since("dealradar_cache_recompute_duration_seconds_count", endpoint=DEAL) == 1
    assert since("dealradar_cache_recompute_duration_seconds_sum", endpoint=DEAL) > 0
    assert since("dealradar_cache_body_bytes_sum", endpoint=DEAL) == len(body)
    assert since("dealradar_cache_entry_bytes_count") == 1
    assert since("dealradar_cache_entry_bytes_sum") > len(body)


def test_a_hit_is_one_round_trip(client: FlaskClient) -> None:
    client.get("/api/deals/1")
    since = Since()

    client.get("/api/deals/1")

    assert since("dealradar_cache_operations_total", operation="lookup", outcome="hit") == 1
    assert since("dealradar_cache_round_trips_total", outcome="done") <= 2  # another one counts the request's limit


def test_round_trips_that_fail_and_a_breaker_that_opens_are_counted(make: Make) -> None:
    since = Since()

    client = make(redis_url="redis://127.0.0.1:1/0").test_client()
    for _ in range(4):
        client.get("/api/deals/1")
    with client.application.app_context():
        for _ in range(2):
            retitle()

    assert since("dealradar_cache_round_trips_total", outcome="disconnected") > 0
    assert since("dealradar_cache_breaker_changes_total", breaker="bumps", phase="open") == 1
    assert REGISTRY.get_sample_value("dealradar_cache_breakers_open", {"breaker": "bumps"}) == 1


@pytest.mark.usefixtures("app")
def test_tags_are_counted_by_why_they_were_invalidated_and_what_they_are_of(ada: User) -> None:
    since = Since()

    retitle()
    with transaction():
        control.order(Wanted(Kind.INVALIDATE, tags=("path:/deals",)), by=ada.username)
    db.session.execute(OWE)
    db.session.commit()
    invalidation.sweep()

    tags = "dealradar_invalidation_tags_total"
    assert since(tags, reason="write", kind="strict", tag="deal") == 1
    assert since(tags, reason="operator", kind="strict", tag="path") == 1
    assert since(tags, reason="swept", kind="strict", tag="deal") == 1


def test_a_tag_that_no_rule_has_is_no_label_of_its_own() -> None:
    since = Since()

    counting.count(counting.Reason.SWEPT, kinds.Kind.HARD, ["made-up:1"])

    assert since("dealradar_invalidation_tags_total", reason="swept", kind="hard", tag="other") == 1


def test_warming_earns_hits_until_what_it_made_is_computed_anew(client: FlaskClient, ada: User) -> None:
    since = Since()

    with transaction():
        control.order(Wanted(Kind.WARM, paths=("/deals/1", "/deals/999")), by=ada.username)
    control.work()
    warmed_by_now = since("dealradar_cache_warmed_hits_total", endpoint=DEAL)
    client.get("/api/deals/1")
    retitle()
    client.get("/api/deals/1")
    client.get("/api/deals/1")

    assert warmed_by_now == 0
    assert since("dealradar_cache_warmed_hits_total", endpoint=DEAL) == 1
    assert since("dealradar_cache_warmed_paths_total", outcome="warmed") == 1
    assert since("dealradar_cache_warmed_paths_total", outcome="failed") == 1
    assert since("dealradar_cache_warm_runs_total", outcome="partly") == 1
    assert since(RESPONSES, endpoint=DEAL, result="MISS", reason="absent") == 0


def test_what_a_limit_refuses_is_counted_by_the_limit(make: Make) -> None:
    client = make(rate_limit_max_requests=1).test_client()
    since = Since()

    codes = [client.get("/api/deals/1").status_code for _ in range(3)]

    assert codes == [200, 429, 429]
    assert since("dealradar_ratelimit_refused_requests_total", limit="address") == 2


def test_hits_that_nobody_noted_one_by_one_are_added() -> None:
    since = Since()

    answers.add_hits(DEAL, Observed.of((0.05, 20.0, 20.0), AGE_BUCKETS_S), warmed=2)

    assert since(RESPONSES, endpoint=DEAL, result="HIT", reason="valid") == 3
    assert since("dealradar_cache_hit_age_seconds_bucket", endpoint=DEAL, le="30.0") == 3
    assert since("dealradar_cache_hit_age_seconds_bucket", endpoint=DEAL, le="15.0") == 1
    assert since("dealradar_cache_warmed_hits_total", endpoint=DEAL) == 2


def test_the_server_of_the_store_is_read_when_it_is_asked_for(client: FlaskClient, make: Make) -> None:
    client.get("/api/deals/1")

    up, down, off = (
        redis_of(app.test_client())
        for app in (make(), make(redis_url="redis://127.0.0.1:1/0"), make(cache_enabled=False))
    )

    assert up["dealradar_redis_up"] == 1
    assert up["dealradar_redis_keys"] > 0
    assert up["dealradar_redis_memory_bytes"] > 100_000
    assert up["dealradar_redis_clients"] > 0
    assert "dealradar_redis_evicted_keys_total" in up
    assert down == {"dealradar_redis_up": 0}
    assert off == {}


def redis_of(client: FlaskClient) -> dict[str, float]:
    lines = [line.split(" ") for line in client.get("/metrics").text.splitlines()]
    return {name: float(value) for name, value, *_ in lines if name.startswith("dealradar_redis_")}
