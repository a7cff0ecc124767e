import datetime as dt
import enum
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from flask import Flask
from flask_caching import Cache

from dealradar.cache import Event, Hit, RedisStore
from dealradar.cache.backend import TaggedRedisCache
from tests.integration.cache.reading import KEY, TAGS, fill

BACKEND = "dealradar.cache.backend.TaggedRedisCache"
AWAY = "redis://127.0.0.1:1/0"


def cache_on(url: str, **settings: object) -> tuple[Flask, Cache]:
    app, cache = Flask(__name__), Cache()
    app.config.update(CACHE_TYPE=BACKEND, CACHE_REDIS_URL=url, CACHE_TIMEOUT_S=2.0, **settings)
    cache.init_app(app)
    return app, cache


def backend_of(cache: Cache) -> TaggedRedisCache:
    backend = cache.cache
    assert isinstance(backend, TaggedRedisCache)
    return backend


@pytest.fixture
def cache(redis_url: str, server: redis.Redis) -> Iterator[Cache]:  # noqa: ARG001  emptied
    """Return Flask-Caching's object on our backend, inside its application."""
    app, cache = cache_on(redis_url, CACHE_DEFAULT_TIMEOUT=60)
    with app.app_context():
        yield cache
        backend_of(cache).store.close()


@pytest.fixture
def unreachable() -> Iterator[Cache]:
    """Return the same with its Redis away."""
    app, cache = cache_on(AWAY)
    with app.app_context():
        yield cache


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -1.5, "", "Größe 🛍", [], [1, [2]], {}, {"a": {"b": [None, False]}}, "x" * 100_000],
    ids=lambda value: repr(value)[:20],
)
def test_a_value_comes_back_as_it_went(cache: Cache, value: Any) -> None:
    assert cache.set("name", value)

    assert cache.get("name") == value
    assert cache.has("name")


class Sort(enum.Enum):
    NEW = "new"


