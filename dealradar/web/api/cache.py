"""The cache's control plane over HTTP: for machines with a scope, and for admins."""

from typing import Final

from dealradar.domain.shapes import Page
from dealradar.domain.users import Role
from dealradar.httpcache.control import entries, holdings, jobs, warming
from dealradar.httpcache.control.holdings import HoldingsOut
from dealradar.httpcache.control.policy_shapes import PoliciesOut, PolicyPatch, overview
from dealradar.httpcache.control.shapes import Accepted, EntryOut, EntryQuery, Invalidation, JobOut, Queued, Warming
from dealradar.invalidation import activity as lately
from dealradar.invalidation import control, transaction
from dealradar.invalidation.activity import ActivityOut
from dealradar.security.callers import Caller
from dealradar.security.permissions import ADMIN, Who
from dealradar.web import preconditions
from dealradar.web.endpoint import Routes

routes = Routes("cache")

MAY_INVALIDATE: Final = Who(Role.ADMIN, "cache:invalidate")
MAY_WARM: Final = Who(Role.ADMIN, "cache:warm")
MAY_READ: Final = Who(Role.ADMIN, "cache:read")


@routes.post("/cache/invalidate", who=MAY_INVALIDATE, status=202)
def invalidate(body: Invalidation, caller: Caller) -> Accepted:
    """Invalidate by tag, path, pattern, or everything: in force for the next request anywhere.

    What a pattern matches is invalidated with all paths that begin as it does up to its first wildcard; the job then
    frees the memory of just what it matches. 503 says that it is owed and not in force yet.
    """
    with transaction():
        job = control.order(body.wanted(), by=_name(caller))
    control.enforce(job)
    return Accepted(job_id=job.id, tags=list(job.wanted.tags), patterns=list(job.wanted.patterns))


@routes.post("/cache/warm", who=MAY_WARM, status=202)
def warm(body: Warming, caller: Caller) -> Queued:
    """Have the answers of paths, or of those asked for most, made and stored by a worker, as for anybody who asks."""
    with transaction():
        job = jobs.file(warming.wanted(body), by=_name(caller))
    return Queued(job_id=job.id)


@routes.get("/cache/jobs/<int:job_id>", who=MAY_INVALIDATE)
def job(job_id: int) -> JobOut:
    """Show how far a job is, and what it removed or made."""
    return JobOut.of(jobs.get(job_id))


@routes.get("/cache/entries", who=MAY_READ)
def listing(query: EntryQuery) -> Page[EntryOut]:
    """List what is cached of one path, a variant each; it looks through a part of the store at a time."""
    return entries.listing(query)


@routes.get("/cache/holdings", who=ADMIN)
def held() -> HoldingsOut:
    """Show how many entries there are of each endpoint, and of what size; estimated from a few of each."""
    return holdings.take()


@routes.get("/cache/activity", who=ADMIN)
def activity() -> ActivityOut:
    """Show what became stale lately, what was ordered, and what was kept warm with which hits to show for it."""
    return lately.recent()


@routes.get("/cache/policies", who=ADMIN)
def policies() -> PoliciesOut:
    """Show how each endpoint is cached, what was changed of that while the program ran, and by whom."""
    return overview()


@routes.patch("/cache/policies", who=ADMIN)
def change_policy(body: PolicyPatch, caller: Caller) -> PoliciesOut:
    """Change how long one endpoint's answers are kept, or whether; null goes back to what is declared.

    In force everywhere within 5 s, for what is cached already, too. Each change is written down.
    """
    with transaction():
        preconditions.check(lambda: overview(for_update=True))
        control.change_policy(body, by=_name(caller))
        return overview()


def _name(caller: Caller) -> str:
    return f"user:{caller.actor.user_id}" if caller.actor else f"key:{caller.key_id}"
