"""A cache whose entries are valid as long as what they were computed from: tags, versions, one round trip.

Knows nothing of who uses it, and loads no Flask: the face that Flask-Caching sees is ``dealradar.cache.backend``.
"""

from dealradar.cache.breaker import Circuit, Phase
from dealradar.cache.bumps import SOFT_BOUND_S, Deferral, Stale
from dealradar.cache.entries import MAX_TTL_S, Entry, EntryError, Headers, Versions
from dealradar.cache.events import Did, Event, Observer, ignore
from dealradar.cache.keys import NAMESPACE, InvalidKeyError, entry_key, identity_key, prefixes, user_hash, version_key
from dealradar.cache.leases import Held, Lease, Leases, Woken
from dealradar.cache.null_store import NullStore
from dealradar.cache.redis_store import Limits, RedisStore
from dealradar.cache.store import Down, Health, Hit, Lookup, Miss, MissReason, Put, Store
from dealradar.cache.wire import StoreUnavailableError, Trouble

__all__ = [
    "MAX_TTL_S",
    "NAMESPACE",
    "SOFT_BOUND_S",
    "Circuit",
    "Deferral",
    "Did",
    "Down",
    "Entry",
    "EntryError",
    "Event",
    "Headers",
    "Health",
    "Held",
    "Hit",
    "InvalidKeyError",
    "Lease",
    "Leases",
    "Limits",
    "Lookup",
    "Miss",
    "MissReason",
    "NullStore",
    "Observer",
    "Phase",
    "Put",
    "RedisStore",
    "Stale",
    "Store",
    "StoreUnavailableError",
    "Trouble",
    "Versions",
    "Woken",
    "entry_key",
    "identity_key",
    "ignore",
    "prefixes",
    "user_hash",
    "version_key",
]
