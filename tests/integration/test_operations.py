"""What operators are answered, and who else isn't."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from dealradar.config import Settings
from dealradar.extensions import db
from dealradar.monitoring import readings
from dealradar.monitoring.health import Dependency, Examiner, Readiness, judge
from tests.applications import Make

STRANGER = {"REMOTE_ADDR": "203.0.113.7"}


def refuse() -> None:
    raise ConnectionError("nobody there\nand more of it")


def test_health_asks_no_server(make: Make) -> None:
    nowhere = {"database_url": "postgresql+psycopg://nobody@127.0.0.1:1/none", "redis_url": "redis://127.0.0.1:1/0"}
    client = make(**nowhere).test_client()

    answer = client.get("/health")

    assert (answer.status_code, answer.get_json()["status"]) == (200, "ok")


def test_ready_names_each_dependency(client: FlaskClient) -> None:
    told = client.get("/ready").get_json()

    assert told["status"] == "ready"
    assert {finding["name"] for finding in told["dependencies"]} == {"database", "cache", "broker"}


@pytest.mark.parametrize("variable", ["redis_url", "celery_broker_url"])
def test_without_cache_or_broker_it_is_degraded_and_serves(make: Make, variable: str) -> None:
    client = make(**{variable: "redis://127.0.0.1:1/0"}).test_client()

    answer = client.get("/ready")

    assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")


def test_without_the_database_it_is_down(make: Make) -> None:
    gone = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    client = make(database_url=gone).test_client()

    ready, deals = client.get("/ready"), client.get("/api/deals?sort=new")

    assert (ready.status_code, ready.get_json()["status"]) == (503, "down")
    assert (deals.status_code, deals.mimetype) == (503, "application/problem+json")
    assert deals.headers["Retry-After"]


@pytest.mark.parametrize("path", ["/metrics", "/metrics/cache"])
def test_strangers_are_told_no_measures(client: FlaskClient, path: str) -> None:
    assert client.get(path, environ_overrides=STRANGER).status_code == 403
    assert client.get(path).status_code == 200


def test_strangers_are_told_readiness_and_nothing_more(client: FlaskClient) -> None:
    assert client.get("/ready", environ_overrides=STRANGER).get_json() == {"status": "ready"}


def test_declared_networks_may_look(make: Make) -> None:
    networks = Settings.from_environment(_env_file=None, metrics_allowed_networks="203.0.113.0/24")
    allowed = make(metrics_allowed_networks=networks.metrics_allowed_networks)

    answer = allowed.test_client().get("/metrics", environ_overrides=STRANGER)

    assert answer.status_code == 200


@pytest.mark.usefixtures("own_tallies")
def test_the_cache_report_tells_of_the_last_minutes_in_all_and_by_endpoint(client: FlaskClient) -> None:
    for _ in range(3):
        client.get("/api/categories")
    readings.flush()

    report = client.get("/metrics/cache").get_json()

    for window in report["windows"].values():
        assert (window["misses"], window["hits"], window["requests"]) == (1, 2, 3)
        assert window["endpoints"].keys() == {"/categories"}
        assert window["endpoints"]["/categories"]["hit_ratio"] == pytest.approx(2 / 3)
    assert {name: window["span_s"] for name, window in report["windows"].items()} == {"1m": 60, "5m": 300, "1h": 3_600}
    assert report["store"]["connection"] == "up"


def test_a_request_id_is_kept_when_well_formed(client: FlaskClient) -> None:
    kept = client.get("/health", headers={"X-Request-ID": "order-66-abcdef"})
    made = client.get("/health", headers={"X-Request-ID": "no good!"})

    assert kept.headers["X-Request-ID"] == "order-66-abcdef"
    assert len(made.headers["X-Request-ID"]) == 32


def test_a_hung_server_hangs_nobody_and_holds_one_thread() -> None:
    answered = threading.Event()
    hung = Examiner((Dependency("hung", answered.wait, is_vital=True),), patience_s=0.05)
    threads = threading.active_count()

    findings = [hung.examine()[0] for _ in range(3)]

    assert {finding.error for finding in findings} == {"no answer within 0.05 s"}
    assert threading.active_count() <= threads + 1
    answered.set()
    assert hung.examine()[0].is_up


@pytest.mark.parametrize(
    ("vital", "other", "readiness"),
    [(None, None, Readiness.READY), (None, refuse, Readiness.DEGRADED), (refuse, None, Readiness.DOWN)],
)
def test_what_is_vital_decides(
    vital: Callable[[], None] | None, other: Callable[[], None] | None, readiness: Readiness
) -> None:
    examiner = Examiner((Dependency("a", vital or bool, is_vital=True), Dependency("b", other or bool, is_vital=False)))

    assert judge(examiner.examine()) is readiness


def test_an_error_is_told_in_a_line() -> None:
    (finding,) = Examiner((Dependency("a", refuse, is_vital=True),)).examine()

    assert finding.error == "ConnectionError: nobody there"


OWE = text("INSERT INTO cache_outbox (tag, created_at, delivered_at) VALUES (:tag, now() - interval '90 s', :at)")


def test_what_is_owed_to_the_cache_and_since_when_is_told_and_what_is_delivered_is_not(client: FlaskClient) -> None:
    db.session.execute(OWE, [{"tag": "deal:1", "at": None}, {"tag": "deal:2", "at": datetime.now(UTC)}])
    db.session.commit()

    owed = client.get("/metrics/cache").get_json()["outbox"]
    gauges = dict(
        line.split(" ")
        for line in client.get("/metrics").text.splitlines()
        if line.startswith("dealradar_invalidation_owed")
    )

    assert owed["tags"] == 1
    assert owed["oldest_s"] >= 90
    assert gauges["dealradar_invalidation_owed_tags"] == "1.0"
    assert float(gauges["dealradar_invalidation_owed_oldest_seconds"]) >= 90


def test_without_the_database_what_is_owed_is_not_told_and_the_rest_is(make: Make) -> None:
    client = make(database_url="postgresql+psycopg://nobody@127.0.0.1:1/none").test_client()

    report, exposed = client.get("/metrics/cache"), client.get("/metrics")

    assert (report.status_code, exposed.status_code) == (200, 200)
    assert report.get_json().keys() == {"store"}
    assert "_owed_" not in exposed.text
    assert "dealradar_cache_operations_total" in exposed.text
