"""The rows of the outbox: what committed transactions owe the cache, and who has been told of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from dealradar.cache import Stale
from dealradar.extensions import db
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.targets import STORE
from dealradar.invalidation.triggers import EVERYTHING, SWITCH

_OF_THIS_TRANSACTION: Final = text("""
    SELECT transaction_id,
           array_agg(tag) FILTER (WHERE kind = 0), array_agg(tag) FILTER (WHERE kind = 1),
           array_agg(tag) FILTER (WHERE kind = 2)
      FROM cache_outbox
     WHERE transaction_id = (pg_current_xact_id_if_assigned()::text)::bigint
     GROUP BY transaction_id
""")

DUE: Final = """
    SELECT transaction_id, tag, kind, extract(epoch FROM clock_timestamp() - created_at) FROM cache_outbox
     WHERE delivered_at IS NULL AND NOT delivered_to @> ARRAY[CAST(:target AS text)]
       AND created_at < now() - make_interval(secs => CASE kind WHEN 2 THEN :soft_older_than_s ELSE :older_than_s END)
       AND (CAST(:after AS text) IS NULL
            OR delivered_to @> ARRAY[CAST(:after AS text)]
               AND coalesce(told_at, created_at) <= clock_timestamp() - make_interval(secs => :delay_s))
     ORDER BY kind, transaction_id LIMIT :limit
"""
_LOOK: Final = text(DUE)
_CLAIM: Final = text(DUE + "FOR UPDATE SKIP LOCKED")

_TELL: Final = """
    UPDATE cache_outbox
       SET delivered_to = delivered_to || CAST(:target AS text),
           told_at = clock_timestamp(),
           delivered_at = CASE WHEN delivered_to || CAST(:target AS text) @> :targets THEN clock_timestamp() END
      FROM had
     WHERE cache_outbox.transaction_id = had.transaction_id AND cache_outbox.tag = had.tag
"""
# In one order, whoever marks them: two who mark the same rows for two targets would else wait for each other.
_MARK: Final = text(f"""
    WITH had AS (
        SELECT transaction_id, tag FROM cache_outbox
          JOIN unnest(:transaction_ids, :tags) AS told (transaction_id, tag) USING (transaction_id, tag)
         ORDER BY transaction_id, tag
           FOR UPDATE OF cache_outbox
    ){_TELL}""").bindparams(  # noqa: S608  from above
    bindparam("targets", type_=ARRAY(Text)),
    bindparam("transaction_ids", type_=ARRAY(BigInteger)),
    bindparam("tags", type_=ARRAY(Text)),
)

# What a sweep is just delivering is left to it: its target may hang for a moment, and the sweep marks it itself.
_NOTE: Final = text(f"""
    WITH had AS (
        SELECT transaction_id, tag FROM cache_outbox
          JOIN unnest(:transaction_ids, :kinds) AS paid (transaction_id, kind) USING (transaction_id)
         WHERE cache_outbox.kind <= paid.kind AND delivered_at IS NULL AND NOT delivered_to @> ARRAY[:target]
           FOR UPDATE OF cache_outbox SKIP LOCKED
    ){_TELL}""").bindparams(  # noqa: S608  from above
    bindparam("targets", type_=ARRAY(Text)),
    bindparam("transaction_ids", type_=ARRAY(BigInteger)),
    bindparam("kinds", type_=ARRAY(Integer)),
)

_FINISH: Final = text("""
    UPDATE cache_outbox SET delivered_at = clock_timestamp()
     WHERE delivered_at IS NULL AND delivered_to @> :targets
""").bindparams(bindparam("targets", type_=ARRAY(Text)))

_PRUNE: Final = text("""
    DELETE FROM cache_outbox WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM cache_outbox
         WHERE delivered_at < now() - make_interval(secs => :window_s)
         ORDER BY delivered_at LIMIT :limit
           FOR UPDATE SKIP LOCKED
    ))
