"""Who shows a credential is answered on the short road as on the ordinary one, and only while it is good."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from dealradar.cache.keys import user_hash, writer_key
from dealradar.domain.deals.models import Deal
from dealradar.domain.users import api_keys
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.fastlane.lane import Lane
from dealradar.invalidation import transaction
from dealradar.ratelimit.counters import PREFIX
from tests.applications import Make
from tests.factories.people import token_for
from tests.integration.fastlane.lanes import OWN, PEER, TIMED, ask, head_of, lane_of
from tests.measuring import Since

REVOKED = "UPDATE tokens SET revoked_at = now()"


@pytest.fixture(params=["token", "api-key"])
def credential(request: pytest.FixtureRequest, app: Flask, alice: User) -> Mapping[str, str]:
    """Return the field of a credential that is good."""
    with app.app_context():
        if request.param == "token":
            return {"Authorization": f"Bearer {token_for(alice)}"}
        with transaction():
            return {"X-API-Key": api_keys.create("robot", ["cache:read"])}


@pytest.fixture
def token(app: Flask, alice: User) -> Mapping[str, str]:
    """Return the field of a token of alice's."""
    with app.app_context():
        return {"Authorization": f"Bearer {token_for(alice)}"}


def meet(client: FlaskClient, lane: Lane, path: str, credential: Mapping[str, str]) -> None:
    """Have *lane* know *path*, and who shows *credential*."""
    for _ in range(2):
        assert client.get(path, headers=credential).status_code == HTTPStatus.OK
    assert ask(lane, path, **credential) is not None


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_it_answers_as_the_ordinary_road_does(
    client: FlaskClient, lane: Lane, deal: Deal, credential: Mapping[str, str], method: str
) -> None:
    path = f"/api/reviews/deal/{deal.id}"
    meet(client, lane, path, credential)
    ordinary = client.open(path, method=method, headers=credential)

    answer = ask(lane, path, method=method, **credential)

    assert answer is not None
    assert (answer.status, answer.body) == (ordinary.status, ordinary.data)
    assert answer.headers.keys() - {"Date", "Server", "Connection"} == set(ordinary.headers.keys())
    for name, value in ordinary.headers.items():
        if name not in OWN | TIMED:
            assert answer.headers[name] == value, name


def test_it_answers_a_condition_as_well(
    client: FlaskClient, lane: Lane, deal: Deal, credential: Mapping[str, str]
) -> None:
    path = f"/api/deals/{deal.id}"
    meet(client, lane, path, credential)
    tag = client.get(path, headers=credential).headers["ETag"]

    answer = ask(lane, path, If_None_Match=tag, **credential)

    assert answer is not None
    assert answer.status == "304 NOT MODIFIED"


def test_a_credential_that_was_never_seen_to_be_good_is_left_to_the_ordinary_road(
    client: FlaskClient, lane: Lane, deal: Deal, token: Mapping[str, str], bob: User
) -> None:
    path = f"/api/deals/{deal.id}"
    meet(client, lane, path, token)

    assert ask(lane, path, Authorization=f"Bearer {token_for(bob)}") is None
    assert ask(lane, path, Authorization="Bearer dr_" + "a" * 43) is None
    assert ask(lane, path, Authorization="Bearer anything") is None
    assert ask(lane, path, Authorization="Basic YTpi") is None


@pytest.mark.parametrize(
    "change",
    [
        REVOKED,
        "DELETE FROM tokens",
        "UPDATE users SET standing = 'banned'",
        "UPDATE users SET role = 'moderator'",
        "UPDATE users SET password_hash = 'another'",
    ],
)
def test_what_was_changed_about_a_credential_holds_for_the_very_next_request(
    client: FlaskClient, lane: Lane, deal: Deal, token: Mapping[str, str], change: str
) -> None:
    path = f"/api/deals/{deal.id}"
    meet(client, lane, path, token)

    with transaction():
        db.session.execute(text(change))

    assert ask(lane, path, **token) is None


