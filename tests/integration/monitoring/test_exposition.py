"""What /metrics answers is well-formed, by Prometheus' own judgement."""

import re

import pytest
from flask.testing import FlaskClient
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from dealradar.domain.users.models import User
from tests.factories.deals import make_deal
from tests.servers import promtool

OPENMETRICS = "application/openmetrics-text"
OF_PROMETHEUS = (
    f"{OPENMETRICS};version=1.0.0,{OPENMETRICS};version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)


@pytest.fixture(autouse=True)
def _traffic(client: FlaskClient, alice: User) -> None:
    """Have something of all kinds measured."""
    make_deal(alice)
    for path in ("/api/deals/1", "/api/deals/1", "/api/deals/99", "/api/categories", "/nowhere"):
        client.get(path, headers={"X-Request-ID": "order-66-abcdef"})


@pytest.mark.skipif(promtool.missing() is not None, reason=f"NOT TESTED: {promtool.missing()}")
def test_prometheus_has_nothing_against_it(client: FlaskClient) -> None:
    told = client.get("/metrics").data

    assert promtool.complaints("check", "metrics", told=told) == []


@pytest.mark.parametrize(
    ("accepted", "media_type"),
    [
        (None, "text/plain"),
        ("*/*", "text/plain"),
        ("text/plain", "text/plain"),
        ("application/json", "text/plain"),
        (f"{OPENMETRICS};version=nonsense", "text/plain"),
        (OPENMETRICS, OPENMETRICS),
        (OF_PROMETHEUS, OPENMETRICS),
    ],
)
def test_it_is_written_as_the_client_likes_best(client: FlaskClient, accepted: str | None, media_type: str) -> None:
    answer = client.get("/metrics", headers={} if accepted is None else {"Accept": accepted})

    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert "Accept" in answer.headers["Vary"]


def test_as_openmetrics_it_can_be_parsed_and_names_requests(client: FlaskClient) -> None:
    told = client.get("/metrics", headers={"Accept": OPENMETRICS}).text

    families = {family.name: family for family in text_string_to_metric_families(told)}  # type: ignore[no-untyped-call]
    exemplars = [
        sample.exemplar.labels
        for sample in families["dealradar_http_request_database_seconds"].samples
        if sample.exemplar is not None and sample.labels["route"] == "/api/deals/<int:deal_id>"
    ]
    assert {"request_id": "order-66-abcdef"} in exemplars
    assert {"dealradar_redis_up", "dealradar_invalidation_owed_tags", "flask_http_request"} <= families.keys()


def test_names_end_in_base_units_and_labels_are_few(client: FlaskClient) -> None:
    told = client.get("/metrics").text

    names = set(re.findall(r"^# TYPE (\w+) histogram", told, re.MULTILINE))
    assert {name for name in names if not name.endswith(("_seconds", "_bytes", "_statements"))} == set()
    assert "/nowhere" not in told
    assert "/api/deals/1" not in told
