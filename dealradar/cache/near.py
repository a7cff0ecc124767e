"""Entries kept in the memory of a process, none of which is served before the store was asked whether it still holds.

All that are wanted at one moment are asked about in one go. What comes back for an entry is its stamp, which tells
whether the store still has this very one, and the versions of its tags; its body only when it is not here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dealradar.cache.connections import Command, Reply
from dealradar.cache.entries import STAMP_BYTES, Entry, EntryError, unpack
from dealradar.cache.keys import version_key
from dealradar.cache.store import Hit, Miss, judge
from dealradar.cache.versions import known

OVERHEAD_BYTES: Final = 2_048
"""What an entry costs beside its bytes, about."""


@dataclass(slots=True)
class Kept:
    """An *entry*, and the *stamp* of the blob that it came from.

    *prepared* is for who serves it: whatever was made of it, which goes with it.
    """

    entry: Entry
    stamp: bytes
    size_bytes: int
    prepared: dict[Any, Any] = field(default_factory=dict)
    was_used: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry that is asked for: its *key*, and the *tags* that it should depend on."""

    key: str
    tags: tuple[str, ...]


class NearCache:
    """Entries by key, of *max_bytes* together, for one thread.

    What must go is chosen by second chance: who has been there longest goes, unless it was used since its last turn.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: dict[str, Kept] = {}
        self.size_bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: str) -> Kept | None:
        """Return what is kept at *key*; whether it still holds isn't known."""
        return self._kept.get(key)

    def keep(self, key: str, blob: bytes) -> Kept | None:
        """Keep the entry whose *blob* the store has at *key*; return None if it is none, or too large to be kept."""
        self.drop(key)
        try:
            entry = unpack(blob, key=key)
        except EntryError:
            return None
        kept = Kept(entry, blob[:STAMP_BYTES], len(blob) + OVERHEAD_BYTES)
        if kept.size_bytes > self._max_bytes // 8:
            return None
        self._kept[key] = kept
        self.size_bytes += kept.size_bytes
        while self.size_bytes > self._max_bytes:
            self._evict()
        return kept

    def drop(self, key: str) -> None:
        """Keep nothing at *key*."""
        gone = self._kept.pop(key, None)
        if gone is not None:
            self.size_bytes -= gone.size_bytes

    def _evict(self) -> None:
        key = next(iter(self._kept))
        if not self._kept[key].was_used:
            self.drop(key)
            return
        spared = self._kept.pop(key)
        spared.was_used = False
        self._kept[key] = spared


class Inquiry:
    """One question to the store: which of all that is *wanted* at this moment holds."""

    def __init__(self, near: NearCache, wanted: Iterable[Wanted]) -> None:
        self._near = near
        self._wanted = tuple({each.key: each for each in wanted}.values())
        self._tags = tuple(dict.fromkeys(tag for each in self._wanted for tag in each.tags))

    def commands(self) -> list[Command]:
        """Return what to ask: one command for each entry, and one for the versions of all their tags."""
        entries: list[Command] = [
            ("GET", each.key) if self._near.find(each.key) is None else ("GETRANGE", each.key, 0, STAMP_BYTES - 1)
            for each in self._wanted
        ]
        return [*entries, ("MGET", *map(version_key, self._tags))]

    def valid(self, replies: Sequence[Reply], *, now_s: float) -> Mapping[str, tuple[Kept, Hit]]:
        """Return, by key, what may be served at *now_s*, in Unix time, going by the *replies* to our commands."""
        *blobs, tokens = replies
        versions = known(self._tags, tokens) if isinstance(tokens, list) else {}
        found: dict[str, tuple[Kept, Hit]] = {}
        for each, blob in zip(self._wanted, blobs, strict=True):
            kept = self._confirmed(each.key, blob)
            hit = None if kept is None else judge(kept.entry, each.tags, known=versions, now_s=now_s)
            if kept is None or hit is None or isinstance(hit, Miss):
                self._near.drop(each.key)
                continue
            kept.was_used = True
            found[each.key] = kept, hit
        return found

    def _confirmed(self, key: str, blob: Reply) -> Kept | None:
        """Return what the store has at *key*, whose blob, or the beginning of it, is *blob*."""
        if not isinstance(blob, bytes):
            return None
        kept = self._near.find(key)
        if kept is None:
            return self._near.keep(key, blob)
        return kept if kept.stamp == blob else None