""")

_FOLD: Final = text("""
    WITH folded AS (
        DELETE FROM cache_outbox
         WHERE delivered_at IS NULL AND tag <> :everything AND created_at < now() - make_interval(secs => :older_than_s)
           AND delivered_to @> :told
        RETURNING 1
    ), owed AS (
        INSERT INTO cache_outbox (tag, kind, delivered_to)
        SELECT :everything, :kind, :told
         WHERE EXISTS (SELECT FROM folded)
           AND NOT EXISTS (SELECT FROM cache_outbox WHERE delivered_at IS NULL AND tag = :everything AND kind = :kind)
    )
    SELECT count(*) FROM folded
""").bindparams(bindparam("told", type_=ARRAY(Text)))

_OWE: Final = text(
    "INSERT INTO cache_outbox (tag, kind) SELECT unnest(:tags), :kind ON CONFLICT DO NOTHING"
).bindparams(bindparam("tags", type_=ARRAY(Text)))

_IS_OWED: Final = text("""
    SELECT EXISTS (
        SELECT FROM cache_outbox
         WHERE delivered_at IS NULL AND NOT delivered_to @> ARRAY[:target] AND tag = ANY (:tags)
    )
""").bindparams(bindparam("tags", type_=ARRAY(Text)))

_OWED_TAGS: Final = text("""
    SELECT DISTINCT tag FROM cache_outbox
     WHERE delivered_at IS NULL AND NOT delivered_to @> ARRAY[:target]
     LIMIT :limit
""")

_LATELY: Final = text("""
    SELECT tag FROM cache_outbox WHERE delivered_at IS NULL
     UNION
    SELECT tag FROM cache_outbox WHERE delivered_at > now() - make_interval(secs => :within_s)
     LIMIT :limit
""")


_BACKLOG: Final = text("""
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)
      FROM cache_outbox WHERE delivered_at IS NULL
""")


@dataclass(frozen=True)
class Owed:
    """What one transaction has made stale."""

    transaction_id: int
    stale: Stale


@dataclass(frozen=True)
class Grace:
    """How long a row is left to the process that wrote it, and a soft one, which may have to wait for its turn."""

    any_s: float
    soft_s: float


AT_ONCE: Final = Grace(any_s=0.0, soft_s=0.0)


@dataclass(frozen=True)
class Due:
    """What the turn *name* is to be told of: what the turn *after* had *delay_s* ago, and is out of its *grace*."""

    name: str
    grace: Grace = AT_ONCE
    after: str | None = None
    delay_s: float = 0.0


@dataclass(frozen=True)
class Backlog:
    """How many tags not every target knows yet, and for how long the oldest has been owed; 0 if none is."""

    tags: int
    oldest_s: float


@dataclass(frozen=True)
class Row:
    """One tag that a transaction owes, and for how long."""

    transaction_id: int
    tag: str
    kind: Kind
    age_s: float


def of_this_transaction() -> Owed | None:
    """Return what the present transaction owes so far, None if nothing."""
    row = db.session.execute(_OF_THIS_TRANSACTION).one_or_none()
    if row is None:
        return None
    transaction_id, *tags = row
    hard, strict, soft = (tuple(of_a_kind or ()) for of_a_kind in tags)
    return Owed(transaction_id, Stale(hard, strict, soft))


def owe(tags: Collection[str], *, kind: Kind = Kind.STRICT) -> None:
    """Let the present transaction owe *tags*, which no trigger knows of; the caller commits."""
    db.session.execute(_OWE, {"tags": list(tags), "kind": kind})


def is_owed(tags: Collection[str]) -> bool:
    """Return whether a committed write made any of *tags* stale that the local store isn't noted to know of."""
    return bool(db.session.scalar(_IS_OWED, {"tags": list(tags), "target": STORE.name}))


