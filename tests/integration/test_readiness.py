"""Readiness with servers that accept connections and answer nobody: told in time, and by whom it is to be judged."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from dealradar.config import Settings
from dealradar.monitoring.health import PATIENCE_S
from tests.applications import Make
from tests.servers.proxy import Proxy
from tests.servers.valkey import Valkey

HANGS_AFTER_S = PATIENCE_S + 10.0
"""What no busy machine takes, and any question without a bound does."""

MENDS_WITHIN_S = 10.0


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """Return a server that may be hung."""
    valkey = Valkey(tmp_path)
    valkey.start()
    yield valkey
    valkey.kill()


def _asked(client: FlaskClient) -> TestResponse:
    began_s = time.monotonic()
    answer = client.get("/ready")
    assert time.monotonic() - began_s < HANGS_AFTER_S
    return answer


def _down(answer: TestResponse) -> set[str]:
    return {finding["name"] for finding in answer.get_json()["dependencies"] if not finding["is_up"]}


def _eventually_ready(client: FlaskClient) -> bool:
    until_s = time.monotonic() + MENDS_WITHIN_S
    while (is_unready := _asked(client).get_json()["status"] != "ready") and time.monotonic() < until_s:
        time.sleep(0.05)
    return not is_unready


@pytest.mark.parametrize(("variable", "name"), [("redis_url", "cache"), ("celery_broker_url", "broker")])
def test_a_hung_store_or_broker_makes_it_degraded_in_time_and_it_serves_on(
    make: Make, valkey: Valkey, variable: str, name: str
) -> None:
    client = make(**{variable: valkey.url}).test_client()
    was_ready = _asked(client).get_json()["status"] == "ready"

    valkey.pause()
    answer, categories = _asked(client), client.get("/api/categories")
    valkey.resume()

    assert was_ready
    assert (answer.status_code, answer.get_json()["status"], _down(answer)) == (200, "degraded", {name})
    assert categories.status_code == 200
    assert _eventually_ready(client)


@pytest.fixture
def way(settings: Settings) -> Iterator[Proxy]:
    """Return what stands before the database."""
    with Proxy(settings.database_url) as proxy, proxy.running():
        yield proxy


@pytest.mark.parametrize("is_connected", [True, False], ids=["known before", "never met"])
def test_a_hung_database_makes_it_down_in_time_and_it_comes_back_by_itself(
    make: Make, settings: Settings, way: Proxy, *, is_connected: bool
) -> None:
    through = make_url(settings.database_url).set(host="127.0.0.1", port=way.server_address[1])
    client = make(database_url=through.render_as_string(hide_password=False)).test_client()
    if is_connected:
        assert _asked(client).get_json()["status"] == "ready"

    way.hold()
    answers = [_asked(client) for _ in range(2)]
    way.release()

    for answer in answers:
        assert (answer.status_code, answer.get_json()["status"]) == (503, "down")
        assert "database" in _down(answer)
    assert _eventually_ready(client)


def test_whatever_hangs_it_is_alive(make: Make, valkey: Valkey, way: Proxy, settings: Settings) -> None:
    through = make_url(settings.database_url).set(host="127.0.0.1", port=way.server_address[1])
    hung = {"redis_url": valkey.url, "celery_broker_url": valkey.url}
    client = make(database_url=through.render_as_string(hide_password=False), **hung).test_client()

    valkey.pause()
    way.hold()
    answer = client.get("/health")
    way.release()

    assert answer.status_code == 200
