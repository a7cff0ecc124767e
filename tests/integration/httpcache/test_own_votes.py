"""While the move of a list is put off, whoever voted sees their vote in it, and everybody sees it at the deal."""

from typing import Any

import pytest
import redis
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dealradar.cache import bumps
from dealradar.cache.keys import gate_key
from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from tests.factories.people import token_for

LONG_S = 600


@pytest.fixture(autouse=True)
def _one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the second one in a while be put off already."""
    monkeypatch.setattr(bumps, "SOFT_BURST", 1)


@pytest.fixture
def voted(client: FlaskClient, deal: Deal, bob: User, mona: User, redis_url: str) -> None:
    """Have bob vote just after mona did, so that the list must wait for its turn; nothing ends in the meantime."""
    with redis.Redis.from_url(redis_url) as store:
        _vote(client, deal, mona)
        store.expire(gate_key("deals"), LONG_S)
        _list(client)
        _vote(client, deal, bob)
        for key in store.keys("dealradarus:v1:writer:*"):
            store.expire(key, LONG_S)


def _vote(client: FlaskClient, deal: Deal, voter: User) -> None:
    sent = client.post(f"/api/deals/{deal.id}/vote", json={"value": 1}, headers=_as(voter))
    assert sent.status_code == 200


def _as(person: User | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_for(person)}"} if person else {}


def _list(client: FlaskClient, person: User | None = None) -> TestResponse:
    return client.get("/api/deals", headers=_as(person))


def _votes(answer: TestResponse) -> Any:
    return (answer.get_json() or {})["items"][0]["upvote_count"]


@pytest.mark.usefixtures("voted")
def test_whoever_voted_sees_it_and_leaves_nothing_in_the_store(client: FlaskClient, bob: User) -> None:
    seen = [_list(client, bob) for _ in range(2)]

    assert [_votes(answer) for answer in seen] == [2, 2]
    assert [answer.headers["X-Cache"] for answer in seen] == ["BYPASS", "BYPASS"]
    assert 'detail="own_write"' in seen[0].headers["Cache-Status"]


@pytest.mark.usefixtures("voted")
def test_everybody_else_is_served_what_was_a_moment_ago(client: FlaskClient, mona: User) -> None:
    seen = [_list(client, person) for person in (None, mona)]

    assert [(_votes(answer), answer.headers["X-Cache"]) for answer in seen] == [(1, "HIT"), (1, "HIT")]


@pytest.mark.usefixtures("voted")
def test_the_deal_itself_shows_it_to_everybody_at_once(client: FlaskClient, deal: Deal) -> None:
    seen = client.get(f"/api/deals/{deal.id}")

    assert (seen.get_json() or {})["upvote_count"] == 2


def test_a_first_vote_shows_at_once_to_everybody(client: FlaskClient, deal: Deal, bob: User) -> None:
    before = _votes(_list(client))

    _vote(client, deal, bob)

    after = [_list(client, person) for person in (None, bob)]
    assert before == 0
    assert [_votes(answer) for answer in after] == [1, 1]
    assert after[1].headers["X-Cache"] == "HIT"
