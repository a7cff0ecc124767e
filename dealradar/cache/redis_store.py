"""Entries and versions in one Redis or Valkey."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, cast

from dealradar.cache import bumps, horizons, servers, versions
from dealradar.cache.breaker import Breaker, Circuit, Patience
from dealradar.cache.bumps import Deferral, Stale
from dealradar.cache.connections import Command
from dealradar.cache.entries import Entry, EntryError, Versions, pack, shorter_lived, unpack
from dealradar.cache.events import Did, Event, Observer, ignore
from dealradar.cache.keys import NAMESPACE, writer_key
from dealradar.cache.leases import Lease, RedisLeases, patience_s
from dealradar.cache.recovery import Missed, RecoveringBreaker, await_answer
from dealradar.cache.servers import Acquaintance
from dealradar.cache.store import Down, Health, Hit, Lookup, Miss, MissReason, Put, judge
from dealradar.cache.wire import StoreUnavailableError, Trouble, Wire

BATCH_KEYS: Final = 1_000

_READERS_PATIENCE: Final = Patience(failures=3, open_s=0.5, open_max_s=5.0)
# Opens on patience of its own, so that a store that is only slow for readers loses no invalidation, and never for
# longer than a second, so that one that came back isn't kept waiting for what it is owed.
_BUMPS_PATIENCE: Final = Patience(failures=2, open_s=1.0, open_max_s=1.0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the store may cost: time for a reader, time for an invalidation, memory for an entry, connections.

    *ttl_jitter* is the fraction by which a TTL may come out shorter. *max_connections* counts per process, and for
    readers and invalidations apart.
    """

    timeout_s: float = 0.1
    bump_timeout_s: float = 1.0
    max_entry_bytes: int = 1_048_576
    ttl_jitter: float = 0.1
    max_connections: int = 64

    def __post_init__(self) -> None:
        if not 0 <= self.ttl_jitter < 1:
            raise ValueError(f"ttl_jitter must be at least 0 and below 1, not {self.ttl_jitter}.")