@pytest.mark.parametrize(
    "value",
    [
        b"bytes",
        (1, 2),
        {1: "a"},
        {"a": (1,)},
        float("nan"),
        float("inf"),
        {1},
        object(),
        dt.datetime.now(dt.UTC),
        Sort.NEW,
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_value_that_json_would_lose_or_change_is_refused(cache: Cache, value: Any) -> None:
    with pytest.raises(TypeError, match="The value for 'name' can't be cached, since JSON"):
        cache.set("name", value)
    with pytest.raises(TypeError):
        cache.add("name", value)

    assert not cache.has("name")


def test_what_is_not_there_is_none(cache: Cache) -> None:
    assert cache.get("name") is None
    assert cache.has("name") is False
    assert cache.delete("name") is False


def test_what_was_deleted_is_gone(cache: Cache) -> None:
    cache.set("name", 1)

    assert cache.delete("name") is True
    assert cache.get("name") is None


def test_adding_keeps_what_is_there(cache: Cache) -> None:
    assert cache.add("name", 1) is True
    assert cache.add("name", 2) is False
    assert cache.get("name") == 1


def test_many_values_go_and_come_together(cache: Cache) -> None:
    assert cache.set_many({"a": 1, "b": [2]}) == ["a", "b"]

    assert cache.get_many("a", "b", "c") == [1, [2], None]
    assert cache.get_dict("a", "c") == {"a": 1, "c": None}
    assert cache.delete_many("a", "b") == ["a", "b"]
    assert cache.get_many("a", "b") == [None, None]
    assert (cache.get_many(), cache.set_many({}), cache.delete_many()) == ([], [], [])


def test_whole_numbers_are_counted_up_and_down(cache: Cache, server: redis.Redis) -> None:
    backend = backend_of(cache)

    assert [backend.inc("n"), backend.inc("n", 5), backend.dec("n", 2)] == [1, 6, 4]
    assert cache.get("n") == 4
    assert 0 < server.ttl("dealradarus:v1:value:n") <= 60


def test_what_is_no_whole_number_is_not_counted(cache: Cache) -> None:
    cache.set("name", "text")

    assert backend_of(cache).inc("name") is None
    assert cache.get("name") == "text"


@pytest.mark.parametrize(
    ("timeout", "ttl_s"),
    [(None, 60), (10, 10), (dt.timedelta(minutes=2), 120), (0, 86_400), (1_000_000, 86_400)],
)
def test_every_value_has_an_end(
    cache: Cache, server: redis.Redis, timeout: int | dt.timedelta | None, ttl_s: int
) -> None:
    cache.set("name", 1, timeout=timeout)

    assert ttl_s - 2 <= server.ttl("dealradarus:v1:value:name") <= ttl_s


def test_a_negative_timeout_is_refused(cache: Cache) -> None:
    with pytest.raises(ValueError, match="can't be negative"):
        cache.set("name", 1, timeout=-1)


def test_a_value_over_the_limit_is_not_kept(redis_url: str) -> None:
    app, cache = cache_on(redis_url, CACHE_MAX_ENTRY_BYTES=1_000)
    with app.app_context():
        kept = cache.set_many({"big": "x" * 1_000, "small": "x"})
        backend_of(cache).store.close()

    assert kept == ["small"]


def test_a_name_unfit_for_a_key_is_refused(cache: Cache) -> None:
    with pytest.raises(KeyError, match="can't be a cache key"):
        cache.get("a name\r\n")


def test_foreign_bytes_under_a_name_are_no_value(cache: Cache, server: redis.Redis) -> None:
    server.set("dealradarus:v1:value:name", b"\x80\x04N.")

    assert cache.get("name") is None


def test_clearing_removes_values_and_entries_and_nothing_else(cache: Cache, server: redis.Redis) -> None:
    fill(backend_of(cache).store)
    cache.set("name", 1)
    server.set("celery", "x")

    assert cache.clear() is True
    assert server.keys() == [b"celery"]


def test_its_store_keeps_tagged_entries(cache: Cache, store: RedisStore) -> None:
    fill(store)

    assert isinstance(backend_of(cache).store.lookup(KEY, TAGS), Hit)


def test_with_redis_away_nothing_is_found_and_nothing_is_kept(unreachable: Cache) -> None:
    assert unreachable.get("name") is None
    assert unreachable.get_many("a", "b") == [None, None]
    assert unreachable.set("name", 1) is False
    assert unreachable.set_many({"a": 1}) == []
    assert unreachable.add("name", 1) is False
    assert unreachable.has("name") is False
    assert unreachable.delete("name") is False
    assert unreachable.clear() is False
    assert backend_of(unreachable).inc("name") is None


def test_with_redis_away_deleting_many_says_so_unless_told_not_to(unreachable: Cache) -> None:
    with pytest.raises(RuntimeError, match="could not be told to delete a, b"):
        unreachable.delete_many("a", "b")

    app, forgiving = cache_on(AWAY, CACHE_IGNORE_ERRORS=True)
    with app.app_context():
        assert forgiving.delete_many("a", "b") == []


def test_flask_caching_memoizes_on_it(cache: Cache) -> None:
    computed = []

    @cache.memoize()
    def price_of(deal_id: int) -> dict[str, int]:
        computed.append(deal_id)
        return {"price_cents": deal_id * 100}

    assert [price_of(1), price_of(1), price_of(2)] == [{"price_cents": 100}] * 2 + [{"price_cents": 200}]
    cache.delete_memoized(price_of)
    price_of(1)

    assert computed == [1, 2, 1]


def test_it_tells_the_observer_that_was_configured(redis_url: str) -> None:
    events: list[Event] = []
    app, cache = cache_on(redis_url, CACHE_OBSERVER=events.append)
    with app.app_context():
        backend_of(cache).store.bump(["deal:123"])
        backend_of(cache).store.close()

    assert [(event.did, event.keys) for event in events] == [("round_trip", 2), ("bump", 1)]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"CACHE_REDIS_URL": ""}, "CACHE_REDIS_URL must name the Redis"),
        ({"CACHE_KEY_PREFIX": "other:"}, "CACHE_KEY_PREFIX must be dealradarus:v1:, not other:"),
        ({"CACHE_TTL_JITTER": 1.0}, "ttl_jitter"),
    ],
)
def test_a_setting_it_cannot_run_with_stops_the_start(settings: dict[str, Any], complaint: str) -> None:
    app = Flask(__name__)
    app.config.update({"CACHE_TYPE": BACKEND, "CACHE_REDIS_URL": AWAY, **settings})

    with pytest.raises(ValueError, match=complaint):
        Cache().init_app(app)


def test_starting_with_redis_away_is_no_error_and_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cache_on(AWAY)
