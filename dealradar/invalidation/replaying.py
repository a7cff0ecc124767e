"""What the cache missed while it was away, to be invalidated before anybody reads it again (ADR 0031)."""

from collections.abc import Collection
from typing import Final

import structlog
from flask import Flask, current_app

from dealradar.config import Settings
from dealradar.httpcache import overrides
from dealradar.httpcache.control import background
from dealradar.invalidation import outbox
from dealradar.invalidation.counting import Reason, count
from dealradar.invalidation.hook import is_paying
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.triggers import EVERYTHING

MAX_TAGS: Final = 20_000
"""More than this is stood for by the one tag of everything."""

log = structlog.get_logger(__name__)


def missed(app: Flask, *, server_changed: bool) -> Collection[str]:
    """Return the tags of all that committed transactions owe the store of *app*, whoever wrote it.

    If *server_changed*, what it knows may be a copy from any time, and all that any entry in it could have missed is
    stale. Nothing is marked as paid: that is left to the sweep, which may be at the same rows.

    Raises:
        SQLAlchemyError: The database can't be asked what is owed.
    """
    with app.app_context():
        if not is_paying():
            return ()
        tags = _of_any_copy() if server_changed else outbox.owed_tags(MAX_TAGS + 1)
        if len(tags) > MAX_TAGS:
            tags = [EVERYTHING]
        count(Reason.RECOVERED, Kind.STRICT, tags)
        log.info("cache_recovering", tag_count=len(tags), server_changed=server_changed)
        return tags


def _of_any_copy() -> list[str]:
    """Return what was invalidated since the oldest entry that may still be served was stored.

    Where an entry may live longer than the outbox remembers, that is everything.
    """
    settings: Settings = current_app.extensions["settings"]
    background.follow_policies()  # or an entry that lives longer than this process has heard would be overlooked
    if overrides.current().longest_ttl_s(settings) > settings.cache_replay_window_s:
        return [EVERYTHING]
    return outbox.lately(MAX_TAGS + 1, within_s=settings.cache_replay_window_s)
