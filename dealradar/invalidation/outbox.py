"""The rows of the outbox: what committed transactions owe the cache."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from dealradar.extensions import db
from dealradar.invalidation.triggers import EVERYTHING, SWITCH

_OF_THIS_TRANSACTION: Final = text("""
    SELECT transaction_id, array_agg(tag) FROM cache_outbox
     WHERE transaction_id = (pg_current_xact_id_if_assigned()::text)::bigint
     GROUP BY transaction_id
""")

_SETTLE: Final = text("DELETE FROM cache_outbox WHERE transaction_id = ANY(:transaction_ids)")

_TAKE: Final = text("""
    DELETE FROM cache_outbox USING (
        SELECT transaction_id, tag FROM cache_outbox
         WHERE created_at < now() - make_interval(secs => :older_than_s)
         ORDER BY transaction_id LIMIT :limit
           FOR UPDATE SKIP LOCKED
    ) AS taken
     WHERE cache_outbox.transaction_id = taken.transaction_id AND cache_outbox.tag = taken.tag
    RETURNING cache_outbox.tag
""")

_FOLD: Final = text("""
    WITH folded AS (
        DELETE FROM cache_outbox
         WHERE tag <> :everything AND created_at < now() - make_interval(secs => :older_than_s)
        RETURNING 1
    ), owed AS (
        INSERT INTO cache_outbox (tag)
        SELECT :everything
         WHERE EXISTS (SELECT FROM folded) AND NOT EXISTS (SELECT FROM cache_outbox WHERE tag = :everything)
    )
    SELECT count(*) FROM folded
""")

_OWE: Final = text("INSERT INTO cache_outbox (tag) SELECT unnest(:tags) ON CONFLICT DO NOTHING").bindparams(
    bindparam("tags", type_=ARRAY(Text))
)


@dataclass(frozen=True)
class Owed:
    """The tags that one transaction has made stale."""

    transaction_id: int
    tags: tuple[str, ...]


def of_this_transaction() -> Owed | None:
    """Return what the present transaction owes so far, None if nothing."""
    row = db.session.execute(_OF_THIS_TRANSACTION).one_or_none()
    return None if row is None else Owed(row[0], tuple(row[1]))


def owe(tags: Collection[str]) -> None:
    """Let the present transaction owe *tags*, which no trigger knows of; the caller commits."""
    db.session.execute(_OWE, {"tags": list(tags)})


def settle(transaction_ids: Collection[int]) -> int:
    """Remove what *transaction_ids* owed and has been paid; return how many tags. The caller commits."""
    return db.session.connection().execute(_SETTLE, {"transaction_ids": list(transaction_ids)}).rowcount


def take(limit: int, *, older_than_s: float) -> list[str]:
    """Remove up to *limit* tags that have been owed for longer than *older_than_s*, and return them.

    They stay owed unless the caller commits. What somebody else is just taking is left to them.
    """
    return list(db.session.scalars(_TAKE, {"limit": limit, "older_than_s": older_than_s}))


def fold(*, older_than_s: float) -> int:
    """Let one tag, the one of everything, stand for all that has been owed for longer than *older_than_s*.

    The caller commits. Returns how many tags it now stands for.
    """
    folding = {"everything": EVERYTHING, "older_than_s": older_than_s}
    return int(db.session.execute(_FOLD, folding).scalar_one())


def keep_out() -> None:
    """Keep what the present transaction writes from now on from being owed."""
    db.session.execute(text(f"SET LOCAL {SWITCH} = 'off'"))
