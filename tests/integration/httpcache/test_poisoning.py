"""Nothing that isn't in the key changes what others are answered, and none of it gets anybody another's answer."""

import re
from collections.abc import Callable
from typing import Any, Final

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from dealradar.domain.users.models import User
from dealradar.httpcache.addresses import address_of
from dealradar.httpcache.policies import POLICIES, Policy, Sharing
from tests.factories.things import Ids, path_of, things_of
from tests.integration.httpcache.poisons import EVIL, POISONS

As = Callable[[User], FlaskClient]
CHANGING: Final = frozenset(
    {
        *("Date", "Age", "Last-Modified", "X-Request-ID", "X-Cache", "Cache-Status"),
        *("RateLimit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
    }
)
"""Fields that differ between two answers to the same request."""
READS: Final = frozenset({"GET", "HEAD"})
PERSONAL: Final = tuple(policy for policy in POLICIES if policy.sharing is Sharing.PERSON)


@pytest.fixture
def ids(alice: User, bob: User) -> Ids:
    """Return what the routes are about."""
    return things_of(alice, bob)


@pytest.fixture
def client(app: Flask, mona: User, as_: As, policy: Policy) -> FlaskClient:
    """Return a client that may ask for what *policy* is about."""
    return as_(mona) if policy.sharing is Sharing.PERSON else app.test_client()


def seen(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    """Return what an answer is made of, without what differs from one to the next."""
    fields = {name: value for name, value in answer.headers if name not in CHANGING}
    return answer.status_code, answer.data, fields


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.endpoint)
def test_after_a_poisoned_request_everybody_is_answered_as_if_there_had_been_none(
    client: FlaskClient, policy: Policy, ids: Ids, redis_url: str
) -> None:
    path = address_of(path_of(policy.endpoint, ids))
    innocent = seen(client.get(path))

    harm = {}
    with redis.Redis.from_url(redis_url) as store:
        for poison in POISONS:
            store.flushdb()
            harm[poison.name] = _harm_of(client.open(**poison.request(path)))
            if store.keys("dealradarus:v1:/*") and seen(client.get(path)) != innocent:
                harm[poison.name].append("it stays")

    assert innocent[0] == 200
    assert {name: done for name, done in harm.items() if done} == {}


def _harm_of(answer: Any) -> list[str]:
    """Return what is wrong with the answer to a poisoned request itself."""
    is_kept = answer.status_code not in {200, 206, 304} and not answer.cache_control.no_store
    return [
        *(["it leads elsewhere"] if EVIL in str(answer.headers) else []),
        *(["it breaks something"] if answer.status_code >= 500 else []),
        *(["an error may be kept in place of the resource"] if is_kept else []),
    ]


@pytest.mark.parametrize("policy", PERSONAL, ids=lambda policy: policy.endpoint)
def test_no_poison_lets_anybody_in(
    client: FlaskClient, policy: Policy, ids: Ids, app: Flask, mallory: User, as_: As
) -> None:
    path = address_of(path_of(policy.endpoint, ids))
    innocent = client.get(path).data
    strangers = {401: app.test_client(), 403: as_(mallory)}

    for status, stranger in strangers.items():
        answers = [stranger.open(**poison.request(path)) for poison in POISONS if poison.method in READS]

        assert {answer.status_code for answer in answers} == {status, 404}
        assert [answer for answer in answers if answer.data == innocent] == []


@pytest.mark.parametrize("policy", PERSONAL, ids=lambda policy: policy.endpoint)
def test_no_poison_gets_anybody_an_entry_of_anothers(
    client: FlaskClient, policy: Policy, ids: Ids, ada: User, as_: As
) -> None:
    path, other = address_of(path_of(policy.endpoint, ids)), as_(ada)
    own = {_key_of(client.open(**poison.request(path))) for poison in POISONS} - {None}

    others = {_key_of(other.open(**poison.request(path))) for poison in POISONS} - {None}

    assert len(own) == len(others) > 0
    assert own.isdisjoint(others)


def _key_of(answer: Any) -> str | None:
    """Return under which key an answer is stored, if it is."""
    found = re.search('key="(.*?)"', answer.headers.get("Cache-Status", ""))
    return found and found[1]
