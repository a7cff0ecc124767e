"""What an answer out of the cache says of itself to clients and to caches in between (RFC 9110, 9111, 9211, 9213).

Whichever road a request takes, it is told the same: they all word it here.
"""

from collections.abc import Mapping
from typing import Final

from dealradar.config import Settings
from dealradar.httpcache.directives import DIRECTIVES, NEVER, Content, Directives, cdn_cache_control
from dealradar.httpcache.plans import Plan
from dealradar.httpcache.policies import Sharing
from dealradar.httpcache.serving import Served
from dealradar.httpcache.surrogates import cache_tag, surrogate_key

CACHE_NAME: Final = "dealradar"


def fields_of(served: Served, sharing: Sharing, settings: Settings, *, now_s: float) -> Mapping[str, str]:
    """Return the fields of *served*, a 200, that are the same in every coding."""
    told = {"X-Cache": str(served.x_cache), "Cache-Status": cache_status(served)}
    if served.stored_at_s is not None:
        told["Age"] = str(max(0, int(now_s - served.stored_at_s)))
    directives = directives_of(_content(served, sharing), settings)
    told["Cache-Control"] = directives.browser
    if directives.vary:
        told["Vary"] = ", ".join(directives.vary)
    if served.plan is not None and directives.is_shared:
        told |= _for_cdns(served.plan, settings)
    return told


def directives_of(content: Content, settings: Settings) -> Directives:
    """Return what caches are told about that kind of *content*: of none to keep it, where HTTP caching is off."""
    return DIRECTIVES[content] if settings.http_cache_enabled else NEVER


def cache_status(served: Served) -> str:
    """Return the Cache-Status field (RFC 9211 §2) of *served*."""
    members = [CACHE_NAME, "hit" if served.forwarded is None else f"fwd={served.forwarded}"]
    if served.stored:
        members.append("stored")
    if served.collapsed:
        members.append("collapsed")
    if served.ttl_s is not None:
        members.append(f"ttl={served.ttl_s}")
    if served.key is not None:
        members.append(f'key="{served.key}"')
    if served.detail is not None:
        members.append(f'detail="{served.detail}"')
    return "; ".join(members)


def _content(served: Served, sharing: Sharing) -> Content:
    if sharing is not Sharing.PUBLIC:
        return Content.MODERATION
    return Content.UNSHARED if served.plan is None else Content.SHARED


def _for_cdns(plan: Plan, settings: Settings) -> dict[str, str]:
    """Return what CDNs alone are told: how long they may keep it, and by which keys they are told to forget it."""
    directives = cdn_cache_control(plan.ttl_s)
    told = {"CDN-Cache-Control": directives, "Surrogate-Key": surrogate_key(plan.tags)}
    if settings.has_fastly:
        told["Surrogate-Control"] = directives
    if settings.wants_cache_tags:
        told["Cache-Tag"] = cache_tag(plan.tags)
    return told
