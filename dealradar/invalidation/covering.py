"""What a target has been owed for long is covered by one tag, that of everything: it is through sooner."""

from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from dealradar.extensions import db
from dealradar.invalidation import turns
from dealradar.invalidation.hook import bookkeeping
from dealradar.invalidation.triggers import EVERYTHING
from dealradar.invalidation.turns import Turn

MAX_LATE_TAGS: Final = 20_000
"""Whoever looks for what is owed passes by all that is owed to others: a millisecond for each two thousand."""
LATE_S: Final = 60.0
"""A target that works has been told of as many by then."""

_LATE: Final = """
    SELECT transaction_id, tag, kind FROM cache_outbox
     WHERE delivered_at IS NULL AND tag <> :everything AND created_at < now() - make_interval(secs => :late_s)
       AND delivered_to @> :before AND NOT delivered_to @> :own
"""
_ARRAYS: Final = tuple(bindparam(name, type_=ARRAY(Text)) for name in ("before", "own"))

_COUNT: Final = text(f"SELECT count(*) FROM ({_LATE} LIMIT :limit) AS late").bindparams(*_ARRAYS)  # noqa: S608  from above

_COVER: Final = text(f"""
    WITH late AS (
        {_LATE} ORDER BY transaction_id, tag LIMIT :limit FOR UPDATE SKIP LOCKED
    ), covered AS (
        UPDATE cache_outbox
           SET delivered_to = delivered_to || :own,
               told_at = clock_timestamp(),
               delivered_at = CASE WHEN delivered_to || :own @> :listed THEN clock_timestamp() END
          FROM late
         WHERE cache_outbox.transaction_id = late.transaction_id AND cache_outbox.tag = late.tag
        RETURNING late.kind
    ), owed AS (
        INSERT INTO cache_outbox (tag, kind, delivered_to)
        SELECT :everything, min(kind), :others FROM covered HAVING count(*) > 0
    )
    SELECT count(*) FROM covered
""").bindparams(*_ARRAYS, *(bindparam(name, type_=ARRAY(Text)) for name in ("listed", "others")))  # noqa: S608  likewise

log = structlog.get_logger(__name__)


def cover(listed: Sequence[Turn]) -> None:
    """Owe everything to each remote target of *listed* turns that is late with too much, in place of that; commits.

    It is as urgent as the most urgent that it stands for.
    """
    for target in turns.remote(listed):
        own = [turn for turn in listed if turn.target is target]
        covering = _covering(own, listed)
        with bookkeeping():
            is_late = db.session.scalar(_COUNT, covering) == MAX_LATE_TAGS
            covered = db.session.scalar(_COVER, covering) if is_late else 0
        if covered:
            log.warning("target_owed_everything", target=target.name, tag_count=covered)


def _covering(own: Sequence[Turn], listed: Sequence[Turn]) -> dict[str, object]:
    own_names, names = turns.names(own), turns.names(listed)
    return {
        "own": own_names,
        "before": [own[0].after] if own[0].after else [],
        "listed": names,
        "others": [name for name in names if name not in own_names],
        "everything": EVERYTHING,
        "late_s": LATE_S,
        "limit": MAX_LATE_TAGS,
    }
