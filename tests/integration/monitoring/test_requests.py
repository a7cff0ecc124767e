"""Each request is counted and logged once, however it ends."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import structlog
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from structlog.testing import capture_logs

from dealradar.config import Settings
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.monitoring import hit_lines, http_measures
from dealradar.monitoring.hit_lines import Hit
from dealradar.monitoring.http_measures import DURATION_BUCKETS_S, Alike
from dealradar.monitoring.observations import Observed
from dealradar.monitoring.spending import counted as counted_statements
from tests.applications import Make
from tests.measuring import Since

REQUESTS = "flask_http_request_total"
DURATIONS = "flask_http_request_duration_seconds"


def lines_of(act: Callable[[], object]) -> list[dict[str, Any]]:
    with capture_logs() as logged:
        act()
    return [dict(line) for line in logged if line["event"] == "request"]


def break_off() -> Response:
    raise RuntimeError("a fault of ours")


@pytest.mark.parametrize(
    ("method", "path", "status", "route"),
    [
        ("GET", "/api/categories", 200, "/api/categories"),
        ("HEAD", "/api/categories", 200, "/api/categories"),
        ("GET", "/api/deals/999", 404, "/api/deals/<int:deal_id>"),
        ("GET", "/nowhere/at/all", 404, "(none)"),
        ("DELETE", "/api/categories", 405, "(none)"),
        ("GET", "/api/notifications", 401, "/api/notifications"),
        ("GET", "/api/deals?sort=sideways", 422, "/api/deals"),
    ],
)
def test_whatever_is_asked_has_one_line_and_is_counted_once(
    app: Flask, client: FlaskClient, method: str, path: str, status: int, route: str
) -> None:
    since = Since(http_measures.registry_of(app))

    (line,) = lines_of(lambda: client.open(path, method=method))

    assert (line["method"], line["status"], line["route"]) == (method, status, route)
    assert since(REQUESTS, method=method, status=str(status)) == 1


def test_a_method_that_somebody_made_up_is_no_label_of_its_own(app: Flask, client: FlaskClient) -> None:
    since = Since(http_measures.registry_of(app))

    (line,) = lines_of(lambda: client.open("/api/categories", method="BREW"))

    assert (line["method"], line["status"]) == ("OTHER", 405)
    assert since(REQUESTS, method="OTHER", status="405") == 1


def test_what_the_rate_limit_refuses_is_counted_and_logged(make: Make) -> None:
    app = make(rate_limit_max_requests=1)
    client = app.test_client()
    client.get("/api/categories")
    since = Since(http_measures.registry_of(app))

    (line,) = lines_of(lambda: client.get("/api/categories"))

    assert (line["status"], line["route"], line["cache"]) == (429, "/api/categories", None)
    assert since(REQUESTS, method="GET", status="429") == 1


def test_a_fault_of_a_view_is_counted_and_logged(make: Make) -> None:
    app = make()
    app.add_url_rule("/fault", view_func=break_off)
    since = Since(http_measures.registry_of(app))

    (line,) = lines_of(lambda: app.test_client().get("/fault"))

    assert (line["status"], line["route"]) == (500, "/fault")
    assert since(REQUESTS, method="GET", status="500") == 1


def test_a_fault_beyond_all_error_handlers_is_logged_too(make: Make) -> None:
    app = make()
    app.after_request(lambda _response: break_off())  # Flask calls the last one first

    (line,) = lines_of(lambda: app.test_client().get("/api/categories"))

    assert (line["status"], line["route"]) == (500, "(none)")


def test_a_line_says_what_it_cost_and_who_asked(alice: User, as_: Callable[[User], FlaskClient]) -> None:
    client = as_(alice)
    answers = []

    filled, hit = (lines_of(lambda: answers.append(client.get("/api/categories")))[0] for _ in range(2))

    assert [line["cache"] for line in (filled, hit)] == ["MISS", "HIT"]
    assert filled["statements"] > hit["statements"] == 0  # who shows a token is known from the store by then
    assert filled["database_s"] > hit["database_s"] == 0
    assert [line["body_bytes"] for line in (filled, hit)] == [len(answer.data) for answer in answers]
    assert {line["user_id"] for line in (filled, hit)} == {alice.id}


def test_what_fails_in_the_database_has_been_sent_all_the_same(app: Flask) -> None:
    with app.app_context(), counted_statements() as spent, pytest.raises(ProgrammingError):
        db.session.execute(text("SELECT FROM nowhere"))

    assert (spent.statements, spent.began_s) == (1, None)
    assert spent.database_s > 0


def test_every_line_of_a_request_has_its_id_and_none_after_it(client: FlaskClient) -> None:
    client.get("/api/categories", headers={"X-Request-ID": "order-66-abcdef"})

    assert structlog.contextvars.get_contextvars() == {}


def test_what_machines_ask_by_the_clock_is_logged_for_who_debugs(make: Make) -> None:
    client = make(log_level="debug").test_client()

    (line,) = lines_of(lambda: client.get("/health"))

    assert (line["log_level"], line["route"]) == ("debug", "/health")


def test_a_304_counts_the_body_that_was_not_sent(client: FlaskClient) -> None:
    first = client.get("/api/categories")
    since = Since()

    again = client.get("/api/categories", headers={"If-None-Match": first.headers["ETag"]})
    asked = client.head("/api/categories", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, asked.status_code) == (304, 304)
    assert since("dealradar_http_unsent_body_bytes_total") == len(first.data)


def test_what_is_answered_without_flask_is_added_to_the_same_families(app: Flask) -> None:
    durations_s = (0.00005, 0.0001, 0.003)
    since, since_of_ours = Since(http_measures.registry_of(app)), Since()

    http_measures.add_alike(app, Alike("/lane", 200, Observed.of(durations_s, DURATION_BUCKETS_S), body_bytes=1_000))

    labels = {"method": "GET", "route": "/lane", "status": "200"}
    assert since(REQUESTS, method="GET", status="200") == 3
    assert since(f"{DURATIONS}_count", **labels) == 3
    assert since(f"{DURATIONS}_sum", **labels) == pytest.approx(sum(durations_s))
    assert since(f"{DURATIONS}_bucket", le="0.0001", **labels) == 2
    assert since_of_ours("dealradar_http_request_statements_count", route="/lane") == 3
    assert since_of_ours("dealradar_http_request_database_seconds_sum", route="/lane") == 0
    assert since_of_ours("dealradar_http_response_body_bytes_total") == 1_000


def test_a_hits_line_is_that_of_any_other_request(
    make: Make, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    of_production = settings.model_copy(update={"dealradar_env": "production", "log_level": "info"})
    client = make(dealradar_env="production", log_level="info").test_client()
    client.get("/api/categories")
    capsys.readouterr()

    client.get("/api/categories", headers={"X-Request-ID": "order-66-abcdef"})
    usual = json.loads(capsys.readouterr().err)
    at_s = datetime.fromisoformat(usual["timestamp"]).timestamp()
    hit = Hit(
        hit_lines.stamp(at_s),
        "order-66-abcdef",
        usual["route"],
        usual["address"],
        usual["duration_s"],
        usual["body_bytes"],
    )
    line = hit_lines.line_for(of_production)
    assert line is not None
    hit_lines.write([line(hit), line(hit)])

    assert [json.loads(line) for line in capsys.readouterr().err.splitlines()] == [usual, usual]


def test_a_hits_line_is_readable_in_a_terminal_and_left_out_where_others_are(settings: Settings) -> None:
    hit = Hit(hit_lines.stamp(0.0), "order-66-abcdef", "/api/deals", "192.0.2.1", 0.0001, 512)
    readable, none = (hit_lines.line_for(settings.model_copy(update={"log_level": of})) for of in ("info", "warning"))

    assert none is None
    assert readable is not None
    assert readable(hit).startswith("1970-01-01T00:00:00.000000Z [info     ] request ")
    assert readable(hit).endswith("request_id=order-66-abcdef route=/api/deals statements=0 status=200 user_id=None\n")
