"""Flask-Caching's face of the cache: ``CACHE_TYPE = "dealradar.cache.backend.TaggedRedisCache"``.

Its ordinary values are JSON and expire by time alone; responses that must never be stale live in its `store`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, Self

from flask_caching.backends.base import BaseCache

from dealradar.cache.connections import Command, Reply
from dealradar.cache.entries import MAX_TTL_S
from dealradar.cache.events import ignore
from dealradar.cache.keys import NAMESPACE, value_key
from dealradar.cache.redis_store import Limits, RedisStore
from dealradar.cache.wire import StoreUnavailableError

_PREFIXES: Final = frozenset({NAMESPACE, "flask_cache_"})  # ours, or Flask-Caching's own when none was chosen


class TaggedRedisCache(BaseCache):
    """Values in Redis under ``dealradarus:v1:value:``, and `store`, whose entries carry the versions of their tags.

    Values fail open: while Redis is away, nothing is found and nothing is kept. A timeout of 0, which elsewhere means
    for ever, is a day, the longest that anything is kept here.
    """

    def __init__(self, store: RedisStore, *, default_timeout: int, ignore_delete_many_errors: bool = True) -> None:
        super().__init__(default_timeout, ignore_delete_many_errors)
        self.store = store

    @classmethod
    def factory(cls, app: object, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> Self:  # noqa: ARG003  Flask-Caching calls it so
        """Return the backend that the ``CACHE_*`` settings of *config* describe.

        Raises:
            ValueError: ``CACHE_REDIS_URL`` is missing, or ``CACHE_KEY_PREFIX`` is another than ours.
        """
        if not config.get("CACHE_REDIS_URL"):
            raise ValueError("CACHE_REDIS_URL must name the Redis of the cache, such as redis://127.0.0.1:6379/0.")
        if config.get("CACHE_KEY_PREFIX", NAMESPACE) not in _PREFIXES:
            raise ValueError(f"CACHE_KEY_PREFIX must be {NAMESPACE}, not {config['CACHE_KEY_PREFIX']}; or unset.")
        store = RedisStore(
            config["CACHE_REDIS_URL"],
            _limits(config),
            observe=config.get("CACHE_OBSERVER") or ignore,
            missed=config.get("CACHE_MISSED"),
        )
        return cls(store, **kwargs)

    def get(self, key: str) -> Any:  # noqa: ANN401  whatever was set
        """Return the value of *key*, or None where there is none."""
        return self.get_many(key)[0]

    def get_many(self, *keys: str) -> list[Any]:
        """Return the values of *keys* in their order, None for each that there is none of, in one round trip."""
        replies = self._exchange([("GET", value_key(key)) for key in keys])
        return [_decoded(reply) for reply in replies or [None] * len(keys)]

    def set(self, key: str, value: Any, timeout: int | timedelta | None = None) -> bool:  # noqa: ANN401  any JSON
        """Keep *value* for *timeout* seconds; return whether it is kept.

        Raises:
            TypeError: JSON can't carry the value, or would give back another.
        """
        return self.set_many({key: value}, timeout) == [key]

    def set_many(self, mapping: Mapping[str, Any], timeout: int | timedelta | None = None) -> list[str]:
        """Keep the values of *mapping* for *timeout* seconds, in one round trip; return the keys of those kept.

        One that is bigger than an entry may be isn't.

        Raises:
            TypeError: JSON can't carry one of the values, or would give back another; none is kept.
        """
        texts = {key: _encoded(key, value) for key, value in mapping.items()}
        fitting = {key: text for key, text in texts.items() if len(text) <= self.store.limits.max_entry_bytes}
        ttl_s = self._ttl_s(timeout)
        replies = self._exchange([("SET", value_key(key), text, "EX", ttl_s) for key, text in fitting.items()])
        return [] if replies is None else list(fitting)

    def add(self, key: str, value: Any, timeout: int | timedelta | None = None) -> bool:  # noqa: ANN401  any JSON
        """Keep *value* unless *key* has one; return whether it is kept.

        Raises:
            TypeError: JSON can't carry the value, or would give back another.
        """
        command = ("SET", value_key(key), _encoded(key, value), "NX", "EX", self._ttl_s(timeout))
        return self._exchange([command]) not in (None, [None])

    def delete(self, key: str) -> bool:
        """Remove *key*; return whether it was there."""
        return self._exchange([("UNLINK", value_key(key))]) == [1]

    def delete_many(self, *keys: str) -> list[str]:
        """Remove *keys* in one round trip; return them, or none when the store couldn't be told.

        Raises:
            RuntimeError: It couldn't, and ``CACHE_IGNORE_ERRORS`` is off.
        """
        if self._exchange([("UNLINK", value_key(key)) for key in keys]) is not None:
            return list(keys)
        if not self.ignore_delete_many_errors:
            raise RuntimeError(f"The cache store could not be told to delete {', '.join(keys)}.")
        return []

    def has(self, key: str) -> bool:
        """Return whether *key* has a value."""
        return self._exchange([("EXISTS", value_key(key))]) == [1]

    def inc(self, key: str, delta: int = 1) -> int | None:
        """Add *delta* to the whole number at *key*, 0 if there is none; return the sum, None if there can't be one."""
        name = value_key(key)
        replies = self._exchange([("SET", name, 0, "NX", "EX", self._ttl_s(None)), ("INCRBY", name, delta)])
        return replies[1] if replies and isinstance(replies[1], int) else None

    def dec(self, key: str, delta: int = 1) -> int | None:
        """Take *delta* from the whole number at *key*; otherwise like `inc`."""
        return self.inc(key, -delta)

    def clear(self) -> bool:
        """Remove everything of ours, entries included, and nothing else; return whether that is done."""
        try:
            self.store.clear()
        except StoreUnavailableError:
            return False
        return True

    def _exchange(self, commands: Sequence[Command]) -> list[Reply] | None:
        try:
            return self.store.reads.exchange(commands) if commands else []
        except StoreUnavailableError:
            return None

    def _ttl_s(self, timeout: int | timedelta | None) -> int:
        ttl_s = self._normalize_timeout(timeout)
        if ttl_s < 0:
            raise ValueError(f"A timeout can't be negative, as {ttl_s} s is.")
        return min(ttl_s, MAX_TTL_S) or MAX_TTL_S


def _limits(config: Mapping[str, Any]) -> Limits:
    given = {
        "timeout_s": config.get("CACHE_TIMEOUT_S"),
        "bump_timeout_s": config.get("CACHE_BUMP_TIMEOUT_S"),
        "max_entry_bytes": config.get("CACHE_MAX_ENTRY_BYTES"),
        "ttl_jitter": config.get("CACHE_TTL_JITTER"),
    }
    return Limits(**{name: value for name, value in given.items() if value is not None})


def _encoded(key: str, value: object) -> str:
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
        comes_back = bool(json.loads(text) == value)
    except (TypeError, ValueError) as error:
        raise TypeError(f"The value for {key!r} can't be cached, since JSON can't carry it: {error}") from error
    if not comes_back:
        raise TypeError(
            f"The value for {key!r} can't be cached, since JSON would give it back changed: "
            "tuples come back as lists, and the keys of dicts as text."
        )
    return text


def _decoded(reply: Reply) -> Any:  # noqa: ANN401  whatever was set
    try:
        return json.loads(reply) if isinstance(reply, bytes) else None
    except ValueError:
        return None
