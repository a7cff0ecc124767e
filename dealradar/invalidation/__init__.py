"""What writes make stale: tags into the outbox by triggers, bumped after the commit, swept up where that failed."""

from dealradar.invalidation.bulk import bulk_load
from dealradar.invalidation.hook import NestedTransactionError, on_behalf_of, transaction
from dealradar.invalidation.replaying import missed
from dealradar.invalidation.sweeping import deliver, sweep

__all__ = ["NestedTransactionError", "bulk_load", "deliver", "missed", "on_behalf_of", "sweep", "transaction"]
