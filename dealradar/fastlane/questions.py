"""All that must be known to answer the requests of one moment, asked of the store in one go."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dealradar.cache import Hit
from dealradar.cache.connections import Command, Reply
from dealradar.cache.keys import writer_key
from dealradar.cache.near import Inquiry, Kept, NearCache
from dealradar.fastlane.asking import Asking
from dealradar.fastlane.tolls import Tolls
from dealradar.ratelimit.counters import SharedCounters

Exchange = Callable[[Sequence[Command]], list[Reply]]
"""Sends commands to the store, unless it is away; raises `StoreUnavailableError`."""
Valid = Mapping[str, tuple[Kept, Hit]]


class Question:
    """What holds of the entries and records that *askings* want, who has to wait for a write, and where all stand."""

    def __init__(self, askings: Sequence[Asking], near: NearCache, counters: SharedCounters) -> None:
        bearers = [asking.bearer for asking in askings if asking.bearer is not None]
        wanted = [asking.lesson.wanted for asking in askings]
        self._inquiry: Final = Inquiry(near, [*wanted, *(bearer.record for bearer in bearers)])
        self._readers: Final = tuple({bearer.reader: None for bearer in bearers if bearer.reader is not None})
        self._waiting: frozenset[str] = frozenset()
        self.tolls: Final = Tolls(counters, [toll for asking in askings for toll in asking.tolls])
        self.valid: Valid = {}

    def put(self, exchange: Exchange, *, now_s: float) -> None:
        """Have it answered by *exchange* at *now_s*, in Unix time.

        Raises:
            StoreUnavailableError: It isn't answered; nothing is valid then.
        """
        parts = (
            self._inquiry.commands(),
            [("EXISTS", writer_key(reader)) for reader in self._readers],
            self.tolls.commands(),
        )
        replies = exchange([command for part in parts for command in part])
        marks_at, tolls_at = len(parts[0]), len(parts[0]) + len(parts[1])
        self.tolls.settle(replies[tolls_at:])
        pairs = zip(self._readers, replies[marks_at:tolls_at], strict=True)
        self._waiting = frozenset(reader for reader, is_marked in pairs if is_marked)
        self.valid = self._inquiry.valid(replies[:marks_at], now_s=now_s)

    def has_to_wait(self, reader: str | None) -> bool:
        """Return whether a write of *reader*, a user hash, is put off: they are served nothing from the store then."""
        return reader in self._waiting
