"""What writes make stale: tags into the outbox by triggers, bumped after the commit, swept up where that failed."""

from dealradar.invalidation.bulk import bulk_load
from dealradar.invalidation.hook import NestedTransactionError, bookkeeping, on_behalf_of, transaction
from dealradar.invalidation.outbox import keep_out
from dealradar.invalidation.replaying import missed
from dealradar.invalidation.sweeping import deliver, sweep
from dealradar.invalidation.telling import ask_to_tell, tell
from dealradar.invalidation.turns import Turn, connect, current

__all__ = [
    "NestedTransactionError",
    "Turn",
    "ask_to_tell",
    "bookkeeping",
    "bulk_load",
    "connect",
    "current",
    "deliver",
    "keep_out",
    "missed",
    "on_behalf_of",
    "sweep",
    "tell",
    "transaction",
]
