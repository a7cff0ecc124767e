import time
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from dealradar.config import Settings
from dealradar.domain.users import api_keys
from dealradar.domain.users.models import User
from dealradar.invalidation import transaction
from dealradar.web import ratelimits
from tests.applications import Make
from tests.factories.people import token_for
from tests.servers.proxy import Proxy

PLACES = ("192.0.2.1", "192.0.2.2", "192.0.2.3")
UNCACHED = "/api/nowhere"
"""Counted like any other path, and nothing else is asked of Redis for it."""


@pytest.fixture
def strict(make: Make) -> FlaskClient:
    """Return a client of an application that allows three requests in ten minutes, and two log-ins a minute."""
    settings = {"rate_limit_max_requests": 3, "rate_limit_window_ms": 600_000}
    return make(**settings, login_max_tries_per_minute=2, register_max_per_minute=2).test_client()


def _get(client: FlaskClient, path: str = "/api/deals", *, address: str = "192.0.2.1", **headers: str) -> Any:
    return client.get(path, environ_base={"REMOTE_ADDR": address}, headers=headers)


def _log_in(client: FlaskClient, login: str, *, address: str = "192.0.2.1") -> Any:
    told = {"login": login, "password": "wrong horse"}
    return client.post("/api/auth/login", json=told, environ_base={"REMOTE_ADDR": address})


def test_an_answer_says_what_is_left_and_no_more_than_that(strict: FlaskClient) -> None:
    answer = _get(strict)

    assert answer.status_code == 200
    assert answer.headers["RateLimit-Policy"] == '"address";q=3;w=600'
    assert answer.headers["RateLimit"] == '"address";r=2;t=600'
    assert answer.headers["X-RateLimit-Limit"] == "3"
    assert answer.headers["X-RateLimit-Remaining"] == "2"
    assert 590 < int(answer.headers["X-RateLimit-Reset"]) - time.time() <= 601
    assert "Retry-After" not in answer.headers


def test_the_last_request_of_the_quota_passes_and_the_next_is_told_to_wait(strict: FlaskClient) -> None:
    answers = [_get(strict) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused.mimetype == "application/problem+json"
    assert refused.json["status"] == 429
    assert 590 < int(refused.headers["Retry-After"]) <= 600
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["Cache-Control"] == "private, no-store"


def test_a_cached_answer_is_counted_like_any_other(strict: FlaskClient) -> None:
    answers = [_get(strict) for _ in range(4)]

    assert [answer.headers.get("X-Cache") for answer in answers] == ["MISS", "HIT", "HIT", None]
    assert answers[-1].status_code == 429


def test_however_an_answer_is_come_by_it_is_counted_once(make: Make) -> None:
    client = make(rate_limit_max_requests=10).test_client()
    missed = _get(client)

    others = [
        _get(client),
        client.head("/api/deals", environ_base={"REMOTE_ADDR": "192.0.2.1"}),
        _get(client, **{"If-None-Match": missed.headers["ETag"]}),
        _get(client, "/api/deals?sort=upside-down"),
    ]

    assert [answer.status_code for answer in others] == [200, 200, 304, 422]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in (missed, *others)] == ["9", "8", "7", "6", "5"]


def test_a_refusal_is_stored_by_nobody(make: Make, redis_url: str) -> None:
    client = make(rate_limit_max_requests=1).test_client()
    _get(client, UNCACHED)

    refused = _get(client)

    assert (refused.status_code, refused.headers["Cache-Control"]) == (429, "private, no-store")
    assert "ETag" not in refused.headers
    with redis.Redis.from_url(redis_url) as store:
        assert list(store.scan_iter("dealradarus:v1:/*")) == []
    assert _get(client, address="192.0.2.2").headers["X-Cache"] == "MISS"


def test_static_files_are_not_counted(strict: FlaskClient) -> None:
    for _ in range(5):
        with _get(strict, "/api/docs/assets/docs.js") as answer:
            assert answer.status_code == 302
            assert "X-RateLimit-Limit" not in answer.headers


def test_each_address_has_its_own_quota_and_all_processes_share_it(make: Make) -> None:
    one, other = (make(rate_limit_max_requests=2).test_client() for _ in range(2))

    assert [_get(client).status_code for client in (one, other, one, other)] == [200, 200, 429, 429]
    assert _get(one, address="192.0.2.2").status_code == 200


def test_a_quota_is_new_when_its_window_is_over(strict: FlaskClient, redis_url: str) -> None:
    for _ in range(4):
        _get(strict)
    with redis.Redis.from_url(redis_url) as store:
        (counter,) = store.scan_iter("dealradarus:limit:v1:*")
        assert 590_000 < store.pttl(counter) <= 600_000
        store.delete(counter)  # as its expiry will

    assert _get(strict).status_code == 200


def test_a_counter_that_lost_its_expiry_does_not_count_for_ever(strict: FlaskClient, redis_url: str) -> None:
    _get(strict)
    with redis.Redis.from_url(redis_url) as store:
        (counter,) = store.scan_iter("dealradarus:limit:v1:*")
        store.persist(counter)

        _get(strict)

        assert 0 < store.pttl(counter) <= 600_000


