"""What the store has of a path just now, and how it would be computed: looked up as a reader would, and left alone."""

from dataclasses import dataclass
from typing import Final

from werkzeug.exceptions import HTTPException

from dealradar.cache import Hit, Lookup, Miss, MissReason
from dealradar.domain.errors import DomainError
from dealradar.httpcache import demand, overrides
from dealradar.httpcache.control import asking, paths
from dealradar.httpcache.control.planning import State
from dealradar.httpcache.origins import Origin
from dealradar.httpcache.plans import Plan, held_to
from dealradar.httpcache.recompute import Compute
from dealradar.httpcache.serving import Served, Source

AHEAD_S: Final = 6.0
"""How much before its soft age an entry is due: as long as it takes at most until it is looked at again."""

_STATES: Final = {MissReason.MISMATCHED: State.INVALIDATED, MissReason.EXPIRED: State.EXPIRED}


@dataclass(frozen=True)
class Sight:
    """What was seen of a path.

    Attributes:
        cost_s: How long the stored answer took, None if there is none.
        stored_at_s: When it was stored, likewise.
        is_warmed: Whether it is served, and one that warming has made.
        compute: How to compute it without anybody who asks.
    """

    plan: Plan
    compute: Compute
    state: State
    cost_s: float | None = None
    stored_at_s: float | None = None
    is_warmed: bool = False


class LookedOnlyError(DomainError):
    """It was only looked; there is no answer."""


class Looking:
    """Serves one request with nothing, and keeps as *sight* what there is to serve it from."""

    def __init__(self) -> None:
        self.sight: Sight | None = None

    def __call__(self, origin: Origin, plan: Plan, source: Source) -> Served:
        """Keep what is seen.

        Raises:
            LookedOnlyError: Always.
        """
        found = held_to(plan, origin.store.lookup(plan.key, plan.tags))
        if source.detached is not None:
            self.sight = _sight(plan, source.detached, found)
        raise LookedOnlyError("It was only looked.")


def look(path: str) -> Sight | None:
    """Return what is to be seen of *path*, as below ``/api``; None if it isn't cached, or the store doesn't answer."""
    if not _is_cached(path):
        return None
    looking = Looking()
    try:
        asking.ask(path, **{demand.SERVED_BY: looking})
    except (DomainError, HTTPException):
        return looking.sight
    return None


def _is_cached(path: str) -> bool:
    try:
        declared = paths.policy_of(path.partition("?")[0])
    except ValueError:
        return False
    policy = overrides.current().find(declared.endpoint)
    return policy is not None and policy.is_enabled


def _sight(plan: Plan, compute: Compute, found: Lookup) -> Sight | None:
    if isinstance(found, Hit):
        entry, soft_ttl_s = found.entry, found.entry.soft_ttl_s
        is_due = soft_ttl_s is not None and found.age_s + AHEAD_S >= soft_ttl_s
        state = State.DUE if is_due else State.FRESH
        return Sight(plan, compute, state, entry.cost_s, entry.stored_at_s, is_warmed=entry.warmed)
    if not isinstance(found, Miss):
        return None
    state, outdated = _STATES.get(found.reason, State.LOST), found.outdated
    if outdated is None:
        return Sight(plan, compute, state)
    return Sight(plan, compute, state, outdated.cost_s, outdated.stored_at_s)
