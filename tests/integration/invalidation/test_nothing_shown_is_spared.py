# ruff: noqa: S608  the statements are made of the models' own names
"""Every column of every table is written; whichever cached answer that changes, one of its tags must be owed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pytest
from sqlalchemy import Boolean, Column, DateTime, Integer, Numeric, SmallInteger, String, Table, Text, text
from sqlalchemy.exc import DBAPIError

from dealradar.domain.comments import ThreadQuery
from dealradar.domain.deals import BrowseQuery, DealQuery, DealSort
from dealradar.domain.errors import NotFoundError
from dealradar.domain.merchants import MerchantQuery
from dealradar.domain.reports import ReportQuery
from dealradar.domain.reviews import ReviewQuery
from dealradar.domain.shapes import ListQuery, Query
from dealradar.extensions import Base, db
from dealradar.httpcache.policies import POLICIES, Policy
from dealradar.web import site
from dealradar.web.api import FAMILIES
from dealradar.web.endpoint import Endpoint
from tests.statements import recorded

PLACEHOLDER: Final = re.compile(r"<(?:\w+:)?(\w+)>")
IDS: Final = {"merchant": ("acme", "zenith"), "user": (1, 2, 3, 4), "report": (1, 2, 3, 4)}
"""What stands in paths for each kind of thing; of the other kinds there are two."""

ASKED: Final[dict[type[Query], tuple[Query, ...]]] = {
    ListQuery: (ListQuery(),),
    MerchantQuery: (MerchantQuery(),),
    DealQuery: (
        DealQuery(),
        DealQuery(sort=DealSort.ENDING),
        DealQuery(category="audio", status="all"),
        DealQuery(merchant="acme", min_rating=3),
        DealQuery(q="fold"),
    ),
    BrowseQuery: (BrowseQuery(),),
    ReviewQuery: (ReviewQuery(), ReviewQuery(rating=4)),
    ThreadQuery: (ThreadQuery(),),
    ReportQuery: (ReportQuery(), ReportQuery(assignee=4, reporter=3)),
}

CHOICES: Final = {
    "users.role": ("role = 'admin'",),
    "users.standing": ("standing = 'banned'",),
    "deals.status": ("status = 'expired'", "status = 'hidden'"),
    "reviews.status": ("status = 'hidden'", "status = 'removed'"),
    "comments.status": ("status = 'hidden'", "status = 'deleted', deleted_at = now()"),
    "comments.deleted_at": ("status = 'deleted', deleted_at = now()",),
    "deal_votes.value": ("value = -value",),
    "comment_votes.value": ("value = -value",),
    "reviews.rating": ("rating = 1",),
    "reports.status": ("status = 'triaged'", "status = 'resolved', closed_at = now()"),
    "reports.closed_at": ("status = 'resolved', closed_at = now()",),
    "reports.reason": ("reason = 'other'",),
    "reports.action": ("action = 'none'",),
    "reports.target_type": ("target_type = 'user', deal_id = NULL, review_id = NULL, comment_id = NULL, user_id = 2",),
    "notifications.kind": ("kind = 'reply'",),
}
"""What to set where not every value of the column's type will do."""

ARRIVALS: Final = {
    "users": ("INSERT INTO users (username, display_name) VALUES ('dave', 'Dave')",),
    "categories": ("INSERT INTO categories (slug, name) VALUES ('toys', 'Toys')",),
    "merchants": ("INSERT INTO merchants (slug, name) VALUES ('new', 'New')",),
    "deals": (
        "INSERT INTO deals (author_id, category_id, merchant_id, title, price_cents) VALUES (1, 1, 1, 'New', 1)",
    ),
    "price_changes": ("INSERT INTO price_changes (deal_id, price_cents) VALUES (2, 1)",),
    "deal_votes": ("INSERT INTO deal_votes (deal_id, user_id, value) VALUES (2, 1, -1)",),
    "bookmarks": ("INSERT INTO bookmarks (deal_id, user_id) VALUES (2, 1)",),
    "reviews": (
        "INSERT INTO reviews (deal_id, author_id, rating, body) VALUES (1, 3, 5, 'Yes!')",
        "INSERT INTO reviews (deal_id, author_id, rating, body, imported_helpful_count) VALUES (1, 3, 5, 'Yes!', 7)",
    ),
    "review_votes": ("INSERT INTO review_votes (review_id, user_id, helpful) VALUES (2, 2, false)",),
    "comments": (
        "INSERT INTO comments (review_id, deal_id, author_id, body) VALUES (2, 2, 3, 'Why?')",
        "INSERT INTO comments (review_id, deal_id, author_id, parent_id, body) VALUES (1, 1, 3, 2, 'Good.')",
    ),
    "comment_votes": ("INSERT INTO comment_votes (comment_id, user_id, value) VALUES (2, 3, -1)",),
    "reports": ("INSERT INTO reports (reporter_id, target_type, deal_id, reason) VALUES (3, 'deal', 1, 'spam')",),
}