def test_a_record_is_not_believed_beyond_its_credentials_end(app: Flask, lane: Lane, deal: Deal, alice: User) -> None:
    client, path = app.test_client(), f"/api/deals/{deal.id}"
    credential = {"Authorization": f"Bearer {token_for(alice)}"}
    soon = datetime.now(UTC) + timedelta(seconds=1)
    with transaction():
        db.session.execute(text("UPDATE tokens SET expires_at = :soon"), {"soon": soon})
    meet(client, lane, path, credential)

    while datetime.now(UTC) < soon:
        pass

    assert ask(lane, path, **credential) is None


def test_a_record_that_was_tampered_with_proves_nothing(
    client: FlaskClient, lane: Lane, deal: Deal, token: Mapping[str, str], redis_url: str
) -> None:
    path = f"/api/deals/{deal.id}"
    meet(client, lane, path, token)

    with redis.Redis.from_url(redis_url) as store:
        (key,) = store.keys("dealradarus:v1:identity:*")
        blob = store.get(key)
        store.set(key, blob[:8] + bytes(8) + blob[16:].replace(b'"until_s":1', b'"until_s":9'))

    assert ask(lane, path, **token) is None


def test_who_waits_for_a_write_of_their_own_is_served_nothing_from_the_store(
    app: Flask, lane: Lane, deal: Deal, token: Mapping[str, str], alice: User, redis_url: str
) -> None:
    client, path = app.test_client(), f"/api/deals/{deal.id}"
    meet(client, lane, path, token)
    secret = app.extensions["settings"].secret_key.get_secret_value().encode()

    with redis.Redis.from_url(redis_url) as store:
        store.set(writer_key(user_hash(secret, f"user:{alice.id}")), 1)

    assert ask(lane, path, **token) is None
    assert client.get(path, headers=token).headers["X-Cache"] == "BYPASS"
    assert ask(lane, path) is not None


def test_both_roads_count_at_the_same_counters_and_nobody_twice(
    make: Make, deal: Deal, credential: Mapping[str, str]
) -> None:
    app = make(rate_limit_max_requests=6, rate_limit_window_ms=600_000)
    client, path, lane = app.test_client(), f"/api/deals/{deal.id}", lane_of(app)
    client.get(path, headers=credential)

    answer = ask(lane, path, **credential)
    ordinary = client.get(path, headers=credential)
    elsewhere = ask(lane, path, peer="192.0.2.9", **credential)

    assert answer is not None
    assert elsewhere is not None
    left = [each.headers["RateLimit"].split(";t=")[0] for each in (answer, ordinary)]
    assert left == ['"address";r=4', '"address";r=3']
    assert '"caller";r=4' in answer.headers["RateLimit"]
    assert '"caller";r=3' in ordinary.headers["RateLimit"]
    assert '"address";r=5' in elsewhere.headers["RateLimit"]
    assert '"caller";r=2' in elsewhere.headers["RateLimit"]
    assert elsewhere.headers["X-RateLimit-Remaining"] == "2"


def test_who_has_used_up_a_quota_is_refused_by_the_ordinary_road_which_counts_nothing_twice(
    make: Make, deal: Deal, token: Mapping[str, str], alice: User, redis_url: str
) -> None:
    app = make(rate_limit_max_requests=3, rate_limit_window_ms=600_000)
    client, path, lane = app.test_client(), f"/api/deals/{deal.id}", lane_of(app)
    client.get(path, headers=token)
    ask(lane, path, **token)
    ask(lane, path, **token)

    asking = lane.consider(head_of(path, **token), PEER)
    assert asking is not None
    (outcome,) = lane.answer([asking])
    with lane.counted(outcome.counted):
        refused = client.get(path, headers=token)

    assert outcome.data is None
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert counts_of(redis_url) == {f"caller/user:{alice.id}": 3, f"address/{PEER}": 4}


