"""What writes make stale: tags into the outbox by triggers, bumped after the commit, delivered until done."""

from dealradar.invalidation.hook import transaction

__all__ = ["transaction"]
