"""What one request asks of the cache: under which key, bound to which tags, for how long."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from dealradar.cache import Hit, Lookup, Miss, MissReason, entry_key, prefixes, user_hash
from dealradar.config import Settings
from dealradar.domain.shapes import Query
from dealradar.httpcache.policies import Policy, Sharing


@dataclass(frozen=True)
class Plan:
    """The key of an entry, the tags whose versions it must carry, and its life.

    From *soft_ttl_s* on it is refreshed while it is served; None where that can't be. That there is no such thing is
    kept for *not_found_ttl_s*, and 0 is not at all.
    *public_path* is how anybody asks for it below ``/api``, in one of the ways; None for what is one person's.
    """

    key: str
    tags: tuple[str, ...]
    ttl_s: int
    sharing: Sharing
    soft_ttl_s: float | None = None
    not_found_ttl_s: int = 0
    public_path: str | None = None


@dataclass(frozen=True)
class Wish:
    """What a request names: the ids of its path, its declared parameters, and who asks."""

    ids: Mapping[str, object]
    query: Query | None
    identity: str


def plan(policy: Policy, wish: Wish, settings: Settings) -> Plan:
    """Return how *wish* is cached under *policy*.

    Raises:
        InvalidKeyError: An id is not fit for a key; the answer can't be cached.
    """
    ids = {name: quote(str(value), safe="") for name, value in wish.ids.items()}
    path = policy.path_template.format(**ids)
    person = None
    if policy.sharing is Sharing.PERSON:
        person = user_hash(settings.secret_key.get_secret_value().encode(), wish.identity)
    differences = _differences(wish.query)
    return Plan(
        key=entry_key(path, differences, person),
        tags=(*(tag.format(**ids) for tag in policy.tags), *prefixes(path)),
        ttl_s=policy.ttl(settings),
        sharing=policy.sharing,
        soft_ttl_s=policy.soft_ttl_s(settings),
        not_found_ttl_s=policy.not_found_ttl_s(settings),
        public_path=_public_path(path, differences) if policy.sharing is Sharing.PUBLIC else None,
    )


def _public_path(path: str, differences: Mapping[str, str | int]) -> str:
    return f"{path}?{urlencode(differences)}" if differences else path


def held_to(plan: Plan, found: Lookup) -> Lookup:
    """Return *found* with no longer a life than *plan* allows: it may have been stored while that was longer."""
    if not isinstance(found, Hit) or found.entry.ttl_s <= plan.ttl_s:
        return found
    if found.age_s >= plan.ttl_s:
        return Miss(MissReason.EXPIRED, versions=found.entry.versions)
    return replace(found, ttl_left_s=min(found.ttl_left_s, plan.ttl_s - found.age_s))


def _differences(query: Query | None) -> dict[str, str | int]:
    """Return the parameters that aren't at their default, as plain text and numbers."""
    if query is None:
        return {}
    return query.model_dump(mode="json", exclude_defaults=True)