TABLES: Final = tuple(table for table in Base.metadata.sorted_tables if table.name != "cache_outbox")
UNSEEN: Final = {
    *("tokens", "api_keys", "notifications", "moderation_log", "report_tallies"),
    *("cache_jobs", "cache_policies", "cache_policy_changes", "cache_samples", "cache_targets"),
    *("alerts", "alert_states", "alert_values", "alert_silences", "alert_turns", "mails"),
    *("hot_pages", "warm_runs"),
    *("readings", "gauge_readings", "processes"),
}
"""The tables that no cached answer shows anything of."""


WORD: Final = re.compile(r"\w+")
WRITTEN: Final = "SELECT relname FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
"""The tables that the transaction has written, its triggers' included."""


@dataclass(frozen=True)
class Asking:
    """One cached answer that may be asked for: which endpoint, of what, with which parameters."""

    policy: Policy
    endpoint: Endpoint
    ids: tuple[tuple[str, Any], ...]
    query: Query | None

    @property
    def tags(self) -> set[str]:
        """Return what it depends on."""
        return {tag.format(**dict(self.ids)) for tag in self.policy.tags} | {"path:/"}

    def answer(self) -> bytes | None:
        """Return its body as computed just now, None where there is nothing to see."""
        asked = dict(self.ids) | ({"query": self.query} if self.query else {})
        try:
            made = self.endpoint.view(**asked)
        except NotFoundError:
            return None
        assert self.endpoint.contract.returns is not None
        return self.endpoint.representation.dump(self.endpoint.contract.returns, made)


def _askings() -> Iterator[Asking]:
    endpoints = {
        each.rule: each for family in (*FAMILIES, *site.FAMILIES) for each in family.endpoints if each.method == "GET"
    }
    for policy in POLICIES:
        for ids in _ids(policy):
            for query in ASKED[policy.query] if policy.query else (None,):
                yield Asking(policy, endpoints[policy.endpoint], ids, query)


def _ids(policy: Policy) -> Iterator[tuple[tuple[str, Any], ...]]:
    names = PLACEHOLDER.findall(policy.endpoint)
    if not names:
        yield ()
        return
    (name,) = names
    kind = "merchant" if name == "slug" else name.removesuffix("_id")
    for value in IDS.get(kind, (1, 2)):
        yield ((name, value),)


def _updates(table: Table) -> Iterator[str]:
    for column in table.columns:
        if column.computed is None and not (column.primary_key and column.identity):
            for change in _changes(column):
                yield from _of_each_row(table, f"UPDATE {table.name} SET {change}")


def _changes(column: Column[Any]) -> Sequence[str]:
    """Return what to set so that the column holds something else, and NULL where it may and did not."""
    if f"{column.table.name}.{column.name}" in CHOICES:
        return CHOICES[f"{column.table.name}.{column.name}"]
    another = _another(column)
    if column.nullable:
        another = f"CASE WHEN {column.name} IS NULL THEN {another} END"
    return (f"{column.name} = {another}",)


def _another(column: Column[Any]) -> str:
    for foreign_key in column.foreign_keys:
        parent = foreign_key.column.table.name
        return f"(SELECT max(id) FROM {parent} WHERE id IS DISTINCT FROM {column.name})"
    match column.type:
        case Boolean():
            return f"NOT {column.name}"
        case Text() | String():
            return f"coalesce({column.name}, '') || 'x'"
        case DateTime():
            return f"coalesce({column.name}, now()) + interval '1 hour'"
        case SmallInteger() | Integer() | Numeric():
            return f"coalesce({column.name}, 0) + 1"
        case _:
            return "DEFAULT"


def _of_each_row(table: Table, write: str) -> Iterator[str]:
    for place in db.session.scalars(text(f"SELECT ctid::text FROM {table.name}")).all():
        yield f"{write} WHERE ctid = '{place}'"


def _accepted(writes: Iterable[str]) -> Iterator[str]:
    """Execute each of *writes* in a transaction of its own, and yield those that no constraint refused."""
    for write in writes:
        db.session.rollback()
        try:
            db.session.execute(text(write))
        except DBAPIError:
            continue
        yield write
    db.session.rollback()


@pytest.mark.usefixtures("_community")
@pytest.mark.parametrize("table", TABLES, ids=str)
def test_a_write_that_changes_a_cached_answer_owes_one_of_its_tags(table: Table) -> None:
    before, reads = {}, {}
    for asking in _askings():
        with recorded() as sent:
            before[asking] = asking.answer()
        reads[asking] = set(WORD.findall(" ".join(statement.sql for statement in sent)))
    writes = (*_updates(table), *_of_each_row(table, f"DELETE FROM {table.name}"), *ARRIVALS.get(table.name, ()))
    spared, has_changed_any = [], False

    for write in _accepted(writes):
        owed = set(db.session.scalars(text("SELECT tag FROM cache_outbox")))
        written = set(db.session.scalars(text(WRITTEN)))
        for asking, answer in before.items():
            # What reads none of the tables that were written answers as before.
            if written & reads[asking] and asking.answer() != answer:
                has_changed_any = True
                if not asking.tags & owed:
                    spared.append(f"{write}: {asking}")

    assert spared == []
    assert has_changed_any == (table.name not in UNSEEN)
