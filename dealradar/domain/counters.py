# ruff: noqa: S608  the statements are made of the names in this file
"""Which columns hold how many rows refer to theirs; triggers keep them right, whoever writes (ADR 0005)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from dealradar.domain.triggers import NEW, OLD, PREFIX, Event, Trigger

SWITCH: Final = "dealradar.counters"
"""The setting that, being ``off``, keeps counters from following what the transaction writes."""

UNLESS_OFF: Final = f"IF current_setting('{SWITCH}', true) = 'off' THEN RETURN NULL; END IF;"
"""What a function that counts begins with."""

IS_VISIBLE: Final = "status = 'visible'"
IS_SEEN: Final = "status IN ('active', 'expired')"
IS_SHOWN: Final = f"({IS_VISIBLE} OR reply_count > 0)"
"""Whether a comment has a place in its thread: also as a tombstone, for the sake of shown replies. Since it looks at
the very counter that it is about, one change may climb up the thread, trigger by trigger."""


@dataclass(frozen=True)
class Counter:
    """A column that holds the sum of *adds* over the rows of *over* that refer to it in *by* and fulfil *where*.

    A column may have several such sums; it holds them together.
    """

    table: str
    column: str
    over: str
    by: str
    where: str = "true"
    adds: str = "1"


COUNTERS: Final = (
    Counter("comments", "upvote_count", over="comment_votes", by="comment_id", where="value = 1"),
    Counter("comments", "downvote_count", over="comment_votes", by="comment_id", where="value = -1"),
    Counter("comments", "reply_count", over="comments", by="parent_id", where=IS_SHOWN),
    Counter("reviews", "helpful_count", over="review_votes", by="review_id", where="helpful"),
    Counter("reviews", "helpful_count", over="reviews", by="id", adds="imported_helpful_count"),
    Counter("reviews", "unhelpful_count", over="review_votes", by="review_id", where="NOT helpful"),
    Counter("reviews", "comment_count", over="comments", by="review_id", where=IS_VISIBLE),
    Counter("deals", "upvote_count", over="deal_votes", by="deal_id", where="value = 1"),
    Counter("deals", "downvote_count", over="deal_votes", by="deal_id", where="value = -1"),
    Counter("deals", "bookmark_count", over="bookmarks", by="deal_id"),
    Counter("deals", "review_count", over="reviews", by="deal_id", where=IS_VISIBLE),
    Counter("deals", "rating_sum", over="reviews", by="deal_id", where=IS_VISIBLE, adds="rating"),
    Counter("deals", "comment_count", over="comments", by="deal_id", where=IS_VISIBLE),
    Counter("categories", "deal_count", over="deals", by="category_id", where=IS_SEEN),
    Counter("merchants", "deal_count", over="deals", by="merchant_id", where=IS_SEEN),
    Counter("users", "deal_count", over="deals", by="author_id", where=IS_SEEN),
    Counter("users", "review_count", over="reviews", by="author_id", where=IS_VISIBLE),
    Counter("users", "comment_count", over="comments", by="author_id", where=IS_VISIBLE),
)
"""Every counter. One statement locks the rows that it counts for in this order of tables, and by id within one, so
that statements which run at the same time wait for each other, but never in a circle."""


@dataclass(frozen=True)
class Sums:
    """The counters of one table that sum over the same rows: they are kept, and recounted, together."""

    table: str
    over: str
    by: str
    counters: tuple[Counter, ...]


def sums(counters: Iterable[Counter] = COUNTERS) -> tuple[Sums, ...]:
    """Return *counters* by what they sum over, in the order of their tables."""
    grouped: dict[tuple[str, str, str], list[Counter]] = {}
    for counter in counters:
        grouped.setdefault((counter.table, counter.over, counter.by), []).append(counter)
    return tuple(Sums(*key, counters=tuple(group)) for key, group in grouped.items())


def triggers(counters: Iterable[Counter] = COUNTERS) -> tuple[Trigger, ...]:
    """Return the triggers that keep *counters* right."""
    by_child = groupby(sorted(sums(counters), key=lambda one: one.over), key=lambda one: one.over)
    return tuple(
        Trigger(f"{PREFIX}count_{child}_{event.name.lower()}", child, event, _body(group, event))
        for child, group in ((child, tuple(group)) for child, group in by_child)
        for event in (Event.INSERT, Event.UPDATE, Event.DELETE)
    )


def _body(kept: Sequence[Sums], event: Event) -> str:
    parts = [UNLESS_OFF]
    if event is Event.UPDATE:
        parts.append(_unless_unchanged(kept))
    return "\n".join([*parts, *(_add(one, event) for one in kept)])


def _unless_unchanged(kept: Sequence[Sums]) -> str:
    """Return what leaves early when the rows add up to what they did before, as after most updates."""
    columns = dict.fromkeys(column for one in kept for column in (one.by, *(_term(c) for c in one.counters)))
    addends = ", ".join(columns)
    return (
        f"IF NOT EXISTS (SELECT {addends} FROM {OLD} EXCEPT ALL SELECT {addends} FROM {NEW}) THEN RETURN NULL; END IF;"
    )


def _add(kept: Sums, event: Event) -> str:
    """Return the statement that adds what the rows changed; parents whose sums stay the same are not touched."""
    columns = [counter.column for counter in kept.counters]
    changes = [_select(kept, "+", NEW)] if event is not Event.DELETE else []
    changes += [_select(kept, "-", OLD)] if event is not Event.INSERT else []
    return f"""
WITH delta AS MATERIALIZED (
    SELECT id, {", ".join(f"sum({column}) AS {column}" for column in columns)}
      FROM ({" UNION ALL ".join(changes)}) AS changes (id, {", ".join(columns)})
     WHERE id IS NOT NULL
     GROUP BY id HAVING {" OR ".join(f"sum({column}) <> 0" for column in columns)}
), locked AS MATERIALIZED (
    SELECT id FROM {kept.table} WHERE id IN (SELECT id FROM delta) ORDER BY id FOR NO KEY UPDATE
)
UPDATE {kept.table} SET {", ".join(f"{column} = {kept.table}.{column} + delta.{column}" for column in columns)}
  FROM locked JOIN delta USING (id) WHERE {kept.table}.id = locked.id;"""


def _select(kept: Sums, sign: str, rows: str) -> str:
    terms = ", ".join(f"{sign}{_term(counter)}" for counter in kept.counters)
    return f"SELECT {kept.by}, {terms} FROM {rows}"


def _term(counter: Counter) -> str:
    """Return what one row adds to the counter, as an SQL expression."""
    return f"(CASE WHEN {counter.where} THEN {counter.adds} ELSE 0 END)"
