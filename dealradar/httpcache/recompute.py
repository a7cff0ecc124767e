"""Compute an answer and store it under the versions that were read first."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Final

import structlog

from dealradar.cache import Entry, Lease, Miss, Put, Store, Versions
from dealradar.httpcache.codings import Encoded, encode
from dealradar.httpcache.measures import BODY_BYTES, RECOMPUTE_SECONDS, REFUSALS
from dealradar.httpcache.plans import Plan
from dealradar.httpcache.policies import Sharing
from dealradar.httpcache.shield import Shield
from dealradar.httpcache.validators import etag_of

JSON: Final = "application/json"
IDENTITY_READ: Final = "identity-read"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Computed:
    """What a view made of a request, and whether it looked at who asked; *status* is 200, or 404 for a problem."""

    body: bytes
    read_identity: bool = False
    status: HTTPStatus = HTTPStatus.OK
    media_type: str = JSON

    @property
    def is_absent(self) -> bool:
        """Whether it says that there is no such thing."""
        return self.status is HTTPStatus.NOT_FOUND

    @cached_property
    def etag(self) -> str:
        """Return the opaque part of its entity tag."""
        return etag_of(self.body)


Compute = Callable[[], Computed]
Read = Callable[[Compute], Computed]
Stored = Callable[[Plan, Entry], None]
"""Is told of an entry that was stored."""


def at_the_primary(compute: Compute) -> Computed:
    """Return what *compute* does where nothing else is said: reads at the primary."""
    return compute()


@dataclass(frozen=True)
class Fill:
    """What was computed, and whether it was stored; if not, *refusal* says why where it is known.

    *encoded* is the body in other codings, which are made for what is stored alone: they cost more than they save once.
    """

    computed: Computed
    stored: bool
    refusal: str | None = None
    encoded: Encoded = ()


@dataclass(frozen=True)
class Recompute:
    """Makes an entry of what a view computes: *store* keeps it, *shield* bounds how many do so at once.

    *read* runs what is to be stored; it is called after the versions were read, and may choose where the data is.
    *stored* is told what was.
    """

    store: Store
    shield: Shield
    read: Read = at_the_primary
    stored: Stored | None = None

    def __call__(self, plan: Plan, compute: Compute, *, known: Miss | None = None, lease: Lease | None = None) -> Fill:
        """Return what *compute* does, stored under *plan* if it may be; *known* spares versions read just before.

        If it was stored, *lease* was given back in the same round trip.
        Whatever *compute* raises passes through, and nothing is stored.
        """
        with self.shield.place():
            versions = self.store.versions(plan.tags, known)  # before the database is read, or a stale fill passes (G3)
            started_s = time.monotonic()
            computed = compute() if versions is None else self.read(compute)
            cost_s = time.monotonic() - started_s
        RECOMPUTE_SECONDS.labels(plan.endpoint).observe(cost_s)
        BODY_BYTES.labels(plan.endpoint).observe(len(computed.body))
        refusal = _refusal(plan, computed)
        if refusal is not None:
            return _refused(plan, computed, refusal)
        if versions is None:
            return Fill(computed, stored=False)
        linger_s = 0 if computed.is_absent else plan.stale_if_error_s
        entry = _entry(plan, computed, versions, cost_s)
        outcome = self.store.put(plan.key, entry, linger_s=linger_s, lease=lease)
        if outcome is not Put.STORED:
            return _refused(plan, computed, outcome)
        if self.stored is not None:
            self.stored(plan, entry)
        return Fill(computed, stored=True, encoded=entry.encoded)


def ttl_s(plan: Plan, computed: Computed) -> int:
    """Return how long *computed* may be kept under *plan*, in seconds."""
    return plan.not_found_ttl_s if computed.is_absent else plan.ttl_s


def _refusal(plan: Plan, computed: Computed) -> str | None:
    """Return why the answer must not be stored, None if it may be.

    A public one that turned out to depend on who asked is nobody else's (G5); a 404 may not be kept here at all.
    """
    if plan.sharing is Sharing.PUBLIC and computed.read_identity:
        return IDENTITY_READ
    return "not-found" if computed.is_absent and plan.not_found_ttl_s == 0 else None


def _refused(plan: Plan, computed: Computed, refusal: str) -> Fill:
    REFUSALS.labels(refusal).inc()
    if refusal == IDENTITY_READ:
        log.error("public_answer_depends_on_who_asks", key=plan.key)
    return Fill(computed, stored=False, refusal=refusal)


def _entry(plan: Plan, computed: Computed, versions: Versions, cost_s: float) -> Entry:
    return Entry(
        status=int(computed.status),
        media_type=computed.media_type,
        body=computed.body,
        versions=versions,
        stored_at_s=time.time(),
        ttl_s=ttl_s(plan, computed),
        soft_ttl_s=None if computed.is_absent else plan.soft_ttl_s,
        cost_s=cost_s,
        etag=computed.etag,
        encoded=encode(computed.body) if plan.sharing is Sharing.PUBLIC else (),
        warmed=plan.warms,
    )
