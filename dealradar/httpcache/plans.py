"""What one request asks of the cache: under which key, bound to which tags, for how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from dealradar.cache import entry_key, prefixes, user_hash
from dealradar.config import Settings
from dealradar.domain.shapes import Query
from dealradar.httpcache.policies import Policy, Sharing


@dataclass(frozen=True)
class Plan:
    """The key of an entry, the tags whose versions it must carry, and its life."""

    key: str
    tags: tuple[str, ...]
    ttl_s: int
    sharing: Sharing


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
    return Plan(
        key=entry_key(path, _differences(wish.query), person),
        tags=(*(tag.format(**ids) for tag in policy.tags), *prefixes(path)),
        ttl_s=policy.ttl(settings),
        sharing=policy.sharing,
    )


def _differences(query: Query | None) -> dict[str, str | int]:
    """Return the parameters that aren't at their default, as plain text and numbers."""
    if query is None:
        return {}
    return query.model_dump(mode="json", exclude_defaults=True)