class RedisStore:
    """The `Store` at *url* (``redis://``, ``rediss://`` or ``unix://``).

    Threads may share it, and a process may fork with it. What it does is told to *observe*. Connects when first asked.

    Given *missed*, it is not read before what that returns was invalidated: when a process begins, when the store was
    away or an invalidation failed, and when another server answers, or the same one restarted (ADR 0031).
    """

    def __init__(
        self, url: str, limits: Limits | None = None, *, observe: Observer = ignore, missed: Missed | None = None
    ) -> None:
        self.limits = limits or Limits()
        self._observe = observe
        self._missed = missed
        self._recovered_run_id: str | None = None
        self._acquaintance = Acquaintance(self._meet_another)
        self.reads = self._wire(url, self.limits.timeout_s, self._reads_breaker())
        bumps_breaker = Breaker(_BUMPS_PATIENCE, on_change=self._teller(Did.BUMPS_BREAKER))
        self._bumps = self._wire(url, self.limits.bump_timeout_s, bumps_breaker)
        waits = self._wire(url, patience_s(self.limits.timeout_s), self.reads.breaker)
        self.leases = RedisLeases(self.reads, waits, observe=observe)

    def lookup(self, key: str, tags: Iterable[str], *, reader: str | None = None) -> Lookup:
        """See `Store.lookup`. Only an entry that depends on more than *tags* costs a second round trip.

        Raises:
            InvalidKeyError: A tag isn't fit for a key.
        """
        started_s = time.perf_counter()
        found = self._lookup(key, tuple(dict.fromkeys(tags)), reader)
        outcome = "hit" if isinstance(found, Hit) else found.reason
        detail = (found.tag or "") if isinstance(found, Miss) else ""
        self._observe(Event(Did.LOOKUP, outcome, time.perf_counter() - started_s, keys=1, detail=detail))
        return found

    def versions(self, tags: Iterable[str], miss: Miss | None = None) -> Versions | None:
        """See `Store.versions`. What *miss* has read of them isn't asked for again.

        Raises:
            InvalidKeyError: A tag isn't fit for a key.
        """
        wanted = tuple(dict.fromkeys(tags))
        already = dict(miss.versions) if miss else {}
        try:
            with self._told(Did.VERSIONS, keys=len(wanted)):
                return versions.read_or_create(self.reads, wanted, already)
        except StoreUnavailableError:
            return None

    def put(self, key: str, entry: Entry, *, linger_s: float = 0.0, lease: Lease | None = None) -> Put:
        """See `Store.put`; one round trip. TTLs are shortened at random: what was stored together expires apart."""
        started_s = time.perf_counter()
        shortened = shorter_lived(entry, self.limits.ttl_jitter, random.random())  # noqa: S311  spreads load, hides nothing
        blob = pack(shortened, key=key)
        ttl_ms = max(1, int((shortened.ttl_s + linger_s) * 1_000))
        outcome = self._put(("SET", key, blob, "PX", ttl_ms), shortened, lease)
        stored_bytes = len(blob) if outcome is Put.STORED else 0
        self._observe(Event(Did.PUT, outcome, time.perf_counter() - started_s, keys=1, stored_bytes=stored_bytes))
        return outcome

    def was_taken_down(self, entry: Entry, tags: Iterable[str]) -> bool:
        """See `Store.was_taken_down`; one round trip.

        Raises:
            InvalidKeyError: A tag isn't fit for a key.
        """
        concerned = tuple(dict.fromkeys((*tags, *(tag for tag, _ in entry.versions))))
        try:
            with self._told(Did.MARKS, keys=len(concerned)):
                marks = self.reads.exchange(versions.reading_marks(concerned))
        except StoreUnavailableError:
            return True
        return versions.is_marked(marks, since_s=entry.stored_at_s - entry.cost_s)  # when the database was read

    def bump(self, tags: Iterable[str]) -> None:
        """See `Store.bump`; raises what `invalidate` does."""
        self.invalidate(Stale(strict=tuple(dict.fromkeys(tags))))

    def invalidate(self, stale: Stale) -> tuple[Deferral, ...]:
        """See `Store.invalidate`.

        Raises:
            StoreUnavailableError: It isn't known of all of it that it happened.
            InvalidKeyError: A tag isn't fit for a key; none was invalidated.
        """
        try:
            with self._told(Did.BUMP, keys=len(stale)) as moved:
                deferrals = bumps.bump(self._bumps, stale)
                moved.extend(stale.without(deferrals))
                return deferrals
        except StoreUnavailableError as error:
            self._distrust(str(error))  # or this process would go on serving what it has just failed to invalidate
            raise

    def delete(self, keys: Iterable[str]) -> int:
        """See `Store.delete`.

        Raises:
            StoreUnavailableError: It isn't known that it happened.
        """
        distinct = tuple(dict.fromkeys(keys))
        with self._told(Did.DELETE, keys=len(distinct)):
            return self._unlink(distinct)

    def clear(self) -> int:
        """See `Store.clear`. The server is never blocked: SCAN and UNLINK, a thousand keys at a time.

        Raises:
            StoreUnavailableError: It was broken off.
        """
        with self._told(Did.CLEAR):
            return sum(self._unlink(batch) for batch in self._scan(f"{NAMESPACE}*"))

    def ping(self) -> float:
        """See `Store.ping`; asks the way readers do.

        Raises:
            StoreUnavailableError: It didn't answer a reader in time.
        """
        started_s = time.perf_counter()
        self.reads.exchange([("PING",)])
        return time.perf_counter() - started_s

    def health(self) -> Health:
        """See `Store.health`."""
        return Health(reads=self.reads.breaker.circuit, bumps=self._bumps.breaker.circuit)

    def close(self) -> None:
        """See `Store.close`."""
        self.leases.close()
        if isinstance(self.reads.breaker, RecoveringBreaker):
            self.reads.breaker.stop()
        self.reads.close()
        self._bumps.close()

    def _lookup(self, key: str, tags: tuple[str, ...], reader: str | None) -> Lookup:
        is_exempt = [] if reader is None else [("EXISTS", writer_key(reader))]
        try:
            blob, *replies = self.reads.exchange([("GET", key), *versions.reading(tags), *is_exempt])
            if is_exempt and replies.pop():
                return Down(Trouble.OWN_WRITE)
            known = versions.known(tags, replies)
            if not isinstance(blob, bytes):
                return Miss(MissReason.ABSENT, tuple(known.items()))
            entry = unpack(blob, key=key)
            undeclared = [tag for tag, _ in entry.versions if tag not in tags]
            if undeclared:
                known |= versions.known(undeclared, self.reads.exchange(versions.reading(undeclared)))
        except StoreUnavailableError as error:
            return Down(error.reason)
        except EntryError:
            return Miss(MissReason.MALFORMED, tuple(known.items()))
        found = judge(entry, tags, known=known, now_s=time.time())
        return replace(found, versions=tuple(known.items()), outdated=entry) if isinstance(found, Miss) else found

    def _put(self, setting: Command, entry: Entry, lease: Lease | None) -> Put:
        _, _, blob, _, life_ms = setting
        if len(cast("bytes", blob)) > self.limits.max_entry_bytes:
            return Put.TOO_BIG
        tags = (tag for tag, _ in entry.versions)
        storing = [setting, *versions.refreshing(tags, life_s=cast("int", life_ms) / 1_000)]
        try:
            if lease is None:
                self.reads.exchange(storing)
            else:
                replies = self.reads.exchange([*storing, *self.leases.ending(lease, stored=True)])
                self.leases.ended(replies[len(storing) :])
        except StoreUnavailableError:
            return Put.DOWN
        return Put.STORED

    def _unlink(self, keys: Sequence[str | bytes]) -> int:
        removed = 0
        for start in range(0, len(keys), BATCH_KEYS):
            replies = self._bumps.exchange([("UNLINK", key) for key in keys[start : start + BATCH_KEYS]])
            removed += sum(reply for reply in replies if isinstance(reply, int))
        return removed

    def _scan(self, pattern: str) -> Iterator[list[bytes]]:
        cursor = b"0"
        while True:
            (reply,) = self._bumps.exchange([("SCAN", cursor, "MATCH", pattern, "COUNT", BATCH_KEYS)])
            cursor, keys = cast("tuple[bytes, list[bytes]]", reply)
            yield keys
            if cursor == b"0":
                return

    @contextmanager
    def _told(self, did: Did, *, keys: int = 0) -> Iterator[list[str]]:
        started_s, moved = time.perf_counter(), list[str]()
        outcome = "done"
        try:
            yield moved
        except StoreUnavailableError as error:
            outcome = error.reason
            raise
        except Exception:
            outcome = "failed"
            raise
        finally:
            self._observe(Event(did, outcome, time.perf_counter() - started_s, keys=keys, tags=tuple(moved)))

    def _recover(self, missed: Missed) -> None:
        """Have everything made up for that the server which answers now may not know.

        Raises:
            StoreUnavailableError: It doesn't answer, or yet another one does.
        """
        with self._told(Did.RECOVERY) as moved:
            self.reads.drop_idle()
            self._bumps.drop_idle()
            (noted,) = self._bumps.probe([("GET", servers.KEY)])
            self._bumps.breaker.mend()
            await_answer(self.reads, tries=_READERS_PATIENCE.failures)
            run_id = self._acquaintance.run_id or servers.UNKNOWN
            is_known = noted == run_id.encode() and self._recovered_run_id in {None, run_id}
            moved.extend(missed(server_changed=not is_known))
            bumps.bump(self._bumps, Stale(strict=tuple(moved)))
            self._bumps.exchange([horizons.dropping(), ("SET", servers.KEY, run_id, "EX", servers.TTL_S)])
            if self._acquaintance.run_id != run_id:
                raise StoreUnavailableError(Trouble.DISCONNECTED, "Another server answers by now.")
            self._recovered_run_id = run_id

    def _meet_another(self, run_id: str) -> None:
        self._observe(Event(Did.SERVER, "changed", detail=run_id))
        self._distrust("Another server answers, or the same one restarted.")

    def _distrust(self, error: str) -> None:
        if isinstance(self.reads.breaker, RecoveringBreaker):
            self.reads.breaker.distrust(error)

    def _wire(self, url: str, timeout_s: float, breaker: Breaker) -> Wire:
        return Wire(
            url,
            timeout_s=timeout_s,
            max_connections=self.limits.max_connections,
            breaker=breaker,
            acquaintance=None if self._missed is None else self._acquaintance,
            observe=self._observe,
        )

    def _reads_breaker(self) -> Breaker:
        tell = self._teller(Did.READS_BREAKER)
        if self._missed is None:
            return Breaker(_READERS_PATIENCE, on_change=tell)
        return RecoveringBreaker(partial(self._recover, self._missed), on_change=tell)

    def _teller(self, did: Did) -> Callable[[Circuit], None]:
        return lambda circuit: self._observe(Event(did, circuit.phase, detail=circuit.last_error or ""))
