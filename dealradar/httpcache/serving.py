"""Serve a plan from the store, or compute it and store it under the versions that were read first."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from dealradar.cache import Down, Entry, Hit, Miss, MissReason, Put, Store
from dealradar.httpcache.plans import Plan, held_to
from dealradar.httpcache.policies import Sharing
from dealradar.httpcache.validators import etag_of

JSON: Final = "application/json"


class XCache(StrEnum):
    """The short word for how a response was come by."""

    HIT = "HIT"
    MISS = "MISS"
    BYPASS = "BYPASS"


FORWARDED: Final = {
    MissReason.ABSENT: "uri-miss",
    MissReason.MISMATCHED: "stale",
    MissReason.EXPIRED: "stale",
    MissReason.MALFORMED: "miss",
}
"""Why a request went on to the view, in the words of RFC 9211 §2.2."""


@dataclass(frozen=True)
class Computed:
    """What a view made of a request, and whether it looked at who asked."""

    body: bytes
    read_identity: bool = False


@dataclass(frozen=True)
class Served:
    """A body, its entity tag, and how it was come by.

    *forwarded* is None for a hit; *ttl_s* is how long the entry may still live, None where there is none.
    """

    body: bytes
    etag: str
    x_cache: XCache
    forwarded: str | None = None
    stored: bool = False
    ttl_s: int | None = None
    key: str | None = None
    detail: str | None = None


def serve(store: Store, plan: Plan, compute: Callable[[], Computed]) -> Served:
    """Return the answer to *plan*: the stored one while all its versions hold, else what *compute* returns.

    Whatever *compute* raises passes through, and nothing is stored.
    """
    found = held_to(plan, store.lookup(plan.key, plan.tags))
    if isinstance(found, Hit):
        return _hit(plan, found)
    if isinstance(found, Down):
        return bypass(compute().body, detail=found.reason)
    return _miss(store, plan, found, compute)


def bypass(body: bytes, *, detail: str) -> Served:
    """Return *body* as an answer that the cache had no part in, and why."""
    return Served(body, etag_of(body), XCache.BYPASS, forwarded="bypass", detail=detail)


def _hit(plan: Plan, found: Hit) -> Served:
    return Served(
        found.entry.body,
        found.entry.etag or etag_of(found.entry.body),
        XCache.HIT,
        ttl_s=int(found.ttl_left_s),
        key=plan.key,
    )


def _miss(store: Store, plan: Plan, found: Miss, compute: Callable[[], Computed]) -> Served:
    versions = store.versions(plan.tags, found)  # before the database is read, or a stale fill could pass (G3)
    started_s = time.monotonic()
    computed = compute()
    etag = etag_of(computed.body)
    refusal = _refusal(plan, computed)
    if refusal is None and versions is not None:
        refusal = _put(
            store,
            plan,
            Entry(
                status=int(HTTPStatus.OK),
                media_type=JSON,
                body=computed.body,
                versions=versions,
                stored_at_s=time.time(),
                ttl_s=plan.ttl_s,
                cost_s=time.monotonic() - started_s,
                etag=etag,
            ),
        )
    stored = refusal is None and versions is not None
    return Served(
        computed.body,
        etag,
        XCache.MISS,
        forwarded=FORWARDED[found.reason],
        stored=stored,
        ttl_s=plan.ttl_s if stored else None,
        key=plan.key,
        detail=refusal,
    )


def _refusal(plan: Plan, computed: Computed) -> str | None:
    """Return why the answer must not be stored: made public, it turned out to depend on who asked (G5)."""
    if plan.sharing is Sharing.PUBLIC and computed.read_identity:
        return "identity-read"
    return None


def _put(store: Store, plan: Plan, entry: Entry) -> str | None:
    """Store *entry*; return why it wasn't, or None."""
    outcome = store.put(plan.key, entry)
    return None if outcome is Put.STORED else str(outcome)
