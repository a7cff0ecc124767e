"""Serve a plan from the store, or have it computed: by one, while the others wait."""

import math
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from dealradar.cache import Down, Hit, Lookup, Miss, MissReason
from dealradar.domain import outages
from dealradar.httpcache.codings import Encoded
from dealradar.httpcache.flights import Role
from dealradar.httpcache.measures import RECOMPUTES
from dealradar.httpcache.origins import Origin
from dealradar.httpcache.plans import Plan, held_to, stand_in
from dealradar.httpcache.recompute import IDENTITY_READ, JSON, Compute, Computed, Fill, ttl_s
from dealradar.httpcache.validators import etag_of

COLLAPSED: Final = "collapsed"


class XCache(StrEnum):
    """The short word for how a response was come by."""

    HIT = "HIT"
    MISS = "MISS"
    STALE = "STALE"
    BYPASS = "BYPASS"


FORWARDED: Final = {
    MissReason.ABSENT: "uri-miss",
    MissReason.MISMATCHED: "stale",
    MissReason.EXPIRED: "stale",
    MissReason.MALFORMED: "miss",
}
"""Why a request went on to the view, in the words of RFC 9211 §2.2."""


@dataclass(frozen=True)
class Served:
    """A response, its entity tag, and how it was come by.

    *forwarded* is None for a hit; *ttl_s* is how long the entry may still live, None where there is none. *collapsed*
    is what waited for another request's answer (RFC 9211 §2.6). *encoded* is the body in other codings, *stored_at_s*
    the Unix time at which a stored one was. *plan* is None for what no cache may keep. *missed* is why there was
    nothing to serve, where the store was asked and had nothing; *warmed* is a hit that warming has earned.
    """

    body: bytes
    etag: str
    x_cache: XCache
    forwarded: str | None = None
    stored: bool = False
    collapsed: bool = False
    ttl_s: int | None = None
    key: str | None = None
    detail: str | None = None
    status: int = HTTPStatus.OK
    media_type: str = JSON
    encoded: Encoded = ()
    stored_at_s: float | None = None
    plan: Plan | None = None
    missed: MissReason | None = None
    warmed: bool = False


@dataclass(frozen=True)
class Source:
    """How an answer is computed.

    *compute* may look at the request. *detached* does not, and so serves to refresh an entry; None where the answer
    depends on who asks.
    """

    compute: Compute
    detached: Compute | None = None


def serve(origin: Origin, plan: Plan, source: Source) -> Served:
    """Return the answer to *plan*: the stored one while all its versions hold, else what *source* computes.

    Whatever that raises passes through, and nothing is stored; unless the database can't be asked, and what is outdated
    may stand in for a while (RFC 5861 §4, ADR 0037).
    """
    found = _look(origin, plan)
    if isinstance(found, Hit):
        if source.detached is not None:
            origin.refresher.consider(plan, found, source.detached)
        return hit(plan, found)
    if isinstance(found, Down):
        return bypass(source.compute(), detail=found.reason, plan=plan)
    try:
        return _miss(origin, plan, source.compute, missed=found)
    except outages.ERRORS as error:
        served = _outdated(origin, plan, found) if outages.is_outage(error) else None
        if served is None:
            raise
        return served


def bypass(computed: Computed, *, detail: str, plan: Plan | None = None) -> Served:
    """Return *computed* as an answer that our own cache had no part in, and why; by *plan* another one may keep it."""
    return Served(
        computed.body,
        computed.etag,
        XCache.BYPASS,
        forwarded="bypass",
        detail=detail,
        status=computed.status,
        media_type=computed.media_type,
        plan=plan,
    )


def _look(origin: Origin, plan: Plan) -> Lookup:
    return held_to(plan, origin.store.lookup(plan.key, plan.tags, reader=plan.reader))


def hit(plan: Plan, found: Hit) -> Served:
    """Return what the store *found* of *plan*, as an answer."""
    return Served(
        found.entry.body,
        found.entry.etag or etag_of(found.entry.body),
        XCache.HIT,
        ttl_s=math.floor(found.ttl_left_s),
        key=plan.key,
        status=found.entry.status,
        media_type=found.entry.media_type,
        encoded=found.entry.encoded,
        stored_at_s=found.entry.stored_at_s,
        plan=plan,
        warmed=found.entry.warmed,
    )


def _outdated(origin: Origin, plan: Plan, missed: Miss) -> Served | None:
    outdated = stand_in(plan, missed, now_s=time.time())
    if outdated is None or origin.store.was_taken_down(outdated.entry, plan.tags):
        return None
    return replace(
        hit(plan, outdated),
        plan=None,
        x_cache=XCache.STALE,
        forwarded=FORWARDED[missed.reason],
        missed=missed.reason,
        detail="database-unavailable",
    )


def _miss(origin: Origin, plan: Plan, compute: Compute, *, missed: Miss) -> Served:
    """Return the answer to *plan*, of which there was nothing a moment ago.

    Who has the lease looks again if the one before may have stored it since; who has waited looks again, for only what
    still holds may be served.
    """
    deadline_s = time.monotonic() + origin.wait_s
    found = missed
    while True:
        with origin.flights.turn(plan.key, deadline_s=deadline_s) as turn:
            again = found if turn.needs_no_look else _look(origin, plan)
            if isinstance(again, Miss) and turn.role is not Role.FOLLOW:
                RECOMPUTES.labels(turn.role).inc()
                fill = origin.recompute(plan, compute, known=again, lease=turn.lease)
                turn.stored = turn.is_given_back = fill.stored
                return _filled(plan, fill, missed)
            turn.stored = isinstance(again, Hit)
        if isinstance(again, Hit):
            RECOMPUTES.labels(COLLAPSED).inc()
            return _collapsed(plan, again, missed)
        if isinstance(again, Down):
            return bypass(compute(), detail=again.reason, plan=plan)
        found = again


def _filled(plan: Plan, fill: Fill, missed: Miss) -> Served:
    return Served(
        fill.computed.body,
        fill.computed.etag,
        XCache.MISS,
        forwarded=FORWARDED[missed.reason],
        stored=fill.stored,
        ttl_s=ttl_s(plan, fill.computed) if fill.stored else None,
        key=plan.key,
        detail=fill.refusal,
        status=fill.computed.status,
        media_type=fill.computed.media_type,
        encoded=fill.encoded,
        plan=None if fill.refusal == IDENTITY_READ else plan,
        missed=missed.reason,
    )


def _collapsed(plan: Plan, found: Hit, missed: Miss) -> Served:
    return replace(
        hit(plan, found),
        x_cache=XCache.MISS,
        forwarded=FORWARDED[missed.reason],
        collapsed=True,
        missed=missed.reason,
    )