def test_whose_credential_is_refused_is_counted_by_their_address_alone(
    make: Make, deal: Deal, token: Mapping[str, str], alice: User, redis_url: str
) -> None:
    app = make(rate_limit_max_requests=9, rate_limit_window_ms=600_000)
    client, path, lane = app.test_client(), f"/api/deals/{deal.id}", lane_of(app)
    meet(client, lane, path, token)
    with transaction():
        db.session.execute(text(REVOKED))

    asking = lane.consider(head_of(path, **token), PEER)
    assert asking is not None
    (outcome,) = lane.answer([asking])
    with lane.counted(outcome.counted):
        refused = client.get(path, headers=token)

    assert outcome.data is None
    assert refused.status_code == HTTPStatus.UNAUTHORIZED
    assert counts_of(redis_url) == {f"caller/user:{alice.id}": 3, f"address/{PEER}": 4}


def counts_of(redis_url: str) -> dict[str, int]:
    """Return what the shared counters stand at, by limit and who is counted."""
    with redis.Redis.from_url(redis_url) as store:
        keys = [key.decode() for key in store.keys(f"{PREFIX}*")]
        parts = {key: key.removeprefix(PREFIX).split("/") for key in keys}
        return {f"{part[2]}/{part[1]}": int(store.get(key) or 0) for key, part in parts.items()}


def test_requests_of_one_moment_by_all_kinds_of_callers_get_their_own_answers(
    client: FlaskClient, lane: Lane, deal: Deal, credential: Mapping[str, str], bob: User
) -> None:
    paths = (f"/api/deals/{deal.id}", f"/api/reviews/deal/{deal.id}")
    others = {"Authorization": f"Bearer {token_for(bob)}"}
    for path in paths:
        meet(client, lane, path, credential)
        meet(client, lane, path, others)

    heads = [
        head_of(path, X_Request_ID=f"request-{n}", **who)
        for n, (path, who) in enumerate((path, who) for path in paths for who in ({}, credential, others))
    ]
    askings = [lane.consider(head, PEER) for head in heads]
    outcomes = lane.answer([asking for asking in askings if asking is not None])

    answers = [outcome.data or b"" for outcome in outcomes]
    assert [f"X-Request-ID: request-{n}\r\n".encode() in data for n, data in enumerate(answers)] == [True] * 6
    assert [b'"caller"' in data for data in answers] == [False, True, True] * 2
    assert len({data.partition(b"\r\n\r\n")[2] for data in answers}) == 2


def test_members_requests_are_counted_and_logged_as_theirs(
    client: FlaskClient,
    lane: Lane,
    deal: Deal,
    credential: Mapping[str, str],
    alice: User,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = f"/api/deals/{deal.id}"
    meet(client, lane, path, credential)
    lane.close()
    since = Since()
    capsys.readouterr()

    ask(lane, path, **credential)
    lane.close()

    kind = "token" if "Authorization" in credential else "api-key"
    assert since("dealradar_recognitions_total", credential=kind, by="record") == 1
    assert since("dealradar_cache_operations_total", operation="lookup", outcome="hit") == 2
    who = alice.id if kind == "token" else None
    assert f"user_id={who}\n" in capsys.readouterr().err


def test_where_writes_invalidate_nothing_no_record_is_believed(
    make: Make, deal: Deal, token: Mapping[str, str]
) -> None:
    app = make(cache_bust_on_write=False)
    client, path, lane = app.test_client(), f"/api/deals/{deal.id}", lane_of(app)
    for _ in range(2):
        client.get(path, headers=token)

    assert ask(lane, path) is not None
    assert ask(lane, path, **token) is None


def test_a_cookie_makes_no_difference(client: FlaskClient, lane: Lane, deal: Deal) -> None:
    path = f"/api/deals/{deal.id}"
    client.get(path, headers={"Cookie": "dealradar_session=anything"})
    client.get(path)

    with_one, without = ask(lane, path, Cookie="dealradar_session=anything"), ask(lane, path)

    assert with_one is not None
    assert without is not None
    assert with_one.body == without.body
