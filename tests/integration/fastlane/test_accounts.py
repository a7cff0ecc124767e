"""What the short road answers is counted and logged as if the ordinary road had."""

import json
import re
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dealradar.domain.deals.models import Deal
from dealradar.fastlane.lane import Lane
from dealradar.httpcache import demand
from dealradar.monitoring import metrics
from dealradar.monitoring.tallies import Tallies, Tally
from tests.applications import Make
from tests.integration.fastlane.lanes import ask, head_of, lane_of, learn
from tests.measuring import Since

OF_REQUESTS = (
    "flask_",
    "dealradar_http_",
    "dealradar_cache_responses_",
    'dealradar_cache_operations_total{"operation": "lookup"',
)
"""What another application's store, which comes and goes in other tests, does not move."""


def test_what_is_answered_here_is_counted_like_anything_else(
    own_tallies: Tallies, client: FlaskClient, deal: Deal, lane: Lane
) -> None:
    app, path = client.application, f"/api/deals/{deal.id}"
    learn(client, path)
    tag = client.get(path).headers["ETag"]
    before, since = samples(app), Since()

    whole = ask(lane, path)
    ask(lane, path, method="HEAD")
    ask(lane, path, If_None_Match=tag)
    lane.close()
    after = samples(app)

    assert whole is not None
    assert {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)} == {
        'flask_http_request_total{"method": "GET", "status": "200"}': 1,
        'flask_http_request_total{"method": "GET", "status": "304"}': 1,
        'flask_http_request_total{"method": "HEAD", "status": "200"}': 1,
        'dealradar_cache_responses_total{"endpoint": "/deals/<int:deal_id>", "result": "HIT", "reason": "valid"}': 3,
        'dealradar_cache_operations_total{"operation": "lookup", "outcome": "hit"}': 3,
        "dealradar_http_response_body_bytes_total{}": len(whole.body),
        "dealradar_http_unsent_body_bytes_total{}": len(whole.body),
    }
    assert since("dealradar_cache_hit_age_seconds_count", endpoint="/deals/<int:deal_id>") == 3
    assert since("dealradar_cache_hit_age_seconds_sum", endpoint="/deals/<int:deal_id>") > 0
    assert demand.current().take().asked[f"/deals/{deal.id}"] >= 3
    tallied = Tally.total([slot.routes["/api/deals/<int:deal_id>"] for slot in own_tallies.due()])
    assert (tallied.misses, tallied.hits, tallied.not_modified, tallied.latencies.total()) == (1, 4, 1, 5)


def samples(app: Flask) -> dict[str, float]:
    """Return the totals of what is measured of requests and lookups, by family and labels."""
    totals = {
        f"{sample.name}{json.dumps(sample.labels)}": sample.value
        for family in metrics.families(app)
        for sample in family.samples
        if sample.name.endswith("_total")
    }
    return {name: value for name, value in totals.items() if name.startswith(OF_REQUESTS)}


@pytest.mark.parametrize("env", ["production", "development"])
def test_what_is_answered_here_is_logged_like_anything_else(
    make: Make, deal: Deal, env: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = make(dealradar_env=env)
    path, client = f"/api/deals/{deal.id}", app.test_client()
    learn(client, path)
    capsys.readouterr()
    client.get(path, headers={"X-Request-ID": "abcdefgh-1"})
    ordinary = capsys.readouterr().err

    ask(lane_of(app), path, X_Request_ID="abcdefgh-1")
    short = capsys.readouterr().err

    changing = re.compile(r"(duration_s\W+|timestamp\W+|^)[\d.e:TZ-]+")
    assert changing.sub("", short) == changing.sub("", ordinary)
    assert short.count("\n") == 1


def test_a_request_is_not_charged_with_the_time_before_its_turn(
    app: Flask, client: FlaskClient, deal: Deal, lane: Lane
) -> None:
    path = f"/api/deals/{deal.id}"
    learn(client, path)
    assert lane.consider(head_of(path, Range="bytes=0-1"), "127.0.0.1") is None
    lane.tick()
    before_s = seconds(app)
    time.sleep(0.5)

    assert ask(lane, path) is not None
    lane.close()

    assert seconds(app) - before_s < 0.4


def seconds(app: Flask) -> float:
    """Return how long all requests have taken."""
    return sum(
        sample.value
        for family in metrics.families(app)
        for sample in family.samples
        if sample.name == "flask_http_request_duration_seconds_sum"
    )