def claim(due: Due, *, limit: int) -> list[Row]:
    """Return up to *limit* rows that are *due*, what hurries first.

    They are the present transaction's to deliver until it ends; what somebody else has claimed is left to them, and
    what is within its grace to its writer.
    """
    return _rows(db.session.execute(_CLAIM, asking(due, limit)))


def look(due: Due, *, limit: int) -> list[Row]:
    """Return the same, also what somebody has claimed, and claim nothing."""
    return _rows(db.session.execute(_LOOK, asking(due, limit)))


def note(paid: Collection[tuple[int, int]], target: str, targets: Collection[str]) -> int:
    """Note that *target* knows what *paid* transactions owed; return how many tags, the caller commits.

    Of each transaction it is what is as urgent as the kind beside it, or more. What somebody is just delivering is left
    to them. A tag is delivered once all *targets* have been told of it.
    """
    ids, kinds = [transaction_id for transaction_id, _ in paid], [kind for _, kind in paid]
    told = {"transaction_ids": ids, "kinds": kinds, "target": target, "targets": list(targets)}
    return db.session.connection().execute(_NOTE, told).rowcount


def mark(rows: Sequence[Row], target: str, targets: Collection[str]) -> None:
    """Note that *target* has been told of *rows*, which are delivered once all *targets* have; the caller commits."""
    told = {
        "target": target,
        "targets": list(targets),
        "transaction_ids": [row.transaction_id for row in rows],
        "tags": [row.tag for row in rows],
    }
    db.session.execute(_MARK, told)


def finish(targets: Collection[str]) -> None:
    """Mark what all *targets* have been told of: that is so when one was taken off the list. The caller commits."""
    db.session.execute(_FINISH, {"targets": list(targets)})


def prune(limit: int, *, window_s: float) -> int:
    """Remove up to *limit* rows that were delivered longer ago than *window_s*; return how many. The caller commits."""
    return db.session.connection().execute(_PRUNE, {"limit": limit, "window_s": window_s}).rowcount


def fold(*, told: Collection[str], older_than_s: float) -> int:
    """Let one tag, the one of everything, stand for all that has been owed for longer than *older_than_s*.

    What any of the turns *told* hasn't had yet is left, and they aren't owed everything. The tag is as urgent as the
    most urgent that it may stand for. The caller commits. Returns how many tags it newly stands for.
    """
    folding = {"everything": EVERYTHING, "kind": Kind.HARD, "older_than_s": older_than_s, "told": list(told)}
    return int(db.session.execute(_FOLD, folding).scalar_one())


def owed_tags(limit: int) -> list[str]:
    """Return up to *limit* different tags that are not noted as known to the local store; locks nothing."""
    return list(db.session.scalars(_OWED_TAGS, {"target": STORE.name, "limit": limit}))


def lately(limit: int, *, within_s: float) -> list[str]:
    """Return up to *limit* different tags that are owed, or were delivered within the last *within_s*."""
    return list(db.session.scalars(_LATELY, {"limit": limit, "within_s": within_s}))


def backlog() -> Backlog:
    """Return how much is owed to any target, and for how long."""
    tags, oldest_s = db.session.execute(_BACKLOG).one()
    return Backlog(int(tags), float(oldest_s))


def keep_out() -> None:
    """Keep what the present transaction writes from now on from being owed."""
    db.session.execute(text(f"SET LOCAL {SWITCH} = 'off'"))


def asking(due: Due, limit: int) -> dict[str, Any]:
    """Return what the statement `DUE` is asked with."""
    return {
        "target": due.name,
        "limit": limit,
        "older_than_s": due.grace.any_s,
        "soft_older_than_s": due.grace.soft_s,
        "after": due.after,
        "delay_s": due.delay_s,
    }


def _rows(found: Iterable[Any]) -> list[Row]:
    return [Row(transaction_id, tag, Kind(kind), float(age_s)) for transaction_id, tag, kind, age_s in found]