@pytest.mark.parametrize("path", ["/api/nothing", "/nothing", "/api/deals/0"])
def test_paths_that_lead_nowhere_are_counted(strict: FlaskClient, path: str) -> None:
    assert [_get(strict, path).status_code for _ in range(4)] == [404, 404, 404, 429]


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics", "/metrics/cache"])
def test_what_monitoring_asks_is_never_refused(strict: FlaskClient, path: str) -> None:
    answers = [_get(strict, path, address="127.0.0.1") for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}
    assert "X-RateLimit-Limit" not in answers[0].headers


def test_a_person_has_one_quota_wherever_they_ask_from(strict: FlaskClient, alice: User) -> None:
    tokens = [token_for(alice) for _ in range(4)]

    answers = [
        _get(strict, address=f"192.0.2.{number}", Authorization=f"Bearer {token}")
        for number, token in enumerate(tokens, start=1)
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[2].headers["RateLimit"].startswith('"address";r=2;t=600, "caller";r=0;t=')
    assert answers[2].headers["X-RateLimit-Remaining"] == "0"


def test_a_key_has_a_quota_of_its_own(strict: FlaskClient) -> None:
    with transaction():
        keys = [api_keys.create(name, ["cache:read"]) for name in ("one", "other")]

    codes = [
        _get(strict, address=f"192.0.2.{number}", **{"X-API-Key": key}).status_code
        for number, key in enumerate([keys[0]] * 4 + [keys[1]])
    ]

    assert codes == [200, 200, 200, 429, 200]


def test_bad_credentials_are_refused_and_counted_by_address(strict: FlaskClient) -> None:
    answers = [_get(strict, Authorization=f"Bearer dr_{'x' * 43}") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"address";q=3;w=600'


def test_log_ins_are_counted_by_address(strict: FlaskClient) -> None:
    assert [_log_in(strict, login).status_code for login in ("a", "b", "c")] == [401, 401, 429]
    assert _log_in(strict, "c", address="192.0.2.2").status_code == 401


def test_log_ins_are_counted_by_account_wherever_they_come_from(strict: FlaskClient) -> None:
    logins = ("Alice", "alice", "ALICE", "bob")

    answers = [_log_in(strict, login, address=f"192.0.2.{number}") for number, login in enumerate(logins)]

    assert [answer.status_code for answer in answers] == [401, 401, 429, 401]
    assert "login-account" in answers[2].json["detail"]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60


def test_log_ins_by_the_page_are_counted_with_those_by_the_api(strict: FlaskClient) -> None:
    fields = {"login": "alice", "password": "wrong"}
    page = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}

    by_page = [strict.post("/login", data=fields, headers=page, environ_base={"REMOTE_ADDR": each}) for each in PLACES]

    assert [answer.status_code for answer in by_page] == [401, 401, 429]
    assert _log_in(strict, "alice", address="192.0.2.9").status_code == 429
    assert "Please try again in" in by_page[2].text


def test_tries_of_ones_own_password_are_counted(strict: FlaskClient, alice: User) -> None:
    wish = {"current_password": "wrong", "new_password": "long enough"}
    own = {"Authorization": f"Bearer {token_for(alice)}"}

    assert [strict.post("/api/auth/password", json=wish, headers=own).status_code for _ in range(3)] == [422, 422, 429]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"login": 1}', b'{"login": ""}', b"x" * 300_000])
def test_a_body_that_names_no_account_is_the_endpoints_to_refuse(strict: FlaskClient, body: bytes) -> None:
    answer = strict.post("/api/auth/login", data=body, content_type="application/json")

    assert answer.status_code in {400, 413, 422}
    assert "login-account" not in answer.headers["RateLimit-Policy"]


def test_registrations_are_counted_by_address(strict: FlaskClient) -> None:
    codes = [strict.post("/api/auth/register", json={}).status_code for _ in range(3)]

    assert codes == [422, 422, 429]


def test_a_table_that_names_an_endpoint_that_does_not_exist_is_refused(settings: Settings) -> None:
    with pytest.raises(LookupError, match=r"auth\.log_in"):
        ratelimits.register(Flask("empty"), settings)


def test_counting_costs_one_round_trip_a_limit(make: Make, redis_url: str) -> None:
    with Proxy(redis_url).running() as proxy:
        client = make(redis_url=proxy.url).test_client()
        _get(client, UNCACHED)
        before = proxy.rounds

        _get(client, UNCACHED)

        assert proxy.rounds == before + 1


def test_log_ins_that_succeed_are_not_held_against_anybody(make: Make) -> None:
    client = make(login_max_tries_per_minute=2).test_client()
    told = {"username": "zoe", "email": "zoe@example.org", "password": "correct horse"}
    client.post("/api/auth/register", json=told)

    right = [client.post("/api/auth/login", json={"login": "zoe", "password": "correct horse"}) for _ in range(4)]
    wrong = [_log_in(client, "zoe", address="127.0.0.1").status_code for _ in range(3)]

    assert [answer.status_code for answer in right] == [200] * 4
    assert wrong == [401, 401, 429]
