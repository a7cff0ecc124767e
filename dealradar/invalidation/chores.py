"""What there is to be done about the outbox, seen by one statement: mostly nothing, a second after the last time."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from dealradar.extensions import db
from dealradar.invalidation import outbox
from dealradar.invalidation.outbox import Due

_CHORES: Final = text(f"""
    SELECT EXISTS ({outbox.DUE}),
           EXISTS (SELECT FROM cache_outbox WHERE delivered_at IS NULL AND delivered_to @> :targets),
           EXISTS (SELECT FROM cache_outbox WHERE delivered_at < now() - make_interval(secs => :window_s))
""").bindparams(bindparam("targets", type_=ARRAY(Text)))  # noqa: S608  ours


@dataclass(frozen=True)
class Chores:
    """Whether something is due, whether all that are told now know of something unfinished, and is something to go."""

    pays: bool
    finishes: bool
    prunes: bool


def look(due: Due, targets: Collection[str], *, window_s: float) -> Chores:
    """Return what there is to be done: to tell who is *due*, to finish what *targets* know, to prune after *window_s*.

    Locks nothing; the caller ends the transaction.
    """
    asked = outbox.asking(due, limit=1) | {"targets": list(targets), "window_s": window_s}
    return Chores(*db.session.execute(_CHORES, asked).one())
