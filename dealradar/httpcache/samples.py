"""Whether a stored answer is still what the database would say: computed beside it, and compared."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from dealradar.cache import Entry, Hit, Store
from dealradar.domain.errors import DomainError
from dealradar.httpcache import differences
from dealradar.httpcache.origins import Origin
from dealradar.httpcache.plans import Plan, held_to
from dealradar.httpcache.recompute import Computed
from dealradar.httpcache.serving import Served, Source, bypass

IsOwed = Callable[[Collection[str]], bool]
"""Whether an invalidation of any of these tags is committed and not known to have reached the store yet."""

SAMPLED: Final = "sampled"
_DIGEST_CHARS: Final = 16


class Verdict(StrEnum):
    """What comparing came to."""

    FRESH = "fresh"
    STALE = "stale"
    ABSENT = "absent"
    """Nothing valid was stored."""
    MOVED = "moved"
    """It was invalidated meanwhile, so that nothing can be said."""
    OWED = "owed"
    """Somebody has just written and is about to invalidate it: likewise."""


class NothingStoredError(DomainError):
    """No valid answer is stored."""


@dataclass(frozen=True)
class Difference:
    """A stored answer to *path* that isn't what the database says: what of it differs, never how.

    *fields* are places in the body, by JSONPath, and ``status``.
    """

    path: str
    key: str
    tags: tuple[str, ...]
    age_s: float
    fields: tuple[str, ...]
    stored_digest: str
    computed_digest: str


@dataclass(frozen=True)
class Sample:
    """The verdict over one stored answer, and what is wrong with a stale one."""

    verdict: Verdict
    difference: Difference | None = None


class Comparing:
    """Serves one request for *path* from the database, and keeps as *sample* how the stored answer compares.

    Whoever reads the database between a write's commit and its invalidation sees what nobody is promised yet. So a
    difference counts only where the database, asked afterwards, owes none of the entry's tags to the store, and the
    entry, asked for after that, is still valid: then every write that was seen had been invalidated before the entry
    was computed (ADR 0062).
    """

    def __init__(self, path: str, is_owed: IsOwed) -> None:
        self._path = path
        self._is_owed = is_owed
        self.sample: Sample | None = None

    def __call__(self, origin: Origin, plan: Plan, source: Source) -> Served:
        """Return what *source* computes, at the primary, and stores nothing.

        Raises:
            NothingStoredError: There is nothing to compare that with, so that it isn't computed.
        """
        before = _valid(origin.store, plan)
        if before is None:
            self.sample = Sample(Verdict.ABSENT)
            raise NothingStoredError(f"Nothing valid is stored of {self._path}.")
        computed = source.compute()
        self.sample = self._judge(origin.store, plan, before, computed)
        return bypass(computed, detail=SAMPLED)

    def _judge(self, store: Store, plan: Plan, stored: Hit, computed: Computed) -> Sample:
        fields = _differing(stored.entry, computed)
        if not fields:
            return Sample(Verdict.FRESH)
        tags = tuple(tag for tag, _ in stored.entry.versions)
        if self._is_owed(tags):
            return Sample(Verdict.OWED)
        after = _valid(store, plan)
        if after is None or after.entry.versions != stored.entry.versions:
            return Sample(Verdict.MOVED)
        digests = (_digest(stored.entry.body), _digest(computed.body))
        return Sample(Verdict.STALE, Difference(self._path, plan.key, tags, stored.age_s, fields, *digests))


def _valid(store: Store, plan: Plan) -> Hit | None:
    found = held_to(plan, store.lookup(plan.key, plan.tags))
    return found if isinstance(found, Hit) else None


def _differing(stored: Entry, computed: Computed) -> tuple[str, ...]:
    status = ("status",) if stored.status != computed.status else ()
    return (*status, *differences.between(stored.body, computed.body))


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()[:_DIGEST_CHARS]
