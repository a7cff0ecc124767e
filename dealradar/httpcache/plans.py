"""What one request asks of the cache: under which key, bound to which tags, for how long."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import quote, urlencode

from dealradar.cache import Hit, Lookup, Miss, MissReason, entry_key, prefixes, user_hash
from dealradar.config import Settings
from dealradar.domain.shapes import Query
from dealradar.httpcache.policies import Policy, Sharing


@dataclass(frozen=True)
class Plan:
    """The key of an entry, the tags whose versions it must carry, and its life.

    From *soft_ttl_s* on it is refreshed while it is served; None where that can't be. That there is no such thing is
    kept for *not_found_ttl_s*, and 0 is not at all. For *stale_if_error_s* beyond its life it may be served while the
    database can't be asked.
    *public_path* is how anybody asks for it, as policies name it, in one of the ways; None for what is one person's.
    *reader* is the user hash of a person who asks. *endpoint* is the policy's; *warms* is for what nobody asks for.
    """

    key: str
    tags: tuple[str, ...]
    ttl_s: int
    sharing: Sharing
    soft_ttl_s: float | None = None
    not_found_ttl_s: int = 0
    stale_if_error_s: int = 0
    public_path: str | None = None
    reader: str | None = None
    endpoint: str = ""
    warms: bool = False


@dataclass(frozen=True)
class Wish:
    """What a request names: the ids of its path, its declared parameters, who asks, and as whom if it is a person.

    *warms* is one that nobody makes, for an answer that somebody may ask for. *release* is what of the program's own
    the answer depends on, "" where that is nothing: pages name the files of a release.
    """

    ids: Mapping[str, object]
    query: Query | None
    identity: str
    reader: str | None = None
    warms: bool = False
    release: str = ""


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
    of_release = {"release": wish.release} if wish.release else {}
    return Plan(
        key=entry_key(path, differences | of_release, person),
        tags=(*(tag.format(**ids) for tag in policy.tags), *prefixes(path)),
        ttl_s=policy.ttl(settings),
        sharing=policy.sharing,
        soft_ttl_s=policy.soft_ttl_s(settings),
        not_found_ttl_s=policy.not_found_ttl_s(settings),
        stale_if_error_s=policy.stale_if_error_s(settings),
        public_path=_public_path(path, differences) if policy.sharing is Sharing.PUBLIC else None,
        reader=wish.reader,
        endpoint=policy.endpoint,
        warms=wish.warms,
    )


def _public_path(path: str, differences: Mapping[str, str | int]) -> str:
    return f"{path}?{urlencode(differences)}" if differences else path


def held_to(plan: Plan, found: Lookup) -> Lookup:
    """Return *found* with no longer a life than *plan* allows: it may have been stored while that was longer."""
    if not isinstance(found, Hit) or found.entry.ttl_s <= plan.ttl_s:
        return found
    if found.age_s >= plan.ttl_s:
        return Miss(MissReason.EXPIRED, versions=found.entry.versions, outdated=found.entry)
    return replace(found, ttl_left_s=min(found.ttl_left_s, plan.ttl_s - found.age_s))


def stand_in(plan: Plan, missed: Miss, *, now_s: float) -> Hit | None:
    """Return what *missed* found outdated, None if it is so for longer than *plan* allows; its life left is below 0.

    That there was no such thing stands in for nothing: it may have come to be.

    When something was invalidated isn't known, only that it wasn't before it was stored: its whole age counts then.
    """
    entry = missed.outdated
    if entry is None or entry.status != HTTPStatus.OK or plan.stale_if_error_s == 0:
        return None
    age_s = max(0.0, now_s - entry.stored_at_s)
    outdated_s = age_s - min(entry.ttl_s, plan.ttl_s) if missed.reason is MissReason.EXPIRED else age_s
    return Hit(entry, age_s=age_s, ttl_left_s=-outdated_s) if outdated_s <= plan.stale_if_error_s else None


def _differences(query: Query | None) -> dict[str, str | int]:
    """Return the parameters that aren't at their default, as plain text and numbers."""
    if query is None:
        return {}
    return query.model_dump(mode="json", exclude_defaults=True)
