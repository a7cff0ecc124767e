from typing import Annotated, Any

import pytest
from pydantic import Field

from dealradar.cache import InvalidKeyError
from dealradar.config import Settings
from dealradar.domain.shapes import ListQuery
from dealradar.httpcache.plans import Plan, Wish, plan
from dealradar.httpcache.policies import Policy, Sharing


class PlainQuery(ListQuery):
    sort: str = "newest"
    rating: Annotated[int, Field(ge=1, le=5)] | None = None


SETTINGS = Settings.from_environment(_env_file=None, secret_key="one secret", cache_reviews_ttl_s=7)
SHARED = Policy("/reviews/deal/<int:deal_id>", lambda s: s.cache_reviews_ttl_s, ("reviews@deal:{deal_id}",), PlainQuery)
PERSONAL = Policy("/reports", lambda s: s.cache_reports_ttl_s, ("reports",), PlainQuery, Sharing.PERSON)


def planned(
    policy: Policy, *, identity: str = "user:1", ids: dict[str, object] | None = None, **params: object
) -> Plan:
    query = PlainQuery.model_validate(params)
    return plan(policy, Wish(ids={"deal_id": 123} if ids is None else ids, query=query, identity=identity), SETTINGS)


def test_a_shared_key_is_the_path_and_a_hash_of_what_was_asked() -> None:
    prefix, version, endpoint, params_hash = planned(SHARED).key.split(":")

    assert (prefix, version, endpoint) == ("dealradarus", "v1", "/reviews/deal/123")
    assert len(params_hash) == 32


def test_what_is_at_its_default_makes_no_difference() -> None:
    assert planned(SHARED, sort="newest", limit="20").key == planned(SHARED).key


def test_what_is_not_declared_makes_no_difference() -> None:
    assert planned(SHARED, utm_source="x").key == planned(SHARED).key


@pytest.mark.parametrize("params", [{"sort": "oldest"}, {"limit": 21}, {"rating": 5}, {"cursor": "abc"}])
def test_what_is_declared_makes_a_difference(params: dict[str, Any]) -> None:
    assert planned(SHARED, **params).key != planned(SHARED).key


def test_what_is_personal_is_never_kept_beyond_its_life() -> None:
    settings = SETTINGS.model_copy(update={"cache_stale_if_error_s": 600})
    wish = Wish(ids={"deal_id": 123}, query=PlainQuery(), identity="user:1")

    shared, personal = (plan(one, wish, settings) for one in (SHARED, PERSONAL))

    assert (shared.stale_if_error_s, personal.stale_if_error_s) == (600, 0)
    assert (shared.not_found_ttl_s, personal.not_found_ttl_s) == (7, 0)


def test_a_shared_entry_is_the_same_for_everybody() -> None:
    assert planned(SHARED, identity="user:1").key == planned(SHARED, identity="user:2").key


def test_a_personal_entry_is_one_person_s() -> None:
    mona, mina = planned(PERSONAL, identity="user:1").key, planned(PERSONAL, identity="user:2").key

    assert mona != mina
    assert mona.split(":")[4] == "auth"
    assert "user:1" not in mona


def test_an_entry_depends_on_its_tags_and_on_each_path_above_it() -> None:
    assert planned(SHARED).tags == (
        "reviews@deal:123",
        "path:/",
        "path:/reviews",
        "path:/reviews/deal",
        "path:/reviews/deal/123",
    )


def test_the_ttl_is_the_policy_s_setting() -> None:
    assert planned(SHARED).ttl_s == 7


@pytest.mark.parametrize("hostile", ["a*", "a b", "a:b", "../x", "a\r\nSET x", "%2F", "?"])
def test_hostile_ids_reach_no_key_as_they_are(hostile: str) -> None:
    key = planned(SHARED, ids={"deal_id": hostile}).key

    assert not set(" *?[]\r\n") & set(key)
    assert key.count(":") == 3


def test_an_id_too_long_for_a_key_is_refused() -> None:
    with pytest.raises(InvalidKeyError):
        planned(SHARED, ids={"deal_id": "x" * 1_000})
